"""The way of a request: what it is about, who makes it and whether they may, what comes of it, and back.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/server/config.go (DefaultBuildHandlerChain)
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import replace
from typing import Protocol
from urllib.parse import parse_qs, unquote

from aiohttp import web

from aiokube.testing.apiserver import access, errors
from aiokube.testing.apiserver.access import RequestInfo, UserInfo
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.faults import Faults
from aiokube.testing.apiserver.journal import Entry, Journal

from . import misbehaving
from .answer import GZIP_FROM, Answer, compressed, of_error, rendered, warning_headers
from .negotiation import for_errors, takes_gzip
from .received import Received
from .resource_requests import ResourceRequests

__all__ = ["Handler"]

_log = logging.getLogger(__name__)

_NOT_FOUND = Answer.text(404, "404 page not found\n", {"X-Content-Type-Options": "nosniff"})
_COMMON_HEADERS = {"Cache-Control": "no-cache, private"}


class Paths(Protocol):
    """Answers what is about no resource: discovery, documents, health."""

    def answer(self, info: RequestInfo, received: Received) -> Answer | None:
        """Return the answer, None when there is nothing at the path."""
        ...


class Handler:
    """Answers requests.

    Args:
        cluster: what they are about.
        security: who they are and what they may.
        paths: answers what is about no resource.
        faults: what goes wrong on purpose.
        journal: where they are written down.
    """

    def __init__(
        self, cluster: Cluster, security: access.Security, paths: Paths, *, faults: Faults, journal: Journal
    ) -> None:
        self._security = security
        self._paths = paths
        self._faults = faults
        self._journal = journal
        self.closing = asyncio.Event()
        self._resources = ResourceRequests(cluster, security, self.closing)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, whatever it is."""
        query = parse_qs(request.rel_url.raw_query_string, keep_blank_values=True)
        path = unquote(request.rel_url.raw_path, errors="replace")
        info = access.request_info(request.method, path, query)
        entry = self._journal.add(request.method, path, info, query=query, headers=request.headers.items())
        received = Received(request, query, self._faults.decide(info), lambda body: self._journal.add_body(entry, body))
        entry.fault = received.fault.kind.value if received.fault else ""
        try:
            response = await self._respond(info, received, entry)
        except misbehaving.Ended:
            return web.Response()  # nobody gets it: the connection is gone
        entry.status = response.status
        return response

    async def _respond(self, info: RequestInfo, received: Received, entry: Entry) -> web.StreamResponse:
        answer = await self._answer(info, received, entry)
        if isinstance(answer, web.StreamResponse):
            return answer
        warnings = (*self._resources.warnings(info), *answer.warnings)
        response = await _response(received.request, replace(answer, warnings=warnings))
        if received.fault is None:
            return response
        return await misbehaving.respond(received.request, response, received.fault, self.closing)

    async def _answer(self, info: RequestInfo, received: Received, entry: Entry) -> Answer | web.StreamResponse:
        try:
            early = await misbehaving.before(received.request, received.fault)
            if early is not None:
                return early
            try:
                user = self._admit(info, received)
            except errors.StatusError as error:
                return _refusal(error)
            entry.user = user.name
            if info.is_resource:
                answer = await self._resources.answer(info, received, user)
            else:
                answer = self._paths.answer(info, received)
            return _NOT_FOUND if answer is None else answer
        except errors.StatusError as error:
            return _refused(received, error)
        except misbehaving.Ended:
            raise
        except ConnectionResetError:
            raise misbehaving.Ended from None  # the client went while it was written to
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer and the server goes on
            _log.exception("a request was not answered: %s %s", received.method, info.path)
            return _refused(received, errors.internal_error("this is a bug in the server; its log says more"))

    def _admit(self, info: RequestInfo, received: Received) -> UserInfo:
        """Return who makes a request, if they may.

        Raises:
            StatusError: they are nobody (401), or may not (403).
        """
        user = self._security.authenticator.authenticate(
            authorization=received.header("Authorization"), certificate=received.certificate
        )
        wanted = access.impersonated_by_headers(received.headers)
        if wanted is not None:
            user = access.impersonated(wanted, access.attributes(info, user), self._security.authorizer)
        access.require(self._security.authorizer, access.attributes(info, user))
        return user


def _refused(received: Received, error: errors.StatusError) -> Answer:
    answer = of_error(error)
    media_type, pretty = for_errors(received.header("Accept"), received.query, received.header("User-Agent"))
    return replace(answer, body=rendered(answer.body, media_type, pretty=pretty), media_type=media_type)


def _refusal(error: errors.StatusError) -> Answer:
    """Return the answer to who may not; no browser shall guess what it is, says kube-apiserver unless it is 401."""
    answer = of_error(error)
    headers = {} if error.code == 401 else {"X-Content-Type-Options": "nosniff"}
    return replace(answer, body=answer.body + b"\n", headers={**answer.headers, **headers})


def _varying(already: str) -> str:
    return already if "Accept-Encoding" in already else ", ".join(filter(None, ("Accept-Encoding", already)))


async def _response(request: web.BaseRequest, answer: Answer) -> web.Response:
    body, headers = answer.body, {**_COMMON_HEADERS, "Audit-Id": str(uuid.uuid4()), **answer.headers}
    if answer.media_type:
        headers["Content-Type"] = answer.media_type
    if len(body) > GZIP_FROM and takes_gzip(request.headers.get("Accept-Encoding", "")):
        body = await asyncio.to_thread(compressed, body)
        headers |= {"Content-Encoding": "gzip", "Vary": _varying(headers.get("Vary", ""))}
    response = web.Response(status=answer.status, body=body, headers=headers)
    for name, value in warning_headers(answer.warnings):
        response.headers.add(name, value)
    return response
