"""What is wrong with a CustomResourceDefinition.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apis/apiextensions/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    forbidden,
    invalid,
    item,
    key,
    not_supported,
    required,
)
from aiokube.testing.apiserver.go.text import printable
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.schema.formats import known

from . import field_paths, schema_rules, schema_structure
from .definition import Definition, Lifted, is_true
from .go_schema import go_version
from .schema_walk import Schema, walk

__all__ = ["APPROVAL", "approval", "is_protected", "unknown_formats", "validate", "validate_change", "validate_status"]

APPROVAL = "api-approved.kubernetes.io"
"""The annotation that a group of Kubernetes' own must have."""

_COLUMN_TYPES = "boolean,date,integer,number,string"
_COLUMN_FORMATS = "byte,date,date-time,double,float,int32,int64,password"
_WARNING_LIMIT = 256
_NO_WEBHOOKS = (
    "the embedded API server of aiokube.testing calls no webhooks: use None for it, or use aiokube.testing.ControlPlane"
)


def validate(definition: Definition, old: Definition | None) -> list[FieldError]:
    """Return what is wrong with a definition, beside its metadata.

    Args:
        old: what it was before, None for a new one.
    """
    spec, lifted = definition.get("spec") or {}, Lifted.of(definition)
    found = [*_spec(spec, lifted)]
    if old is not None:
        found += validate_change(spec, old)
    found += validate_status(definition)
    found += _stored_versions(definition)
    found += _approval(definition, old)
    if spec.get("preserveUnknownFields"):
        where = "spec.versions[*].schema"
        words = f"cannot set to true, set x-kubernetes-preserve-unknown-fields to true in {where} instead"
        found.append(invalid("spec.preserveUnknownFields", True, words))
    return found


def validate_change(spec: Mapping[str, Any], old: Definition) -> Iterator[FieldError]:
    """Yield what may not be changed."""
    before = old["spec"]
    fixed = [("group",), ("names", "plural")]
    if is_true(old, "Established"):
        fixed = [("scope",), ("names", "kind"), *fixed]
    for path in fixed:
        new, was = _at(spec, path), _at(before, path)
        if new != was:
            yield invalid(child("spec", *path), new, "field is immutable")


def validate_status(definition: Definition) -> Iterator[FieldError]:
    """Yield what is wrong with a status."""
    return _names((definition.get("status") or {}).get("acceptedNames") or {}, "status.acceptedNames")


def is_protected(group: str) -> bool:
    """Return whether a group is Kubernetes' own, so that its kinds need approval."""
    return f".{group}".endswith((".k8s.io", ".kubernetes.io"))


def approval(definition: Definition) -> tuple[str, str]:
    """Return whether a kind of a protected group is approved: a word for it, and why."""
    text = (definition["metadata"].get("annotations") or {}).get(APPROVAL) or ""
    see = "see https://github.com/kubernetes/enhancements/pull/1111"
    if not text:
        return "MissingAnnotation", f'protected groups must have approval annotation "{APPROVAL}", {see}'
    if text.startswith("unapproved"):
        return "UnapprovedAnnotation", f'not approved: "{text}"'
    if _is_url(text):
        return "ApprovedAnnotation", f"approved in {text}"
    either = 'either a URL or a reason starting with "unapproved"'
    return "InvalidAnnotation", f'protected groups must have approval annotation "{APPROVAL}" with {either}, {see}'


def unknown_formats(definition: Definition) -> Iterator[str]:
    """Yield the formats in the schemas that are not checked."""
    for part in _schemas(Lifted.of(definition)):
        if part.get("format") and not known(part["format"], part.get("type", "")):
            yield part["format"]


def _schemas(lifted: Lifted) -> Iterator[Schema]:
    for holder in (lifted.common, *lifted.versions):
        schema = (holder.get("schema") or {}).get("openAPIV3Schema") or {}
        yield from (part for _, part in walk(schema))


def _has_defaults(lifted: Lifted) -> bool:
    return any(part.get("default") is not None for part in _schemas(lifted))


def _spec(spec: Mapping[str, Any], lifted: Lifted) -> Iterator[FieldError]:
    yield from _group(spec.get("group", ""))
    yield from _word(spec.get("scope", ""), ("Cluster", "Namespaced"), "spec.scope")
    for index, version in enumerate(lifted.versions):
        if lifted.schema(version) is None:
            yield required(f"{item('spec.versions', index)}.schema.openAPIV3Schema")
    if spec.get("preserveUnknownFields") and _has_defaults(lifted):
        yield invalid("spec.preserveUnknownFields", True, "must be false in order to use defaults in the schema")
    for index, version in enumerate(lifted.versions):
        where = item("spec.versions", index)
        yield from _label(version["name"], child(where, "name"))
        yield from _version(version, lifted, where)
    yield from _versions(lifted, given=spec.get("versions") is not None)
    of_spec = spec.get("names") or {}
    for name in ("plural", "singular", "kind", "listKind"):
        if not of_spec.get(name):
            yield required(child("spec.names", name))
    yield from _names(of_spec, "spec.names")
    yield from _common(lifted)
    yield from _conversion(spec.get("conversion"))


def _group(group: str) -> Iterator[FieldError]:
    if not group:
        yield required("spec.group")
    elif wrong := names.dns_subdomain(group):
        yield invalid("spec.group", group, ",".join(wrong))
    elif "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def _version(version: Mapping[str, Any], lifted: Lifted, path: str) -> Iterator[FieldError]:
    warning = version.get("deprecationWarning")
    for words in _warning(warning, deprecated=bool(version.get("deprecated"))):
        yield invalid(child(path, "deprecationWarning"), warning, words)
    subresources = version.get("subresources") or lifted.common.get("subresources") or {}
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if schema is not None:
        has_status = subresources.get("status") is not None
        yield from schema_rules.validate(schema, child(path, "schema"), has_status=has_status)
    yield from _parts(version, path, schema)


def _common(lifted: Lifted) -> Iterator[FieldError]:
    schema = (lifted.common.get("schema") or {}).get("openAPIV3Schema")
    if schema is not None:
        all_subresources = [lifted.common, *lifted.versions]
        has_status = any((each.get("subresources") or {}).get("status") is not None for each in all_subresources)
        yield from schema_rules.validate(schema, "spec.validation", has_status=has_status)
    yield from _parts(lifted.common, "spec", schema)


def _parts(holder: Mapping[str, Any], path: str, schema: Mapping[str, Any] | None) -> Iterator[FieldError]:
    yield from _subresources(holder.get("subresources") or {}, child(path, "subresources"))
    for index, column in enumerate(holder.get("additionalPrinterColumns") or ()):
        yield from _column(column, item(child(path, "additionalPrinterColumns"), index))
    fields, where = holder.get("selectableFields"), child(path, "selectableFields")
    if fields and schema is None:
        is_common = path == "spec"
        words = (
            "may only be set when validations.schema is included"
            if is_common
            else "may only be set when `version.schema.openAPIV3Schema` is not included"
        )
        yield invalid(where, "", words)
    elif fields and schema is not None:
        if (why := schema_structure.not_structural(schema)) is not None:
            yield invalid(f"{path}.schema.openAPIV3Schema", "", why)
        else:
            yield from field_paths.validate_selectable(fields, schema, where)


def _versions(lifted: Lifted, *, given: bool) -> Iterator[FieldError]:
    found = [each["name"] for each in lifted.versions]
    shown = [go_version(each) for each in lifted.versions] if given else None
    if len(set(found)) < len(found):
        yield invalid("spec.versions", shown, "must contain unique version names")
    if sum(bool(each.get("storage")) for each in lifted.versions) != 1:
        yield invalid("spec.versions", shown, "must have exactly one version marked as storage version")
    if found and found[0]:
        yield from _label(found[0], "spec.version")


def _warning(warning: str | None, *, deprecated: bool) -> Iterator[str]:
    if warning is None:
        return
    if not deprecated:
        yield "can only be set for deprecated versions"
        return
    if len(warning.encode()) > _WARNING_LIMIT:
        yield "must be <= 256 characters long"
    if not warning:
        yield "must not be an empty string"
    index = 0
    for sign in warning:
        if not printable(sign):
            words = "must only contain printable UTF-8 characters"
            yield f"{words}; non-printable character found at index {index}"
            return
        index += len(sign.encode())


def _names(found: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for name in ("plural", "singular"):
        if found.get(name):
            yield from _label(found[name], child(path, name))
    for name in ("kind", "listKind"):
        if found.get(name) and (wrong := names.dns_1035_label(found[name].lower())):
            words = f"may have mixed case, but should otherwise match: {','.join(wrong)}"
            yield invalid(child(path, name), found[name], words)
    for index, name in enumerate(found.get("shortNames") or ()):
        yield from _label(name, item(child(path, "shortNames"), index))
    if found.get("kind") and found["kind"] == found.get("listKind"):
        yield invalid(child(path, "listKind"), found["kind"], "kind and listKind may not be the same")
    for index, name in enumerate(found.get("categories") or ()):
        yield from _label(name, item(child(path, "categories"), index))


def _label(value: str, path: str) -> Iterator[FieldError]:
    if wrong := names.dns_1035_label(value):
        yield invalid(path, value, ",".join(wrong))


def _word(value: str, words: tuple[str, ...], path: str) -> Iterator[FieldError]:
    if not value:
        yield required(path)
    elif value not in words:
        yield not_supported(path, value, words)


def _subresources(subresources: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    scale = subresources.get("scale")
    if scale is None:
        return
    for name, prefix in (("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")):
        where, json_path = child(path, "scale", name), scale.get(name, "")
        if not json_path:
            yield required(where)
        elif wrong := list(field_paths.validate_simple(json_path, where)):
            yield from wrong
        elif not json_path.startswith(f"{prefix}."):
            yield invalid(where, json_path, f"should be a json path under {prefix}")
    if json_path := scale.get("labelSelectorPath"):
        where = child(path, "scale", "labelSelectorPath")
        if wrong := list(field_paths.validate_simple(json_path, where)):
            yield from wrong
        elif not json_path.startswith((".spec.", ".status.")):
            yield invalid(where, json_path, "should be a json path under either .spec or .status")


def _column(column: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    if not column.get("name"):
        yield required(child(path, "name"))
    kind, words = column.get("type", ""), f"must be one of {_COLUMN_TYPES}"
    if not kind:
        yield required(child(path, "type"), words)
    elif kind not in _COLUMN_TYPES.split(","):
        yield invalid(child(path, "type"), kind, words)
    if column.get("format") and column["format"] not in _COLUMN_FORMATS.split(","):
        yield invalid(child(path, "format"), column["format"], f"must be one of {_COLUMN_FORMATS}")
    if not column.get("jsonPath"):
        yield required(child(path, "JSONPath"))
    else:
        yield from field_paths.validate_simple(column["jsonPath"], child(path, "JSONPath"))


def _conversion(conversion: Mapping[str, Any] | None) -> Iterator[FieldError]:
    if conversion is None:
        return
    path, strategy = "spec.conversion", conversion.get("strategy", "")
    yield from _word(strategy, ("None", "Webhook"), child(path, "strategy"))
    webhook = conversion.get("webhook") or {}
    if strategy == "Webhook":
        yield forbidden(child(path, "strategy"), _NO_WEBHOOKS)
        return
    for name, value in (
        ("webhookClientConfig", webhook.get("clientConfig")),
        ("conversionReviewVersions", webhook.get("conversionReviewVersions")),
    ):
        if value:
            yield forbidden(child(path, name), "should not be set when strategy is not set to Webhook")


def _stored_versions(definition: Definition) -> Iterator[FieldError]:
    path, stored = "status.storedVersions", (definition.get("status") or {}).get("storedVersions") or []
    if not stored:
        yield invalid(path, None, "must have at least one stored version")
        return
    missing = {name: index for index, name in enumerate(stored)}
    for version in definition["spec"].get("versions") or []:
        name = version["name"]
        if missing.pop(name, None) is None and version.get("storage"):
            yield invalid(path, stored, f"must have the storage version {name}")
    for name, index in missing.items():
        words = (
            f"missing from spec.versions; {name} was previously a storage version, and must remain in "
            f"spec.versions until a storage migration ensures no data remains persisted in {name} and removes "
            f"{name} from status.storedVersions"
        )
        yield invalid(item(path, index), name, words)


def _approval(definition: Definition, old: Definition | None) -> Iterator[FieldError]:
    if not is_protected((definition.get("spec") or {}).get("group", "")):
        return
    state, why = approval(definition)
    if old is not None and approval(old)[0] == state:
        return
    where = key("metadata.annotations", APPROVAL)
    if state == "MissingAnnotation":
        yield required(where, why)
    elif state == "InvalidAnnotation":
        yield invalid(where, definition["metadata"]["annotations"][APPROVAL], why)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _at(value: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) or {}
    return value or ""
