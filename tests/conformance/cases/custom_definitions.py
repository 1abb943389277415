"""Definitions of custom kinds: what is refused, how they become served, change, conflict and end."""

from typing import Any

from conformance.case import apply, case, delete, get, json_patch, merge, post, put, until, watch
from conformance.objects import changed, crd

__all__ = ["CASES"]

_ROOT = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_NAME = "widgets.${ns}.example.com"
_OBJECTS = "/apis/${ns}.example.com/v1/namespaces/${ns}/widgets"
_OLDER = "/apis/${ns}.example.com/v1beta1/namespaces/${ns}/widgets"
_SCHEMA = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}}}
_ESTABLISHED = until(f"{_ROOT}/{_NAME}", says="InitialNamesAccepted")
_SERVED = until(f"{_OBJECTS}/none", says='none\\" not found')


def _field(**schema: Any) -> dict[str, Any]:
    return crd(schema={"openAPIV3Schema": {"type": "object", "properties": {"f": schema}}})


def _widget(name: str = "a", version: str = "v1", **more: Any) -> dict[str, Any]:
    return {"apiVersion": f"${{ns}}.example.com/{version}", "kind": "Widget", "metadata": {"name": name}} | more


def _version(name: str, **more: Any) -> dict[str, Any]:
    base = {"name": name, "served": True, "storage": False, "schema": {"openAPIV3Schema": _SCHEMA}}
    return base | more


_OTHER = {
    "openAPIV3Schema": {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"b": {"type": "integer", "default": 2}}}},
    }
}
_OBJECT = {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
_ATOMIC = {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": {"type": "string"}}}
_RICH = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "d": {"type": "string", "default": "stored"},
                "numbers": {"type": "array", "items": {"type": "integer"}},
                "template": _OBJECT,
                "set": {"type": "array", "x-kubernetes-list-type": "set", "items": _ATOMIC},
            },
        }
    },
}
_A = [{"jsonPath": ".spec.a"}]
_TWO = changed(crd(), spec__versions=[_version("v1", storage=True), _version("v1beta1", deprecated=True)])

CASES = [
    case(
        "definition-lives-and-dies",
        post(_ROOT, crd()),
        _ESTABLISHED,
        until("/apis/${ns}.example.com", status=200),
        until("/apis/${ns}.example.com/v1", status=200),
        delete(f"{_ROOT}/{_NAME}"),
        until(f"{_ROOT}/{_NAME}", status=404),
        until("/apis/${ns}.example.com/v1", status=404),
        looks_at="status.conditions",
    ),
    case("definition-with-a-wrong-name", post(_ROOT, changed(crd(), metadata__name="other.example.com"))),
    case("definition-with-a-bad-name", post(_ROOT, changed(crd(), metadata__name="A.example.com"))),
    case("definition-without-a-spec", post(_ROOT, {"metadata": {"name": "a.b"}}), post(_ROOT, {})),
    case(
        "definition-without-versions",
        post(_ROOT, changed(crd(), spec__versions=[])),
        post(_ROOT, changed(crd(), spec__versions__0__name=None)),
    ),
    case(
        "definition-without-a-storage-version",
        post(_ROOT, crd(storage=False)),
        post(_ROOT, crd(storage=False, schema={})),
        post(_ROOT, changed(crd(), spec__versions=[_version("v1", subresources={}), _version("v2", schema={})])),
        post(_ROOT, changed(crd(), spec__versions=[_version("v1", storage=True), _version("v1", storage=True)])),
    ),
    case("definition-without-a-schema", post(_ROOT, crd(schema=None))),
    case("definition-with-an-unknown-scope", post(_ROOT, crd(scope="Global"))),
    case(
        "definition-of-a-protected-group",
        post(_ROOT, changed(crd(), spec__group="${ns}.k8s.io", metadata__name="widgets.${ns}.k8s.io")),
    ),
    case("definition-that-preserves", post(_ROOT, changed(crd(), spec__preserveUnknownFields=True))),
    case(
        "definition-with-bad-names",
        post(_ROOT, changed(crd(), spec__names__shortNames=["W"], spec__names__kind="wid_get")),
        post(_ROOT, changed(crd(), spec__names__listKind="Widget")),
    ),
    case(
        "definition-with-a-bad-schema",
        post(_ROOT + "?dryRun=All", _field(type="number", maximum=9223372036854775807, minimum=-9007199254740993)),
        post(_ROOT, _field(description="x")),
        post(_ROOT, _field(type="text")),
        post(_ROOT, _field(type="array")),
        post(_ROOT, _field(type="string", default=5)),
        post(_ROOT, _field(type="string", pattern="(")),
        post(_ROOT, _field(type="string", pattern=f"a{{{'1' * 4500}}}")),
        post(_ROOT, _field(type="string", pattern=f"a{{2,{'1' * 4500}}}")),
        post(_ROOT, _field(type="string", pattern="a{3,2}")),
        post(_ROOT, _field(type="object", anyOf=[{"type": "object"}])),
        post(_ROOT, _field(**{"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"})),
        post(
            _ROOT, _field(type="object", additionalProperties={"type": "string"}, properties={"a": {"type": "string"}})
        ),
        post(_ROOT, _field(type="string", nope=1)),
        post(_ROOT + "?fieldValidation=Strict", _field(type="string", nope=1)),
        post(_ROOT, _field(type=5)),
        *(
            post(_ROOT, crd(schema={"openAPIV3Schema": {"type": "object", "properties": {"metadata": metadata}}}))
            for metadata in (
                {"type": "object", "maxProperties": 0},
                {"type": "object", "additionalProperties": False},
            )
        ),
    ),
    case("definition-with-an-unknown-format", post(_ROOT, _field(type="string", format="nope")), looks_at="Warning"),
    case(
        "definition-with-bad-columns",
        post(_ROOT, crd(additionalPrinterColumns=[{"name": "A", "type": "text", "jsonPath": "a"}])),
    ),
    case(
        "definition-with-a-bad-scale",
        post(_ROOT, crd(subresources={"scale": {"specReplicasPath": ".a", "statusReplicasPath": ".b"}})),
    ),
    case(
        "definition-with-status-and-any-of",
        post(_ROOT, crd(subresources={"status": {}}, schema={"openAPIV3Schema": {"type": "object", "anyOf": [{}]}})),
    ),
    case(
        "definition-changed",
        post(_ROOT, crd(schema={"openAPIV3Schema": _SCHEMA})),
        _ESTABLISHED,
        merge(f"{_ROOT}/{_NAME}", {"spec": {"names": {"shortNames": ["wi"], "categories": ["all"]}}}),
        until(f"{_ROOT}/{_NAME}", says='"acceptedNames": {"plural": "widgets", "singular": "widget", "shortNames"'),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"scope": "Cluster"}}),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"names": {"kind": "Gadget"}}}),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"group": "other.example.com"}}),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"names": {"plural": "gadgets"}}}),
        merge(f"{_ROOT}/{_NAME}", {"metadata": {"labels": {"l": "1"}}}),
        looks_at="metadata.generation",
    ),
    case("definition-updated-without-a-version", post(_ROOT, crd()), _ESTABLISHED, put(f"{_ROOT}/{_NAME}", crd())),
    case(
        "definition-whose-storage-version-moves",
        post(_ROOT, _TWO),
        _ESTABLISHED,
        merge(f"{_ROOT}/{_NAME}", changed({}, spec={"versions": [_version("v1"), _version("v1beta1", storage=True)]})),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"versions": [_version("v1beta1", storage=True)]}}),
        merge(f"{_ROOT}/{_NAME}/status", {"status": {"storedVersions": ["v1beta1"]}}),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"versions": [_version("v1beta1", storage=True)]}}),
        looks_at="status.storedVersions",
    ),
    case(
        "definition-with-two-versions",
        post(_ROOT, _TWO),
        _ESTABLISHED,
        _SERVED,
        post(_OBJECTS, _widget(spec={"a": "1"})),
        get("/apis/${ns}.example.com/v1beta1/namespaces/${ns}/widgets/a"),
        get("/apis/${ns}.example.com/v1beta1/namespaces/${ns}/widgets"),
        merge("/apis/${ns}.example.com/v1beta1/namespaces/${ns}/widgets/a", {"spec": {"a": "2"}}),
        post("/apis/${ns}.example.com/v1beta1/namespaces/${ns}/widgets", _widget("b", "v1beta1", spec={"a": "1"})),
        get(f"{_OBJECTS}/b"),
        get(_OBJECTS),
        until("/apis/${ns}.example.com", says='"version": "v1beta1"'),
        looks_at="Warning",
    ),
    case(
        "definition-with-versions-that-differ",
        post(
            _ROOT,
            changed(
                crd(),
                spec__versions=[
                    _version("v1", storage=True, schema={"openAPIV3Schema": _RICH}),
                    _version("v1beta1", schema=_OTHER),
                ],
            ),
        ),
        _ESTABLISHED,
        _SERVED,
        until(f"{_OLDER}/none", says='none\\" not found'),
        post(f"{_OLDER}?dryRun=All", _widget(version="v1beta1", spec={"b": 1})),
        post(_OLDER, _widget(version="v1beta1", spec={"b": 1})),
        get(f"{_OBJECTS}/a"),
        merge(f"{_OLDER}/a?dryRun=All", {"spec": {"b": 3}}),
        post(_OBJECTS, _widget("rich", spec={"numbers": [1, 2]})),
        merge(f"{_OBJECTS}/rich", {"spec": {"numbers": [True, 2]}}),
        json_patch(
            f"{_OBJECTS}/rich?dryRun=All",
            '[{"op": "add", "path": "/spec/template", "value": {"apiVersion": "v1", "kind": "A", "x": [1.0, 1e3]}}]',
        ),
        merge(
            f"{_OBJECTS}/rich",
            {"spec": {"template": {"apiVersion": "v1", "kind": "A", "metadata": {"name": 5, "labels": {"a": "b"}}}}},
        ),
        post(_OBJECTS, _widget("set", spec={"set": [{"a": "1"}]})),
        apply(f"{_OBJECTS}/set", _widget("set", spec={"d": "2"})),
        apply(f"{_OBJECTS}/other", _widget("other", spec={"set": [{"a": "1"}]})),
        looks_at="spec",
    ),
    case(
        "definition-whose-schema-changes",
        post(_ROOT, crd(schema={"openAPIV3Schema": _SCHEMA})),
        _ESTABLISHED,
        _SERVED,
        post(_OBJECTS, _widget(spec={"a": "1"})),
        merge(f"{_ROOT}/{_NAME}", {"spec": {"versions": [_version("v1", storage=True, schema=_OTHER)]}}),
        until(f"{_OBJECTS}/a", says='"b": 2'),
        get(_OBJECTS),
        watch(
            f"{_OBJECTS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", events=1
        ),
        merge(f"{_OBJECTS}/a", {"metadata": {"labels": {"l": "1"}}}),
        looks_at="spec",
    ),
    case(
        "definition-with-a-name-that-is-taken",
        post(_ROOT, changed(crd(), spec__names__shortNames=["wi"])),
        _ESTABLISHED,
        post(_ROOT, changed(crd(plural="gadgets", kind="Gadget"), spec__names__shortNames=["wi"])),
        until(f"{_ROOT}/gadgets.${{ns}}.example.com", says="ShortNamesConflict"),
        get("/apis/${ns}.example.com/v1/namespaces/${ns}/gadgets"),
        delete(f"{_ROOT}/{_NAME}"),
        until(f"{_ROOT}/gadgets.${{ns}}.example.com", says="InitialNamesAccepted"),
        looks_at="status.conditions",
    ),
    case(
        "definition-deleted-with-its-objects",
        post(_ROOT, crd()),
        _ESTABLISHED,
        _SERVED,
        post(_OBJECTS, _widget()),
        delete(f"{_ROOT}/{_NAME}"),
        until(f"{_ROOT}/{_NAME}", status=404),
        until(_OBJECTS, status=404),
        looks_at="status.conditions",
    ),
    case(
        "definition-of-a-cluster",
        post(_ROOT, crd(scope="Cluster")),
        _ESTABLISHED,
        until("/apis/${ns}.example.com/v1/widgets/none", says='none\\" not found'),
        post("/apis/${ns}.example.com/v1/widgets", _widget("${ns}")),
        get("/apis/${ns}.example.com/v1/widgets/${ns}"),
        get(_OBJECTS),
        post("/apis/${ns}.example.com/v1/widgets", changed(_widget(), metadata__namespace="${ns}")),
    ),
    case(
        "definition-in-discovery",
        post(
            _ROOT,
            changed(
                crd(
                    subresources={
                        "status": {},
                        "scale": {"specReplicasPath": ".spec.r", "statusReplicasPath": ".status.r"},
                    }
                ),
                spec__names__shortNames=["wi"],
                spec__names__categories=["all"],
            ),
        ),
        _ESTABLISHED,
        until("/apis/${ns}.example.com/v1", status=200),
        until("/apis/${ns}.example.com", status=200),
        until("/openapi/v3/apis/${ns}.example.com/v1", status=200),
        looks_at="body",
    ),
    case(
        "definition-in-openapi",
        post(_ROOT, changed(_TWO, spec__versions__0__selectableFields=_A, spec__versions__1__selectableFields=_A)),
        _ESTABLISHED,
        until("/openapi/v3/apis/${ns}.example.com/v1", status=200),
        until("/openapi/v3/apis/${ns}.example.com/v1beta1", status=200),
        looks_at="body",
    ),
]
