"""Defaults: what the server makes of the least that each kind takes."""

from typing import Any

from conformance.case import case, get, post
from conformance.objects import CONTAINER, crd, job, pod, pod_spec, pod_template

__all__ = ["CASES"]

_META = {"metadata": {"name": "a"}}
_SELECTOR = {"selector": {"matchLabels": {"app": "a"}}, "template": pod_template()}
_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
_PROBE = {"httpGet": {"port": 80}}
_CLUSTER = {"metadata": {"name": "${ns}"}}

_OBJECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "pod": ("pods", pod()),
    "pod-on-a-node": ("pods", pod(nodeName="n", hostNetwork=True)),
    "pod-with-much": (
        "pods",
        pod(
            initContainers=[{"name": "i", "image": "busybox"}],
            containers=[
                CONTAINER
                | {
                    "image": "nginx",
                    "ports": [{"containerPort": 80}],
                    "livenessProbe": _PROBE,
                    "readinessProbe": {"tcpSocket": {"port": "http"}},
                    "startupProbe": {"grpc": {"port": 1}},
                    "lifecycle": {"preStop": {"httpGet": {"port": 1}}},
                    "resources": {"limits": {"cpu": "1000m", "memory": "0.5Gi"}},
                    "env": [
                        {"name": "A", "value": ""},
                        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                        {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                    ],
                    "securityContext": {"privileged": False},
                }
            ],
            volumes=[
                {"name": "none"},
                {"name": "empty", "emptyDir": {}},
                {"name": "secret", "secret": {"secretName": "s"}},
                {"name": "map", "configMap": {"name": "m"}},
                {"name": "host", "hostPath": {"path": "/x"}},
                {"name": "down", "downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
                {"name": "projected", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
                {
                    "name": "claim",
                    "ephemeral": {
                        "volumeClaimTemplate": {
                            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
                        }
                    },
                },
            ],
            tolerations=[{"key": "k", "operator": "Exists"}],
            topologySpreadConstraints=[
                {"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
            ],
        ),
    ),
    "pod-with-a-digest": ("pods", pod(containers=[CONTAINER | {"image": "a@sha256:" + "0" * 64}])),
    "pod-with-the-latest-image": ("pods", pod(containers=[CONTAINER | {"image": "a:latest"}])),
    "pod-without-a-token": ("pods", pod(automountServiceAccountToken=False)),
    "deployment": ("apps/v1:deployments", _META | {"spec": _SELECTOR}),
    "deployment-that-recreates": (
        "apps/v1:deployments",
        _META | {"spec": _SELECTOR | {"strategy": {"type": "Recreate"}}},
    ),
    "deployment-that-rolls": (
        "apps/v1:deployments",
        _META | {"spec": _SELECTOR | {"strategy": {"rollingUpdate": {"maxSurge": 1}}}},
    ),
    "replica-set": ("apps/v1:replicasets", _META | {"spec": _SELECTOR}),
    "stateful-set": ("apps/v1:statefulsets", _META | {"spec": _SELECTOR}),
    "stateful-set-with-claims": (
        "apps/v1:statefulsets",
        _META
        | {
            "spec": _SELECTOR
            | {
                "volumeClaimTemplates": [
                    _META | {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
                ]
            }
        },
    ),
    "daemon-set": ("apps/v1:daemonsets", _META | {"spec": _SELECTOR}),
    "job": ("batch/v1:jobs", job()),
    "job-that-is-indexed": ("batch/v1:jobs", job(completions=3, parallelism=2, completionMode="Indexed")),
    "job-with-a-failure-policy": (
        "batch/v1:jobs",
        job(podFailurePolicy={"rules": [{"action": "Ignore", "onPodConditions": [{"type": "X"}]}]}),
    ),
    "cron-job": (
        "batch/v1:cronjobs",
        _META | {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": job()["spec"]}, "suspend": True}},
    ),
    "replication-controller": (
        "replicationcontrollers",
        _META | {"spec": {"selector": {"app": "a"}, "template": pod_template()}},
    ),
    "pod-template": ("podtemplates", _META | {"template": {"spec": pod_spec()}}),
    "service": ("services", _META | {"spec": {"ports": [{"port": 80}]}}),
    "service-without-an-address": ("services", _META | {"spec": {"clusterIP": "None", "selector": {"a": "b"}}}),
    "service-with-node-ports": (
        "services",
        _META
        | {
            "spec": {
                "type": "NodePort",
                "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 8, "targetPort": "x"}],
            }
        },
    ),
    "service-with-a-load-balancer": ("services", _META | {"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}),
    "service-of-an-external-name": ("services", _META | {"spec": {"type": "ExternalName", "externalName": "x.org"}}),
    "service-with-affinity": (
        "services",
        _META | {"spec": {"sessionAffinity": "ClientIP", "ports": [{"port": 80}], "ipFamilyPolicy": "PreferDualStack"}},
    ),
    "endpoints": ("endpoints", _META | {"subsets": [{"addresses": [{"ip": "10.1.1.1"}], "ports": [{"port": 80}]}]}),
    "endpoint-slice": (
        "discovery.k8s.io/v1:endpointslices",
        _META | {"addressType": "IPv4", "endpoints": [{"addresses": ["10.1.1.1"]}], "ports": [{"port": 80}]},
    ),
    "secret": ("secrets", _META | {"stringData": {"k": "v"}}),
    "secret-with-both": ("secrets", _META | {"stringData": {"k": "v"}, "data": {"k": "dw==", "l": "eA=="}}),
    "configmap": ("configmaps", _META),
    "service-account": ("serviceaccounts", _META),
    "claim": (
        "persistentvolumeclaims",
        _META | {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1.5Gi"}}}},
    ),
    "volume": (
        "/api/v1/persistentvolumes",
        _CLUSTER
        | {"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}},
    ),
    "storage-class": ("/apis/storage.k8s.io/v1/storageclasses", _CLUSTER | {"provisioner": "x.io/y"}),
    "ingress": (
        "networking.k8s.io/v1:ingresses",
        _META | {"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}},
    ),
    "ingress-class": ("/apis/networking.k8s.io/v1/ingressclasses", _CLUSTER | {"spec": {"controller": "x.io/y"}}),
    "network-policy": (
        "networking.k8s.io/v1:networkpolicies",
        _META | {"spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}], "egress": [{}]}},
    ),
    "autoscaler": (
        "autoscaling/v2:horizontalpodautoscalers",
        _META | {"spec": {"maxReplicas": 3, "scaleTargetRef": _TARGET}},
    ),
    "autoscaler-of-the-first-version": (
        "autoscaling/v1:horizontalpodautoscalers",
        _META | {"spec": {"maxReplicas": 3, "scaleTargetRef": _TARGET}},
    ),
    "autoscaler-with-behavior": (
        "autoscaling/v2:horizontalpodautoscalers",
        _META
        | {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": _TARGET,
                "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 5}]}},
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                    }
                ],
            }
        },
    ),
    "disruption-budget": ("policy/v1:poddisruptionbudgets", _META | {"spec": {"minAvailable": 1}}),
    "role": (
        "rbac.authorization.k8s.io/v1:roles",
        _META | {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    "role-binding": (
        "rbac.authorization.k8s.io/v1:rolebindings",
        _META
        | {
            "roleRef": {"kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s"}],
        },
    ),
    "cluster-role": (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        _CLUSTER | {"rules": [{"nonResourceURLs": ["/x"], "verbs": ["get"]}]},
    ),
    "cluster-role-binding": (
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        _CLUSTER
        | {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "Group", "name": "g"}],
        },
    ),
    "lease": ("coordination.k8s.io/v1:leases", _META | {"spec": {"holderIdentity": "h", "leaseDurationSeconds": 5}}),
    "event": ("events", _META | {"involvedObject": {"kind": "Pod", "namespace": "${ns}"}, "reason": "R"}),
    "event-of-the-new-group": (
        "events.k8s.io/v1:events",
        _META
        | {
            "eventTime": "2024-01-01T00:00:00.000000Z",
            "reportingController": "x.io/y",
            "reportingInstance": "i",
            "action": "A",
            "reason": "R",
            "type": "Normal",
            "regarding": {"kind": "Pod", "namespace": "${ns}"},
        },
    ),
    "quota": ("resourcequotas", _META | {"spec": {"hard": {"pods": "4", "requests.cpu": "1000m"}}}),
    "limit-range": ("limitranges", _META | {"spec": {"limits": [{"type": "Container", "max": {"cpu": "2000m"}}]}}),
    "priority-class": ("/apis/scheduling.k8s.io/v1/priorityclasses", _CLUSTER | {"value": 5}),
    "runtime-class": ("/apis/node.k8s.io/v1/runtimeclasses", _CLUSTER | {"handler": "h"}),
    "node": ("/api/v1/nodes", _CLUSTER),
    "webhook": (
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        _CLUSTER
        | {
            "webhooks": [
                {
                    "name": "a.example.com",
                    "clientConfig": {"service": {"name": "s", "namespace": "n"}},
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                    "namespaceSelector": {"matchLabels": {"no": "such"}},
                    "rules": [{"apiGroups": ["x"], "apiVersions": ["v"], "resources": ["y"], "operations": ["CREATE"]}],
                }
            ]
        },
    ),
    "definition": ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd()),
    "namespace": ("/api/v1/namespaces", {"metadata": {"name": "${ns}-x"}}),
}

CASES = [case(f"defaults-of-{name}", post(path, value)) for name, (path, value) in _OBJECTS.items()] + [
    case("default-objects-of-a-namespace", get("/api/v1/namespaces/${ns}"), get("serviceaccounts"), get("secrets"),
         get("/api/v1/namespaces/default"), get("/api/v1/namespaces/kube-system"),
         get("/api/v1/namespaces/kube-public"), get("/api/v1/namespaces/kube-node-lease")),
]  # fmt: skip
