"""The OpenAPI v2 document of all that is served, made of the OpenAPI v3 documents of its groups.

kube-apiserver goes the other way for its own kinds, so nothing is lost but which media types a read accepts. What
OpenAPI v2 cannot say of custom kinds (alternatives, null) is left out.

Source: https://github.com/kubernetes/kube-openapi/blob/master/pkg/openapiconv/convert.go
    and https://github.com/kubernetes/kube-openapi/blob/master/pkg/builder/parameters.go
    and https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/controller/openapi/v2/conversion.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.go.fnv import fnv1_64
from aiokube.testing.apiserver.snapshot import known_versions
from aiokube.testing.apiserver.storage import encode

__all__ = ["additions", "built_in", "swagger"]

Json = dict[str, Any]
_Schema = Callable[[Mapping[str, Any]], Json]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_KIND, _SELECTABLE, _OPEN = (
    "x-kubernetes-group-version-kind",
    "x-kubernetes-selectable-fields",
    "x-kubernetes-preserve-unknown-fields",
)
_OF_EVERY_VERSION = ("DeleteOptions", "WatchEvent")
_SECURITY: Json = {
    "securityDefinitions": {
        "BearerToken": {
            "description": "Bearer Token authentication",
            "type": "apiKey",
            "name": "authorization",
            "in": "header",
        }
    },
    "security": [{"BearerToken": []}],
}

# In the order in which a server lists them.
_MEDIA_TYPES = (
    "*/*",
    "text/plain",
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json;stream=watch",
    "application/vnd.kubernetes.protobuf;stream=watch",
    "application/jwk-set+json",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)
_COPIED = ("description", "tags", "operationId", "x-kubernetes-action", _KIND)
_OF_IDENTITY = ("/.well-known/", "/openid/")
"""Paths that say nothing of what they accept."""

_NOT_SHARED = ("dryRun", "fieldValidation", "name")
"""Parameters that stand at each operation: kubectl looks for the first two there, and the last names the kind."""

_ALTERNATIVES = ("allOf", "anyOf", "oneOf", "not")
_PARTS = ("items", "properties")


@cache
def built_in() -> Json:
    """Return the document of the built-in kinds; it is nobody's to change."""
    documents = (msgspec.json.decode(snapshot.openapi(name)) for name in snapshot.openapi_index()["paths"])
    found = _converted(documents, _built_in, _as_any)
    definitions = found["definitions"]
    for kind in _OF_EVERY_VERSION:
        everywhere = [{"group": group, "kind": kind, "version": version} for group, version in known_versions.ALL]
        definitions[_META + kind] = definitions[_META + kind] | {_KIND: everywhere}
    return {"swagger": "2.0", "info": {"title": "Kubernetes", "version": "1.36"}, **found, **_SECURITY}


def additions(documents: Iterable[Mapping[str, Any]]) -> Json:
    """Return what custom kinds add to the document; what they say of the types that all share is not looked at.

    Args:
        documents: the OpenAPI v3 documents of custom kinds.
    """
    found, known = _converted(documents, _custom, _as_answered), built_in()
    return {
        part: {name: value for name, value in members.items() if name not in known[part]}
        for part, members in found.items()
    }


def swagger(more: Mapping[str, Json]) -> Json:
    """Return the OpenAPI v2 document.

    Args:
        more: the `additions` of custom kinds.
    """
    return built_in() | {part: dict(sorted({**built_in()[part], **members}.items())) for part, members in more.items()}


def _converted(
    documents: Iterable[Mapping[str, Any]], schema: _Schema, reads: Callable[[str, list[str]], list[str]]
) -> Json:
    paths: Json = {}
    definitions: Json = {}
    for document in documents:
        paths |= {path: _path(path, item, schema, reads) for path, item in document["paths"].items()}
        schemas = document.get("components", {}).get("schemas", {})
        definitions |= {name: schema(part) for name, part in schemas.items()}
    return {
        "paths": dict(sorted(paths.items())),
        "definitions": dict(sorted(definitions.items())),
        "parameters": _shared(paths),
    }


def _path(path: str, item: Mapping[str, Any], schema: _Schema, reads: Callable[[str, list[str]], list[str]]) -> Json:
    found: Json = {}
    for name, part in item.items():
        if name == "parameters":
            found[name] = [_parameter(each, schema) for each in part]
        else:
            found[name] = _operation(part, schema)
            if "consumes" not in found[name] and (accepted := reads(path, found[name]["produces"])):
                found[name]["consumes"] = accepted
    return found


def _as_answered(path: str, produces: list[str]) -> list[str]:
    return produces


def _as_any(path: str, produces: list[str]) -> list[str]:
    if path.startswith(_OF_IDENTITY):
        return []
    return produces if path.endswith("/") else ["*/*"]  # which is that of discovery, or of the version


def _operation(operation: Mapping[str, Any], schema: _Schema) -> Json:
    found = {name: operation[name] for name in _COPIED if name in operation}
    parameters = [_parameter(each, schema) for each in operation.get("parameters", ())]
    if body := operation.get("requestBody"):
        parameters.insert(0, _body(body, schema))
        found["consumes"] = _in_order(body["content"])
    if parameters:
        found["parameters"] = parameters
    answers = operation["responses"]
    produces = _in_order({media_type for answer in answers.values() for media_type in answer.get("content", ())})
    return found | {
        "schemes": ["https"],
        "produces": produces,
        "responses": {code: _answer(answer, schema) for code, answer in answers.items()},
    }


def _body(body: Mapping[str, Any], schema: _Schema) -> Json:
    required = {"required": True} if body.get("required") else {}
    return {"name": "body", "in": "body", **required, "schema": schema(_first(body["content"]))}


def _answer(answer: Mapping[str, Any], schema: _Schema) -> Json:
    content = answer.get("content")
    said = {"schema": schema(_first(content))} if content else {}
    return {"description": answer["description"], **said}


def _first(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(iter(content.values()))["schema"]
    return found


def _in_order(media_types: Iterable[str]) -> list[str]:
    return sorted(media_types, key=_MEDIA_TYPES.index)


def _parameter(parameter: Mapping[str, Any], schema: _Schema) -> Json:
    # The names stand in this order in the text of which the name of a shared parameter is made.
    said = schema(parameter["schema"])
    found = {name: said[name] for name in ("uniqueItems", "type") if name in said}
    return found | {name: parameter[name] for name in ("description", "name", "in", "required") if name in parameter}


def _shared(paths: Mapping[str, Json]) -> Json:
    """Take parameters that are said at many places out of them, and return them by their names."""
    found: Json = {}
    for item in paths.values():
        for holder in (item, *(part for name, part in item.items() if name != "parameters")):
            if "parameters" in holder:
                holder["parameters"] = [_referred(each, found) for each in holder["parameters"]]
    return dict(sorted(found.items()))


def _referred(parameter: Json, shared: Json) -> Json:
    is_of_a_kind = "schema" in parameter and _META not in parameter["schema"]["$ref"]
    if parameter["name"] in _NOT_SHARED or is_of_a_kind:
        return parameter
    name = f"{parameter['name']}-{_digest(encode(parameter))}"
    shared[name] = parameter
    return {"$ref": f"#/parameters/{name}"}


@cache
def _digest(text: bytes) -> str:
    return base64.urlsafe_b64encode(fnv1_64(text).to_bytes(8, "big")[:6]).decode()


def _built_in(schema: Mapping[str, Any]) -> Json:
    """Return the schema of a built-in type: of alternatives there are those of which one is a text."""
    found = {name: value for name, value in schema.items() if name not in ("default", *_ALTERNATIVES)}
    if "oneOf" in schema:
        found["type"] = "string"
    return _with_parts(found, schema, _built_in)


def _custom(schema: Mapping[str, Any]) -> Json:
    """Return the schema of a custom type, without what OpenAPI v2 cannot say and what kubectl cannot read in it."""
    is_open = bool(schema.get(_OPEN))
    if is_open and _KIND in schema:
        return {"type": "object", **{name: schema[name] for name in (_KIND, _SELECTABLE) if name in schema}}
    is_nullable = bool(schema.get("nullable"))
    left_out = {"default", "nullable", *_ALTERNATIVES, *(_PARTS if is_open or is_nullable else ())}
    found = {name: value for name, value in schema.items() if name not in left_out}
    kind = found.get("type")
    if is_nullable or (kind == "array" and "items" not in found) or (kind == "object" and is_open):
        found.pop("type", None)
    if "required" in found:
        found["required"] = _required(schema, is_open=is_open)
        if not found["required"]:
            del found["required"]
    return _with_parts(found, schema, _custom)


def _required(schema: Mapping[str, Any], *, is_open: bool) -> list[str]:
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping) and more.get("nullable"):
        return []
    parts = {} if is_open or schema.get("nullable") else schema.get("properties", {})
    left_out = {name for name, part in parts.items() if part.get("nullable")}
    if is_open and schema.get("x-kubernetes-embedded-resource"):
        left_out |= {"apiVersion", "kind"}
    return [name for name in schema["required"] if name not in left_out]


def _with_parts(found: Json, schema: Mapping[str, Any], convert: _Schema) -> Json:
    """Convert what a schema consists of, and refer to definitions where OpenAPI v2 has them."""
    reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), None)
    if reference:
        found["$ref"] = reference.replace("#/components/schemas/", "#/definitions/")
    if "properties" in found:
        found["properties"] = {name: convert(part) for name, part in found["properties"].items()}
    for name in ("items", "additionalProperties"):
        if isinstance(found.get(name), Mapping):
            found[name] = convert(found[name])
    return found
