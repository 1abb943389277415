"""Paths that are about no resource: what is served, in which documents, who issues tokens, and whether all is well."""

from __future__ import annotations

from collections.abc import Callable

from aiokube.testing.apiserver.access import RequestInfo
from aiokube.testing.apiserver.discovery import Documents

from .answer import Answer
from .documents import DocumentRequests
from .issuer import IssuerRequests
from .received import Received

__all__ = ["Paths"]

_CHECKS = ("ping", "log", "etcd")


class Paths:
    """Answers requests about paths.

    Args:
        documents: what is served, as documents.
        issuer: answers who issues tokens.
    """

    def __init__(self, documents: Documents, issuer: IssuerRequests) -> None:
        self._documents = DocumentRequests(documents)
        self._answers: dict[str, Callable[[Received], Answer]] = {
            "/healthz": _health,
            "/livez": _health,
            "/readyz": _health,
            "/version": self._documents.version,
            "/version/": self._documents.version,
            "/.well-known/openid-configuration": issuer.configuration,
            "/.well-known/openid-configuration/": issuer.configuration,
            "/openid/v1/jwks": issuer.keys,
            "/openid/v1/jwks/": issuer.keys,
        }

    def answer(self, info: RequestInfo, received: Received) -> Answer | None:
        """Return the answer, None when there is nothing at the path."""
        found = self._answers.get(info.path)
        if found is not None:
            return found(received)
        if info.path.startswith(tuple(f"{path}/" for path in ("/healthz", "/livez", "/readyz"))):
            return _one_check(info.path.rpartition("/")[2])
        return self._documents.answer(info.path, received)


def _health(received: Received) -> Answer:
    if "verbose" not in received.query:
        return Answer.text(200, "ok", {"X-Content-Type-Options": "nosniff"})
    kind = received.request.path.strip("/")
    lines = [*(f"[+]{check} ok" for check in _CHECKS), f"{kind} check passed"]
    return Answer.text(200, "\n".join(lines) + "\n", {"X-Content-Type-Options": "nosniff"})


def _one_check(name: str) -> Answer | None:
    return Answer.text(200, "ok") if name in _CHECKS else None
