"""Recorder: an ApiClient that counts what it sends."""

from __future__ import annotations

from collections import Counter

import aiohttp

from aiokube._machinery.requests import Request
from aiokube.client import ApiClient, Configuration
from aiokube.client.answer import Answer

__all__ = ["Recorder"]


class Recorder(ApiClient):
    """An ApiClient that knows how many requests of each verb it sent.

    Attributes:
        sent: the count by verb; the method for what is about no resource.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self.sent: Counter[str] = Counter()

    async def send(self, request: Request) -> Answer:
        self._count(request)
        return await super().send(request)

    async def stream(self, request: Request) -> aiohttp.ClientResponse:
        self._count(request)
        return await super().stream(request)

    def _count(self, request: Request) -> None:
        self.sent[request.target.verb if request.target else request.method.lower()] += 1
