"""What may change of a pod, through which path, and what becomes of it."""

from typing import Any

from conformance.case import Request, case, delete, get, json_patch, merge, post, put, strategic
from conformance.objects import CONTAINER, changed, pod

__all__ = ["CASES"]

_A = "pods/a"
_NODES = "requiredDuringSchedulingIgnoredDuringExecution"


def _patched(path: str, value: Any, to: str = _A) -> Request:
    return json_patch(to, [{"op": "add", "path": path, "value": value}])


def _status(**status: Any) -> Request:
    return merge("pods/a/status", {"status": status})


def _ended(code: int) -> dict[str, Any]:
    base = {"name": "c", "image": "x", "imageID": "", "ready": False, "restartCount": 0}
    return base | {"state": {"terminated": {"exitCode": code}}}


def _on_nodes_with(*keys: str) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": key, "operator": "Exists"} for key in keys]}]
    return {"nodeAffinity": {_NODES: {"nodeSelectorTerms": terms}}}


_RUNNING = _ended(0) | {"state": {"running": {}}}
_DEBUGGER = CONTAINER | {"name": "e", "targetContainerName": "c"}
_CLAIMING = CONTAINER | {"resources": {"claims": [{"name": "r"}]}}
_SIZED = CONTAINER | {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}

CASES = [
    case(
        "pod-changes-its-image",
        post("pods", pod()),
        _patched("/spec/containers/0/image", "y:1"),
        _patched("/spec/containers/0/image", ""),
        _patched("/spec/containers/0/image", " z"),
        looks_at="metadata.generation",
    ),
    case(
        "pod-may-not-change-its-spec",
        post("pods", pod(automountServiceAccountToken=False)),
        _patched("/spec/containers/0/args", ["1", "<&>"]),
        _patched("/spec/nodeSelector", {"b": "c", "a": "b"}),
        _patched("/spec/terminationGracePeriodSeconds", 5),
        _patched("/spec/hostNetwork", True),
        _patched("/spec/containers/-", CONTAINER | {"name": "b"}),
        _patched("/spec/volumes", [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}]),
        json_patch(_A, [{"op": "remove", "path": "/spec/containers/0"}]),
        put(_A, pod()),
    ),
    case(
        "pod-changes-its-tolerations",
        post("pods", pod()),
        _patched("/spec/tolerations", []),
        _patched("/spec/tolerations/-", {"key": "x", "operator": "Exists"}),
        _patched("/spec/tolerations/0/key", "y"),
        _patched("/spec/tolerations/0/tolerationSeconds", 5),
        looks_at="spec.tolerations",
    ),
    case(
        "pod-changes-its-deadline",
        post("pods", pod(activeDeadlineSeconds=5)),
        _patched("/spec/activeDeadlineSeconds", 6),
        _patched("/spec/activeDeadlineSeconds", -1),
        _patched("/spec/activeDeadlineSeconds", 4),
        json_patch(_A, [{"op": "remove", "path": "/spec/activeDeadlineSeconds"}]),
    ),
    case(
        "pod-may-not-change-its-identity",
        post("pods", pod()),
        _patched("/metadata/uid", "x"),
        _patched("/metadata/name", "x"),
        _patched("/metadata/namespace", "x"),
        _patched("/metadata/generation", 7),
        _patched("/metadata/finalizers", ["foo"]),
        _patched("/metadata/annotations", {"kubernetes.io/config.mirror": "x"}),
        _patched("/metadata/deletionTimestamp", "2026-01-01T00:00:00Z"),
    ),
    case(
        "pod-changes-while-it-is-gated",
        post("pods", pod(schedulingGates=[{"name": "g"}])),
        _patched("/spec/nodeSelector", {"x": "y"}),
        _patched("/spec/nodeSelector", {"z": "y"}),
        _patched("/spec/affinity", _on_nodes_with("a")),
        _patched("/spec/affinity", _on_nodes_with("b")),
        _patched("/spec/affinity", _on_nodes_with("a", "b")),
        _patched("/spec/schedulingGates", [{"name": "h"}]),
        _patched("/spec/schedulingGates", []),
        _patched("/spec/nodeSelector", {"x": "y", "q": "r"}),
    ),
    case(
        "pod-status-changes",
        post("pods", pod()),
        _status(phase="Running", podIP="10.1.2.3"),
        _status(qosClass="Guaranteed"),
        _status(podIPs=[{"ip": "x"}]),
        _status(podIPs=[{"ip": "10.1.2.3"}, {"ip": "10.1.2.4"}]),
        _status(conditions=[{"type": "a b", "status": "True"}]),
        _status(nominatedNodeName="A"),
        _status(hostIPs=[{"ip": "1.1.1.1"}]),
        merge("pods/a/status", {"metadata": {"labels": {"x": "y"}, "ownerReferences": []}, "spec": {"nodeName": "n"}}),
        merge(_A, {"status": {"phase": "Failed"}}),
        looks_at="status.podIPs",
    ),
    case(
        "pod-containers-do-not-run-again",
        post("pods", pod(restartPolicy="Never")),
        _status(containerStatuses=[_ended(1)]),
        _status(containerStatuses=[_RUNNING]),
        post("pods", pod("b", restartPolicy="OnFailure")),
        merge("pods/b/status", {"status": {"containerStatuses": [_ended(1)]}}),
        merge("pods/b/status", {"status": {"containerStatuses": [_RUNNING]}}),
        looks_at="status.containerStatuses",
    ),
    case(
        "pod-ephemeral-containers",
        post("pods", pod()),
        get("pods/a/ephemeralcontainers"),
        strategic("pods/a/ephemeralcontainers", {"spec": {"ephemeralContainers": [_DEBUGGER]}}),
        strategic("pods/a/ephemeralcontainers", {"spec": {"ephemeralContainers": [_DEBUGGER | {"image": "y"}]}}),
        merge("pods/a/ephemeralcontainers", {"spec": {"ephemeralContainers": []}}),
        merge(
            "pods/a/ephemeralcontainers",
            {
                "spec": {
                    "ephemeralContainers": [
                        _DEBUGGER,
                        _SIZED | {"targetContainerName": "z", "ports": [{"containerPort": 1}], "lifecycle": {}},
                    ]
                }
            },
        ),
        looks_at="spec.ephemeralContainers",
    ),
    case(
        "pod-resizes",
        post("pods", pod(containers=[_SIZED])),
        _patched("/spec/containers/0/resources/requests/cpu", "2", "pods/a/resize"),
        _patched("/spec/containers/0/resources/requests", {"cpu": "1"}, "pods/a/resize"),
        _patched(
            "/spec/containers/0/resources",
            {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "2", "memory": "1Gi"}},
            "pods/a/resize",
        ),
        _patched("/spec/containers/0/name", "q", "pods/a/resize"),
        _patched("/spec/containers/0/image", "q", "pods/a/resize"),
        _patched("/spec/containers/0/resources/requests/ephemeral-storage", "2", "pods/a/resize"),
        _patched("/spec/containers/0/resources/requests/cpu", "3"),
        _patched("/spec/containers/0/resizePolicy", [], "pods/a/resize"),
        _patched("/spec/containers/0/resizePolicy/0/restartPolicy", "RestartContainer", "pods/a/resize"),
        post("pods", pod("windows", os={"name": "windows"})),
        merge("pods/windows/resize", {"spec": {"containers": [_SIZED]}}),
        post("pods", pod("claims", containers=[_CLAIMING], resourceClaims=[{"name": "r", "resourceClaimName": "r"}])),
        merge("pods/claims/resize", {"spec": {"containers": [_CLAIMING]}}),
        looks_at="spec.containers.resources",
    ),
    case(
        "pod-is-deleted-with-grace",
        post("pods", pod(nodeName="n", automountServiceAccountToken=False)),
        delete("pods/a"),
        delete("pods/a?gracePeriodSeconds=5"),
        delete("pods/a?gracePeriodSeconds=60"),
        _patched("/metadata/finalizers", ["x.y/z"]),
        delete("pods/a?gracePeriodSeconds=0"),
        get("pods/a"),
        post("pods", pod("b", nodeName="n")),
        merge("pods/b/status", {"status": {"phase": "Succeeded"}}),
        delete("pods/b"),
        get("pods/b"),
        post("pods", pod("c")),
        delete("pods/c"),
        get("pods/c"),
        looks_at="metadata.deletionGracePeriodSeconds",
    ),
    case(
        "pods-selected-by-fields",
        post("pods", pod(nodeName="n", serviceAccountName="default")),
        post("pods", pod("b", restartPolicy="Never", hostNetwork=True)),
        *(
            get(f"pods?fieldSelector={selector}")
            for selector in (
                "spec.nodeName=n",
                "spec.nodeName=",
                "spec.host=n",
                "spec.restartPolicy!=Always",
                "spec.hostNetwork=true",
                "spec.serviceAccountName=default,metadata.name=b",
                "spec.schedulerName=x",
                "status.phase=Pending",
                "status.podIP=",
                "status.podIPs=10.0.0.1",
                "status.nominatedNodeName=",
                "spec.foo=x",
            )
        ),
        looks_at="items",
    ),
    case(
        "pod-update-of-the-whole",
        post("pods", changed(pod(), metadata__labels={"a": "b"})),
        put(_A, changed(pod(), metadata__labels={"a": "c"})),
        get(_A),
        looks_at="metadata.labels",
    ),
]
