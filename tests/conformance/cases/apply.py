"""Apply: what an applied configuration makes of an object, and who owns its fields."""

from typing import Any

from conformance.case import Request, apply, case, get, json_patch, merge, post, put, strategic

__all__ = ["CASES"]

Object = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def config_map(*, metadata: Object | None = None, **fields: Any) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **(metadata or {})}, **fields}


def deployment(container: Object | None = None, **spec: Any) -> Object:
    containers = [{"name": "c", "image": "i", **(container or {})}]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": containers}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec},
    }


def partial(**spec: Any) -> Object:
    """Return a configuration of a Deployment that says little."""
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}


def of_containers(*containers: Any) -> Object:
    return partial(template={"spec": {"containers": list(containers)}})


def from_key(key: str) -> Object:
    """Return an environment variable that is taken from a ConfigMap."""
    return {"name": "E", "valueFrom": {"configMapKeyRef": {"name": "a", "key": key}}}


def maps(config: Object, **more: Any) -> Request:
    return apply("configmaps/a", config, **more)


def deploys(config: Object, **more: Any) -> Request:
    return apply("apps/v1:deployments/a", config, **more)


def entry(**fields: Any) -> Object:
    complete = {"manager": "else", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1"}
    return complete | {"fieldsV1": {"f:data": {"f:x": {}, "f:gone": {}}}} | fields


CASES = [
    # Taking part.
    case("apply-creates", maps(config_map(data={"x": "1"})), get("configmaps/a"), looks_at="data"),
    case("apply-creates-with-defaults", deploys(deployment(replicas=2)), looks_at="spec"),
    case(
        "apply-again-changes-nothing",
        maps(config_map(data={"x": "1"})),
        maps(config_map(data={"x": "1"})),
        looks_at="resourceVersion",
    ),
    case(
        "apply-of-what-is-there-makes-a-co-owner",
        post("configmaps", config_map(data={"x": "1"})),
        maps(config_map(data={"x": "1"})),
        looks_at="managedFields",
    ),
    case(
        "applied-fields-that-are-left-out-go",
        maps(config_map(data={"x": "1", "y": "1"}, metadata={"labels": {"l": "1"}})),
        maps(config_map(data={"y": "2"})),
        maps(config_map()),
        looks_at="data.x",
    ),
    case(
        "fields-left-out-stay-if-others-own-them",
        maps(config_map(data={"x": "1", "y": "1"})),
        maps(config_map(data={"x": "1"}), manager="other"),
        maps(config_map(data={"z": "1"})),
        looks_at="data.x",
    ),
    case(
        "fields-of-updates-stay",
        post("configmaps?fieldManager=updater", config_map(data={"x": "1"})),
        maps(config_map(data={"y": "1"})),
        maps(config_map()),
        looks_at="data.y",
    ),
    case(
        "update-takes-fields-from-an-applier",
        maps(config_map(data={"x": "1", "y": "1"})),
        merge("configmaps/a?fieldManager=updater", {"data": {"x": "2"}}),
        put("configmaps/a?fieldManager=putter", config_map(data={"x": "3"})),
        looks_at="managedFields",
    ),
    case(
        "null-is-applied-as-a-value",
        maps(config_map(data={"x": "1", "y": "1"})),
        maps(config_map(data={"x": None})),
        maps(config_map(data=None), force=True),
        looks_at="data",
    ),
    case(
        "empty-objects-and-lists-are-applied",
        maps(config_map(data={}, metadata={"labels": {}, "finalizers": []})),
        deploys(deployment({"args": [], "resources": {}, "env": []}, strategy={})),
        looks_at="managedFields",
    ),
    # Conflicts.
    case(
        "a-conflict-with-an-updater",
        post("configmaps?fieldManager=updater", config_map(data={"x": "1"})),
        maps(config_map(data={"x": "2"})),
        maps(config_map(data={"x": "2"}), force=True),
    ),
    case(
        "a-conflict-with-an-applier",
        maps(config_map(data={"x": "1"}), manager="other"),
        maps(config_map(data={"x": "2"})),
    ),
    case(
        "several-conflicts-with-several-managers",
        maps(config_map(data={"x": "1", "y": "1"}), manager="one"),
        maps(config_map(data={"x": "1"}), manager="two"),
        post("apps/v1:deployments?fieldManager=updater", deployment(replicas=1)),
        maps(config_map(data={"x": "2", "y": "2"})),
        deploys(deployment({"image": "other"}, replicas=3)),
    ),
    case(
        "a-conflict-with-the-status",
        post("apps/v1:deployments", deployment()),
        merge("apps/v1:deployments/a/status?fieldManager=watcher", {"status": {"observedGeneration": 7}}),
        apply(
            "apps/v1:deployments/a/status",
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "a"},
                "status": {"observedGeneration": 8},
            },
        ),
    ),
    case(
        "the-status-is-not-applied-with-the-object",
        deploys(deployment() | {"status": {"observedGeneration": 7}}),
        looks_at="status",
    ),
    case(
        "nothing-but-the-status-is-applied-with-the-status",
        post("apps/v1:deployments", deployment()),
        apply(
            "apps/v1:deployments/a/status",
            deployment(replicas=5) | {"status": {"observedGeneration": 8}},
            force=True,
        ),
        looks_at="spec.replicas",
    ),
    case(
        "apply-of-a-status-does-not-create",
        apply("apps/v1:deployments/a/status", deployment() | {"status": {"observedGeneration": 8}}),
    ),
    # Lists.
    case(
        "containers-are-merged-by-name",
        deploys(deployment()),
        deploys(of_containers({"name": "d", "image": "e"}, {"name": "c"}), manager="other"),
        deploys(of_containers({"name": "d", "image": "f"}), manager="other"),
        looks_at="spec.template.spec.containers",
    ),
    case(
        "ports-are-merged-by-port-and-protocol",
        deploys(deployment({"ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]})),
        deploys(of_containers({"name": "c", "ports": [{"containerPort": 80, "name": "web"}]}), manager="other"),
        deploys(deployment({"ports": [{"containerPort": 80, "protocol": "UDP"}]})),
        looks_at="spec.template.spec.containers.ports",
    ),
    case(
        "an-item-goes-with-its-defaults",
        deploys(deployment()),
        deploys(of_containers({"name": "d", "image": "e"}), manager="other"),
        deploys(partial(), manager="other"),
        looks_at="spec.template.spec.containers",
    ),
    case(
        "sets-are-merged",
        maps(config_map(metadata={"finalizers": ["example.com/a", "example.com/b"]})),
        maps(config_map(metadata={"finalizers": ["example.com/c", "example.com/a"]}), manager="other"),
        maps(config_map(metadata={"finalizers": ["example.com/b"]})),
        merge("configmaps/a", {"metadata": {"finalizers": None}}),
        looks_at="metadata.finalizers",
    ),
    case(
        "atomic-lists-have-one-owner",
        deploys(deployment({"args": ["a", "b"]})),
        deploys(of_containers({"name": "c", "args": ["a"]}), manager="other"),
        deploys(of_containers({"name": "c", "args": ["a"]}), manager="other", force=True),
    ),
    case(
        "atomic-structs-have-one-owner",
        deploys(deployment({"env": [from_key("a")]})),
        deploys(of_containers({"name": "c", "env": [from_key("b")]}), manager="other"),
        deploys(of_containers({"name": "c", "env": [from_key("b")]}), manager="other", force=True),
    ),
    # What is refused.
    case("apply-needs-a-field-manager", maps(config_map(), manager="")),
    case("apply-of-another-kind", maps(config_map() | {"kind": "Pod"})),
    case("apply-of-another-version", maps(config_map() | {"apiVersion": "v2"})),
    case("apply-without-a-version", maps({"kind": "ConfigMap", "metadata": {"name": "a"}})),
    case("apply-of-another-name", maps(config_map() | {"metadata": {"name": "b"}})),
    case("apply-with-managed-fields", maps(config_map(metadata={"managedFields": []}))),
    case("apply-with-a-field-that-is-unknown", deploys(deployment(other=1))),
    case("apply-with-a-text-for-a-number", deploys(partial(replicas="x"))),
    case("apply-with-a-number-for-a-boolean", deploys(partial(paused=5))),
    case("apply-with-a-number-for-a-text", maps(config_map(data={"x": 1}))),
    case("apply-with-a-number-for-an-object", deploys(partial(template=5))),
    case("apply-with-a-list-for-an-object", maps(config_map(data=[5, "x", {"a": [1]}]))),
    case("apply-with-an-object-for-a-list", deploys(partial(template={"spec": {"containers": {"a": 1}}}))),
    case("apply-with-an-object-for-a-text", deploys(of_containers({"name": "c", "image": {"x": 1.5, "a": None}}))),
    case("apply-with-an-item-that-is-null", deploys(of_containers(None))),
    case("apply-with-an-item-that-is-a-number", deploys(of_containers(1))),
    case("apply-with-an-item-twice", deploys(of_containers({"name": "a"}, {"name": "a"}))),
    case(
        "apply-with-an-item-twice-by-default",
        deploys(
            of_containers({"name": "a", "ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]})
        ),
    ),
    case("apply-with-a-value-twice", maps(config_map(metadata={"finalizers": ["a/b", "a/b"]}))),
    case("apply-with-an-object-in-a-set", maps(config_map(metadata={"finalizers": [{"a": 1}]}))),
    case("apply-with-a-list-in-a-set", maps(config_map(metadata={"finalizers": [["a"]]}))),
    case("apply-with-null-in-a-set", maps(config_map(metadata={"finalizers": [None]}))),
    case("apply-of-what-is-not-valid", maps(config_map(data={"not valid": "1"}))),
    case("apply-with-a-stale-version", maps(config_map()), maps(config_map(metadata={"resourceVersion": "1"}))),
    case("apply-with-a-uid-creates-nothing", maps(config_map(metadata={"uid": "u"}))),
    case(
        "apply-of-a-container-without-a-name",
        deploys(partial(selector={"matchLabels": {"a": "b"}}, template={"spec": {"containers": [{"image": "a"}]}})),
    ),
    case("apply-with-a-quantity-that-is-none", deploys(deployment({"resources": {"limits": {"cpu": "abc"}}}))),
    case("apply-with-a-fraction-for-an-integer", deploys(deployment(replicas=1.5))),
    case("apply-with-a-boolean-for-a-percentage", deploys(deployment(strategy={"rollingUpdate": {"maxSurge": True}}))),
    case("apply-with-a-time-that-is-none", maps(config_map(metadata={"creationTimestamp": "abc"}))),
    case("apply-with-bytes-that-are-not-base64", maps(config_map(binaryData={"x": "!"}))),
    # Entries.
    case(
        "replicas-are-owned-by-who-scales",
        post("apps/v1:deployments", deployment(replicas=1)),
        merge("apps/v1:deployments/a/scale?fieldManager=scaler", {"spec": {"replicas": 2}}),
        get("apps/v1:deployments/a"),
        apply(
            "apps/v1:deployments/a/scale",
            {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 3}},
        ),
        apply(
            "apps/v1:deployments/a/scale",
            {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 3}},
            force=True,
        ),
        get("apps/v1:deployments/a"),
        looks_at="managedFields",
    ),
    case(
        "each-kind-of-patch-owns-what-it-changes",
        post("apps/v1:deployments?fieldManager=one", deployment()),
        merge("apps/v1:deployments/a?fieldManager=two", {"spec": {"replicas": 2}}),
        json_patch(
            "apps/v1:deployments/a?fieldManager=three",
            [{"op": "add", "path": "/spec/template/spec/containers/0/env", "value": [{"name": "E", "value": "1"}]}],
        ),
        strategic("apps/v1:deployments/a?fieldManager=four", {"metadata": {"labels": {"l": "1"}}}),
        looks_at="managedFields",
    ),
    case(
        "entries-begin-anew-after-they-were-emptied",
        post("configmaps", config_map(data={"x": "1", "y": "1"})),
        merge("configmaps/a", {"metadata": {"managedFields": []}}),
        merge("configmaps/a", {"data": {"y": "2"}}),
        maps(config_map(data={"x": "2"})),
        maps(config_map(data={"x": "1"})),
        merge("configmaps/a", {"metadata": {"managedFields": [{}]}}),
        looks_at="managedFields",
    ),
    case(
        "entries-can-be-set",
        post("configmaps", config_map(data={"x": "1"})),
        merge("configmaps/a", {"metadata": {"managedFields": [entry()]}}),
        maps(config_map(data={"x": "2"})),
        post(
            "configmaps",
            config_map(metadata={"name": "b", "managedFields": [entry(operation="Apply")]}, data={"x": "1"}),
        ),
        looks_at="managedFields",
    ),
    case(
        "entries-that-are-not-valid-are-not-heard",
        post("configmaps", config_map(data={"x": "1"})),
        merge("configmaps/a", {"metadata": {"managedFields": [entry(operation="Other")]}}),
        merge("configmaps/a", {"metadata": {"managedFields": [entry(fieldsV1={"data": {}})]}}),
        *(
            merge("configmaps/a", {"metadata": {"managedFields": [entry(fieldsV1={"f:data": {element: {}}})]}})
            for element in ("v:1e999", "v:NaN", f"v:{'1' * 4500}", f"i:{'1' * 4500}", 'k:{"a":1e999}', "v:1e2", "i:x")
        ),
        merge("configmaps/a", {"metadata": {"managedFields": [entry(apiVersion="v3")]}}),
        looks_at="managedFields",
    ),
    case(
        "ten-updaters-have-entries-and-the-rest-are-ancient",
        post("configmaps?fieldManager=first", config_map(data={"x": "1"})),
        *(merge(f"configmaps/a?fieldManager=u{n:02}", {"data": {f"k{n}": "1"}}) for n in range(12)),
        looks_at="managedFields",
    ),
    # From kubectl apply on the client.
    case(
        "kubectl-takes-over-what-it-applied-on-the-client",
        post(
            "configmaps?fieldManager=kubectl-client-side-apply",
            config_map(
                metadata={
                    "annotations": {LAST_APPLIED: '{"apiVersion":"v1","kind":"ConfigMap","data":{"x":"1","y":"z"}}'}
                },
                data={"x": "1", "y": "1"},
            ),
        ),
        maps(config_map(data={"x": "2", "y": "2"}), manager="kubectl"),
        maps(config_map(data={"x": "2", "y": "1"}), manager="other"),
        maps(config_map(data={"x": "<&>", "y": "1"}), manager="kubectl"),
    ),
    # Kinds with versions.
    case(
        "apply-in-another-version",
        apply(
            "autoscaling/v1:horizontalpodautoscalers/a",
            {
                "apiVersion": "autoscaling/v1",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "a"},
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
                    "maxReplicas": 5,
                    "targetCPUUtilizationPercentage": 50,
                },
            },
        ),
        apply(
            "autoscaling/v2:horizontalpodautoscalers/a",
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "a"},
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
                    "maxReplicas": 6,
                },
            },
            manager="other",
        ),
        apply(
            "autoscaling/v2:horizontalpodautoscalers/a",
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "a"},
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
                    "maxReplicas": 6,
                },
            },
        ),
        get("autoscaling/v1:horizontalpodautoscalers/a"),
        looks_at="managedFields",
    ),
]
