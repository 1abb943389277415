"""Requests for documents: discovery in both its forms, and OpenAPI v2 and v3, with what lets a client keep them.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/discovery/aggregated/handler.go
Source: https://github.com/kubernetes/kube-openapi/blob/master/pkg/handler/handler.go
Source: https://github.com/kubernetes/kube-openapi/blob/master/pkg/handler3/handler.go
"""

from __future__ import annotations

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.discovery import Documents
from aiokube.testing.apiserver.storage import encode

from .answer import Answer, rendered
from .negotiation import JSON, YAML, Clause, clauses, is_pretty
from .received import Received

__all__ = ["DocumentRequests"]

_AGGREGATED_TYPE = f"{JSON};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_OPENAPI = "/openapi/v3"
_SWAGGER = "/openapi/v2"
_SWAGGER_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_SWAGGER_PROTOBUF_NAMES = (_SWAGGER_PROTOBUF, "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
_ACCEPTED = f"{JSON}, {YAML}, application/vnd.kubernetes.protobuf"


class DocumentRequests:
    """Answers requests for documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def version(self, received: Received) -> Answer:
        """Say which version the server has; indented, as kube-apiserver does it."""
        del received
        return Answer(200, rendered(encode(self._documents.version()), JSON, pretty=True).rstrip(b"\n"))

    def answer(self, path: str, received: Received) -> Answer | None:
        """Return the document at a path, None when there is none."""
        path = path.rstrip("/") or "/"
        if received.method not in {"GET", "HEAD"}:
            return None
        if path == _OPENAPI:
            return Answer(200, encode(self._documents.openapi_index()), "text/plain; charset=utf-8")
        if path == _SWAGGER:
            return self._swagger(received)
        if path.startswith(f"{_OPENAPI}/"):
            return self._openapi(path.removeprefix(f"{_OPENAPI}/"), received)
        return self._discovery(path, received)

    def _discovery(self, path: str, received: Received) -> Answer | None:
        document = self._documents.legacy(path)
        if document is None:
            if self._documents.is_built_in(path):
                raise errors.StatusError(404, "NotFound", "the server could not find the requested resource", {})
            return None
        wanted = clauses(received.header("Accept")) or [Clause(JSON, 1.0)]
        if path in {"/api", "/apis"} and any(map(_is_aggregated, wanted)):
            return self._aggregated(path, received)
        for clause in wanted:
            if clause.media_type in {JSON, YAML, "application/*", "*/*"} and "as" not in clause.parameters:
                media_type = YAML if clause.media_type == YAML else JSON
                pretty = is_pretty(received.query, received.header("User-Agent"))
                return Answer(200, rendered(encode(document), media_type, pretty=pretty), media_type)
        raise errors.StatusError(406, "NotAcceptable", f"only the following media types are accepted: {_ACCEPTED}")

    def _aggregated(self, path: str, received: Received) -> Answer | None:
        document = self._documents.aggregated(path)
        if document is None:
            return None
        headers = {"ETag": f'"{document.hash}"', "Vary": "Accept", "Cache-Control": "public"}
        return _unless_known(received, document.body + b"\n", _AGGREGATED_TYPE, headers)

    def _swagger(self, received: Received) -> Answer:
        varies = {"Vary": "Accept-Encoding, Accept"}
        for clause in clauses(received.header("Accept")) or [Clause(JSON, 1.0)]:
            if clause.media_type in {JSON, "application/*", "*/*"}:
                document, media_type = self._documents.swagger(), JSON
            elif clause.media_type in _SWAGGER_PROTOBUF_NAMES:
                document, media_type = self._documents.swagger_protobuf(), _SWAGGER_PROTOBUF
            else:
                continue
            return _unless_known(received, document.body, media_type, {"ETag": f'"{document.hash}"', **varies})
        return Answer(406, b"", "", varies)

    def _openapi(self, name: str, received: Received) -> Answer | None:
        document = self._documents.openapi(name)
        if document is None:
            return Answer(404, b"", "")
        headers = {"ETag": f'"{document.hash}"', "Vary": "Accept"}
        asked = (received.query.get("hash") or [""])[0]
        if asked and asked != document.hash:
            location = f"{_OPENAPI}/{name}?hash={document.hash}"
            return Answer(301, b"", JSON, headers | {"Location": location})
        if asked:
            headers["Cache-Control"] = "public, immutable"
        return _unless_known(received, document.body, JSON, headers)


def _unless_known(received: Received, body: bytes, media_type: str, headers: dict[str, str]) -> Answer:
    if received.header("If-None-Match") == headers["ETag"]:
        return Answer(304, b"", media_type, headers)
    return Answer(200, body, media_type, headers)


def _is_aggregated(clause: Clause) -> bool:
    asked = clause.parameters
    return (asked.get("as"), asked.get("g"), asked.get("v")) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2")
