"""The OpenAPI v3 documents of custom kinds, as kube-apiserver publishes them.

What all kinds share, such as metadata and the parameters of requests, is taken from the document of a built-in
group, which has it in the same words.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/controller/openapi/builder/builder.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache, partial
from typing import Any, NamedTuple

import msgspec

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.snapshot import known_versions

from .definition import Definition, is_true
from .schema_walk import Schema

__all__ = ["document", "documents"]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_SCALE = "io.k8s.api.autoscaling.v1.Scale"
_SHARED = tuple(
    _META + name
    for name in [
        "DeleteOptions",
        "FieldsV1",
        "ListMeta",
        "ManagedFieldsEntry",
        "ObjectMeta",
        "OwnerReference",
        "Patch",
        "Preconditions",
        "ShardInfo",
        "Status",
        "StatusCause",
        "StatusDetails",
        "Time",
    ]
)
_SHARED_WITH_SCALE = (_SCALE, f"{_SCALE}Spec", f"{_SCALE}Status")
_MODEL = "apis/apps/v1"
"""The document with what all share; Deployments have every kind of path."""

_CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
_METADATA = f"Standard object's metadata. More info: {_CONVENTIONS}#metadata"
_LIST_METADATA = f"Standard list metadata. More info: {_CONVENTIONS}#types-kinds"
_EMBEDDED = {
    "apiVersion": "apiVersion defines the versioned schema of this representation of an object. More info: "
    f"{_CONVENTIONS}#resources",
    "kind": "kind is a string value representing the type of this object. In CamelCase. More info: "
    f"{_CONVENTIONS}#types-kinds",
}
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_KEYWORDS = [
    "description",
    "type",
    "nullable",
    "format",
    "title",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "enum",
    "maxProperties",
    "minProperties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "properties",
    "additionalProperties",
    "externalDocs",
    "example",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
]

_LIST_PARAMETERS = [
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "shardSelector",
    "timeoutSeconds",
    "watch",
]
_WRITE_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation"]
_DELETE_PARAMETERS = [
    "dryRun",
    "gracePeriodSeconds",
    "ignoreStoreReadErrorWithClusterBreakingPotential",
    "orphanDependents",
    "propagationPolicy",
]
_BODIES = ("application/json", "application/yaml")
_PATCHES = ("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json")
_RESPONSES = {200: "OK", 201: "Created", 202: "Accepted"}


class _Action(NamedTuple):
    """What can be done at a path.

    Attributes:
        name: as `x-kubernetes-action` has it.
        verb: as the id of the operation begins.
        words: of the description, before the kind; `{}` stands for a subresource, `{article}` for a or an.
    """

    name: str
    method: str
    verb: str
    words: str
    parameters: Sequence[str]
    responses: Sequence[int] = (200,)


_LIST = _Action("list", "get", "list", "list{} objects of kind ", _LIST_PARAMETERS)
_OF_ALL = (
    _LIST,
    _Action("post", "post", "create", "create{}{article}", _WRITE_PARAMETERS, (200, 201, 202)),
    _Action("deletecollection", "delete", "deletecollection", "delete collection of{} ", _LIST_PARAMETERS),
)
_READ = _Action("get", "get", "read", "read{} the specified ", ["resourceVersion"])
_REPLACE = _Action("put", "put", "replace", "replace{} the specified ", _WRITE_PARAMETERS, (200, 201))
_DELETE = _Action("delete", "delete", "delete", "delete{}{article}", _DELETE_PARAMETERS, (200, 202))
_PATCH = _Action("patch", "patch", "patch", "partially update{} the specified ", [*_WRITE_PARAMETERS, "force"])
_OF_ONE = (_READ, _REPLACE, _DELETE, _PATCH)
_OF_A_PART = (_READ, _REPLACE, _PATCH)


def documents(definitions: Iterable[Definition]) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return what makes the document of each group and version, by its name such as `apis/example.com/v1`."""
    found: dict[str, list[tuple[Definition, str]]] = {}
    for definition in definitions:
        if is_true(definition, "Established"):
            for version in definition["spec"]["versions"]:
                if version.get("served"):
                    name = f"apis/{definition['spec']['group']}/{version['name']}"
                    found.setdefault(name, []).append((definition, version["name"]))
    return {name: partial(document, kinds) for name, kinds in found.items()}


def document(kinds: Sequence[tuple[Definition, str]]) -> dict[str, Any]:
    """Return the document of a group and version.

    Args:
        kinds: each definition, with the version.
    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for definition, version in kinds:
        kind = _Kind(definition, version)
        paths |= kind.paths()
        schemas |= kind.schemas()
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


class _Kind:
    """What a document says of one kind in one version."""

    def __init__(self, definition: Definition, version: str) -> None:
        spec = definition["spec"]
        self._version = next(each for each in spec["versions"] if each["name"] == version)
        self._group, self._name, self._names = spec["group"], version, spec["names"]
        self._namespaced = spec["scope"] == "Namespaced"

    @property
    def _kind(self) -> str:
        return str(self._names["kind"])

    def schemas(self) -> dict[str, Any]:
        shared = _SHARED + (_SHARED_WITH_SCALE if "scale" in self._parts() else ())
        return {
            self._component(self._kind): self._schema(),
            self._component(self._names["listKind"]): self._list_schema(),
            **{name: _components()[name] for name in shared},
        }

    def paths(self) -> dict[str, Any]:
        root = f"/apis/{self._group}/{self._name}"
        collection = f"{root}/{self._names['plural']}"
        paths = {}
        if self._namespaced:
            every = (_LIST, f"list{self._kind}ForAllNamespaces")
            paths[collection] = self._path([every], collection)
            collection = f"{root}/namespaces/{{namespace}}/{self._names['plural']}"
        scope = "Namespaced" if self._namespaced else ""
        named = [(collection, "", _OF_ALL), (f"{collection}/{{name}}", "", _OF_ONE)]
        named += [(f"{collection}/{{name}}/{part}", part, _OF_A_PART) for part in self._parts()]
        for path, part, actions in named:
            operations = [(action, f"{action.verb}{scope}{self._kind}{part.title()}") for action in actions]
            paths[path] = self._path(operations, path, part)
        return paths

    def _parts(self) -> list[str]:
        found = self._version.get("subresources") or {}
        return [name for name in ("status", "scale") if found.get(name) is not None]

    def _component(self, kind: str) -> str:
        return f"{'.'.join(reversed(self._group.split('.')))}.{self._name}.{kind}"

    def _schema(self) -> dict[str, Any]:
        written = (self._version.get("schema") or {}).get("openAPIV3Schema")
        if written is None:
            schema: dict[str, Any] = {"type": "object"}
        else:
            schema = _published(written)
            schema["properties"] = _sorted({**schema.get("properties", {}), **_type_meta(), **_metadata("ObjectMeta")})
        return schema | self._extensions(self._kind)

    def _list_schema(self) -> dict[str, Any]:
        plural, item = self._names["plural"], _reference(self._component(self._kind))
        items = {
            "description": f"List of {plural}. More info: {_CONVENTIONS}",
            "type": "array",
            "items": item,
        }
        return {
            "description": f"{self._names['listKind']} is a list of {self._kind}",
            "type": "object",
            "required": ["items"],
            "properties": _sorted({"items": items, **_type_meta(), **_metadata("ListMeta")}),
            **self._extensions(self._names["listKind"]),
        }

    def _extensions(self, kind: str) -> dict[str, Any]:
        extensions: dict[str, Any] = {
            "x-kubernetes-group-version-kind": [{"group": self._group, "kind": kind, "version": self._name}]
        }
        if fields := self._version.get("selectableFields"):
            shown = [{"fieldPath": field["jsonPath"].removeprefix(".")} for field in fields]
            extensions["x-kubernetes-selectable-fields"] = shown
        return extensions

    def _path(self, operations: Sequence[tuple[_Action, str]], path: str, part: str = "") -> dict[str, Any]:
        common = set(operations[0][0].parameters).intersection(*(action.parameters for action, _ in operations))
        found = {action.method: self._operation(action, name, part, common) for action, name in operations}
        placed = {token for token in ("name", "namespace") if f"{{{token}}}" in path}
        parameters = [self._parameter("get", name) for name in sorted(common | placed | {"pretty"})]
        return {**found, "parameters": parameters}

    def _operation(self, action: _Action, name: str, part: str, common: set[str]) -> dict[str, Any]:
        group = self._group.removesuffix(".k8s.io")
        verb = "delete" if action is _OF_ALL[2] else action.verb
        of_group = _identifier(group, capital=True) + _identifier(self._name, capital=True)
        own = [self._parameter(action.method, each) for each in sorted(action.parameters) if each not in common]
        return {
            "tags": [f"{_identifier(group)}_{_identifier(self._name)}"],
            "description": self._description(action, part),
            "operationId": f"{verb}{of_group}{_identifier(name[len(verb) :], capital=True)}",
            **({"parameters": own} if own else {}),
            **self._body(action, part),
            "responses": self._responses(action, part),
            "x-kubernetes-action": action.name,
            "x-kubernetes-group-version-kind": {"group": self._group, "version": self._name, "kind": self._kind},
        }

    def _description(self, action: _Action, part: str) -> str:
        kind = self._kind
        article = (
            " " if kind.endswith("s") and not kind.endswith("ss") else " an " if kind[0] in "aeiouAEIOU" else " a "
        )
        return action.words.format(f" {part} of" if part else "", article=article) + kind

    def _body(self, action: _Action, part: str) -> dict[str, Any]:
        if action is _DELETE:
            return {"requestBody": {"content": _content(_BODIES, f"{_META}DeleteOptions")}}
        if action is _PATCH:
            return {"requestBody": {"content": _content(_PATCHES, f"{_META}Patch"), "required": True}}
        if action.method in ("post", "put"):
            return {"requestBody": {"content": _content(_BODIES, self._answer(action, part)), "required": True}}
        return {}

    def _responses(self, action: _Action, part: str) -> dict[str, Any]:
        content = _content(_BODIES, self._answer(action, part))
        found = {str(code): {"description": _RESPONSES[code], "content": content} for code in action.responses}
        return {**found, "401": {"description": "Unauthorized"}}

    def _answer(self, action: _Action, part: str) -> str:
        if part == "scale":
            return _SCALE
        if action.method == "delete":
            return f"{_META}Status"
        return self._component(self._names["listKind"] if action is _LIST else self._kind)

    def _parameter(self, method: str, name: str) -> dict[str, Any]:
        found = _parameters()[method, name]
        return {**found, "description": f"name of the {self._kind}"} if name == "name" else found


def _published(schema: Schema) -> dict[str, Any]:
    """Return a schema as it is published: with what its extensions mean written out."""
    found = {name: schema[name] for name in _KEYWORDS if not _is_zero(name, schema.get(name))}
    if found.get("x-kubernetes-int-or-string"):
        _write_out(found)
    if "items" in found:
        found["items"] = _published(found["items"])
    if isinstance(found.get("additionalProperties"), Mapping):
        found["additionalProperties"] = _published(found["additionalProperties"])
    if "properties" in found:
        found["properties"] = {name: _published(part) for name, part in found["properties"].items()}
    if found.get("x-kubernetes-embedded-resource"):
        written = _type_meta()
        meta = {name: {**written[name], "description": words} for name, words in _EMBEDDED.items()}
        found["properties"] = _sorted({**found.get("properties", {}), **meta, **_metadata("ObjectMeta")})
        required = list(found.get("required", ()))
        found["required"] = required + [name for name in ("kind", "apiVersion") if name not in required]
    return {name: found[name] for name in _KEYWORDS if name in found}


def _is_zero(name: str, value: Any) -> bool:
    if value is None or name in {"default", "example", "additionalProperties"}:
        return value is None
    return value in ("", [], False, {}) and type(value) not in (int, float)


def _write_out(schema: dict[str, Any]) -> None:
    all_of = schema.get("allOf") or [{}]
    if schema.get("anyOf") == _INT_OR_STRING or all_of[0].get("anyOf") == _INT_OR_STRING:
        return
    if "anyOf" not in schema:
        schema["anyOf"] = _INT_OR_STRING
    else:
        schema["allOf"] = [{"anyOf": _INT_OR_STRING}, *schema.get("allOf", ())]


def _content(media_types: Iterable[str], component: str) -> dict[str, Any]:
    return {media_type: {"schema": _reference(component)} for media_type in media_types}


def _reference(component: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{component}"}


def _metadata(component: str) -> dict[str, Any]:
    words = _METADATA if component == "ObjectMeta" else _LIST_METADATA
    return {"metadata": {"description": words, "allOf": [_reference(_META + component)]}}


def _sorted(properties: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(properties.items()))


def _identifier(text: str, *, capital: bool = False) -> str:
    """Return a text as a part of an operation's id: without what is no letter, the next one a capital."""
    result = ""
    for index, sign in enumerate(text):
        if sign.isalpha() or sign == "_" or (index and sign.isdigit()):
            result += sign.upper() if capital else sign
            capital = False
        else:
            capital = True
    return result


@cache
def _model() -> Mapping[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(snapshot.openapi(_MODEL))
    return found


@cache
def _components() -> Mapping[str, Any]:
    found = dict(_model()["components"]["schemas"])
    options = deepcopy(found[f"{_META}DeleteOptions"])
    options["x-kubernetes-group-version-kind"] = [
        {"group": group, "kind": "DeleteOptions", "version": version} for group, version in known_versions.OF_CLIENT_GO
    ]
    return found | {f"{_META}DeleteOptions": options}


def _type_meta() -> dict[str, Any]:
    properties = _components()["io.k8s.api.apps.v1.Deployment"]["properties"]
    return {name: properties[name] for name in ("apiVersion", "kind")}


@cache
def _parameters() -> Mapping[tuple[str, str], Any]:
    """Return the parameters that requests take, by the method of HTTP and the name; those of paths are of every one."""
    paths = [operations for path, operations in _model()["paths"].items() if "/deployments" in path]
    methods = ("get", "post", "put", "patch", "delete")
    found = {
        (method, parameter["name"]): parameter
        for operations in paths
        for parameter in operations["parameters"]
        for method in methods
    }
    for operations in paths:
        for method in operations.keys() & set(methods):
            found |= {(method, parameter["name"]): parameter for parameter in operations[method].get("parameters", ())}
    return found
