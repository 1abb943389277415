"""Negotiation: in which form and encoding an answer is wanted, and in which a body came.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/negotiation/negotiate.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.forms import Form
from aiokube.testing.apiserver.tables import parse_include
from aiokube.testing.apiserver.verbs.options import Query

__all__ = [
    "JSON",
    "YAML",
    "Accepted",
    "Clause",
    "accept",
    "body_type",
    "clauses",
    "for_errors",
    "is_pretty",
    "not_produced",
    "require_produced",
    "require_streamed",
    "takes_gzip",
]

JSON = "application/json"
YAML = "application/yaml"

_ENCODINGS = (JSON, YAML)
_PROTOBUF = "application/vnd.kubernetes.protobuf"
_ALL = ", ".join((*_ENCODINGS, _PROTOBUF))
_FORMS = {"Table", "PartialObjectMetadata", "PartialObjectMetadataList"}
_FORM_VERSIONS = {"v1", "v1beta1"}
_HUMANS = ("curl", "Wget", "Mozilla/5.0")
_TRUE = {"1", "t", "T", "true", "TRUE", "True"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One of the media types in an Accept header, with its parameters."""

    media_type: str
    quality: float
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an answer will look like."""

    media_type: str
    form: Form
    pretty: bool


def clauses(header: str) -> list[Clause]:
    """Return the clauses of an Accept header, the most wanted first."""
    found = [_clause(text) for text in header.split(",") if text.strip()]
    return sorted(found, key=lambda clause: -clause.quality)


def accept(header: str, query: Query, user_agent: str) -> Accepted:
    """Return what an answer shall look like.

    Raises:
        StatusError: 406, for none that the server writes, or 400 for an includeObject that is none.
    """
    pretty = is_pretty(query, user_agent)
    if not header:
        return Accepted(JSON, Form(), pretty)
    for clause in clauses(header):
        for encoding in _ENCODINGS:
            if _covers(clause.media_type, encoding) and _is_known_form(clause):
                asked = clause.parameters.get("pretty") == "1"
                return Accepted(encoding, _form(clause, query), pretty or asked)
    raise errors.StatusError(406, "NotAcceptable", f"only the following media types are accepted: {_ALL}")


def require_produced(header: str, *, streams: bool) -> None:
    """Require that some media type is accepted that there is at all; its parameters are looked at later.

    Args:
        streams: the path can be watched too, which the message says.

    Raises:
        StatusError: 406, there is none.
    """
    wanted = {text.partition(";")[0].strip() for text in header.split(",")} if header else {"*/*"}
    if wanted & {*_ENCODINGS, _PROTOBUF, "*/*"}:
        return
    raise not_produced(f"{_ALL}, {JSON};stream=watch, {_PROTOBUF};stream=watch" if streams else _ALL)


def not_produced(produced: str) -> errors.StatusError:
    """Return the error for a request that accepts nothing of what is produced."""
    message = f"406: Not Acceptable\n\nAvailable representations: {produced}"
    return errors.StatusError(406, "NotAcceptable", message, {})


def require_streamed(accepted: Accepted) -> None:
    """Require that an encoding can be sent bit by bit.

    Raises:
        StatusError: 406, it cannot.
    """
    if accepted.media_type != JSON:
        streams = f"{JSON};stream=watch, {_PROTOBUF};stream=watch"
        raise errors.StatusError(406, "NotAcceptable", f"only the following media types are accepted: {streams}")


def for_errors(header: str, query: Query, user_agent: str) -> tuple[str, bool]:
    """Return the media type of an error, and whether it is for people: a form cannot be had then.

    When nothing of what is accepted can be had, people will have to read it.
    """
    for clause in clauses(header or JSON):
        for encoding in _ENCODINGS:
            if _covers(clause.media_type, encoding) and not clause.parameters.keys() & {"as", "g", "v"}:
                return encoding, is_pretty(query, user_agent) or clause.parameters.get("pretty") == "1"
    return JSON, True


def body_type(header: str) -> str:
    """Return the media type of a body, JSON when the header is empty.

    Raises:
        StatusError: 415, for one that the server does not read.
    """
    media_type = header.partition(";")[0].strip().lower() or JSON
    if media_type not in _ENCODINGS:
        raise unsupported_media_type(_ALL)
    return media_type


def unsupported_media_type(accepted: str) -> errors.StatusError:
    """Return the error for a body in a language that is not read."""
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return errors.StatusError(415, "UnsupportedMediaType", message)


def takes_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header has gzip; with a weight it has not, as kube-apiserver reads it."""
    return any(token.strip() == "gzip" for token in header.split(","))


def unread_patch(known: Sequence[str], *, custom: bool) -> errors.StatusError:
    """Return the error for a patch in a language that a resource does not read."""
    if custom:
        return unsupported_media_type(", ".join(known))
    return errors.StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def is_pretty(query: Query, user_agent: str) -> bool:
    """Return whether the answer is for people."""
    values = query.get("pretty")
    if values and values[0]:
        return values[0] in _TRUE
    return user_agent.startswith(_HUMANS)


def _clause(text: str) -> Clause:
    media_type, *rest = (part.strip() for part in text.split(";"))
    parameters = dict(_parameter(part) for part in rest if part)
    try:
        quality = float(parameters.pop("q", "1"))
    except ValueError:
        quality = 1.0
    return Clause(media_type, quality, parameters)


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().strip('"')


def _covers(pattern: str, media_type: str) -> bool:
    return pattern in {media_type, "*/*", "application/*"}


def _is_known_form(clause: Clause) -> bool:
    asked = {name: clause.parameters[name] for name in ("as", "g", "v") if name in clause.parameters}
    if not asked:
        return True
    return asked.get("as") in _FORMS and asked.get("g") == "meta.k8s.io" and asked.get("v") in _FORM_VERSIONS


def _form(clause: Clause, query: Query) -> Form:
    kind = clause.parameters.get("as", "")
    if not kind:
        return Form()
    version = clause.parameters["v"]
    if kind != "Table":
        return Form(kind, version)
    return Form(kind, version, parse_include((query.get("includeObject") or [""])[0]))
