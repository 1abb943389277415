"""Checks by a dry run: the server itself decodes, defaults, validates and admits, custom kinds included.

The definition is first created, for a trial. That is where a server says most: every unknown field, every cause, each
with its path; server-side apply answers 500 with one unknown field out of several, and takes none as a warning. What
creating says does not hold for an object that is there already, though: its address is in use, by itself, or a quota
is full, of it. So what was refused, for another reason than that it cannot be read, is then applied, for a trial too
and without its unknown fields. What that says counts: it is the same for a new object, and for an old one it is what
an update meets.

Findings are what is said about the definition. What is about the caller or the server is raised: 401, a 403 of RBAC,
429, 5xx, lost connections, answers that are no Status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, NamedTuple, Protocol

from aiokube._machinery.errors import InvalidSegment, UnencodableValue
from aiokube._machinery.headers import warning_texts
from aiokube._machinery.objects import encode
from aiokube._machinery.patches import APPLY
from aiokube._machinery.paths import quote_query
from aiokube._machinery.requests import Request, Target
from aiokube.client.answer import Answer
from aiokube.client.exceptions import ApiException, ResourceNotFoundError, ResourceNotUniqueError
from aiokube.validation.definition import json_of, type_findings
from aiokube.validation.findings import REQUIRED, finding

FIELD_MANAGER = "aiokube-validate"

_DEFAULT_NAMESPACE = "default"  # of a definition that names none, as kubectl does
# What an object that was read has of the server, and is not judged: whether it is stale is not what is asked.
_SERVER_SET: dict[str, type] = {"resourceVersion": str, "uid": str, "managedFields": list}

# What a Status without causes is about, when it is not the object as a whole.
_PATHS = {404: "metadata.namespace", 405: "kind"}
_FINAL = frozenset({404, 405, 413})  # whether there is such an object already changes nothing

# Of an update: the user may not, there is nothing to update, there is no such patch. What creating says stands then.
_NOTHING_TO_ADD = frozenset({403, 404, 415})

_RBAC = re.compile(r"is forbidden: user ", re.IGNORECASE)  # the words are all that tells it from admission's 403
_UNREADABLE = " cannot be handled as a "
_UNKNOWN = "unknown field"
_STRICT = "strict decoding error: "
_UNKNOWN_FIELD = re.compile(r'unknown field "((?:[^"\\]|\\.)*)"')
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_GO_FIELD = re.compile(r"into Go struct field \w+\.(\S+) of type ")
_INCOMPLETE = "some validation rules were not checked"  # in a cause that says only this
_APPLY_ERROR = "failed to create typed patch object"
_APPLY_LINE = re.compile(r"(?:\): |^\s+)\.(.+?): (.+)$", re.MULTILINE)
_NOT_DECLARED = "field not declared in schema"


class Kind(Protocol):
    """What a dry run needs to know of a kind; a Resource has it."""

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
    unknown: list[str]  # paths of fields that the server does not know
    final: bool = True  # False: of an object that is there already it may say otherwise


async def avalidate(client: Client, definition: Any, *, strict: bool = False) -> tuple[list[str], list[str]]:
    """Check a definition by asking the server for a dry run, which changes nothing.

    The user needs the right to create the kind; who may also patch it is told how an object that is there already
    would take the definition.

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
        trial = _Trial(kind, document)
    except InvalidSegment as error:
        return [], [finding(f"metadata.{error.what}", error.why)]
    return await _findings(client.transport, trial, strict)


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

    def __init__(self, kind: Kind, document: dict[str, Any]) -> None:
        metadata = document.get("metadata") or {}
        name = metadata.get("name") or None
        namespace = (metadata.get("namespace") or _DEFAULT_NAMESPACE) if kind.namespaced else None
        kept = {key: value for key, value in metadata.items() if not isinstance(value, _SERVER_SET.get(key, ()))}
        self._document = {**document, "metadata": kept}
        self._target = Target("validate", kind.qualified_name, name, namespace)
        self._collection = kind.path(None, namespace)
        self._item = kind.path(name, namespace) if name and "patch" in (kind.verbs or ()) else None

    def creation(self, *, strict: bool) -> Request:
        validation = ("fieldValidation", "Strict" if strict else "Warn")
        return self._request("POST", self._collection, "application/json", self._document, validation)

    def update(self, unknown: Iterable[str]) -> Request | None:
        """Return the request that applies the definition; None when that cannot be done.

        Args:
            unknown: Paths of fields to leave out, for server-side apply refuses them even if asked not to.
        """
        if self._item is None:
            return None
        document = deepcopy(self._document)
        for path in unknown:
            _remove(document, path)
        return self._request("PATCH", self._item, APPLY, document, ("force", "true"))

    def _request(
        self, method: str, path: str, media_type: str, document: dict[str, Any], query: tuple[str, str]
    ) -> Request:
        return Request(
            method=method,
            path=path,
            query=quote_query([("dryRun", "All"), ("fieldManager", FIELD_MANAGER), query]),
            headers=(("Content-Type", media_type),),
            body=encode(document),
            target=self._target,
            surface_warnings=False,  # they are what the caller is given
        )


def _remove(document: Any, path: str) -> None:
    """Remove "spec.containers[0].bogus", if it is there."""
    steps = [int(index) if index else key for index, key in _STEP.findall(path)]
    with suppress(KeyError, IndexError, TypeError):  # a key with a dot in it reads as several
        for step in steps[:-1]:
            document = document[step]
        del document[steps[-1]]


async def _findings(transport: Transport, trial: _Trial, strict: bool) -> tuple[list[str], list[str]]:
    created = await _verdict(transport, trial.creation(strict=strict))
    if strict and created.unknown:  # of these alone it speaks then; what else is wrong is asked without minding them
        unknown, created = created.unknown, await _verdict(transport, trial.creation(strict=False))
        created = created._replace(unknown=unknown + created.unknown)  # a proxy may have dropped the warnings
    settled = created if created.final else await _verdict_of_update(transport, trial, created)
    warnings = list(dict.fromkeys(created.warnings + settled.warnings))
    not_known = [finding(path, _UNKNOWN) for path in dict.fromkeys(created.unknown + settled.unknown)]
    if strict:
        return warnings, not_known + settled.errors
    return not_known + warnings, settled.errors


async def _verdict_of_update(transport: Transport, trial: _Trial, created: _Verdict) -> _Verdict:
    request = trial.update(created.unknown)
    if request is None:
        return created
    try:
        return await _verdict(transport, request)
    except ApiException as error:
        if error.message.startswith(_APPLY_ERROR):  # a 500; what creating says of the same is better worded and whole
            return created if created.errors else _read_apply_error(error.message)
        if error.status in _NOTHING_TO_ADD and error.message:
            return created
        raise


async def _verdict(transport: Transport, request: Request) -> _Verdict:
    try:
        answer = await transport.send(request)
    except ApiException as error:
        warnings, unknown = _read_warnings(error.headers)
        refusal = _read_refusal(error)
        return refusal._replace(warnings=warnings + refusal.warnings, unknown=unknown + refusal.unknown)
    warnings, unknown = _read_warnings(answer.headers)
    return _Verdict(warnings, [], unknown)


def _read_warnings(headers: Any) -> tuple[list[str], list[str]]:
    """Return warnings and, apart, the paths of unknown fields."""
    texts = [text for _, _, text in warning_texts(headers.getall("Warning", ()))]
    unknown = [match[1] for text in texts if (match := _UNKNOWN_FIELD.fullmatch(text))]
    return [text for text in texts if not _UNKNOWN_FIELD.fullmatch(text)], unknown


def _read_refusal(error: ApiException) -> _Verdict:
    """Return what a refusal says of the definition; raise it when it says nothing."""
    if error.status_reason == "AlreadyExists":  # that is checked last: all else about it was right
        return _Verdict([], [], [], final=False)
    if not _is_about_definition(error):
        raise error
    if error.causes:
        return _read_causes(error)
    if _UNREADABLE in error.message:
        return _read_decoding(error.message)
    status = error.status or 0
    return _Verdict([], [finding(_PATHS.get(status, ""), error.message)], [], final=status in _FINAL)


def _is_about_definition(error: ApiException) -> bool:
    match error.status:
        case 403:
            return bool(error.message) and not _RBAC.search(error.message)
        case 404:
            return error.details.get("kind") == "namespaces"
        case 400 | 405 | 413 | 422:
            return bool(error.message)
    return False


def _read_causes(error: ApiException) -> _Verdict:
    warnings, errors = [], []
    for cause in error.causes:
        path, message = cause.get("field", ""), cause.get("message") or cause.get("reason", "")
        if _INCOMPLETE in message:
            warnings.append(message)
        else:
            errors.append(finding("" if path == "<nil>" else path, message))
    return _Verdict(warnings, errors, [], final=False)


def _read_decoding(message: str) -> _Verdict:
    """Read why a definition could not be decoded: 'Pod in version "v1" cannot be handled as a Pod: ...'."""
    _, _, text = message.partition(_UNREADABLE)[2].partition(": ")
    if not text.startswith(_STRICT):
        go = _GO_FIELD.search(text)
        return _Verdict([], [finding(go[1] if go else "", text)], [])
    if _UNKNOWN_FIELD.sub("", text.removeprefix(_STRICT)).strip(", "):  # something else as well: all of it as it is
        return _Verdict([], [finding("", text)], [])
    return _Verdict([], [], _UNKNOWN_FIELD.findall(text))


def _read_apply_error(message: str) -> _Verdict:
    """Read what only server-side apply refuses: 'failed to create ... errors:' and lines, or one of them."""
    lines = _APPLY_LINE.findall(message)
    unknown = [path for path, what in lines if what == _NOT_DECLARED]
    errors = [finding(path, what) for path, what in lines if what != _NOT_DECLARED]
    return _Verdict([], errors if lines else [finding("", message)], unknown)
