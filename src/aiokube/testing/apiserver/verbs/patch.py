"""Patch: an object changed by what a request says of it, in one of four languages.

Each turns a copy of the object that is there, in the version of the path, into the one that is wanted.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/patch.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from aiokube.testing.apiserver import documents, errors, field_errors, ownership
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object, Undecodable
from aiokube.testing.apiserver.go.text import sorted_keys
from aiokube.testing.apiserver.patches import json_patch, merge_patch, strategic
from aiokube.testing.apiserver.schema import decoding
from aiokube.testing.apiserver.schema.node import Node
from aiokube.testing.apiserver.storage import encode

from .body import named, placed, report
from .call import Call, Outcome
from .options import WriteOptions
from .owning import kind_of, own_written
from .update import update

__all__ = ["APPLY", "PATCH_TYPES", "patch", "patch_types", "patched", "report_applied"]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


class Patched(NamedTuple):
    """What came of a patch.

    Attributes:
        value: not read as an object yet.
        shown: what a message shows when it cannot be.
        problems: what is strictly wrong with the patch itself.
        is_converted: it is no JSON that is read as an object, and what is wrong with it is said otherwise.
    """

    value: Any
    shown: str
    problems: Sequence[str]
    is_converted: bool = False


PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC, APPLY)


def patch_types(call: Call) -> tuple[str, ...]:
    """Return the media types of the patches that a resource understands; custom kinds have no merge keys."""
    return tuple(name for name in PATCH_TYPES if name != STRATEGIC) if call.resource.custom else PATCH_TYPES


def patch(cluster: Cluster, call: Call, patch_type: str, text: bytes, options: WriteOptions) -> Outcome:
    """Change an object by a patch; an apply creates what is not there.

    Raises:
        StatusError: the patch cannot be read (400) or applied (422), or what `update()` raises.
    """
    if patch_type == APPLY:
        return _apply(cluster, call, text, options)

    def transform(live: Object | None) -> Object:
        if live is None:
            raise errors.not_found(call.resource.group_resource, call.name)
        new = _decode(call, _PATCHERS[patch_type](_written(call, live), text, call.resource.codec.node, _strict(call)))
        own_written(cluster, call, live, new)
        placed(call, new)
        named(call, new)
        return new

    return update(cluster, call, transform)


def _apply(cluster: Cluster, call: Call, text: bytes, options: WriteOptions) -> Outcome:
    document = documents.read_apply(text)

    def transform(live: Object | None) -> Object:
        merged, entries = ownership.applied(
            kind_of(call),
            live,
            document.value,
            manager=call.manager,
            now=cluster.now(),
            force=bool(options.force),
            subresource=call.subresource,
        )
        report_applied(call, document)
        try:
            new = call.resource.codec.complete(merged)
        except Undecodable as error:
            raise ownership.not_converted(document.value, str(error)) from None
        if entries:
            new["metadata"]["managedFields"] = entries
        uid = new["metadata"].get("uid")
        if live is None and uid:
            why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
            raise errors.conflict(call.resource.group_resource, call.name, why)
        placed(call, new)
        named(call, new)
        return new

    return update(cluster, call, transform, may_create=not call.subresource)


def report_applied(call: Call, document: documents.Document) -> None:
    """Refuse or warn of what is strictly wrong with the text of an apply.

    Raises:
        StatusError: it is not as strict as was asked for (400).
    """
    if document.duplicates and call.field_validation == "Strict":
        raise errors.bad_request(f"error strict decoding YAML: {document.duplicates[0]}")
    report(call, document.duplicates)


def patched(call: Call, patch_type: str, text: bytes, live: Object, *, node: Node) -> Object:
    """Return what a patch makes of something that is not stored itself, such as a scale.

    Args:
        node: what it looks like.

    Raises:
        StatusError: the patch cannot be read (400) or applied, or makes something else (422).
    """
    made = _PATCHERS[patch_type](encode(decoding.normal(node, live)), text, node, _strict(call))
    try:
        documents.check_type_meta(made.value)
        decoded = decoding.decode(node, made.value)
    except (documents.InvalidDocument, decoding.DecodingError) as error:
        raise _refused(made, str(error)) from None
    _report(call, made, decoded.unknown)
    return made.value or {}


def _decode(call: Call, made: Patched) -> Object:
    """Read what came of a patch as an object; what is strictly wrong with the patch counts with it."""
    if call.resource.custom and not made.value.get("apiVersion"):
        raise errors.internal_error("Object 'apiVersion' is missing in 'object has no apiVersion field'")
    try:
        if not made.is_converted:
            documents.check_type_meta(made.value)
        decoded = call.resource.codec.decode(made.value, is_converted=made.is_converted)
    except documents.InvalidDocument as error:
        raise _refused(made, str(error)) from None
    except Undecodable as error:
        raise _refused(made, error.converted if made.is_converted else str(error)) from None
    _report(call, made, decoded.problems)
    return decoded.object


def _report(call: Call, made: Patched, found: Sequence[str]) -> None:
    """Refuse or warn of what is strictly wrong with a patch, and with what came of it."""
    problems = [*made.problems, *found]
    if problems and call.field_validation == "Strict":
        raise _refused(made, f"strict decoding error: {', '.join(problems)}")
    report(call, problems)


def _refused(made: Patched, why: str) -> errors.StatusError:
    return errors.invalid(errors.GroupKind("", ""), "", [field_errors.invalid("patch", made.shown, why)])


def _strict(call: Call) -> bool:
    return call.field_validation != "Ignore"


def _json_patch(live: bytes, text: bytes, node: Node, strict: bool) -> Patched:
    read = json_patch.read(text, strict=strict)
    return _of_text(json_patch.apply(live, read), read.strict_errors)


def _merge_patch(live: bytes, text: bytes, node: Node, strict: bool) -> Patched:
    read = merge_patch.read(text, strict=strict)
    return _of_text(merge_patch.apply(live, read), read.strict_errors)


def _strategic(live: bytes, text: bytes, node: Node, strict: bool) -> Patched:
    read = strategic.read(text, strict=strict)
    value = strategic.apply(msgspec.json.decode(live), read, node)
    return Patched(value, str(read), read.strict_errors, is_converted=True)


def _written(call: Call, live: Object) -> bytes:
    """Return an object in the order in which it is shown, which is the order of a Go struct or, if custom, a map."""
    return encode(sorted_keys(live) if call.resource.custom else call.resource.codec.normal(live))


def _of_text(text: bytes, problems: Sequence[str]) -> Patched:
    return Patched(msgspec.json.decode(text), text.decode(), problems)


_PATCHERS: dict[str, Callable[[bytes, bytes, Node, bool], Patched]] = {
    JSON_PATCH: _json_patch,
    MERGE_PATCH: _merge_patch,
    STRATEGIC: _strategic,
}
