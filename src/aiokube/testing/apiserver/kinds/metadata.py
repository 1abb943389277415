"""Metadata: what the server asks of the metadata of every object, whatever its kind.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/validation/objectmeta.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    forbidden,
    invalid,
    item,
    required,
    too_long,
)
from aiokube.testing.apiserver.go.text import printable, quoted

from . import names
from .checks import immutable, not_negative

__all__ = [
    "Look",
    "NameRule",
    "validate_annotations",
    "validate_create",
    "validate_labels",
    "validate_template_metadata",
    "validate_update",
]

NameRule = Callable[[str, bool], Iterable[str]]
"""What is wrong with a name; the second argument says that it is a generateName."""

Look = Literal["object", "change"]
"""What of the metadata of a changed object is looked at: all of it, or what has changed."""

_ANNOTATIONS_LIMIT = 256 * 1024
_MANAGER_LIMIT = 128
_SUBRESOURCE_LIMIT = 256
_IMMUTABLE = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
_STANDARD_FINALIZERS = {"kubernetes", "orphan", "foregroundDeletion"}
_NO_OWNERS = {("v1", "Event"): "/v1, Kind=Event"}


def validate_create(
    obj: Mapping[str, Any], *, namespaced: bool, name_rule: NameRule, builtin: bool = True
) -> list[FieldError]:
    """Return what is wrong with the metadata of a new object, whose name was generated already.

    Args:
        name_rule: of the kind.
        builtin: False for a custom kind, whose finalizers may have any qualified name.
    """
    metadata = obj.get("metadata") or {}
    wrong = list(_object(metadata, "metadata", namespaced, name_rule))
    return [*wrong, *_standard_finalizers(metadata)] if builtin else wrong


def validate_update(
    new: Mapping[str, Any],
    old: Mapping[str, Any],
    *,
    namespaced: bool,
    builtin: bool = True,
    looks: Iterable[Look] = ("change",),
) -> list[FieldError]:
    """Return what is wrong with the metadata of a changed object.

    kube-apiserver looks at it and at the change, and then again for each kind; the causes of its Status show it.

    Args:
        builtin: as for `validate_create`.
        looks: what the kind looks at again.
    """
    metadata, before = new.get("metadata") or {}, old.get("metadata") or {}
    whole = list(_object(metadata, "metadata", namespaced, _path_segment))
    change = list(_change(metadata, before, "metadata"))
    standard = list(_standard_finalizers(metadata)) if builtin else []
    again = {"object": [*whole, *standard], "change": [*change, *standard]}
    return [*whole, *change, *(error for look in looks for error in again[look])]


def validate_labels(labels: Mapping[str, str] | None, path: str) -> Iterator[FieldError]:
    for name, value in (labels or {}).items():
        yield from (invalid(path, name, words) for words in names.label_key(name))
        yield from (invalid(path, value, words) for words in names.label_value(value))


def validate_annotations(annotations: Mapping[str, str] | None, path: str) -> Iterator[FieldError]:
    annotations = annotations or {}
    for name in annotations:
        yield from (invalid(path, name, words) for words in names.qualified_name(name.lower()))
    if sum(len(name.encode()) + len(value.encode()) for name, value in annotations.items()) > _ANNOTATIONS_LIMIT:
        yield too_long(path, _ANNOTATIONS_LIMIT)


def validate_template_metadata(metadata: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """Return what is wrong with the metadata in a template of claims, which has annotations and labels alone."""
    yield from validate_annotations(metadata.get("annotations"), child(path, "annotations"))
    yield from validate_labels(metadata.get("labels"), child(path, "labels"))
    for name in metadata:
        if name not in {"annotations", "labels"}:
            yield forbidden(child(path, name), "cannot be set")


def _object(metadata: Mapping[str, Any], path: str, namespaced: bool, name_rule: NameRule) -> Iterator[FieldError]:
    prefix, name = metadata.get("generateName") or "", metadata.get("name") or ""
    if prefix:
        yield from (invalid(child(path, "generateName"), prefix, words) for words in name_rule(prefix, True))
    if not name:
        yield required(child(path, "name"), "name or generateName is required")
    else:
        yield from (invalid(child(path, "name"), name, words) for words in name_rule(name, False))
    yield from _namespace(metadata.get("namespace") or "", child(path, "namespace"), namespaced)
    yield from not_negative(metadata.get("generation"), child(path, "generation"))
    yield from validate_labels(metadata.get("labels"), child(path, "labels"))
    yield from validate_annotations(metadata.get("annotations"), child(path, "annotations"))
    yield from _owners(metadata.get("ownerReferences") or [], child(path, "ownerReferences"))
    yield from _finalizers(metadata.get("finalizers") or [], child(path, "finalizers"))
    yield from _managed_fields(metadata.get("managedFields") or [], child(path, "managedFields"))


def _change(new: Mapping[str, Any], old: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    if old.get("deletionTimestamp"):
        yield from _new_finalizers(new.get("finalizers") or [], old.get("finalizers") or [], child(path, "finalizers"))
    if not new.get("resourceVersion"):
        yield invalid(child(path, "resourceVersion"), "", "must be specified for an update")
    if (new.get("generation") or 0) < (old.get("generation") or 0):
        yield invalid(child(path, "generation"), new.get("generation") or 0, "must not be decremented")
    for name in _IMMUTABLE:
        yield from immutable(_plain(new, name), _plain(old, name), child(path, name))
    yield from validate_labels(new.get("labels"), child(path, "labels"))
    yield from validate_annotations(new.get("annotations"), child(path, "annotations"))
    yield from _owners(new.get("ownerReferences") or [], child(path, "ownerReferences"))
    yield from _managed_fields(new.get("managedFields") or [], child(path, "managedFields"))


def _plain(metadata: Mapping[str, Any], name: str) -> Any:
    """Return a field as a message shows it: texts that are absent as "", other absent values as null."""
    return metadata.get(name, "" if name in {"name", "namespace", "uid"} else None)


def _namespace(namespace: str, path: str, namespaced: bool) -> Iterator[FieldError]:
    if not namespaced:
        if namespace:
            yield forbidden(path, "not allowed on this type")
    elif not namespace:
        yield required(path)
    else:
        yield from (invalid(path, namespace, words) for words in names.dns_label(namespace))


def _owners(owners: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    controller = ""
    for owner in owners:
        yield from _owner(owner, path)
        if not owner.get("controller"):
            continue
        named = f"{owner.get('kind', '')}/{owner.get('name', '')}"
        if controller:
            found = f'Found "true" in references for {controller} and {named}'
            yield invalid(path, owners, f"Only one reference can have Controller set to true. {found}")
        controller = controller or named


def _owner(owner: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    api_version = owner.get("apiVersion") or ""
    if not _version(api_version):
        yield invalid(child(path, "apiVersion"), api_version, "version must not be empty")
    for name in ("kind", "name", "uid"):
        if not owner.get(name):
            yield invalid(child(path, name), "", "must not be empty")
    if banned := _NO_OWNERS.get((api_version, owner.get("kind") or "")):
        yield invalid(path, owner, f"{banned} is disallowed from being an owner")


def _version(api_version: str) -> str:
    """Return the version of an apiVersion; "" as well for one with more than one slash, which is none."""
    return "" if api_version.count("/") > 1 else api_version.rpartition("/")[2]


def _finalizers(finalizers: Sequence[str], path: str) -> Iterator[FieldError]:
    for finalizer in finalizers:
        yield from (invalid(path, finalizer, words) for words in names.qualified_name(finalizer))
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        yield invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set")


def _standard_finalizers(metadata: Mapping[str, Any]) -> Iterator[FieldError]:
    for index, finalizer in enumerate(metadata.get("finalizers") or []):
        if "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            what = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid(item("metadata.finalizers", index), finalizer, what)


def _new_finalizers(new: Sequence[str], old: Sequence[str], path: str) -> Iterator[FieldError]:
    if extra := sorted(set(new) - set(old)):
        # Go prints the list as its own source would have it.
        shown = ", ".join(map(quoted, extra))
        what = "no new finalizers can be added if the object is being deleted"
        yield forbidden(path, f"{what}, found new finalizers []string{{{shown}}}")


def _managed_fields(entries: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    for index, entry in enumerate(entries):
        at = item(path, index)
        operation, fields_type = entry.get("operation") or "", entry.get("fieldsType") or ""
        if operation not in {"Apply", "Update"}:
            yield invalid(child(at, "operation"), operation, "must be `Apply` or `Update`")
        if fields_type not in {"", "FieldsV1"}:
            yield invalid(child(at, "fieldsType"), fields_type, "must be `FieldsV1`")
        yield from _manager(entry.get("manager") or "", child(at, "manager"))
        if len((entry.get("subresource") or "").encode()) > _SUBRESOURCE_LIMIT:
            yield too_long(child(at, "subresource"), _SUBRESOURCE_LIMIT)


def _manager(manager: str, path: str) -> Iterator[FieldError]:
    if len(manager.encode()) > _MANAGER_LIMIT:
        yield too_long(path, _MANAGER_LIMIT)
    position = 0
    for character in manager:
        if not printable(character):
            yield invalid(path, manager, f"invalid character {_code_point(character)} (at position {position})")
        position += len(character.encode())


def _code_point(character: str) -> str:
    """Return a character as Go's %#U prints it: with itself in quotes only when it is printable."""
    shown = f"U+{ord(character):04X}"
    return f"{shown} '{character}'" if printable(character) else shown


def _path_segment(name: str, prefix: bool) -> list[str]:
    return names.path_segment(name, prefix=prefix)
