"""Patches in three languages, and how they are refused."""

from conformance.case import apply, case, get, json_patch, merge, post, send, strategic
from conformance.objects import configmap, deployment

__all__ = ["CASES"]

_ADD = {"op": "add", "path": "/data/x", "value": "y"}

_JSON_PATCHES = {
    "empty": [],
    "null": "null",
    "no-list": {},
    "broken": "[",
    "of-a-number": [1],
    "of-null": [None],
    "with-a-path-that-is-none": [{"op": "add", "path": {}}],
    "with-an-unknown-field": [_ADD | {"foo": 1}],
    "with-a-field-twice": '[{"op":"add","path":"/data/x","value":"y","value":"z"}]',
    "with-an-unknown-operation": [{"op": "nothing"}],
    "adds": [_ADD],
    "adds-where-nothing-is": [{"op": "add", "path": "/no/such", "value": 1}],
    "replaces": [{"op": "replace", "path": "/data/k", "value": "w"}],
    "replaces-what-is-not-there": [{"op": "replace", "path": "/data/new", "value": "w"}],
    "removes": [{"op": "remove", "path": "/data/k"}],
    "removes-what-is-not-there": [{"op": "remove", "path": "/data/new"}],
    "moves": [{"op": "move", "from": "/data/k", "path": "/data/l"}],
    "copies": [{"op": "copy", "from": "/data/k", "path": "/data/l"}],
    "tests": [{"op": "test", "path": "/data/k", "value": "v"}, _ADD],
    "tests-and-fails": [{"op": "test", "path": "/data/k", "value": "x"}, _ADD],
    "tests-a-version": [{"op": "test", "path": "/metadata/resourceVersion", "value": "1"}, _ADD],
    "sets-a-wrong-type": [{"op": "add", "path": "/data/x", "value": 5}],
    "sets-an-unknown-member": [{"op": "add", "path": "/foo", "value": 5}],
    "changes-the-name": [{"op": "replace", "path": "/metadata/name", "value": "b"}],
    "changes-the-kind": [{"op": "replace", "path": "/kind", "value": "Pod"}],
    "makes-it-invalid": [{"op": "add", "path": "/data/a b", "value": "y"}],
    "with-too-many-operations": [_ADD] * 10_001,
}

_MERGE_PATCHES = {
    "empty": {},
    "null": "null",
    "list": [],
    "broken": "{",
    "sets": {"data": {"x": "y"}},
    "removes": {"data": {"k": None}},
    "removes-all": {"data": None},
    "sets-a-wrong-type": {"data": {"x": 5}},
    "sets-an-unknown-member": {"foo": 5},
    "with-a-member-twice": '{"data":{"x":"y","x":"z"}}',
    "changes-the-name": {"metadata": {"name": "b"}},
    "with-a-stale-version": {"metadata": {"resourceVersion": "1"}, "data": {"x": "y"}},
    "makes-it-invalid": {"metadata": {"labels": {"k": "v v"}}},
    "changes-the-uid": {"metadata": {"uid": "11111111-1111-1111-1111-111111111111"}},
    "drops-the-managers": {"metadata": {"managedFields": None}},
    "empties-the-managers": {"metadata": {"managedFields": [{}]}},
    "sets-a-number-with-a-fraction": {"metadata": {"generation": 1.5}},
}

_STRATEGIC_PATCHES = {
    "list": [],
    "broken": "{",
    "sets": {"spec": {"replicas": 0, "minReadySeconds": 5}},
    "merges-a-container": {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "x"}]}}}},
    "adds-a-container": {"spec": {"template": {"spec": {"containers": [{"name": "d", "image": "x"}]}}}},
    "deletes-a-container": {"spec": {"template": {"spec": {"containers": [{"name": "c", "$patch": "delete"}]}}}},
    "replaces-containers": {
        "spec": {"template": {"spec": {"containers": [{"$patch": "replace"}, {"name": "d", "image": "x"}]}}}
    },
    "without-a-merge-key": {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}},
    "with-an-unknown-directive": {"spec": {"template": {"$patch": "x"}}},
    "orders-containers": {
        "spec": {
            "template": {
                "spec": {
                    "$setElementOrder/containers": [{"name": "d"}, {"name": "c"}],
                    "containers": [{"name": "d", "image": "x"}],
                }
            }
        }
    },
    "in-another-order": {
        "spec": {
            "template": {
                "spec": {
                    "$setElementOrder/containers": [{"name": "c"}],
                    "containers": [{"name": "d", "image": "x"}],
                }
            }
        }
    },
    "retains-keys": {"spec": {"updateStrategy": {"$retainKeys": ["type"], "type": "OnDelete"}}},
    "retains-other-keys": {"spec": {"updateStrategy": {"$retainKeys": ["x"], "type": "OnDelete"}}},
    "merges-a-port": {
        "spec": {"template": {"spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}]}]}}}
    },
    "with-a-list-for-an-object": {"spec": []},
    "with-a-wrong-type": {"spec": {"replicas": "x"}},
    "with-an-unknown-member": {"spec": {"foo": 1}},
    "with-a-member-twice": '{"spec":{"replicas":0,"replicas":0}}',
    "with-nothing-to-merge": {"spec": {"template": {"spec": {"containers": [None]}}}},
    "makes-it-invalid": {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": ""}]}}}},
}

# Its template may be changed, and with no replicas there is nothing for a controller to do.
_STATEFUL_SET = deployment(serviceName="s")
_PROBED = {"name": "c", "livenessProbe": {"httpGet": {"port": 80.0}}}
_HEAD = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "a"}}

CASES = [
    *(
        case(f"json-patch-{name}", post("configmaps", configmap(k="v")), json_patch("configmaps/a", patch))
        for name, patch in _JSON_PATCHES.items()
    ),
    *(
        case(f"merge-patch-{name}", post("configmaps", configmap(k="v")), merge("configmaps/a", patch))
        for name, patch in _MERGE_PATCHES.items()
    ),
    *(
        case(
            f"strategic-patch-{name}",
            post("apps/v1:statefulsets", _STATEFUL_SET),
            strategic("apps/v1:statefulsets/a?dryRun=All", patch),
        )
        for name, patch in _STRATEGIC_PATCHES.items()
    ),
    case("patch-with-numbers-that-are-made-to-fit",
         post("apps/v1:statefulsets", _STATEFUL_SET),
         *(strategic("apps/v1:statefulsets/a?dryRun=All", {"spec": {"replicas": replicas}})
           for replicas in (3.0, 1.5, 2**32 + 2, 2**31, -(2**40))),
         *(apply("apps/v1:statefulsets/a?dryRun=All", _HEAD | {"spec": {"minReadySeconds": wait}})
           for wait in (3.0, 1.5, 2**32 + 2)),
         strategic("apps/v1:statefulsets/a?dryRun=All", {"spec": {"template": {"spec": {"containers": [_PROBED]}}}}),
         merge("apps/v1:statefulsets/a?dryRun=All", {"spec": {"replicas": 2**32 + 2}}),
         *(post("apps/v1:statefulsets?dryRun=All", deployment("b", replicas=replicas)) for replicas in (3.0, 1.5)),
         looks_at="spec.replicas"),
    case("patch-of-what-is-not-there",
         merge("configmaps/a", {}), json_patch("configmaps/a", []), strategic("configmaps/a", {}),
         merge("apps/v1:deployments/a", {"spec": {}})),
    case("patch-for-a-dry-run",
         post("configmaps", configmap(k="v")),
         merge("configmaps/a?dryRun=All", {"data": {"k": "w"}}),
         get("configmaps/a")),
    case("patch-in-an-unknown-language",
         post("configmaps", configmap()),
         send("PATCH", "configmaps/a", {}, content_type="application/json"),
         send("PATCH", "configmaps/a", {}, content_type="text/plain"),
         send("PATCH", "configmaps/a", {}, content_type=None)),
    case("patch-with-strict-validation",
         post("configmaps", configmap()),
         merge("configmaps/a?fieldValidation=Strict", {"foo": 1}),
         merge("configmaps/a?fieldValidation=Ignore", {"foo": 1}),
         json_patch("configmaps/a?fieldValidation=Strict", [{"op": "add", "path": "/foo", "value": 1, "x": 2}]),
         strategic("configmaps/a?fieldValidation=Strict", {"foo": 1}),
         strategic("configmaps/a?fieldValidation=Strict", '{"data":{"a":"b","a":"c"}}')),
]  # fmt: skip
