"""Cases and their requests, as values: what topics are written in."""

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "APPLY",
    "JSON",
    "JSON_PATCH",
    "MERGE",
    "STRATEGIC",
    "YAML",
    "Case",
    "Request",
    "apply",
    "case",
    "delete",
    "get",
    "json_patch",
    "merge",
    "post",
    "put",
    "send",
    "strategic",
    "until",
    "watch",
]

JSON = "application/json"
YAML = "application/yaml"
JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Request:
    """One request, and how much of its answer is waited for.

    Attributes:
        path: see the head of the package.
        body: a dict or list is JSON; None is no body.
        name: by which later requests refer to the answer.
        content_type: of the body; None sends no such header.
        headers: besides Accept and Content-Type.
        events: of a watch, that are read before the connection is closed; 0 for anything else.
        until_status: asked again until the answer has this status; 0 for once.
        until: asked again until the answer contains this text; a watch ends with the event that does.
        until_lacks: asked again until the answer does not contain this text.
        anonymous: without credentials.
    """

    method: str
    path: str
    body: Any = None
    name: str = ""
    content_type: str | None = JSON
    accept: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    events: int = 0
    until_status: int = 0
    until: str = ""
    until_lacks: str = ""
    anonymous: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Case:
    """A sequence of requests.

    Attributes:
        name: what it shows, in words with dashes; is part of the namespace's name.
        looks_at: the field that it is about, where that shows in no error.
    """

    name: str
    requests: tuple[Request, ...]
    looks_at: str = ""

    @property
    def namespace(self) -> str:
        return f"c-{self.name}"[:63].rstrip("-")

    @property
    def text(self) -> str:
        """All that the author wrote, by which masking knows what the servers made up."""
        text = "\n".join(f"{request.path} {_written(request.body)}" for request in self.requests)
        return text.replace("${ns}", self.namespace)


def _written(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, default=repr)


def case(name: str, *requests: Request, looks_at: str = "") -> Case:
    """Return a case; the names of all are different."""
    return Case(name, requests, looks_at)


def get(path: str, **more: Any) -> Request:
    return Request("GET", path, content_type=None, **more)


def post(path: str, body: Any, **more: Any) -> Request:
    return Request("POST", path, body, **more)


def put(path: str, body: Any, **more: Any) -> Request:
    return Request("PUT", path, body, **more)


def delete(path: str, body: Any = None, **more: Any) -> Request:
    return Request("DELETE", path, body, **more)


def merge(path: str, body: Any, **more: Any) -> Request:
    return Request("PATCH", path, body, content_type=MERGE, **more)


def json_patch(path: str, body: Any, **more: Any) -> Request:
    return Request("PATCH", path, body, content_type=JSON_PATCH, **more)


def strategic(path: str, body: Any, **more: Any) -> Request:
    return Request("PATCH", path, body, content_type=STRATEGIC, **more)


def apply(path: str, body: Any, *, manager: str = "tester", force: bool = False, **more: Any) -> Request:
    """Return a server-side apply; an empty `manager` sends none."""
    query = "&".join(filter(None, (manager and f"fieldManager={manager}", "force=true" if force else "")))
    joined = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
    return Request("PATCH", joined, body, content_type=APPLY, **more)


def send(method: str, path: str, body: Any = None, **more: Any) -> Request:
    return Request(method, path, body, **more)


def watch(path: str, *, events: int, **more: Any) -> Request:
    """Return a watch; it ends with so many events, or when the server ends it."""
    joined = f"{path}{'&' if '?' in path else '?'}watch=true"
    return Request("GET", joined, content_type=None, events=events, **more)


def until(path: str, *, status: int = 0, says: str = "", lacks: str = "", **more: Any) -> Request:
    """Return a GET that is repeated until its answer has a status, contains a text, or does not contain one."""
    return Request("GET", path, content_type=None, until_status=status, until=says, until_lacks=lacks, **more)
