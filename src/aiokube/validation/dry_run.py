"""Checks by a dry run: the server itself decodes, defaults, validates and admits, custom kinds included.

The definition is first created, for a trial. That is where a server says most: every unknown field, every cause, each
with its path; server-side apply answers 500 with one unknown field out of several, and takes none as a warning. What
creating says does not hold for an object that is there already, though: its address may be in use, by itself, or a
quota be full, of it. So what was refused, for another reason than that it cannot be read, is then applied, for a
trial too, and what that says counts: it is the same for a new object, and for an old one it is what an update meets.

Findings are what is said about the definition. What is about the caller or the server is raised: 401, a 403 of RBAC,
429, 5xx, lost connections, answers that are no Status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from aiokube._machinery.errors import InvalidSegment, UnencodableValue
from aiokube._machinery.headers import warning_texts
from aiokube._machinery.objects import encode
from aiokube._machinery.patches import APPLY, content_type
from aiokube._machinery.paths import quote_query
from aiokube._machinery.requests import Request, Target
from aiokube.client.exceptions import ApiException, ResourceNotFoundError, ResourceNotUniqueError
from aiokube.client.rest import Answer
from aiokube.validation.definition import json_of, type_findings
from aiokube.validation.findings import REQUIRED, finding

FIELD_MANAGER = "aiokube-validate"

_DEFAULT_NAMESPACE = "default"  # of a definition that names none, as kubectl does
_SERVER_SET = ("resourceVersion", "uid")  # of an object that was read: whether it is stale is not what is asked

# What a Status without causes is about.
_PATHS = {404: "metadata.namespace", 405: "kind"}

_RBAC = re.compile(r"is forbidden: user ", re.IGNORECASE)  # the words are all that tells it from admission's 403
_NO_DRY_RUN = "does not support dry run"  # of an admission webhook
_UNREADABLE = " cannot be handled as a "
_UNKNOWN = "unknown field"
_STRICT = "strict decoding error: "
_FIELD_ERROR = re.compile(r'(unknown field|duplicate field) "((?:[^"\\]|\\.)*)"')
_GO_FIELD = re.compile(r"into Go struct field \w+\.(\S+) of type ")
_INCOMPLETE = "some validation rules were not checked"  # in a cause that says only this
_APPLY_ERROR = "failed to create typed patch object"
_APPLY_LINE = re.compile(r"(?:\): |^\s+)\.(.+?): (.+)$", re.MULTILINE)
_NOT_DECLARED = "field not declared in schema"


class Kind(Protocol):
    """What a dry run needs to know of a kind; a Resource has it."""

    @property
    def group(self) -> str | None: ...
    @property
    def group_version(self) -> str | None: ...
    @property
    def qualified_name(self) -> str: ...
    @property
    def namespaced(self) -> bool: ...
    @property
    def verbs(self) -> Sequence[str] | None: ...
    def path(self, name: str | None = None, namespace: str | None = None) -> str: ...


class Kinds(Protocol):
    """Where kinds are found; a Discoverer is one."""

    async def get(self, *, api_version: str, kind: str) -> Kind: ...


class Transport(Protocol):
    """What sends requests; an ApiClient is one."""

    async def send(self, request: Request) -> Answer: ...


class Client(Protocol):
    """What asks the server; a DynamicClient is one."""

    @property
    def resources(self) -> Kinds: ...
    @property
    def transport(self) -> Transport: ...


class _Verdict(NamedTuple):
    """What the server says of a definition."""

    warnings: list[str]
    errors: list[str]
    final: bool = True  # False: of an object that is there already it may say otherwise


async def avalidate(client: Client, definition: Any, *, strict: bool = False) -> tuple[list[str], list[str]]:
    """Check a definition by asking the server for a dry run, which changes nothing.

    The user needs the right to create the kind, and to patch it.

    Args:
        client: Who asks, a DynamicClient.
        definition: A dict, ResourceInstance, ResourceField or typed model; it is not changed. One in a namespace that
            it does not name is checked in "default".
        strict: Whether fields that the server does not know are errors, instead of warnings.

    Returns:
        Warnings and errors, each with the path of what it is about.

    Raises:
        ApiException: The server does not answer the question: the user may not ask it, the server is busy or failed.
        aiohttp.ClientError: The network failed.
        TimeoutError: A deadline passed.
        TypeError: The definition is not an object.
    """
    try:
        document = json_of(definition)
    except UnencodableValue as error:
        return [], [finding(error.path, error.why)]
    if errors := type_findings(document):
        return [], errors
    try:
        kind = await client.resources.get(api_version=document["apiVersion"], kind=document["kind"])
    except (ResourceNotFoundError, ResourceNotUniqueError) as error:
        return [], [finding("kind", str(error))]
    if errors := _kind_findings(document, kind) or _name_findings(document, kind):
        return [], errors
    try:
        trial = _Trial(kind, document, strict)
    except InvalidSegment as error:
        return [], [finding(f"metadata.{error.what}", error.why)]
    return await _outcome(client.transport, trial)


def _kind_findings(document: dict[str, Any], kind: Kind) -> list[str]:
    version = document["apiVersion"]
    if version == kind.group_version:  # discovery takes "v1" for that version of any group
        return []
    return [finding("apiVersion", f"{version} has no {document['kind']}; {kind.group_version} has")]


def _name_findings(document: dict[str, Any], kind: Kind) -> list[str]:
    metadata = document.get("metadata") or {}
    if not isinstance(metadata, dict):
        return [finding("metadata", f"{metadata!r} is not of type 'object'")]
    named = metadata.get("name") or metadata.get("generateName")
    # What can only be created is a question, as a SubjectAccessReview is, and needs no name.
    return [] if named or "get" not in (kind.verbs or ()) else [finding("metadata.name", REQUIRED)]


class _Trial:
    """The requests by which the server is asked about one definition."""

    def __init__(self, kind: Kind, document: dict[str, Any], strict: bool) -> None:
        metadata = document.get("metadata") or {}
        name = metadata.get("name") or None
        namespace = (metadata.get("namespace") or _DEFAULT_NAMESPACE) if kind.namespaced else None
        self.strict = strict
        self._kind = kind
        self._target = Target("validate", kind.qualified_name, name, namespace)
        self._collection = kind.path(None, namespace)
        self._item = kind.path(name, namespace) if name else None
        kept = {key: value for key, value in metadata.items() if key not in _SERVER_SET or not isinstance(value, str)}
        self._body = encode({**document, "metadata": kept})

    def creation(self) -> Request:
        return self._request("POST", self._collection, "application/json")

    def update(self, *, with_unknown_fields: bool) -> Request | None:
        """Return the request that applies the definition; None when the kind cannot be patched, or has no name."""
        if self._item is None or "patch" not in (self._kind.verbs or ()):
            return None
        if with_unknown_fields:  # which server-side apply refuses, whatever fieldValidation says
            return self._request("PATCH", self._item, content_type(None, group=self._kind.group, is_list=False))
        return self._request("PATCH", self._item, APPLY, ("force", "true"))

    def _request(self, method: str, path: str, media_type: str, *query: tuple[str, str]) -> Request:
        validation = ("fieldValidation", "Strict" if self.strict else "Warn")
        return Request(
            method=method,
            path=path,
            query=quote_query([("dryRun", "All"), ("fieldManager", FIELD_MANAGER), validation, *query]),
            headers=(("Content-Type", media_type),),
            body=self._body,
            target=self._target,
            surface_warnings=False,  # they are what the caller is given
        )


async def _outcome(transport: Transport, trial: _Trial) -> tuple[list[str], list[str]]:
    created = await _verdict(transport, trial.creation(), trial.strict)
    if created.final:
        return created.warnings, created.errors
    update = trial.update(with_unknown_fields=any(_UNKNOWN in text for text in created.warnings))
    if update is None:
        return created.warnings, created.errors
    try:
        updated = await _verdict(transport, update, trial.strict)
    except ApiException as error:
        if error.status not in (404, 415):  # there is no such object yet, or no patch of this type: nothing to add
            raise
        return created.warnings, created.errors
    return list(dict.fromkeys(created.warnings + updated.warnings)), updated.errors


async def _verdict(transport: Transport, request: Request, strict: bool) -> _Verdict:
    try:
        answer = await transport.send(request)
    except ApiException as error:
        return _read_refusal(error, strict)
    return _Verdict(_read_warnings(answer.headers), [])


def _read_refusal(error: ApiException, strict: bool) -> _Verdict:
    """Return what a refusal says of the definition; raise it when it says nothing."""
    warned = _read_warnings(error.headers)
    if error.status_reason == "AlreadyExists":  # all else about it was right: that is checked last
        return _Verdict(warned, [], final=False)
    if error.message.startswith(_APPLY_ERROR):
        unknown, errors = _read_apply_error(error.message, strict)
        return _Verdict(warned + unknown, errors)
    if not _is_about_definition(error):
        raise error
    if error.causes:
        notes, errors = _read_causes(error)
        return _Verdict(warned + notes, errors, final=False)
    if _UNREADABLE in error.message:
        return _Verdict(warned, _read_decoding(error.message))
    return _Verdict(warned, [finding(_PATHS.get(error.status or 0, ""), error.message)], final=error.status == 404)


def _is_about_definition(error: ApiException) -> bool:
    match error.status:
        case 400:
            return bool(error.message) and _NO_DRY_RUN not in error.message
        case 403:
            return bool(error.message) and not _RBAC.search(error.message)
        case 404:
            return error.details.get("kind") == "namespaces"
        case 405 | 413 | 422:
            return bool(error.message)
    return False


def _read_warnings(headers: Any) -> list[str]:
    texts = [text for _, _, text in warning_texts(headers.getall("Warning", ()) if headers else ())]
    return [_in_form(text) for text in texts]


def _in_form(text: str) -> str:
    match = _FIELD_ERROR.fullmatch(text)
    return finding(match[2], match[1]) if match else text


def _read_causes(error: ApiException) -> tuple[list[str], list[str]]:
    """Return notes, which are no fault of the definition, and errors."""
    notes, errors = [], []
    for cause in error.causes:
        path, message = cause.get("field", ""), cause.get("message") or cause.get("reason", "")
        if _INCOMPLETE in message:
            notes.append(message)
        else:
            errors.append(finding("" if path == "<nil>" else path, message))
    return notes, errors


def _read_decoding(message: str) -> list[str]:
    """Return a finding for each field in the text of an answer to a definition that cannot be decoded."""
    _, _, text = message.partition(_UNREADABLE)[2].partition(": ")
    if text.startswith(_STRICT):
        fields = [finding(path, what) for what, path in _FIELD_ERROR.findall(text)]
        rest = _FIELD_ERROR.sub("", text.removeprefix(_STRICT)).strip(", ")
        return [*fields, finding("", rest)] if rest else fields
    go = _GO_FIELD.search(text)
    return [finding(go[1] if go else "", text)]


def _read_apply_error(message: str, strict: bool) -> tuple[list[str], list[str]]:
    """Return unknown fields that are warnings, and errors, of the text with which server-side apply refuses types."""
    lines = [(path, _UNKNOWN if what == _NOT_DECLARED else what) for path, what in _APPLY_LINE.findall(message)]
    unknown = [finding(path, what) for path, what in lines if what == _UNKNOWN and not strict]
    errors = [finding(path, what) for path, what in lines if what != _UNKNOWN or strict]
    return unknown, errors if lines else [finding("", message)]
