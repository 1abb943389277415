"""Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers and PodTemplates."""

from typing import Any

from conformance.case import Request, case, get, json_patch, merge, post
from conformance.objects import CONTAINER, changed, deployment, pod_template

__all__ = ["CASES"]

_DEPLOYMENTS = "apps/v1:deployments"
_REPLICA_SETS = "apps/v1:replicasets"
_STATEFUL_SETS = "apps/v1:statefulsets"
_DAEMON_SETS = "apps/v1:daemonsets"
_GENERATION = "deprecated.daemonset.template.generation"
_CONTROLLERS = "replicationcontrollers"


def _tried(path: str, **spec: Any) -> Request:
    """Return a try of a workload, which differs from a good one by its spec; None takes a field away."""
    return post(f"{path}?dryRun=All", changed(_workload(), **{f"spec__{name}": of for name, of in spec.items()}))


def _workload(name: str = "a") -> dict[str, Any]:
    return changed(deployment(name), spec__replicas=None)


def _set(path: str, at: str, value: Any) -> Request:
    return json_patch(path, [{"op": "add", "path": at, "value": value}])


def _labelled(**labels: str) -> dict[str, Any]:
    return pod_template() | {"metadata": {"labels": labels}}


_CLAIM = {
    "metadata": {"name": "v"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
_MOUNTED = CONTAINER | {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
_BAD_SELECTOR = {"matchExpressions": [{"key": "x", "operator": "Foo"}]}
_OTHER = {"matchLabels": {"c": "d"}}

CASES = [
    case(
        "deployment-numbers",
        _tried(_DEPLOYMENTS, replicas=-1, minReadySeconds=-1, revisionHistoryLimit=-1, progressDeadlineSeconds=-1),
        _tried(_DEPLOYMENTS, progressDeadlineSeconds=5, minReadySeconds=5),
    ),
    case(
        "deployment-selectors",
        _tried(_DEPLOYMENTS, selector=None),
        _tried(_DEPLOYMENTS, selector={}),
        _tried(_DEPLOYMENTS, selector={"matchLabels": {"a b": "c"}}),
        _tried(_DEPLOYMENTS, selector=_BAD_SELECTOR),
        _tried(_DEPLOYMENTS, selector={"matchExpressions": [{"key": "app", "operator": "In"}]}),
        _tried(_DEPLOYMENTS, selector={"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["x"]}]}),
        _tried(_DEPLOYMENTS, template=_labelled(z="b", b="c")),
        _tried(_DEPLOYMENTS, template=pod_template() | {"metadata": {}}),
    ),
    case(
        "deployment-strategies",
        _tried(_DEPLOYMENTS, strategy={"type": "Recreate"}),
        _tried(_DEPLOYMENTS, strategy={"type": "Recreate", "rollingUpdate": {}}),
        _tried(_DEPLOYMENTS, strategy={"type": "Foo"}),
        _tried(_DEPLOYMENTS, strategy={"type": "Foo", "rollingUpdate": {"maxSurge": 1}}),
        _tried(_DEPLOYMENTS, strategy={"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0}}),
        _tried(_DEPLOYMENTS, strategy={"rollingUpdate": {"maxUnavailable": "101%", "maxSurge": "x"}}),
        _tried(_DEPLOYMENTS, strategy={"rollingUpdate": {"maxUnavailable": -1, "maxSurge": "5"}}),
        looks_at="spec.strategy",
    ),
    case(
        "deployment-templates",
        _tried(_DEPLOYMENTS, template=None),
        _tried(_DEPLOYMENTS, template=pod_template(restartPolicy="Never", activeDeadlineSeconds=5)),
        _tried(_DEPLOYMENTS, template=pod_template(ephemeralContainers=[CONTAINER | {"name": "e"}])),
        _tried(_DEPLOYMENTS, template=pod_template(containers=[])),
        _tried(
            _DEPLOYMENTS,
            template=_labelled(app="a") | {"metadata": {"labels": {"app": "a"}, "annotations": {"a b": ""}}},
        ),
        _tried(
            _DEPLOYMENTS,
            template=pod_template(hostNetwork=True, containers=[CONTAINER | {"ports": [{"containerPort": 80}]}]),
        ),
        _tried(_DEPLOYMENTS, template=pod_template(serviceAccount="x", nodeSelector={"beta.kubernetes.io/os": "x"})),
        post(f"{_DEPLOYMENTS}?dryRun=All", {"metadata": {"name": "a"}}),
        post(f"{_DEPLOYMENTS}?dryRun=All", deployment("a.b")),
        looks_at="spec.template",
    ),
    case(
        "deployment-changes",
        post(_DEPLOYMENTS, deployment()),
        _set(f"{_DEPLOYMENTS}/a", "/spec/selector", _OTHER),
        _set(f"{_DEPLOYMENTS}/a", "/spec/paused", True),
        _set(f"{_DEPLOYMENTS}/a", "/metadata/annotations", {"x": "y"}),
        _set(f"{_DEPLOYMENTS}/a", "/metadata/labels", {"x": "y"}),
        looks_at="metadata.generation",
    ),
    case(
        "deployment-status",
        post(_DEPLOYMENTS, deployment()),
        merge(f"{_DEPLOYMENTS}/a/status", {"status": {"replicas": 1, "readyReplicas": 2, "availableReplicas": 3}}),
        merge(f"{_DEPLOYMENTS}/a/status", {"status": {"unavailableReplicas": -1}}),
        merge(f"{_DEPLOYMENTS}/a/status", {"status": {"collisionCount": 4}}),
        merge(f"{_DEPLOYMENTS}/a/status", {"status": {"collisionCount": 1}}),
        merge(f"{_DEPLOYMENTS}/a/status", {"metadata": {"labels": {"x": "y"}}, "spec": {"replicas": 7}}),
        looks_at="status",
    ),
    case(
        "scales-of-workloads",
        post(_DEPLOYMENTS, deployment()),
        get(f"{_DEPLOYMENTS}/a/scale"),
        merge(f"{_DEPLOYMENTS}/a/scale", {"spec": {"replicas": -1}}),
        post(_STATEFUL_SETS, deployment("s")),
        merge(f"{_STATEFUL_SETS}/s/scale", {"spec": {"replicas": 2}}),
        get(f"{_STATEFUL_SETS}/s/scale"),
        post(
            _REPLICA_SETS,
            changed(
                deployment("r"),
                spec__selector={
                    "matchLabels": {"app": "a"},
                    "matchExpressions": [
                        {"key": "b", "operator": "In", "values": ["y", "x"]},
                        {"key": "a", "operator": "DoesNotExist"},
                        {"key": "c", "operator": "NotIn", "values": ["z"]},
                    ],
                },
                spec__template__metadata__labels={"app": "a", "b": "x"},
            ),
        ),
        get(f"{_REPLICA_SETS}/r/scale"),
        looks_at="status.selector",
    ),
    case(
        "replica-sets",
        _tried(_REPLICA_SETS),
        _tried(_REPLICA_SETS, replicas=-1, selector=_OTHER),
        _tried(_REPLICA_SETS, selector={}),
        _tried(_REPLICA_SETS, selector=_BAD_SELECTOR),
        post(_REPLICA_SETS, deployment()),
        _set(f"{_REPLICA_SETS}/a", "/spec/selector", _OTHER),
        _set(f"{_REPLICA_SETS}/a", "/spec/minReadySeconds", 3),
        merge(f"{_REPLICA_SETS}/a/status", {"status": {"fullyLabeledReplicas": 2, "terminatingReplicas": -1}}),
        looks_at="metadata.generation",
    ),
    case(
        "stateful-sets",
        _tried(_STATEFUL_SETS),
        _tried(_STATEFUL_SETS, podManagementPolicy="Foo", serviceName="A", replicas=-1, ordinals={"start": -1}),
        _tried(_STATEFUL_SETS, updateStrategy={"type": "Foo"}),
        _tried(_STATEFUL_SETS, updateStrategy={"type": "OnDelete", "rollingUpdate": {"partition": 1}}),
        _tried(_STATEFUL_SETS, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": -1}}),
        _tried(_STATEFUL_SETS, persistentVolumeClaimRetentionPolicy={"whenDeleted": "X"}),
        _tried(_STATEFUL_SETS, selector=None),
        _tried(_STATEFUL_SETS, selector=_BAD_SELECTOR),
        _tried(_STATEFUL_SETS, template=_labelled(x="y")),
        _tried(_STATEFUL_SETS, template=pod_template(restartPolicy="Never")),
        _tried(_STATEFUL_SETS, template=pod_template(hostname="A", subdomain="B")),
        _tried(_STATEFUL_SETS, revisionHistoryLimit=-1),
        post(f"{_STATEFUL_SETS}?dryRun=All", deployment("a.b")),
    ),
    case(
        "stateful-set-claims",
        _tried(_STATEFUL_SETS, volumeClaimTemplates=[_CLAIM], template=pod_template(containers=[_MOUNTED])),
        _tried(_STATEFUL_SETS, template=pod_template(containers=[_MOUNTED])),
        _tried(_STATEFUL_SETS, volumeClaimTemplates=[{"metadata": {"name": "v"}, "spec": {}}]),
        _tried(_STATEFUL_SETS, volumeClaimTemplates=[changed(_CLAIM, spec__resources__requests__storage="1500m")]),
        looks_at="spec.volumeClaimTemplates",
    ),
    case(
        "stateful-set-changes",
        post(_STATEFUL_SETS, deployment()),
        _set(f"{_STATEFUL_SETS}/a", "/spec/serviceName", "q"),
        _set(f"{_STATEFUL_SETS}/a", "/spec/selector", _OTHER),
        _set(f"{_STATEFUL_SETS}/a", "/spec/podManagementPolicy", "Parallel"),
        _set(f"{_STATEFUL_SETS}/a", "/spec/volumeClaimTemplates", [_CLAIM]),
        _set(f"{_STATEFUL_SETS}/a", "/spec/minReadySeconds", 3),
        merge(f"{_STATEFUL_SETS}/a/status", {"status": {"replicas": 1, "readyReplicas": 2, "currentReplicas": 2}}),
        looks_at="metadata.generation",
    ),
    case(
        "daemon-sets",
        _tried(_DAEMON_SETS),
        _tried(_DAEMON_SETS, selector={}, minReadySeconds=-1, updateStrategy={"type": "Foo"}),
        _tried(_DAEMON_SETS, selector=None),
        _tried(_DAEMON_SETS, updateStrategy={"rollingUpdate": {"maxSurge": 1}}),
        _tried(_DAEMON_SETS, updateStrategy={"rollingUpdate": {"maxUnavailable": 0}}),
        _tried(_DAEMON_SETS, updateStrategy={"rollingUpdate": {"maxUnavailable": f"{'9' * 5000}%"}}),
        _tried(_DAEMON_SETS, updateStrategy={"rollingUpdate": {"maxUnavailable": f"{'0' * 5000}%"}}),
        _tried(_DAEMON_SETS, updateStrategy={"type": "OnDelete"}),
        post(_DAEMON_SETS, _workload()),
        _set(f"{_DAEMON_SETS}/a", "/spec/template/spec/containers/0/image", "y"),
        _set(f"{_DAEMON_SETS}/a", "/spec/minReadySeconds", 3),
        _set(f"{_DAEMON_SETS}/a", "/spec/selector", _OTHER),
        _set(f"{_DAEMON_SETS}/a", "/metadata/annotations", {"x": "y"}),
        merge(f"{_DAEMON_SETS}/a/status", {"status": {"numberReady": -1}}),
        looks_at="metadata.annotations",
    ),
    case(
        "daemon-set-generations",
        *(
            post(
                f"{_DAEMON_SETS}?dryRun=All",
                _workload() | {"metadata": {"name": "a", "annotations": {_GENERATION: text}}},
            )
            for text in ("", "0", "7", "+7", "-7", "x", "1_0", "\u0663", f"{2**63 - 1}", "9" * 5000, f"{'0' * 5000}1")
        ),
        post(_DAEMON_SETS, _workload()),
        _set(f"{_DAEMON_SETS}/a", "/metadata/annotations", {_GENERATION: "9" * 5000}),
        _set(f"{_DAEMON_SETS}/a", "/metadata/annotations", {_GENERATION: "7"}),
        looks_at="metadata.annotations",
    ),
    case(
        "replication-controllers",
        post(_CONTROLLERS, {"metadata": {"name": "a"}, "spec": {"replicas": 0, "template": pod_template()}}),
        _set(f"{_CONTROLLERS}/a", "/spec/selector", {"q": "r"}),
        _set(f"{_CONTROLLERS}/a", "/spec/replicas", -1),
        get(f"{_CONTROLLERS}/a/scale"),
        get(f"{_CONTROLLERS}?fieldSelector=status.replicas=0"),
        get(f"{_CONTROLLERS}?fieldSelector=status.foo=0"),
        post(_CONTROLLERS, {"metadata": {"name": "b"}, "spec": {}}),
        post(_CONTROLLERS, {"metadata": {"name": "b"}, "spec": {"template": pod_template() | {"metadata": {}}}}),
        looks_at="spec.selector",
    ),
    case(
        "pod-templates",
        post("podtemplates", {"metadata": {"name": "a"}, "template": pod_template()}),
        post("podtemplates", {"metadata": {"name": "b"}, "template": pod_template(containers=[])}),
        _set("podtemplates/a", "/template/spec/containers/0/image", "y"),
        looks_at="template",
    ),
]
