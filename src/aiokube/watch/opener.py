"""Opener: calls the function that a watch runs around, with the keywords that this function takes.

Three kinds of functions come: verbs of aiokube, which take everything; typed methods of kubernetes_asyncio, whose
docstrings list what they take; and functions of users, of which nothing is known beyond their signature. All get
what kubernetes_asyncio gives (`watch` or `follow`, `_preload_content`, when resuming `resource_version`) and what
the user gave; what aiokube would like to add, only those that take it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import aiohttp

from aiokube._machinery.listwatch import Open, Start
from aiokube.client.exceptions import ApiException, api_exception

_DOCUMENTED = re.compile(r"^\s*:param (\w+):", re.MULTILINE)
_RETURN_TYPE = re.compile(r"^\s*:rtype:\s*(\S+)", re.MULTILINE)
_REFUSAL_LIMIT = 64 * 1024  # bytes read of an answer that is not 2xx; a Status is smaller

# What belongs to the start of a watch only; a server refuses these beside a resourceVersion to go on from.
_AT_START = frozenset({"send_initial_events", "resource_version_match"})


class Opener:
    """One function and the user's arguments for it.

    Args:
        func: What opens a watch, or a log that is followed.
        args: Its positional arguments.
        keywords: Its keywords; what the watch sets itself wins.
        return_type: What the user says that comes, "str" for lines of text; None to take it from the docstring.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        keywords: Mapping[str, Any],
        *,
        return_type: str | None = None,
    ) -> None:
        self._func = func
        self._args = args
        self._keywords = dict(keywords)
        self._takes = _parameters(func)
        self._own = _is_verb(func)
        documented = _RETURN_TYPE.search(inspect.getdoc(func) or "")
        self.return_type = return_type or (documented[1].removesuffix("List") if documented else "")

    @property
    def text(self) -> bool:
        """Whether lines of text come, and not events."""
        return self.return_type == "str"

    @property
    def start(self) -> Start:
        """What the user asked for."""
        version = self._keywords.get("resource_version")
        return Start(
            resource_version=None if version is None else str(version),
            send_initial_events=self._keywords.get("send_initial_events"),
            timeout_seconds=self._keywords.get("timeout_seconds"),
            show_bookmarks=bool(self._keywords.get("allow_watch_bookmarks")),
            timed=self._accepts("timeout_seconds"),
        )

    @property
    def model(self) -> Callable[[bytes], Any] | None:
        """What makes the typed model that the function's own client has for the objects; None without one."""
        client = getattr(getattr(self._func, "__self__", None), "api_client", None)
        deserialize = getattr(client, "deserialize", None)
        if deserialize is None or self.return_type in {"", "object", "str"}:
            return None
        return lambda raw: deserialize(SimpleNamespace(data=raw), self.return_type)

    async def open(self, action: Open) -> aiohttp.ClientResponse:
        """Open a watch.

        Raises:
            ApiException: The answer is not 2xx; the class fits the status.
            TypeError: The function gave something else than a response.
        """
        keywords = {name: value for name, value in self._keywords.items() if action.at_start or name not in _AT_START}
        keywords["resource_version"] = action.resource_version
        keywords.setdefault("allow_watch_bookmarks", True if self._accepts("allow_watch_bookmarks") else None)
        if self._accepts("timeout_seconds"):
            keywords["timeout_seconds"] = action.timeout_seconds
        given = {name: value for name, value in keywords.items() if value is not None}
        return await self._call({**given, "watch": True})

    async def follow(self) -> aiohttp.ClientResponse:
        """Open a stream of text. Raises as `open` does."""
        follows = self._own or "follow" in self._takes
        return await self._call({**self._keywords, "follow" if follows else "watch": True})

    def _accepts(self, name: str) -> bool:
        return self._own or name in self._takes or name in self._keywords

    async def _call(self, keywords: dict[str, Any]) -> aiohttp.ClientResponse:
        if self._own:
            keywords["serialize"] = False
        response = await self._func(*self._args, **{**keywords, "_preload_content": False})
        if not hasattr(response, "content"):
            raise TypeError(
                f"a watch needs the unread response, and {_name(self._func)} gave {type(response).__name__}; "
                "pass its _preload_content and watch keywords on"
            )
        if not 200 <= response.status <= 299:
            raise await _refusal(response)
        return response  # type: ignore[no-any-return]


async def _refusal(response: aiohttp.ClientResponse) -> ApiException:
    """The error that an answer is; verbs of aiokube have raised it already, others hand it out like any answer."""
    body = b""
    try:
        while len(body) < _REFUSAL_LIMIT and (part := await response.content.read(_REFUSAL_LIMIT - len(body))):
            body += part
    finally:
        response.close()
    return api_exception(ApiException(response.status, response.reason, body=body, headers=response.headers))


def _is_verb(func: Callable[..., Any]) -> bool:
    """Whether it is a method of aiokube's, or of a class made from one of aiokube's."""
    owner = getattr(getattr(func, "func", func), "__self__", None)
    return any(cls.__module__.partition(".")[0] == "aiokube" for cls in type(owner).__mro__)


def _parameters(func: Callable[..., Any]) -> frozenset[str]:
    """The keywords that a function names, in its signature or in its docstring."""
    documented = _DOCUMENTED.findall(inspect.getdoc(func) or "")
    try:
        named = inspect.signature(func).parameters
    except (TypeError, ValueError):  # a callable without a signature, written in C
        return frozenset(documented)
    return frozenset({*documented, *named})


def _name(func: Callable[..., Any]) -> str:
    return getattr(func, "__qualname__", None) or repr(func)
