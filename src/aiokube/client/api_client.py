"""ApiClient: one server, one user, one pool of connections; requests as values in, answers out."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from functools import cache
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from aiokube._machinery.errors import MalformedObject
from aiokube._machinery.headers import checked_headers
from aiokube._machinery.objects import is_model, model_to_dict, plain
from aiokube._machinery.params import extra_pairs
from aiokube._machinery.paths import quote_query
from aiokube._machinery.requests import Request, build
from aiokube._version import __version__
from aiokube.client.answer import Answer
from aiokube.client.configuration import Configuration
from aiokube.client.exceptions import ApiException
from aiokube.client.rest import RestClient
from aiokube.client.timeouts import timeouts_from

__all__ = ["ApiClient"]

_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"


class ApiClient:
    """A client of one server, to be closed by whoever made it: `async with ApiClient() as api`.

    Args:
        configuration: The server and the user. None takes a copy of the default Configuration, which
            `config.load_kube_config()` fills.
        header_name: A header to send with every request, None for none.
        header_value: Its value.
        cookie: A `Cookie` header to send with every request, None for none.
        pool_threads: Accepted for compatibility; there are no threads.
    """

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
        pool_threads: int = 1,
    ) -> None:
        self.configuration = Configuration.get_default_copy() if configuration is None else configuration
        self.rest_client = RestClient(self.configuration)
        self.pool_threads = pool_threads
        self.default_headers: dict[str, str] = {"Accept": "application/json", "User-Agent": _user_agent()}
        if header_name is not None:
            self.set_default_header(header_name, header_value or "")
        if cookie is not None:
            self.set_default_header("Cookie", cookie)

    def __repr__(self) -> str:
        return f"<ApiClient {self.configuration!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; the client cannot be used any more. Closing again does nothing."""
        await self.rest_client.close()

    @property
    def user_agent(self) -> str:
        """The `User-Agent` header of every request."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.set_default_header("User-Agent", value)

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Send a header with every request that does not have it itself.

        Raises:
            InvalidHeader: It could break a request apart.
        """
        ((name, value),) = checked_headers([(header_name, header_value)])
        self.default_headers = {
            known: old for known, old in self.default_headers.items() if known.lower() != name.lower()
        }
        self.default_headers[name] = value

    async def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer.

        Raises:
            ApiException: The answer is not 2xx; the class fits the status.
            OutcomeUnknownError: A write was sent and no answer came.
            aiohttp.ClientError: The network failed.
            TimeoutError: A deadline passed.
        """
        return await self.rest_client.send(request, self.default_headers)

    async def stream(self, request: Request) -> aiohttp.ClientResponse:
        """Send a request and return its answer unread; the caller closes it. Raises as `send` does."""
        return await self.rest_client.stream(request, self.default_headers)

    def as_raised(self, error: ApiException) -> ApiException:
        """Return an error as this client raises it: itself. One that stands in for another package's client makes it
        an error of that package too."""
        return error

    async def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = None,
        query_params: Any = None,
        header_params: Mapping[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        files: Any = None,
        response_types_map: Mapping[int, Any] | None = None,
        auth_settings: Any = None,
        async_req: Any = None,
        _return_http_data_only: bool | None = None,
        collection_formats: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
        _host: str | None = None,
        _request_auth: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request to a path, as kubernetes_asyncio's clients do.

        Args:
            resource_path: The path, with names in braces.
            method: The HTTP method.
            path_params: Values of the names in braces.
            query_params: A mapping or pairs.
            header_params: Headers of this request.
            body: What goes out as JSON; bytes and texts as they are.
            post_params: Form fields, instead of a body.
            files: Not supported: no Kubernetes API takes any.
            response_types_map: Status -> "str" or "bytes" for an answer that is not to be decoded.
            auth_settings: Accepted and ignored: every request carries the configuration's credentials.
            async_req: Accepted and ignored: this is a coroutine.
            _return_http_data_only: True returns the data alone.
            collection_formats: Accepted and ignored.
            _preload_content: False returns the aiohttp response unread, to be closed by the caller.
            _request_timeout: Seconds for everything, (connect, read), or an aiohttp.ClientTimeout.
            _host: Accepted only if it is the configuration's host: credentials go nowhere else.
            _request_auth: A setting as `Configuration.auth_settings()` has them, instead of the credentials.

        Returns:
            (data, status, headers), unless it is asked for otherwise: the data are the decoded JSON, or a text where
            the server sends text.

        Raises:
            ApiException: The answer is not 2xx.
        """
        if files:
            raise ValueError("files cannot be sent: no Kubernetes API takes any")
        self._check_origin(_host)
        headers = dict(header_params or {})
        if _request_auth:
            headers[str(_request_auth["key"]).title()] = _request_auth["value"]
        request = self._request(
            method,
            resource_path,
            path_params=path_params,
            query_params=query_params,
            headers=headers,
            post_params=post_params,
            body=body,
            stream=not _preload_content,
            timeout=_request_timeout,
        )
        if not _preload_content:
            return await self.stream(request)
        answer = await self.send(request)
        wanted = (response_types_map or {}).get(answer.status)
        data = None if request.method == "HEAD" else _decoded(answer, wanted)  # whose head tells of a body not sent
        return data if _return_http_data_only else (data, answer.status, answer.headers)

    async def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: Mapping[str, Any] | None = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a request to a URL of the configuration's host.

        Returns:
            An `Answer` (`status`, `reason`, `data`, `getheaders()`), or with `_preload_content=False` the aiohttp
            response unread.
        """
        self._check_origin(url)
        request = self._request(
            method,
            url.removeprefix(self.configuration.host.rstrip("/")),
            query_params=query_params,
            headers=headers or {},
            post_params=post_params,
            body=body,
            stream=not _preload_content,
            timeout=_request_timeout,
        )
        return await (self.send(request) if _preload_content else self.stream(request))

    def sanitize_for_serialization(self, obj: Any) -> Any:
        """Return a value as JSON has it: typed models as objects, dates as texts, tuples as they are."""
        if is_model(obj):
            return self.sanitize_for_serialization(model_to_dict(obj))
        if isinstance(obj, dt.datetime | dt.date):
            return obj.isoformat()
        if isinstance(obj, tuple):
            return tuple(self.sanitize_for_serialization(item) for item in obj)
        if isinstance(obj, list):
            return [self.sanitize_for_serialization(item) for item in obj]
        if isinstance(obj, Mapping):
            return {key: self.sanitize_for_serialization(item) for key, item in obj.items()}
        return plain(obj)

    def select_header_accept(self, accepts: list[str]) -> str | None:
        """Return an `Accept` header for media types: JSON if it is among them, else all of them."""
        if not accepts:
            return None
        accepts = [accept.lower() for accept in accepts]
        return "application/json" if "application/json" in accepts else ", ".join(accepts)

    def select_header_content_type(self, content_types: list[str], method: str | None = None, body: Any = None) -> str:
        """Return a `Content-Type` header for a body out of those that the API takes."""
        types = [content_type.lower() for content_type in content_types or ()]
        if method == "PATCH" and isinstance(body, list) and "application/json-patch+json" in types:
            return "application/json-patch+json"
        if method == "PATCH" and not isinstance(body, list) and "application/strategic-merge-patch+json" in types:
            return "application/strategic-merge-patch+json"
        if not types or "application/json" in types or "*/*" in types:
            return "application/json"
        return types[0]

    def _request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        query_params: Any,
        headers: Mapping[str, Any],
        post_params: Any,
        body: Any,
        stream: bool,
        timeout: Any,
    ) -> Request:
        content_type = "application/json"
        if post_params:
            if body is not None:
                raise ValueError("body and post_params cannot be sent together")
            body, content_type = quote_query(extra_pairs(post_params)), _FORM
        if method.upper() not in _BODY_METHODS:
            body = None
        if body is not None and not any(name.lower() == "content-type" for name in headers):
            headers = {**headers, "Content-Type": content_type}
        return build(
            method,
            path,
            path_params=path_params,
            query=extra_pairs(query_params),
            headers=headers,
            body=None if body is None else self.sanitize_for_serialization(body),
            stream=stream,
            timeouts=timeouts_from(timeout),
        )

    def _check_origin(self, url: str | None) -> None:
        base = self.configuration.host.rstrip("/")
        if url is not None and url != base and not url.startswith(f"{base}/"):
            raise ValueError(f"this client sends its credentials to {base} only; make another one for another host")


def _decoded(answer: Answer, wanted: Any) -> Any:
    if wanted == "bytes":
        return answer.body
    if wanted == "str" or not answer.content_type.endswith("json"):
        return answer.body.decode("utf-8", "replace")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedObject("answer", str(error)) from None


@cache
def _user_agent() -> str:
    return f"aiokube/{__version__} python/{platform.python_version()}"
