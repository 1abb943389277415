"""Requests for what others verify the tokens of service accounts by: who issues them, and with which keys.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/routes/openidmetadata.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.access import ServiceAccountTokens
from aiokube.testing.apiserver.storage import encode

from .answer import Answer
from .negotiation import JSON, clauses, not_produced
from .received import Received

__all__ = ["IssuerRequests"]

_KEYS_TYPE = "application/jwk-set+json"
_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


class IssuerRequests:
    """Answers requests for the documents of the issuer.

    Args:
        tokens: what is issued.
        url: where the server is.
    """

    def __init__(self, tokens: ServiceAccountTokens, url: str) -> None:
        self._tokens = tokens
        self._url = url

    def configuration(self, received: Received) -> Answer:
        """Say who issues tokens, and where the keys are."""
        return _document(received, self._tokens.issuer_document(self._url), JSON)

    def keys(self, received: Received) -> Answer:
        """Tell the keys."""
        return _document(received, self._tokens.keys_document, _KEYS_TYPE)


def _document(received: Received, document: Mapping[str, Any], media_type: str) -> Answer:
    if received.method != "GET":
        raise errors.method_not_allowed_here()
    accepted = {clause.media_type for clause in clauses(received.header("Accept"))}
    if accepted and not accepted & {media_type, "application/*", "*/*"}:
        raise not_produced(media_type)
    return Answer(200, encode(document), media_type, _AN_HOUR)
