"""What is refused in a CustomResourceDefinition, here and by kube-apiserver, in the same words."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.customresources.definition_rules import DEFAULTS, DefinitionRules
from custom_kinds import answer, definition

_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All"
_STRING = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}


def _root(**keywords: Any) -> dict[str, Any]:
    """Return a definition whose schema has these keywords at its root."""
    return definition("a.example.com", {"type": "object", **keywords})


def _field(**keywords: Any) -> dict[str, Any]:
    """Return a definition with one field of a schema with these keywords."""
    return _root(properties={"f": keywords})


def _changed(path: str, value: Any, base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a definition in which one thing is other than it should be; None removes it."""
    changed = deepcopy(dict(base or _field(**_STRING)))
    *parents, last = path.split(".")
    at: Any = changed
    for name in parents:
        at = at[int(name)] if name.isdigit() else at[name]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return changed


def _version(**fields: Any) -> dict[str, Any]:
    return definition(
        "a.example.com", {"type": "object", "properties": {"f": _STRING, "n": {"type": "integer"}}}, **fields
    )


def _list(list_type: str | None, **keywords: Any) -> dict[str, Any]:
    return _field(type="array", **({"x-kubernetes-list-type": list_type} if list_type else {}), **keywords)


_KEYED = {"type": "object", "required": ["k"], "properties": {"k": _STRING, "o": _STRING, "d": {"type": "object"}}}
_SECOND = {"name": "v2", "served": True, "storage": False, "schema": {"openAPIV3Schema": {"type": "object"}}}

_REFUSED: dict[str, dict[str, Any]] = {
    "name": _changed("metadata.name", "other.example.com"),
    "name_characters": _changed("metadata.name", "Things.a.example.com"),
    "no_group": _changed("spec.group", ""),
    "group_without_dot": {**_changed("spec.group", "example"), "metadata": {"name": "things.example"}},
    "group_characters": _changed("spec.group", "A.example.com"),
    "no_scope": _changed("spec.scope", ""),
    "scope": _changed("spec.scope", "Global"),
    "no_schema": _changed("spec.versions.0.schema", None),
    "no_versions": _changed("spec.versions", []),
    "version_name": _changed("spec.versions.0.name", "V1"),
    "no_storage": _changed("spec.versions.0.storage", False),
    "no_kind": _changed("spec.names.kind", ""),
    "no_plural": _changed("spec.names.plural", ""),
    "plural": _changed("spec.names.plural", "Things"),
    "kind": _changed("spec.names.kind", "Th_ing"),
    "list_kind": _changed("spec.names.listKind", "Thing"),
    "list_kind_characters": _changed("spec.names.listKind", "Thing.List"),
    "short_names": _changed("spec.names.shortNames", ["a", "B", "c_"]),
    "categories": _changed("spec.names.categories", ["all", "A"]),
    "preserve": _changed("spec.preserveUnknownFields", True),
    "preserve_with_defaults": _changed("spec.preserveUnknownFields", True, _field(type="string", default="x")),
    "conversion": _changed("spec.conversion", {"strategy": "Magic"}),
    "conversion_none": _changed(
        "spec.conversion", {"strategy": "None", "webhook": {"conversionReviewVersions": ["v1"]}}
    ),
    "protected": {**_changed("spec.group", "x.k8s.io"), "metadata": {"name": "things.x.k8s.io"}},
    "protected_badly": {
        **_changed("spec.group", "x.kubernetes.io"),
        "metadata": {"name": "things.x.kubernetes.io", "annotations": {"api-approved.kubernetes.io": "yes"}},
    },
    "not_deprecated": _version(deprecationWarning="old"),
    "deprecation_empty": _version(deprecated=True, deprecationWarning=""),
    "deprecation_long": _version(deprecated=True, deprecationWarning="x" * 257),
    "deprecation_characters": _version(deprecated=True, deprecationWarning="a\tb"),
    "column_empty": _version(additionalPrinterColumns=[{"name": "", "type": "", "jsonPath": ""}]),
    "column_type": _version(additionalPrinterColumns=[{"name": "A", "type": "object", "jsonPath": "f"}]),
    "column_format": _version(
        additionalPrinterColumns=[{"name": "A", "type": "string", "format": "x", "jsonPath": ".f"}]
    ),
    "scale_empty": _version(subresources={"scale": {"specReplicasPath": "", "statusReplicasPath": ""}}),
    "scale_paths": _version(
        subresources={
            "scale": {"specReplicasPath": "spec.a", "statusReplicasPath": ".spec.b", "labelSelectorPath": ".x"}
        }
    ),
    "scale_prefix": _version(
        subresources={"scale": {"specReplicasPath": ".status.a", "statusReplicasPath": "b", "labelSelectorPath": "x"}}
    ),
    "selectable_missing": _version(selectableFields=[{"jsonPath": ".nope"}, {"jsonPath": ""}, {"jsonPath": "f"}]),
    "selectable_brackets": _version(selectableFields=[{"jsonPath": ".f[0]"}, {"jsonPath": "."}]),
    "selectable_twice": _version(selectableFields=[{"jsonPath": ".f"}, {"jsonPath": ".f"}]),
    "selectable_too_many": definition(
        "a.example.com",
        {"type": "object", "properties": {f"f{number}": _STRING for number in range(9)}},
        selectableFields=[{"jsonPath": f".f{number}"} for number in range(9)],
    ),
    "selectable_object": definition(
        "a.example.com", {"type": "object", "properties": {"o": _OBJECT}}, selectableFields=[{"jsonPath": ".o"}]
    ),
    "two_versions": _changed("spec.versions", [_version()["spec"]["versions"][0], {**_SECOND, "storage": True}]),
    "same_versions": _changed("spec.versions", [_version()["spec"]["versions"][0], {**_SECOND, "name": "v1"}]),
    "second_schema": _changed(
        "spec.versions",
        [_version()["spec"]["versions"][0], {**_SECOND, "schema": {"openAPIV3Schema": {"type": "string"}}}],
    ),
    "root_type": definition("a.example.com", {"type": "string"}),
    "root_no_type": definition("a.example.com", {"properties": {"f": _STRING}}),
    "root_nullable": _root(nullable=True),
    "root_additional": _root(additionalProperties=_STRING),
    "root_status": definition(
        "a.example.com", {"type": "object", "anyOf": [{"required": ["a"]}]}, subresources={"status": {}}
    ),
    "root_status_type": definition("a.example.com", {"type": "string"}, subresources={"status": {}}),
    "metadata": _root(properties={"metadata": {"type": "object", "properties": {"labels": _OBJECT}}}),
    "metadata_type": _root(properties={"metadata": _STRING, "kind": {"type": "integer"}}),
    "metadata_default": _root(
        properties={"metadata": {"type": "object", "properties": {"name": {"type": "string", "default": "x"}}}}
    ),
    "no_type": _field(description="x"),
    "no_item_type": _list(None, items={}),
    "no_items": _field(type="array"),
    "type": _field(type="text"),
    "type_null": _field(type="null"),
    "pattern": _field(type="string", pattern="(a"),
    "unique": _field(type="array", items=_STRING, uniqueItems=True),
    "exclusive": _field(type="object", properties={"a": _STRING}, additionalProperties=_STRING),
    "preserve_false": _field(**{"type": "object", "x-kubernetes-preserve-unknown-fields": False}),
    "definitions": _field(type="object", definitions={"a": _STRING}),
    "ref": _field(**{"type": "object", "$ref": "x"}),
    "items_array": _field(type="array", items=[_STRING, _STRING]),
    "nested_type": _field(type="string", anyOf=[{"type": "string"}, {"minLength": 1}]),
    "nested_all": _field(
        type="object",
        properties={"a": _STRING},
        allOf=[{"description": "d", "properties": {"a": {"default": "x", "nullable": True}}}],
    ),
    "nested_additional": _field(type="object", additionalProperties=_STRING, **{"not": {"additionalProperties": {}}}),
    "incomplete": _root(properties={"a": _STRING}, oneOf=[{"properties": {"b": {"minLength": 1}}}]),
    "incomplete_items": _root(anyOf=[{"items": {"minLength": 1}}]),
    "incomplete_deep": _root(properties={"a": _STRING}, allOf=[{"not": {"properties": {"a": {"items": {}}}}}]),
    "nested_metadata": _field(
        type="object", properties={"metadata": _OBJECT}, anyOf=[{"properties": {"metadata": {"required": ["a"]}}}]
    ),
    "int_or_string": _field(
        **{"x-kubernetes-int-or-string": True, "x-kubernetes-preserve-unknown-fields": True, "description": "d"}
    ),
    "int_or_string_any": _field(
        **{"x-kubernetes-int-or-string": True, "anyOf": [{"type": "string"}, {"type": "integer"}]}
    ),
    "embedded": _field(**{"type": "string", "x-kubernetes-embedded-resource": True}),
    "embedded_no_type": _field(**{"x-kubernetes-embedded-resource": True}),
    "embedded_additional": _field(
        **{"type": "object", "x-kubernetes-embedded-resource": True, "additionalProperties": _STRING}
    ),
    "map_type": _field(**{"type": "string", "x-kubernetes-map-type": "atomic"}),
    "map_type_word": _field(**{"type": "object", "x-kubernetes-map-type": "set"}),
    "list_type": _field(**{"type": "object", "x-kubernetes-list-type": "set"}),
    "list_type_word": _list("bag", items=_STRING),
    "list_keys": _list("set", items=_STRING, **{"x-kubernetes-list-map-keys": ["a"]}),
    "list_keys_alone": _list(None, items=_KEYED, **{"x-kubernetes-list-map-keys": ["k"]}),
    "list_no_keys": _list("map", items=_KEYED),
    "list_not_objects": _list("map", items=_STRING, **{"x-kubernetes-list-map-keys": ["k"]}),
    "list_key_names": _list("map", items=_KEYED, **{"x-kubernetes-list-map-keys": ["nope", "k", "k"]}),
    "list_key_optional": _list("map", items=_KEYED, **{"x-kubernetes-list-map-keys": ["o"]}),
    "list_key_object": _list("map", items={**_KEYED, "required": ["d"]}, **{"x-kubernetes-list-map-keys": ["d"]}),
    "list_key_nullable": _list(
        "map",
        items={
            "type": "object",
            "nullable": True,
            "required": ["k"],
            "properties": {"k": {**_STRING, "nullable": True}},
        },
        **{"x-kubernetes-list-map-keys": ["k"]},
    ),
    "set_of_objects": _list("set", items=_OBJECT),
    "set_of_lists": _list("set", items={"type": "array", "items": _STRING, "x-kubernetes-list-type": "set"}),
    "default_type": _field(type="string", default=5),
    "default_minimum": _field(type="integer", minimum=3, default=2),
    "default_required": _field(type="object", required=["a"], properties={"a": _STRING}, default={}),
    "default_unknown": _field(type="object", properties={"a": _STRING}, default={"a": "x", "b": 1}),
    "default_item": _field(
        type="array", items={"type": "object", "properties": {"a": {"type": "string", "default": 1}}}
    ),
    "default_embedded": _field(
        **{
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
            "default": {"kind": "Pod"},
        }
    ),
}


def _ours(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what our rules find wrong; what every name must be is looked at before them."""
    new, rules = deepcopy(dict(body)), DefinitionRules()
    spec, whole = (DEFAULTS[f"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.{name}"] for name in _PARTS)
    spec(new["spec"])
    whole(new)
    rules.prepare_create(new, _NO_CONTEXT)
    return [error.cause for error in rules.validate_create(new, _NO_CONTEXT)]


_PARTS = ("CustomResourceDefinitionSpec", "CustomResourceDefinition")
_NO_CONTEXT: Any = None


async def test_refuses_what_kube_apiserver_refuses(control_plane: ControlPlane) -> None:
    differences = []
    for name, body in _REFUSED.items():
        status, theirs = await answer(control_plane, "POST", _PATH, body)
        assert status == 422, (name, theirs)
        causes = theirs["details"]["causes"]
        ours = _ours(body)
        if name == "name_characters":
            ours = causes[:1] + ours  # said of every name
        if ours != causes:
            differences.append((name, ours, causes))
    assert differences == []


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: schema,
        lambda schema: {"type": "object", "properties": {"f": schema}},
        lambda schema: {"type": "object", "properties": {"f": {"type": "array", "items": schema}}},
    ],
)
def test_a_schema_with_rules_in_cel_is_refused(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Objects would be taken that kube-apiserver refuses."""
    schema = change({"type": "object", "x-kubernetes-validations": [{"rule": "true"}]})
    (cause,) = _ours(definition("a.example.com", schema))
    assert cause["reason"] == "FieldValueForbidden"
    assert cause["field"].endswith("x-kubernetes-validations")
    assert "has no CEL" in cause["message"]


def test_conversion_by_webhook_is_refused() -> None:
    webhook = {"clientConfig": {"url": "https://a"}, "conversionReviewVersions": ["v1"]}
    (cause,) = _ours(_changed("spec.conversion", {"strategy": "Webhook", "webhook": webhook}))
    assert cause["field"] == "spec.conversion.strategy"
    assert "calls no webhooks" in cause["message"]


def test_warns_of_formats_that_are_not_checked_once_they_are_new() -> None:
    rules = DefinitionRules()
    old, new = _field(type="string", format="nope"), _field(type="string", format="other")
    assert rules.warnings(old, None) == ['unrecognized format "nope"']
    assert rules.warnings(new, old) == ['unrecognized format "other"']
    assert rules.warnings(old, old) == []
