"""What a cluster is made of and divided by: nodes, namespaces, quotas, priorities, leases, runtime classes."""

from typing import Any

from conformance.case import case, delete, get, merge, post, put, until

__all__ = ["CASES"]

_NODES = "/api/v1/nodes"
_NAMESPACES = "/api/v1/namespaces"
_PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses"
_RUNTIMES = "/apis/node.k8s.io/v1/runtimeclasses"
_LEASES = "coordination.k8s.io/v1:leases"


def _named(**more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "${ns}"}} | more


def _limits(**limit: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": {"limits": [limit]}}


def _ratio(least: str, most: str, ratio: str) -> dict[str, Any]:
    return _limits(type="Container", min={"cpu": least}, max={"cpu": most}, maxLimitRequestRatio={"cpu": ratio})


def _quota(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": spec}


CASES = [
    case(
        "node-lives",
        post(_NODES, _named(spec={"podCIDR": "10.1.0.0/24"}, status={"capacity": {"cpu": "2"}})),
        merge(f"{_NODES}/${{ns}}", {"spec": {"unschedulable": True}}),
        get(f"{_NODES}?fieldSelector=metadata.name=${{ns}},spec.unschedulable=true"),
        merge(f"{_NODES}/${{ns}}", {"spec": {"podCIDR": "10.2.0.0/24", "podCIDRs": ["10.2.0.0/24"]}}),
        merge(f"{_NODES}/${{ns}}", {"spec": {"providerID": "a://b"}}),
        merge(f"{_NODES}/${{ns}}", {"spec": {"providerID": "a://c"}}),
        merge(f"{_NODES}/${{ns}}/status", {"status": {"allocatable": {"cpu": "-1"}}}),
        looks_at="spec.taints",
    ),
    case(
        "node-that-is-wrong",
        post(_NODES, {"metadata": {"name": "A"}}),
        post(_NODES, _named(spec={"taints": [{"key": "a", "effect": "X"}]})),
        post(_NODES, _named(spec={"taints": [{"key": "a b", "effect": "NoExecute"}]})),
        post(
            _NODES, _named(spec={"taints": [{"key": "a", "effect": "NoExecute"}, {"key": "a", "effect": "NoExecute"}]})
        ),
        post(_NODES, _named(spec={"podCIDRs": ["x"], "podCIDR": "x"})),
        get(f"{_NODES}?fieldSelector=spec.providerID=x"),
    ),
    case(
        "namespace-that-is-wrong",
        post(_NAMESPACES, {"metadata": {"name": "a.b"}}),
        post(_NAMESPACES, _named(spec={"finalizers": ["a"]}) | {"metadata": {"name": "${ns}-b"}}),
        get(f"{_NAMESPACES}?fieldSelector=metadata.name=${{ns}},status.phase=Active"),
        get(f"{_NAMESPACES}?fieldSelector=spec.x=y"),
    ),
    case(
        "namespace-keeps-its-label",
        merge(f"{_NAMESPACES}/${{ns}}", {"metadata": {"labels": {"kubernetes.io/metadata.name": "x", "a": "b"}}}),
        merge(f"{_NAMESPACES}/${{ns}}", {"metadata": {"labels": None}}),
        merge(f"{_NAMESPACES}/${{ns}}", {"spec": {"finalizers": ["example.com/x"]}}),
        merge(f"{_NAMESPACES}/${{ns}}/status", {"status": {"phase": "Terminating"}}),
        put(f"{_NAMESPACES}/${{ns}}/finalize", _named(spec={"finalizers": ["a"]})),
        looks_at="metadata.labels",
    ),
    case(
        "namespaces-that-stay",
        delete(f"{_NAMESPACES}/default"),
        delete(f"{_NAMESPACES}/kube-system"),
        delete(f"{_NAMESPACES}/kube-public"),
    ),
    case(
        "what-is-there-from-the-start",
        get(f"{_NAMESPACES}/kube-node-lease"),
        get(f"{_PRIORITIES}/system-node-critical"),
        get("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/probes"),
        get("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/exempt"),
        get("/apis/apiregistration.k8s.io/v1/apiservices/v1.apps"),
        looks_at="spec",
    ),
    case(
        "priority-class-lives",
        post(_PRIORITIES, _named(value=5)),
        put(f"{_PRIORITIES}/${{ns}}", _named(value=6)),
        put(f"{_PRIORITIES}/${{ns}}", _named(value=5, preemptionPolicy="Never")),
        put(f"{_PRIORITIES}/${{ns}}", _named(value=5, description="d")),
        looks_at="metadata.generation",
    ),
    case(
        "priority-class-that-is-wrong",
        post(_PRIORITIES, _named(value=1_000_000_001)),
        post(_PRIORITIES, {"metadata": {"name": "system-x"}, "value": 1}),
        post(_PRIORITIES, {"metadata": {"name": "system-node-critical"}, "value": 1}),
        post(_PRIORITIES, _named(value=1, preemptionPolicy="X")),
    ),
    case(
        "quota-lives",
        post("resourcequotas", _quota(hard={"pods": "5", "requests.cpu": "2", "limits.cpu": "1"})),
        until("resourcequotas/a", says='"used"'),
        merge("resourcequotas/a/status", {"status": {"hard": {"pods": "5"}, "used": {"pods": "1.5"}}}),
        merge("resourcequotas/a", {"spec": {"scopes": ["BestEffort"], "hard": None}}),
    ),
    case(
        "quota-that-is-wrong",
        post("resourcequotas", _quota(hard={"x": "1"})),
        post("resourcequotas", _quota(hard={"pods": "-1"})),
        post("resourcequotas", _quota(hard={"pods": "500m"})),
        post("resourcequotas", _quota(scopes=["X"])),
        post("resourcequotas", _quota(scopes=["BestEffort", "NotBestEffort"])),
        post("resourcequotas", _quota(hard={"cpu": "1"}, scopes=["BestEffort"])),
        post(
            "resourcequotas",
            _quota(
                scopeSelector={"matchExpressions": [{"scopeName": "BestEffort", "operator": "In", "values": ["a"]}]}
            ),
        ),
        post(
            "resourcequotas",
            _quota(scopeSelector={"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In"}]}),
        ),
    ),
    case(
        "limit-range-defaults",
        post("limitranges", _limits(type="Container", max={"cpu": "2"}, min={"memory": "1Mi"})),
        put("limitranges/b", _limits(type="Pod", max={"cpu": "2"}) | {"metadata": {"name": "b"}}),
        looks_at="spec.limits[0].default",
    ),
    case(
        "limit-range-that-is-wrong",
        post("limitranges", _limits(type="X")),
        post("limitranges", _limits(type="Pod", default={"cpu": "1"})),
        post("limitranges", _limits(type="Container", min={"cpu": "2"}, max={"cpu": "1"})),
        post("limitranges", _limits(type="Container", max={"pods": "1"})),
        post("limitranges", _limits(type="PersistentVolumeClaim")),
        post("limitranges", _limits(type="Container", maxLimitRequestRatio={"cpu": "500m"})),
        *(
            post("limitranges?dryRun=All", _ratio(least, most, ratio))
            for least, most, ratio in (
                ("2", "3", "1600m"),
                ("2", "3", "1500m"),
                ("3", "4", "1333m"),
                ("3", "4", "1334m"),
                ("1", "1e900", "10e900"),
                ("1", "1e900", "2"),
                ("1", "2", "1e900"),
                ("1e900", "1e900", "2"),
                ("1", "1E", "2E"),
                ("1m", "1E", "2"),
                ("1m", "1E", "2000E"),
                ("1500m", "9E", "1e19"),
                ("1", "99999999999999999999", "99999999999999999999"),
                ("1n", "1", "1001"),
                ("0", "0", "2"),
                ("0", "1", "1E"),
                ("0", "1", "1e900"),
                ("0", "-1", "2"),
                ("-1", "1", "2"),
                ("-2", "-1", "2"),
            )
        ),
    ),
    case(
        "lease-lives",
        put(f"{_LEASES}/a", {"metadata": {"name": "a"}, "spec": {"holderIdentity": "h"}}, name="made"),
        put(f"{_LEASES}/a", {"metadata": {"name": "a"}, "spec": {"holderIdentity": "i"}}),
        put(
            f"{_LEASES}/a",
            {
                "metadata": {"name": "a", "resourceVersion": "${made.metadata.resourceVersion}"},
                "spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1},
            },
        ),
        merge(f"{_LEASES}/a", {"spec": {"renewTime": "2026-01-01T00:00:00.500000Z", "strategy": "x"}}),
    ),
    case(
        "runtime-class",
        put(f"{_RUNTIMES}/${{ns}}", _named(handler="h"), name="made"),
        put(f"{_RUNTIMES}/${{ns}}", _named(handler="i")),
        merge(f"{_RUNTIMES}/${{ns}}", {"handler": "i"}),
        merge(f"{_RUNTIMES}/${{ns}}", {"handler": "A", "scheduling": {"tolerations": [{"operator": "X"}]}}),
        merge(f"{_RUNTIMES}/${{ns}}", {"scheduling": {"nodeSelector": {"beta.kubernetes.io/os": "linux"}}}),
        post(_RUNTIMES, _named(handler="A") | {"metadata": {"name": "${ns}-b"}}),
        post(_RUNTIMES, {"metadata": {"name": "${ns}-b"}}),
    ),
]
