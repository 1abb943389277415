"""Sending the requests of a case to one server, and taking down what it answers."""

import http.client
import json
import re
import ssl
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.case import JSON, Case, Request

__all__ = ["HEADERS", "Answer", "Conversation", "Server", "answers"]

HEADERS = (
    "Allow",
    "Cache-Control",
    "Content-Encoding",
    "Content-Type",
    "Location",
    "Retry-After",
    "Vary",
    "Warning",
    "WWW-Authenticate",
    "X-Content-Type-Options",
)
"""What is compared of the headers; of ETag it is whether there is one."""

_READ_TIMEOUT_SECONDS = 90
_PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.05
_SAFE = "/?&=%:,+~!$;@"
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class Server:
    """Where a server is, and how its admin signs in.

    Attributes:
        has_caches: it reads what it changes from a cache first, that comes a little late.
    """

    url: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    has_caches: bool = False

    @contextmanager
    def connection(self, *, anonymous: bool = False) -> Iterator[http.client.HTTPSConnection]:
        url = urllib.parse.urlparse(self.url)
        context = self._anonymous if anonymous else self._admin
        connection = http.client.HTTPSConnection(
            str(url.hostname), url.port, context=context, timeout=_READ_TIMEOUT_SECONDS
        )
        try:
            yield connection
        finally:
            connection.close()

    @cached_property
    def _anonymous(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    @cached_property
    def _admin(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ca_file))
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


@dataclass
class Answer:
    """What came back.

    Attributes:
        headers: those of `HEADERS`, each with all its values.
        body: JSON, or text; of a watch, the list of events.
    """

    status: int
    headers: dict[str, Any]
    body: Any


@dataclass
class Conversation:
    """What was said to one server in one case: requests refer to the answers that have names."""

    case: Case
    connection: http.client.HTTPSConnection
    server: Server
    named: dict[str, Any] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def enter(self) -> None:
        """Make the namespace of the case, and wait for what controllers put there."""
        made = self.ask(Request("POST", "/api/v1/namespaces", {"metadata": {"name": self.case.namespace}}))
        if made.status != 201:
            raise AssertionError(f"no namespace: {made.body}")
        for path in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
            self.ask(Request("GET", path, content_type=None, until_status=200))

    def leave(self) -> None:
        """Delete what the case made, without waiting."""
        for path in (*reversed(self.made), "/api/v1/namespaces/${ns}"):
            self.ask(Request("DELETE", path, content_type=None))

    def ask(self, request: Request) -> Answer:
        """Send a request and return its answer, the one that is waited for if it says so."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        answer = self._once(request)
        while not _is_what_is_waited_for(request, answer) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            answer = self._once(request)
        if not _is_what_is_waited_for(request, answer):
            raise AssertionError(f"waited in vain: {request}: {answer}")
        if request.name:
            self.named[request.name] = answer.body
        return answer

    def _once(self, request: Request) -> Answer:
        path = self._path(request.path)
        body = _bytes(self.filled(request.body))
        headers = {"Accept": request.accept, "User-Agent": "conformance/1.0"} | {
            name: self.filled(value) for name, value in request.headers.items()
        }
        if request.content_type is not None and request.body is not None:
            headers["Content-Type"] = request.content_type
        if request.anonymous:
            with self.server.connection(anonymous=True) as connection:
                return _answer(connection, request, path, body, headers)
        try:
            answer = _answer(self.connection, request, path, body, headers)
            self._note_made(request, path, answer)
            if self.server.has_caches and request.method != "GET":
                self._let_caches_follow(request, path, answer)
        except BaseException:
            self.connection.close()  # what is left of this answer is not the next one's
            raise
        return answer

    def _let_caches_follow(self, request: Request, path: str, answer: Answer) -> None:
        """Wait until the server's cache has what was written.

        The real server first tries a change on what its cache has, and when that was too old, again on what is stored:
        whatever it warned of in the first attempt is said all the same.
        """
        metadata = answer.body.get("metadata") if isinstance(answer.body, dict) else None
        if answer.status not in (200, 201) or "dryRun" in path:
            return
        if not isinstance(metadata, dict) or not metadata.get("name") or not metadata.get("resourceVersion"):
            return  # a table, or nothing that is stored
        object_path = _object_path(request.method, path, str(metadata["name"]))
        fresh = Request("GET", f"{object_path}?resourceVersion={metadata['resourceVersion']}")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (found := _answer(self.connection, fresh, fresh.path, None, {"Accept": JSON})).status not in (200, 404):
            if time.monotonic() > deadline:
                raise AssertionError(f"its cache does not follow: {fresh}: {found}")

    def _path(self, path: str) -> str:
        path = str(self.filled(path))
        if path.startswith("/"):
            return urllib.parse.quote(path, safe=_SAFE)
        group_version, _, rest = path.rpartition(":") if re.match(r"[a-z0-9.]+/v[a-z0-9]+:", path) else ("", "", path)
        root = f"/apis/{group_version}" if group_version else "/api/v1"
        return urllib.parse.quote(f"{root}/namespaces/{self.case.namespace}/{rest}", safe=_SAFE)

    def filled(self, value: Any) -> Any:
        """Return what an author wrote with all references replaced."""
        if isinstance(value, dict):
            return {self.filled(name): self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return self._said(whole[1])
        return _REFERENCE.sub(lambda match: str(self._said(match[1])), value)

    def _said(self, reference: str) -> Any:
        if reference == "ns":
            return self.case.namespace
        name, *path = reference.split(".")
        value = self.named[name]
        for part in path:
            value = (
                value[int(part)] if isinstance(value, list) else value.get(part) if isinstance(value, dict) else None
            )
        return value

    def _note_made(self, request: Request, path: str, answer: Answer) -> None:
        metadata = answer.body.get("metadata") if isinstance(answer.body, dict) else None
        if answer.status != 201 or not isinstance(metadata, dict) or metadata.get("namespace"):
            return
        if "dryRun" in path or "/namespaces/" in path:
            return
        bare = path.partition("?")[0]
        self.made.append(f"{bare}/{metadata.get('name')}" if request.method == "POST" else bare)


def answers(case: Case, server: Server) -> list[Answer]:
    """Run a case on a server.

    A reference to what is not there is sent as None, and so shows in the comparison.
    """
    with server.connection() as connection:
        conversation = Conversation(case, connection, server)
        conversation.enter()
        try:
            return [conversation.ask(request) for request in case.requests]
        finally:
            conversation.leave()


def _is_what_is_waited_for(request: Request, answer: Answer) -> bool:
    if answer.status == 429 and "(re)initializing" in json.dumps(answer.body):
        return False  # the real server makes the storage of a custom kind anew, at a time of its own
    if request.events:
        return True
    if request.until_status and answer.status != request.until_status:
        return False
    text = json.dumps(answer.body)
    return request.until in text and not (request.until_lacks and request.until_lacks in text)


def _object_path(method: str, path: str, name: str) -> str:
    """Return the path of the object that was written at a path, which may be that of a subresource."""
    bare, last = path.partition("?")[0], urllib.parse.quote(name, safe=_SAFE)
    if method == "POST":
        return f"{bare}/{last}"
    return bare if bare.endswith(f"/{last}") else bare.rpartition("/")[0]


def _bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _answer(
    connection: http.client.HTTPSConnection, request: Request, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    connection.request(request.method, path, body, headers)
    response = connection.getresponse()
    found: dict[str, Any] = {
        name: values
        for name in HEADERS
        if (values := [v for k, v in response.getheaders() if k.lower() == name.lower()])
    }
    if "Vary" in found:
        found["Vary"] = [", ".join(found["Vary"])]  # one line or several are the same: RFC 9110, 5.3
    found["ETag"] = response.getheader("ETag") is not None
    if request.events and response.status == 200:
        content = _events(response, request)
        connection.close()
        return Answer(response.status, found, content)
    text = response.read()
    if response.will_close:
        connection.close()
    return Answer(response.status, found, _content(text))


def _events(response: http.client.HTTPResponse, request: Request) -> list[Any]:
    events: list[Any] = []
    while len(events) < request.events:
        try:
            line = response.readline()
        except TimeoutError:
            events.append("no event within the time")
            break
        if not line:
            break
        events.append(json.loads(line))
        if request.until and request.until in line.decode():
            break
    return events


def _content(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("latin-1")
