"""Quotas: what is charged to them, and what they do not let in.

The real server looks at copies of its own of quotas, that come a little late, as does what its controller counts:
after each change of a quota, or of what it counts when something goes, a dry run is repeated until it is answered
by what is new. Nothing is made just before something goes, as it might be overlooked when the rest is counted.
"""

from typing import Any

from conformance.case import Request, apply, case, delete, get, merge, post, put, strategic
from conformance.objects import claim, container, pod, service

__all__ = ["CASES"]

_QUOTAS = "resourcequotas"
_LEASES = "coordination.k8s.io/v1:leases"
_CLAIMS = "persistentvolumeclaims"
_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
_PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses"
_OF_CLASS = "${ns}.storageclass.storage.k8s.io/"
_NONE: dict[str, str] = {"count/endpoints": "0"}
_ENDPOINTS: dict[str, Any] = {"metadata": {"name": "z"}}


def _named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def _quota(hard: dict[str, str], **spec: Any) -> tuple[Request, Request]:
    """Return the requests for a quota, and for what it refuses when it was counted."""
    return (
        post(_QUOTAS, {"metadata": {"name": "a"}, "spec": {"hard": hard | _NONE} | spec}),
        post("endpoints?dryRun=All", _ENDPOINTS, until="limited: count/endpoints=0"),
    )


def _asked(kind: str, body: dict[str, Any], *, until: str = "", until_status: int = 0) -> Request:
    """Return the request that creates an object; what follows a ? in its name is the query."""
    name, mark, query = body["metadata"]["name"].partition("?")
    sent = body | {"metadata": {"name": name}}
    return post(f"{kind}{mark}{query}", sent, until=until, until_status=until_status)


def _pod(name: str, *containers: dict[str, Any], until: str = "", until_status: int = 0, **spec: Any) -> Request:
    body = pod(name, containers=list(containers) or [container()], **spec)
    return _asked("pods", body, until=until, until_status=until_status)


def _service(name: str, *, until_status: int = 0, **spec: Any) -> Request:
    return _asked("services", service(name, **spec), until_status=until_status)


def _ports(count: int) -> list[dict[str, Any]]:
    return [{"name": f"p{port}", "port": port} for port in range(1, count + 1)]


def _claim(name: str, storage: str, *, until: str = "", **spec: Any) -> Request:
    return _asked(_CLAIMS, claim(name, storage, **spec), until=until)


def _scoped(name: str, hard: dict[str, str], **spec: Any) -> Request:
    return post(_QUOTAS, _named(name) | {"spec": {"hard": hard} | spec})


def _selector(scope: str, *values: str) -> dict[str, Any]:
    which = {"operator": "In", "values": list(values)} if values else {"operator": "Exists"}
    return {"matchExpressions": [{"scopeName": scope} | which]}


def _affinity(**where: Any) -> dict[str, Any]:
    term = {"topologyKey": "k", "labelSelector": {}} | where
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def _refused_by(quota: str, *containers: dict[str, Any], **spec: Any) -> Request:
    """Return the request that waits until a quota does not let a pod in."""
    return _pod("z?dryRun=All", *containers, until=f"exceeded quota: {quota},", **spec)


def _resized(name: str, **limits: str) -> Request:
    name, _, query = name.partition("?")
    return strategic(f"pods/{name}/resize?{query}", {"spec": {"resources": {"requests": limits, "limits": limits}}})


def _fits(**limits: str) -> Request:
    """Return the request that waits until there is room for a pod."""
    fitting = pod("z", resources={"limits": {"memory": "1Mi"} | limits})
    return post("pods?dryRun=All", fitting, until_status=201)


CASES = [
    case(
        "quota-counts-objects",
        *_quota({"secrets": "9", "count/secrets": "3", "count/leases.coordination.k8s.io": "1"}),
        get(f"{_QUOTAS}/a"),
        merge(f"{_QUOTAS}/a", {"spec": {"hard": {"secrets": "2", "count/endpoints": None, "services": "0"}}}),
        post("services?dryRun=All", service(), until="limited: services=0"),
        get(f"{_QUOTAS}/a"),
        post("secrets?dryRun=All", _named("a")),
        post("secrets", _named("a")),
        get(f"{_QUOTAS}/a"),
        post("secrets", _named("a b")),
        apply("secrets/b", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}),
        get(f"{_QUOTAS}/a"),
        post("secrets", _named("a")),
        post("secrets", {"metadata": {"generateName": "gen-"}}),
        post("secrets?dryRun=All", _named("c")),
        apply("secrets/c", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}}),
        merge("secrets/a", {"data": {"a": "YQ=="}}),
        post("events", {"metadata": {"name": "a"}, "involvedObject": {"namespace": "${ns}"}}),
        delete("secrets/a"),
        post("secrets?dryRun=All", _named("c"), until_status=201),
        get(f"{_QUOTAS}/a"),
        put(f"{_LEASES}/a", _named("a")),
        put(f"{_LEASES}/b", _named("b")),
        post(_LEASES, _named("a")),
        post("secrets", _named("c")),
        post("secrets", _named("d")),
        get(f"{_QUOTAS}/a"),
        looks_at="status.used",
    ),
    case(
        "quota-measures-pods",
        *_quota({"pods": "3", "requests.cpu": "1", "limits.memory": "2Gi", "requests.x.y/z": "3"}),
        _pod("a"),
        _pod("a", container("d"), container(limits={"cpu": "1"}), initContainers=[container("i")]),
        _pod("a", container(limits={"cpu": "500m", "memory": "1Gi", "x.y/z": "2"})),
        get(f"{_QUOTAS}/a"),
        _pod("b", container(limits={"cpu": "600m", "memory": "1G", "x.y/z": "2"})),
        _pod("b", container(limits={"cpu": "600m", "memory": "512Mi"}), priorityClassName="x"),
        _pod("b", container(limits={"cpu": "600m", "memory": "512Mi"})),
        _pod(
            "b",
            container(limits={"cpu": "100m", "memory": "512Mi"}),
            initContainers=[
                container("i", limits={"cpu": "100m", "memory": "100Mi"}, restartPolicy="Always"),
                container("j", limits={"cpu": "200m", "memory": "700Mi"}),
            ],
        ),
        get(f"{_QUOTAS}/a"),
        _pod("c", resources={"limits": {"cpu": "150m", "memory": "1Mi"}}),
        get(f"{_QUOTAS}/a"),
        _pod("d", resources={"limits": {"memory": "1Mi"}}),
        _resized("c?dryRun=All", cpu="1"),
        _resized("c", cpu="151m"),
        get(f"{_QUOTAS}/a"),
        merge("pods/c/status", {"status": {"phase": "Succeeded"}}),
        _fits(cpu="150m"),
        get(f"{_QUOTAS}/a"),
        delete("pods/b?gracePeriodSeconds=0"),
        _fits(cpu="400m"),
        get(f"{_QUOTAS}/a"),
        looks_at="status.used",
    ),
    case(
        "quota-counts-services",
        *_quota({"services": "2", "services.nodeports": "3", "services.loadbalancers": "1", "count/services": "9"}),
        _service("a", type="LoadBalancer", ports=_ports(2)),
        _service("b", type="LoadBalancer"),
        _service("b?dryRun=All", type="LoadBalancer", ports=_ports(2), allocateLoadBalancerNodePorts=False),
        _service("b", type="NodePort", ports=_ports(2)),
        _service("b"),
        _service("c"),
        get(f"{_QUOTAS}/a"),
        merge("services/b", {"spec": {"type": "NodePort"}}),
        merge("services/b", {"spec": {"ports": _ports(2)}}),
        merge("services/a/status", {"status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}}),
        merge("services/a", {"spec": {"type": "ClusterIP"}}),
        merge("services/b?dryRun=All", {"spec": {"ports": _ports(2)}}, until_status=200),
        delete("services/a"),
        _service("c?dryRun=All", type="LoadBalancer", ports=_ports(2), until_status=201),
        get(f"{_QUOTAS}/a"),
        looks_at="status.used",
    ),
    case(
        "quota-measures-claims",
        *_quota(
            {
                "persistentvolumeclaims": "3",
                "requests.storage": "10Gi",
                f"{_OF_CLASS}requests.storage": "5Gi",
                f"{_OF_CLASS}persistentvolumeclaims": "1",
            }
        ),
        _claim("a", "20Gi"),
        _claim("a", "6Gi", storageClassName="${ns}"),
        _claim("a", "2Gi", storageClassName="${ns}"),
        _claim("b", "1Gi", storageClassName="${ns}"),
        _claim("b", "3221225471500m", storageClassName=""),
        get(f"{_QUOTAS}/a"),
        post(_CLASSES, _named("${ns}") | {"provisioner": "example.com/p", "allowVolumeExpansion": True}),
        merge(f"{_CLAIMS}/a/status", {"status": {"phase": "Bound", "allocatedResources": {"storage": "4Gi"}}}),
        merge(f"{_CLAIMS}/a?dryRun=All", {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}, until_status=200),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}),
        _claim("z?dryRun=All", "9Gi", until="used: requests.storage=8Gi,"),
        merge(f"{_CLAIMS}/a", {"metadata": {"finalizers": None}}),
        merge(f"{_CLAIMS}/b", {"metadata": {"finalizers": None}}),
        looks_at="status.used",
    ),
    case(
        "quota-has-scopes",
        _scoped("terminating", {"pods": "0"}, scopes=["Terminating"]),
        _scoped("cheap", {"pods": "0"}, scopes=["BestEffort", "NotTerminating"]),
        _scoped("long", {"pods": "1", "requests.cpu": "1"}, scopes=["NotBestEffort", "NotTerminating"]),
        _scoped("far", {"pods": "0"}, scopeSelector=_selector("CrossNamespacePodAffinity")),
        _scoped("some", {"pods": "0"}, scopeSelector=_selector("PriorityClass", "${ns}-a", "${ns}-b")),
        _scoped("classy", {_CLAIMS: "0"}, scopeSelector=_selector("VolumeAttributesClass", "x")),
        post(_PRIORITIES, _named("${ns}-a") | {"value": 1}),
        post(_PRIORITIES, _named("${ns}-c") | {"value": 2}),
        _refused_by("terminating", activeDeadlineSeconds=60),
        _refused_by("cheap"),
        _refused_by("long", container(limits={"cpu": "2"})),
        _refused_by("far", container(limits={"cpu": "1"}), affinity=_affinity(namespaces=["x"])),
        _refused_by("some", container(limits={"cpu": "1"}), priorityClassName="${ns}-a"),
        _claim("z?dryRun=All", "1Gi", volumeAttributesClassName="x", until="exceeded quota: classy"),
        _claim("z?dryRun=All", "1Gi", volumeAttributesClassName="y"),
        _claim("z?dryRun=All", "1Gi"),
        _pod("z?dryRun=All", container(limits={"cpu": "1"}), affinity=_affinity(), until_status=201),
        _pod("z?dryRun=All", container(limits={"cpu": "1"}), priorityClassName="${ns}-c", until_status=201),
        _pod("z?dryRun=All", container(limits={"cpu": "1"}), activeDeadlineSeconds=60),
        _pod("a"),
        _pod("a", container(limits={"memory": "1"})),
        _pod("a", container(limits={"cpu": "500m"})),
        _pod("b", container(limits={"cpu": "600m"})),
        merge("pods/a", {"spec": {"activeDeadlineSeconds": 60}}),
        merge(f"{_QUOTAS}/terminating", {"spec": {"hard": {"pods": "1"}}}),
        merge("pods/a?dryRun=All", {"spec": {"activeDeadlineSeconds": 60}}, until_status=200),
        merge("pods/a", {"spec": {"activeDeadlineSeconds": 60}}),
        _pod("b?dryRun=All", container(limits={"cpu": "1"}), until_status=201),
        get(f"{_QUOTAS}/long"),
        get(f"{_QUOTAS}/terminating"),
        looks_at="status.used",
    ),
]
