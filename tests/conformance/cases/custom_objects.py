"""Objects of custom kinds: pruned, defaulted, validated, patched, applied, selected and shown by their schema."""

from typing import Any

from conformance.case import (
    Case,
    Request,
    apply,
    case,
    delete,
    get,
    json_patch,
    merge,
    post,
    put,
    strategic,
    until,
    watch,
)
from conformance.objects import changed, crd

__all__ = ["CASES"]

_ROOT = "/apis/${ns}.example.com/v1/namespaces/${ns}/widgets"
_SPEC: dict[str, Any] = {
    "type": "object",
    "properties": {
        "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
        "size": {"type": "integer", "minimum": 0, "maximum": 10},
        "replicas": {"type": "integer"},
        "note": {"type": "string", "maxLength": 5, "pattern": "^[a-z]*$"},
        "port": {"x-kubernetes-int-or-string": True},
        "maybe": {"type": "string", "nullable": True},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 1}},
            },
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "template": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "needs": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
    },
}
_STATUS = {
    "type": "object",
    "properties": {
        "phase": {"type": "string", "enum": ["A", "B"]},
        "replicas": {"type": "integer"},
        "selector": {"type": "string"},
    },
}
_SCHEMA = {"type": "object", "properties": {"spec": _SPEC, "status": _STATUS}}
_SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}


def _widget(name: str = "a", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "${ns}.example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}


def _case(name: str, *requests: Request, looks_at: str = "", **version: Any) -> Case:
    """Return a case that begins with a custom kind that is served."""
    base = {"schema": {"openAPIV3Schema": _SCHEMA}} | version
    definition = crd(**base)
    begin = (
        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition),
        until(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${ns}.example.com",
            says="InitialNamesAccepted",
        ),
        until(f"{_ROOT}/none", says='none\\" not found'),  # there is no storage for a moment
    )
    return case(f"custom-{name}", *begin, *requests, looks_at=looks_at)


_COLUMNS = [
    {"name": "Color", "type": "string", "jsonPath": ".spec.color"},
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size", "description": "How large.", "priority": 1},
    {"name": "Tags", "type": "string", "jsonPath": ".spec.tags"},
    {"name": "First", "type": "string", "jsonPath": ".spec.tags[0]"},
    {"name": "Part", "type": "string", "jsonPath": '.spec.parts[?(@.name=="b")].count'},
    {"name": "Ready", "type": "boolean", "jsonPath": ".spec.free.ready"},
    {"name": "Ratio", "type": "number", "jsonPath": ".spec.free.ratio", "format": "float"},
    {"name": "When", "type": "date", "jsonPath": ".spec.free.when"},
    {"name": "Dotted", "type": "string", "jsonPath": r".metadata.annotations.example\.com/a"},
]
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"

CASES = [
    _case(
        "lives-and-dies",
        post(_ROOT, _widget(size=3), name="made"),
        get(f"{_ROOT}/a"),
        get(_ROOT),
        put(
            f"{_ROOT}/a",
            changed(_widget(size=4), metadata__resourceVersion="${made.metadata.resourceVersion}"),
            name="changed",
        ),
        put(f"{_ROOT}/a", _widget(size=5)),
        put(f"{_ROOT}/a", changed(_widget(size=5), metadata__resourceVersion="${made.metadata.resourceVersion}")),
        put(f"{_ROOT}/a", changed(_widget(size=4), metadata__resourceVersion="${changed.metadata.resourceVersion}")),
        post(_ROOT, _widget()),
        delete(f"{_ROOT}/a"),
        get(f"{_ROOT}/a"),
        delete(f"{_ROOT}/a"),
        looks_at="metadata.generation",
    ),
    _case(
        "pruned-and-defaulted",
        post(
            _ROOT,
            _widget(unknown=1, parts=[{"name": "a", "x": 1}], free={"x": {"y": None}}, maybe=None, size=None),
            name="made",
        ),
        post(_ROOT + "?fieldValidation=Strict", _widget("b", unknown=1, parts=[{"name": "a", "x": 1}])),
        post(_ROOT + "?fieldValidation=Ignore", _widget("c", unknown=1)),
        post(_ROOT + "?fieldValidation=Strict", changed(_widget("d"), metadata__nope=1, more={"a": 1})),
        post(
            _ROOT + "?fieldValidation=Strict",
            '{"apiVersion":"${ns}.example.com/v1","kind":"Widget","metadata":{"name":"e"},"spec":{"size":1,"size":2}}',
        ),
        looks_at="spec",
    ),
    _case(
        "refused-by-type",
        *(
            post(_ROOT, _widget(**spec))
            for spec in (
                {"color": "blue"},
                {"size": "x"},
                {"size": 11},
                {"size": -1},
                {"size": 1.5},
                {"note": "toolong"},
                {"note": "A"},
                {"port": True},
                {"tags": "a"},
                {"labels": {"a": 1}},
                {"parts": [{}]},
                {"needs": {}},
            )
        ),
        post(_ROOT, {**_widget(), "spec": "x"}),
        post(_ROOT, _widget(size=3.0)),
    ),
    _case(
        "refused-for-duplicates",
        post(_ROOT, _widget(tags=["a", "b", "a"])),
        post(_ROOT, _widget(parts=[{"name": "a"}, {"name": "a", "count": 2}])),
    ),
    _case(
        "refused-for-what-it-says-it-is",
        post(_ROOT, changed(_widget(), kind="Gadget")),
        post(_ROOT, changed(_widget(), apiVersion="${ns}.example.com/v2", spec=None)),
        post(_ROOT, changed(_widget(), apiVersion="v1", spec=None)),
        post(_ROOT, changed(_widget("A_b"))),
        post(_ROOT, changed(_widget(), metadata__labels={"a b": "c"})),
        post(_ROOT, changed(_widget(), metadata__labels={"a": 1})),
        post(_ROOT, changed(_widget(), metadata__namespace="other")),
        post(_ROOT, changed(_widget(), metadata={"generateName": "w-"}), name="made"),
        post(_ROOT, "[]"),
        post(_ROOT, '{"kind": "Widget"'),
        post("/apis/${ns}.example.com/v1/namespaces/no-such/widgets", _widget()),
    ),
    _case(
        "without-a-kind-or-version",
        post(_ROOT, '{"metadata":{"name":"a"}}'),
        post(_ROOT, '{"kind":"Widget","metadata":{"name":"a"}}'),
        post(_ROOT, '{"apiVersion":"${ns}.example.com/v1","metadata":{"name":"a"}}'),
        post(_ROOT, "{}"),
    ),
    _case(
        "embedded-objects",
        post(
            _ROOT,
            _widget(
                template={
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "x", "labels": {"a": "b"}, "creationTimestamp": None},
                    "spec": {"x": 1},
                }
            ),
        ),
        post(_ROOT, _widget("b", template={"kind": "Pod"})),
        post(_ROOT, _widget("b", template={"apiVersion": "", "kind": "A"})),
        post(_ROOT, _widget("b", template={"apiVersion": "v1", "kind": "a b"})),
        post(_ROOT, _widget("b", template={"apiVersion": "a/b/c", "kind": "Pod"})),
        post(_ROOT, _widget("b", template={"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a b": "c"}}})),
        post(_ROOT, _widget("b", template={"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": 1}}})),
        post(_ROOT, _widget("b", template={"apiVersion": 1, "kind": "Pod"})),
        post(
            _ROOT + "?fieldValidation=Strict",
            _widget("b", template={"apiVersion": "v1", "kind": "Pod", "metadata": {"nope": 1}}),
        ),
    ),
    _case(
        "warned-of-finalizers",
        post(_ROOT, changed(_widget(), metadata__finalizers=["plain", "dotted.example.com", "example.com/good"])),
        merge(f"{_ROOT}/a", {"metadata": {"finalizers": ["plain", "another"]}}),
        merge(f"{_ROOT}/a", {"metadata": {"finalizers": []}}),
        looks_at="Warning",
    ),
    _case(
        "patched",
        post(_ROOT, _widget(parts=[{"name": "a"}], labels={"a": "1"})),
        merge(f"{_ROOT}/a", {"spec": {"size": 3, "labels": {"a": None, "b": "2"}}}),
        json_patch(f"{_ROOT}/a", [{"op": "add", "path": "/spec/parts/-", "value": {"name": "b"}}]),
        json_patch(f"{_ROOT}/a", [{"op": "replace", "path": "/spec/color", "value": "blue"}]),
        merge(f"{_ROOT}/a", {"spec": {"unknown": 1}}),
        merge(f"{_ROOT}/a?fieldValidation=Strict", {"spec": {"unknown": 1}}),
        merge(f"{_ROOT}/a", {"spec": {"color": None}}),
        merge(f"{_ROOT}/a", {"kind": "Gadget"}),
        strategic(f"{_ROOT}/a", {"spec": {"size": 3}}),
        merge(f"{_ROOT}/b", {"spec": {"size": 3}}),
        looks_at="metadata.generation",
    ),
    _case(
        "applied",
        apply(f"{_ROOT}/a", _widget(size=1, parts=[{"name": "a", "count": 2}], tags=["x"])),
        apply(f"{_ROOT}/a", _widget(size=2, parts=[{"name": "b"}], tags=["y"]), manager="other"),
        apply(f"{_ROOT}/a", _widget(parts=[{"name": "b"}], tags=["y"], free={"k": {"l": 1}}), manager="other"),
        apply(f"{_ROOT}/a", _widget(size=2), manager="other", force=True),
        apply(f"{_ROOT}/a", _widget()),
        apply(f"{_ROOT}/a", _widget(color="blue")),
        apply(f"{_ROOT}/a?fieldValidation=Strict", _widget(unknown=1)),
        get(f"{_ROOT}/a"),
        looks_at="metadata.managedFields",
    ),
    _case(
        "status",
        post(_ROOT, {**_widget(size=1), "status": {"phase": "A"}}, name="made"),
        put(
            f"{_ROOT}/a/status",
            {
                **changed(
                    _widget(size=9),
                    metadata__resourceVersion="${made.metadata.resourceVersion}",
                    metadata__labels={"l": "1"},
                ),
                "status": {"phase": "B", "x": 1},
            },
        ),
        put(f"{_ROOT}/a/status", {**_widget(), "status": {"phase": "A"}}),
        merge(f"{_ROOT}/a/status", {"status": {"phase": "C"}}),
        merge(f"{_ROOT}/a/status", {"status": {"phase": "A"}, "spec": {"size": 7}}),
        merge(f"{_ROOT}/a", {"status": {"phase": "B"}, "spec": {"size": 2}}),
        get(f"{_ROOT}/a/status"),
        merge(f"{_ROOT}/a/status", {"status": None}),
        delete(f"{_ROOT}/a/status"),
        get(f"{_ROOT}/a/scale"),
        get(f"{_ROOT}/a/nope"),
        subresources={"status": {}},
        looks_at="status",
    ),
    _case(
        "status-without-a-subresource",
        post(_ROOT, {**_widget(), "status": {"phase": "A"}}),
        merge(f"{_ROOT}/a", {"status": {"phase": "B"}}),
        get(f"{_ROOT}/a/status"),
        put(f"{_ROOT}/a/status", _widget()),
        looks_at="metadata.generation",
    ),
    _case(
        "scale",
        post(_ROOT, _widget(replicas=2), name="made"),
        merge(f"{_ROOT}/a/status", {"status": {"replicas": 1, "selector": "a=b"}}),
        get(f"{_ROOT}/a/scale"),
        put(
            f"{_ROOT}/a/scale",
            {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 3}},
        ),
        merge(f"{_ROOT}/a/scale", {"spec": {"replicas": 4}}),
        get(f"{_ROOT}/a"),
        merge(f"{_ROOT}/a/scale", {"spec": {"replicas": -1}}),
        post(_ROOT, _widget("b")),
        get(f"{_ROOT}/b/scale"),
        merge(f"{_ROOT}/b/scale", {"metadata": {}}),
        merge(f"{_ROOT}/b/scale", {"spec": {"replicas": 1}}),
        post(_ROOT, _widget("c", replicas=-1)),
        post(_ROOT, _widget("c", replicas=3000000000)),
        subresources={"status": {}, "scale": _SCALE},
    ),
    _case(
        "selected-by-field",
        post(_ROOT, _widget(size=1)),
        post(_ROOT, _widget("b", color="green")),
        get(f"{_ROOT}?fieldSelector=spec.color=green"),
        get(f"{_ROOT}?fieldSelector=spec.color!=green,spec.size=1"),
        get(f"{_ROOT}?fieldSelector=spec.size="),
        get(f"{_ROOT}?fieldSelector=spec.note=x"),
        get(f"{_ROOT}?fieldSelector=metadata.name=b"),
        selectableFields=[{"jsonPath": ".spec.color"}, {"jsonPath": ".spec.size"}],
    ),
    _case(
        "as-a-table",
        post(
            _ROOT,
            changed(
                _widget(
                    size=1,
                    tags=["x", "y"],
                    parts=[{"name": "b", "count": 2}],
                    free={"ready": True, "ratio": 1.5, "when": "nope"},
                ),
                metadata__annotations={"example.com/a": "z"},
            ),
        ),
        post(_ROOT, _widget("b", free={"ready": "yes", "ratio": "x"})),
        get(_ROOT, accept=_TABLE),
        get(f"{_ROOT}/b", accept=_TABLE),
        get(_ROOT, accept="application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
        additionalPrinterColumns=_COLUMNS,
    ),
    _case(
        "as-a-table-without-columns",
        get(_ROOT, accept=_TABLE),
    ),
    _case(
        "watched",
        post(_ROOT, _widget(size=1), name="made"),
        merge(f"{_ROOT}/a", {"spec": {"size": 2}}),
        delete(f"{_ROOT}/a"),
        watch(f"{_ROOT}?resourceVersion=${{made.metadata.resourceVersion}}", events=2),
    ),
    _case(
        "deleted-as-a-collection",
        post(_ROOT, changed(_widget(), metadata__labels={"l": "1"})),
        post(_ROOT, _widget("b")),
        delete(f"{_ROOT}?labelSelector=l=1"),
        get(_ROOT),
    ),
    _case(
        "at-places-that-are-not-there",
        get("/apis/${ns}.example.com/v2/namespaces/${ns}/widgets"),
        get("/apis/${ns}.example.com/v1/namespaces/${ns}/gadgets"),
        get("/apis/${ns}.example.com/v1/widgets/a"),
        get("/apis/${ns}.example.com/v1/widgets"),
        post("/apis/${ns}.example.com/v1/widgets", _widget()),
        get(f"{_ROOT}/a"),
    ),
]
