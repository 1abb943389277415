"""Specs of pods: what is wrong with all but containers and volumes, and what the default admission plugins do."""

from typing import Any

from conformance.case import Request, case, post
from conformance.objects import CONTAINER, pod

__all__ = ["CASES"]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _pod(labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None, **spec: Any) -> Request:
    metadata = {"name": "a", "labels": labels or {}, "annotations": annotations or {}}
    return post("pods?dryRun=All", pod(**spec) | {"metadata": metadata})


def _nodes(*terms: dict[str, Any]) -> Request:
    return _pod(affinity={"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": list(terms)}}})


def _near(**term: Any) -> Request:
    return _pod(labels={"a": "b"}, affinity={"podAntiAffinity": {_REQUIRED: [term]}})


def _spread(**constraint: Any) -> dict[str, Any]:
    return {"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}} | constraint


CASES = [
    case(
        "pod-names",
        *(post("pods?dryRun=All", pod(name)) for name in ("a.b", "A_b", "x" * 64, "x" * 254, "-a", "a/b", "..", "ü")),
        post("pods?dryRun=All", pod() | {"metadata": {}}),
        post("pods?dryRun=All", pod() | {"metadata": {"generateName": "a."}}),
        post("pods?dryRun=All", {"metadata": {"name": "a"}}),
    ),
    case(
        "pod-metadata",
        _pod(labels={"a b": ""}),
        _pod(labels={"a": "c d"}),
        _pod(labels={"x/y/z": ""}),
        _pod(labels={"/a": "b"}),
        _pod(labels={"ok": "x" * 64}),
        _pod(annotations={"A b": "c"}),
        *(
            _pod(annotations={"controller.kubernetes.io/pod-deletion-cost": cost})
            for cost in ("x", "", "0", "-0", "00", "01", "-01", "+1", "2147483648", "-2147483648", "9" * 5000)
        ),
        _pod(annotations={"controller.kubernetes.io/pod-deletion-cost": f"-{'0' * 5000}1"}),
        post("pods?dryRun=All", pod() | {"metadata": {"name": "a", "finalizers": ["foo", "a b", "x.y/z", "orphan"]}}),
        post(
            "pods?dryRun=All",
            pod()
            | {
                "metadata": {
                    "name": "a",
                    "ownerReferences": [
                        {"apiVersion": "", "kind": "", "name": "", "uid": ""},
                        {"apiVersion": "v1", "kind": "Event", "name": "x", "uid": "y", "controller": True},
                        {"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "z", "controller": True},
                    ],
                }
            },
        ),
    ),
    case(
        "pod-policies",
        _pod(restartPolicy="Foo"),
        _pod(dnsPolicy="Foo"),
        _pod(dnsPolicy="None"),
        _pod(dnsPolicy="None", dnsConfig={}),
        _pod(preemptionPolicy="Foo"),
        _pod(activeDeadlineSeconds=0),
        _pod(hostname="a.b", subdomain="A", nodeName="A"),
        _pod(readinessGates=[{"conditionType": "a b"}]),
        _pod(terminationGracePeriodSeconds=-5),
        _pod(terminationGracePeriodSeconds=0),
        _pod(ephemeralContainers=[CONTAINER | {"name": "e"}]),
    ),
    case(
        "pod-dns",
        _pod(
            dnsConfig={
                "nameservers": ["1.1.1.1", "x", "8.8.8.8", "010.0.0.1"],
                "searches": ["a_b", "A", ".", "x."],
                "options": [{"value": "x"}],
            }
        ),
        _pod(hostAliases=[{"ip": "x", "hostnames": ["A"]}]),
        _pod(hostAliases=[{"ip": "1.2.3.4"}, {"ip": "1.2.3.4"}]),
    ),
    case(
        "pod-shares-its-node",
        _pod(hostNetwork=True, containers=[CONTAINER | {"ports": [{"containerPort": 80}]}]),
        _pod(hostNetwork=True, containers=[CONTAINER | {"ports": [{"containerPort": 80, "hostPort": 81}]}]),
        _pod(hostUsers=False, hostPID=True, hostIPC=True, hostNetwork=True),
        _pod(hostPID=True, shareProcessNamespace=True),
        _pod(hostnameOverride="A", setHostnameAsFQDN=True),
        _pod(os={"name": "foo"}),
        _pod(os={"name": ""}),
        _pod(os={"name": "linux"}, securityContext={"windowsOptions": {}}),
    ),
    case(
        "pod-security",
        _pod(securityContext={"fsGroup": -1, "runAsUser": -5, "supplementalGroups": [-1, 2]}),
        _pod(
            hostNetwork=True,
            securityContext={"sysctls": [{"name": name, "value": "x"} for name in ("", "A", "net.a", "net.a")]},
        ),
        _pod(
            securityContext={
                "fsGroupChangePolicy": "Foo",
                "supplementalGroupsPolicy": "Foo",
                "seLinuxChangePolicy": "Foo",
                "seccompProfile": {"type": ""},
            }
        ),
    ),
    case(
        "pod-node-affinity",
        _nodes(),
        _nodes({"matchExpressions": [{"key": "a", "operator": "In", "values": ["-"]}, {"key": "", "operator": "Foo"}]}),
        _nodes({"matchExpressions": [{"key": "b", "operator": "Gt", "values": ["1", "2"]}]}),
        _nodes({"matchExpressions": [{"key": "c", "operator": "Exists", "values": ["x"]}]}),
        _nodes({"matchFields": [{"key": "foo", "operator": "In", "values": ["a", "b"]}]}),
        _nodes({"matchFields": [{"key": "metadata.name", "operator": "Exists"}]}),
        _pod(affinity={"nodeAffinity": {_PREFERRED: [{"weight": 0, "preference": {}}]}}),
        _pod(nodeSelector={"a b": "c"}),
        _pod(nodeSelector={"beta.kubernetes.io/os": "linux"}),
    ),
    case(
        "pod-affinity",
        _near(topologyKey=""),
        _near(
            topologyKey="a/b/c", namespaces=["A"], labelSelector={"matchExpressions": [{"key": "", "operator": "In"}]}
        ),
        _near(
            topologyKey="t", labelSelector={"matchLabels": {"x": "y"}}, matchLabelKeys=["a"], mismatchLabelKeys=["z"]
        ),
        _near(
            topologyKey="t", labelSelector={"matchLabels": {"a": "y"}}, matchLabelKeys=["a"], mismatchLabelKeys=["a"]
        ),
        _near(topologyKey="t", matchLabelKeys=["a"]),
        _pod(affinity={"podAffinity": {_PREFERRED: [{"weight": 101, "podAffinityTerm": {"topologyKey": "t"}}]}}),
        looks_at="spec.affinity",
    ),
    case(
        "pod-spread",
        _pod(topologySpreadConstraints=[_spread(maxSkew=0, topologyKey="", whenUnsatisfiable="Foo")]),
        _pod(topologySpreadConstraints=[_spread(minDomains=0, nodeAffinityPolicy="X"), _spread()]),
        _pod(topologySpreadConstraints=[_spread(whenUnsatisfiable="ScheduleAnyway", minDomains=2)]),
        _pod(topologySpreadConstraints=[_spread(labelSelector=None)]),
        _pod(topologySpreadConstraints=[_spread(matchLabelKeys=["a"])], labels={"a": "b"}),
        looks_at="spec.topologySpreadConstraints",
    ),
    case(
        "pod-tolerations",
        *(
            _pod(tolerations=[toleration])
            for toleration in (
                {"operator": "Equal"},
                {"key": "a", "operator": "Exists", "value": "x"},
                {"key": "a", "operator": "Foo"},
                {"key": "a", "operator": "Lt", "value": "1"},
                {"key": "a b", "effect": "Foo"},
                {"key": "a", "tolerationSeconds": 1},
                {"key": "a", "value": "-"},
                {"operator": "Exists"},
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists"},
            )
        ),
        looks_at="spec.tolerations",
    ),
    case(
        "pod-scheduling-gates",
        _pod(schedulingGates=[{"name": "a"}, {"name": "a"}, {"name": "x/y/z"}]),
        _pod(schedulingGates=[{"name": "a.b/c"}]),
        _pod(schedulingGates=[{"name": "a"}], nodeName="n"),
        looks_at="status.conditions",
    ),
    case(
        "pod-priorities",
        _pod(priority=5),
        _pod(preemptionPolicy="Never"),
        _pod(priorityClassName="system-node-critical"),
        _pod(priorityClassName="nope"),
        post(
            "/apis/scheduling.k8s.io/v1/priorityclasses",
            {"metadata": {"name": "${ns}"}, "value": 7, "preemptionPolicy": "Never"},
        ),
        post("pods?dryRun=All", pod(priorityClassName="${ns}"), until_status=201),
        _pod(priorityClassName="${ns}", priority=8),
        looks_at="spec.priority",
    ),
    case(
        "pod-service-accounts",
        _pod(serviceAccountName="nope"),
        _pod(serviceAccount="default"),
        _pod(automountServiceAccountToken=False),
        _pod(imagePullSecrets=[{"name": "a"}, {"name": "a"}, {}]),
        post(
            "serviceaccounts",
            {"metadata": {"name": "s"}, "automountServiceAccountToken": False, "imagePullSecrets": [{"name": "p"}]},
        ),
        _pod(serviceAccountName="s"),
        _pod(serviceAccountName="s", automountServiceAccountToken=True),
        looks_at="spec.serviceAccountName",
    ),
    case(
        "pod-runtime-classes",
        _pod(runtimeClassName="nope"),
        _pod(overhead={"cpu": "1"}),
        post(
            "/apis/node.k8s.io/v1/runtimeclasses",
            {
                "metadata": {"name": "${ns}"},
                "handler": "h",
                "overhead": {"podFixed": {"cpu": "10m"}},
                "scheduling": {"nodeSelector": {"x": "y"}, "tolerations": [{"key": "t", "operator": "Exists"}]},
            },
        ),
        _pod(runtimeClassName="${ns}"),
        _pod(runtimeClassName="${ns}", nodeSelector={"x": "z"}),
        _pod(runtimeClassName="${ns}", overhead={"cpu": "1"}),
        looks_at="spec.runtimeClassName",
    ),
    case(
        "pod-limit-ranges",
        post(
            "limitranges",
            {
                "metadata": {"name": "l"},
                "spec": {
                    "limits": [{"type": "Container", "default": {"cpu": "2"}, "max": {"cpu": "3"}, "min": {"cpu": "1"}}]
                },
            },
        ),
        _pod(),
        _pod(containers=[CONTAINER | {"resources": {"limits": {"cpu": "4"}}}]),
        _pod(containers=[CONTAINER | {"resources": {"limits": {"cpu": "500m"}}}]),
        looks_at="metadata.annotations",
    ),
    case(
        "pod-resource-claims",
        _pod(resourceClaims=[{"name": "a"}]),
        _pod(resourceClaims=[{"name": "a", "resourceClaimName": "x"}, {"name": "a", "resourceClaimName": "y"}]),
        _pod(resourceClaims=[{"name": "b", "resourceClaimName": "A", "resourceClaimTemplateName": "B"}]),
    ),
]
