"""A schema as kube-apiserver's own type has it, which some of its messages show whole.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apis/apiextensions/types_jsonschema.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .schema_walk import Schema

__all__ = ["FIELDS", "go_schema", "go_version"]

FIELDS: Mapping[str, tuple[str, Any]] = {
    "ID": ("id", ""),
    "Schema": ("$schema", ""),
    "Ref": ("$ref", None),
    "Description": ("description", ""),
    "Type": ("type", ""),
    "Nullable": ("nullable", False),
    "Format": ("format", ""),
    "Title": ("title", ""),
    "Default": ("default", None),
    "Maximum": ("maximum", None),
    "ExclusiveMaximum": ("exclusiveMaximum", False),
    "Minimum": ("minimum", None),
    "ExclusiveMinimum": ("exclusiveMinimum", False),
    "MaxLength": ("maxLength", None),
    "MinLength": ("minLength", None),
    "Pattern": ("pattern", ""),
    "MaxItems": ("maxItems", None),
    "MinItems": ("minItems", None),
    "UniqueItems": ("uniqueItems", False),
    "MultipleOf": ("multipleOf", None),
    "Enum": ("enum", None),
    "MaxProperties": ("maxProperties", None),
    "MinProperties": ("minProperties", None),
    "Required": ("required", None),
    "Items": ("items", None),
    "AllOf": ("allOf", None),
    "OneOf": ("oneOf", None),
    "AnyOf": ("anyOf", None),
    "Not": ("not", None),
    "Properties": ("properties", None),
    "AdditionalProperties": ("additionalProperties", None),
    "PatternProperties": ("patternProperties", None),
    "Dependencies": ("dependencies", None),
    "AdditionalItems": ("additionalItems", None),
    "Definitions": ("definitions", None),
    "ExternalDocs": ("externalDocs", None),
    "Example": ("example", None),
    "XPreserveUnknownFields": ("x-kubernetes-preserve-unknown-fields", None),
    "XEmbeddedResource": ("x-kubernetes-embedded-resource", False),
    "XIntOrString": ("x-kubernetes-int-or-string", False),
    "XListMapKeys": ("x-kubernetes-list-map-keys", None),
    "XListType": ("x-kubernetes-list-type", None),
    "XMapType": ("x-kubernetes-map-type", None),
    "XValidations": ("x-kubernetes-validations", None),
}
"""The fields in Go's order: what each is in a definition, and its zero value."""

_MAPS = {"properties", "patternProperties", "definitions"}
_LISTS = {"allOf", "oneOf", "anyOf"}


def go_schema(schema: Schema) -> dict[str, Any]:
    """Return a schema with Go's names and all its zero values."""
    return {name: _value(field, schema.get(field, zero)) for name, (field, zero) in FIELDS.items()}


def go_version(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version of a definition, as validation has it before it, with Go's names and all its zero values."""
    holder, subresources = version.get("schema"), version.get("subresources")
    schema = (holder or {}).get("openAPIV3Schema")
    return {
        "Name": version["name"],
        "Served": version.get("served", False),
        "Storage": version.get("storage", False),
        "Deprecated": version.get("deprecated", False),
        "DeprecationWarning": version.get("deprecationWarning"),
        "Schema": None if holder is None else {"OpenAPIV3Schema": None if schema is None else go_schema(schema)},
        "Subresources": None if subresources is None else _subresources(subresources),
        "AdditionalPrinterColumns": _columns(version.get("additionalPrinterColumns")),
        "SelectableFields": version.get("selectableFields")
        and [{"JSONPath": field.get("jsonPath", "")} for field in version["selectableFields"]],
    }


def _value(field: str, value: Any) -> Any:
    if value is None:
        return None
    if field in _MAPS:
        return {name: go_schema(value[name]) for name in sorted(value)}
    if field in _LISTS:
        return [go_schema(part) for part in value]
    if field == "not":
        return go_schema(value)
    if field == "items":
        many = isinstance(value, list)
        return {
            "Schema": None if many else go_schema(value),
            "JSONSchemas": [go_schema(part) for part in value] if many else None,
        }
    if field in {"additionalProperties", "additionalItems"}:
        is_schema = isinstance(value, Mapping)
        return {"Allows": is_schema or bool(value), "Schema": go_schema(value) if is_schema else None}
    if field == "externalDocs":
        return {"Description": value.get("description", ""), "URL": value.get("url", "")}
    return value


def _subresources(subresources: Mapping[str, Any]) -> dict[str, Any]:
    scale = subresources.get("scale")
    return {
        "Status": subresources.get("status"),
        "Scale": scale
        and {
            "SpecReplicasPath": scale.get("specReplicasPath", ""),
            "StatusReplicasPath": scale.get("statusReplicasPath", ""),
            "LabelSelectorPath": scale.get("labelSelectorPath"),
        },
    }


def _columns(columns: Any) -> list[dict[str, Any]] | None:
    return columns and [
        {
            "Name": column.get("name", ""),
            "Type": column.get("type", ""),
            "Format": column.get("format", ""),
            "Description": column.get("description", ""),
            "Priority": column.get("priority", 0),
            "JSONPath": column.get("jsonPath", ""),
        }
        for column in columns
    ]
