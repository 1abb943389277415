"""Validation: what is refused for each kind, field by field."""

from typing import Any

from conformance.case import Case, case, post
from conformance.objects import CONTAINER, changed, crd, deployment, job, pod, pod_template, service

__all__ = ["CASES"]

_META = {"metadata": {"name": "a"}}
_CLUSTER = {"metadata": {"name": "${ns}"}}
_POD = pod()
_CLAIM = _META | {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
_VOLUME = _CLUSTER | {
    "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
}
_BACKEND = {"service": {"name": "s", "port": {"number": 80}}}
_INGRESS = _META | {
    "spec": {"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": _BACKEND}]}}]}
}
_HPA = _META | {"spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "a"}}}
_CRON = _META | {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": job()["spec"]}}}
_STATEFUL = deployment(serviceName="s")
_DAEMON = _META | {"spec": {"selector": {"matchLabels": {"app": "a"}}, "template": pod_template()}}
_BINDING = _META | {
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
    "subjects": [{"kind": "User", "name": "u"}],
}
_PODS = "pods"
_DEPLOYMENTS = "apps/v1:deployments"
_SERVICES = "services"
_JOBS = "batch/v1:jobs"
_CRONS = "batch/v1:cronjobs"
_INGRESSES = "networking.k8s.io/v1:ingresses"
_POLICIES = "networking.k8s.io/v1:networkpolicies"
_AUTOSCALERS = "autoscaling/v2:horizontalpodautoscalers"
_BUDGETS = "policy/v1:poddisruptionbudgets"
_ROLES = "rbac.authorization.k8s.io/v1:roles"
_BINDINGS = "rbac.authorization.k8s.io/v1:rolebindings"
_LEASES = "coordination.k8s.io/v1:leases"
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

_C = "spec__containers__0__"
_T = "spec__template__spec__containers__0__"
_P = "spec__ports__0__"

_SPEC: dict[str, tuple[str, Any]] = {
    # Pods.
    "pod-without-containers": (_PODS, _META | {"spec": {"containers": []}}),
    "pod-without-a-spec": (_PODS, _META),
    "pod-container-without-a-name": (_PODS, changed(_POD, **{f"{_C}name": ""})),
    "pod-container-without-an-image": (_PODS, changed(_POD, **{f"{_C}image": ""})),
    "pod-container-with-a-bad-name": (_PODS, changed(_POD, **{f"{_C}name": "A_"})),
    "pod-containers-of-one-name": (_PODS, pod(containers=[CONTAINER, CONTAINER])),
    "pod-port": (_PODS, changed(_POD, **{f"{_C}ports": [{"containerPort": 0}, {"containerPort": 70000}]})),
    "pod-port-names": (
        _PODS,
        changed(_POD, **{f"{_C}ports": [{"containerPort": 1, "name": "UP"}, {"containerPort": 2, "protocol": "X"}]}),
    ),
    "pod-pull-policy": (_PODS, changed(_POD, **{f"{_C}imagePullPolicy": "Sometimes"})),
    "pod-restart-policy": (_PODS, pod(restartPolicy="Sometimes")),
    "pod-dns-policy": (_PODS, pod(dnsPolicy="Foo")),
    "pod-environment": (
        _PODS,
        changed(_POD, **{f"{_C}env": [{"name": "a=b"}, {"name": ""}, {"name": "x", "value": "y", "valueFrom": {}}]}),
    ),
    "pod-resources": (
        _PODS,
        changed(_POD, **{f"{_C}resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}),
    ),
    "pod-resources-below-zero": (_PODS, changed(_POD, **{f"{_C}resources": {"limits": {"memory": "-1"}}})),
    "pod-quantity": (_PODS, changed(_POD, **{f"{_C}resources": {"limits": {"cpu": "x"}}})),
    "pod-mount-of-no-volume": (_PODS, changed(_POD, **{f"{_C}volumeMounts": [{"name": "v", "mountPath": "/x"}]})),
    "pod-mounts": (
        _PODS,
        pod(
            volumes=[{"name": "v", "emptyDir": {}}],
            containers=[
                CONTAINER
                | {
                    "volumeMounts": [
                        {"name": "v", "mountPath": ""},
                        {"name": "v", "mountPath": "/a"},
                        {"name": "v", "mountPath": "/a", "subPath": "../x"},
                    ]
                }
            ],
        ),
    ),
    "pod-volumes": (
        _PODS,
        pod(
            volumes=[
                {"name": "A"},
                {"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}},
                {"name": "v", "secret": {}},
            ]
        ),
    ),
    "pod-probe": (
        _PODS,
        changed(
            _POD, **{f"{_C}livenessProbe": {"httpGet": {"port": "x_"}, "tcpSocket": {"port": 1}, "periodSeconds": -1}}
        ),
    ),
    "pod-probe-of-nothing": (_PODS, changed(_POD, **{f"{_C}readinessProbe": {"failureThreshold": -1}})),
    "pod-lifecycle": (_PODS, changed(_POD, **{f"{_C}lifecycle": {"preStop": {}}})),
    "pod-security": (_PODS, pod(securityContext={"runAsUser": -1, "runAsNonRoot": True}, hostNetwork=True)),
    "pod-privileges": (
        _PODS,
        changed(_POD, **{f"{_C}securityContext": {"privileged": True, "allowPrivilegeEscalation": False}}),
    ),
    "pod-toleration": (
        _PODS,
        pod(
            tolerations=[
                {"key": "k", "operator": "Foo"},
                {"operator": "Equal", "value": "v"},
                {"key": "k", "effect": "X"},
            ]
        ),
    ),
    "pod-affinity": (
        _PODS,
        pod(
            affinity={
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "Foo"}]}]
                    }
                }
            }
        ),
    ),
    "pod-node-selector": (_PODS, pod(nodeSelector={"a b": "c"})),
    "pod-grace": (_PODS, pod(terminationGracePeriodSeconds=-1, activeDeadlineSeconds=0)),
    "pod-service-account": (_PODS, pod(serviceAccountName="no-such")),
    "pod-host-name": (_PODS, pod(hostname="A.b", subdomain="X_")),
    "pod-host-aliases": (_PODS, pod(hostAliases=[{"ip": "x", "hostnames": ["A_"]}])),
    "pod-init-container": (_PODS, pod(initContainers=[{"name": "c", "image": "x"}, {"name": "d"}])),
    "pod-ephemeral-container": (_PODS, pod(ephemeralContainers=[{"name": "e", "image": "x"}])),
    "pod-priority-class": (_PODS, pod(priorityClassName="no-such")),
    "pod-spread": (_PODS, pod(topologySpreadConstraints=[{"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "X"}])),
    "pod-readiness-gates": (_PODS, pod(readinessGates=[{"conditionType": "a b"}])),
    "pod-overhead": (_PODS, pod(overhead={"cpu": "1"}, runtimeClassName="no-such")),
    # What makes pods.
    "deployment-empty": (_DEPLOYMENTS, _META | {"spec": {}}),
    "deployment-selector": (_DEPLOYMENTS, deployment(selector={"matchLabels": {"app": "b"}})),
    "deployment-selector-empty": (_DEPLOYMENTS, deployment(selector={})),
    "deployment-selector-operator": (
        _DEPLOYMENTS,
        deployment(selector={"matchExpressions": [{"key": "app", "operator": "Foo"}, {"key": "x", "operator": "In"}]}),
    ),
    "deployment-replicas": (_DEPLOYMENTS, deployment(replicas=-1)),
    "deployment-strategy": (_DEPLOYMENTS, deployment(strategy={"type": "Foo"})),
    "deployment-strategy-recreate": (
        _DEPLOYMENTS,
        deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
    ),
    "deployment-strategy-of-nothing": (
        _DEPLOYMENTS,
        deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
    ),
    "deployment-percents": (
        _DEPLOYMENTS,
        deployment(strategy={"rollingUpdate": {"maxSurge": "x%", "maxUnavailable": "200%"}}),
    ),
    "deployment-restart-policy": (_DEPLOYMENTS, changed(deployment(), spec__template__spec__restartPolicy="Never")),
    "deployment-times": (
        _DEPLOYMENTS,
        deployment(minReadySeconds=10, progressDeadlineSeconds=5, revisionHistoryLimit=-1),
    ),
    "deployment-image": (_DEPLOYMENTS, changed(deployment(), **{f"{_T}image": ""})),
    "deployment-template-labels": (
        _DEPLOYMENTS,
        changed(deployment(), spec__template__metadata={"labels": {"app": "a", "a b": "c"}}),
    ),
    "replica-set": ("apps/v1:replicasets", deployment(replicas=-1, minReadySeconds=-1)),
    "stateful-set": (
        "apps/v1:statefulsets",
        changed(_STATEFUL, spec__updateStrategy={"type": "Foo"}, spec__podManagementPolicy="X"),
    ),
    "stateful-set-partition": (
        "apps/v1:statefulsets",
        changed(_STATEFUL, spec__updateStrategy={"rollingUpdate": {"partition": -1}}),
    ),
    "stateful-set-ordinals": ("apps/v1:statefulsets", changed(_STATEFUL, spec__ordinals={"start": -1})),
    "daemon-set": ("apps/v1:daemonsets", changed(_DAEMON, spec__updateStrategy={"type": "Foo"})),
    "daemon-set-deadline": ("apps/v1:daemonsets", changed(_DAEMON, spec__template__spec__activeDeadlineSeconds=5)),
    "job-restart-policy": (_JOBS, changed(job(), spec__template__spec__restartPolicy="Always")),
    "job-numbers": (
        _JOBS,
        job(parallelism=-1, completions=-1, backoffLimit=-1, activeDeadlineSeconds=-1, ttlSecondsAfterFinished=-1),
    ),
    "job-selector": (_JOBS, job(selector={"matchLabels": {"a": "b"}})),
    "job-manual-selector": (_JOBS, job(manualSelector=True, selector={"matchLabels": {"a": "b"}})),
    "job-mode": (_JOBS, job(completionMode="Foo")),
    "job-indexed": (_JOBS, job(completionMode="Indexed")),
    "job-failure-policy": (
        _JOBS,
        job(
            podFailurePolicy={
                "rules": [{"action": "Foo"}, {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [0]}}]
            }
        ),
    ),
    "cron-job-schedule": (_CRONS, changed(_CRON, spec__schedule="x")),
    "cron-job-schedule-with-zone": (_CRONS, changed(_CRON, spec__schedule="TZ=UTC * * * * *")),
    "cron-job-zone": (_CRONS, changed(_CRON, spec__timeZone="No/Such")),
    "cron-job-policy": (_CRONS, changed(_CRON, spec__concurrencyPolicy="Foo", spec__successfulJobsHistoryLimit=-1)),
    "cron-job-name": (_CRONS, changed(_CRON, metadata__name="x" * 53)),
    "replication-controller": (
        "replicationcontrollers",
        _META | {"spec": {"selector": {"a": "b"}, "template": pod_template()}},
    ),
    "pod-template": ("podtemplates", _META | {"template": {"spec": {"containers": []}}}),
    # Services and what is around them.
    "service-without-ports": (_SERVICES, service(ports=[])),
    "service-port": (_SERVICES, changed(service(), **{f"{_P}port": 0, f"{_P}targetPort": "A_"})),
    "service-port-names": (_SERVICES, service(ports=[{"port": 1}, {"port": 2}])),
    "service-ports-twice": (_SERVICES, service(ports=[{"name": "a", "port": 1}, {"name": "a", "port": 1}])),
    "service-protocol": (_SERVICES, changed(service(), **{f"{_P}protocol": "X"})),
    "service-type": (_SERVICES, service(type="Foo")),
    "service-address": (_SERVICES, service(clusterIP="x")),
    "service-address-out-of-range": (_SERVICES, service(clusterIP="192.0.2.1")),
    "service-external-name": (_SERVICES, service(type="ExternalName")),
    "service-external-address": (_SERVICES, service(externalIPs=["x", "127.0.0.1"])),
    "service-affinity": (_SERVICES, service(sessionAffinity="Foo")),
    "service-node-port": (_SERVICES, changed(service(type="NodePort"), **{f"{_P}nodePort": 80})),
    "service-node-port-without-type": (_SERVICES, changed(service(), **{f"{_P}nodePort": 30999})),
    "service-name": (_SERVICES, service("1a")),
    "service-traffic-policy": (_SERVICES, service(externalTrafficPolicy="Local", internalTrafficPolicy="X")),
    "service-selector": (_SERVICES, service(selector={"a b": "c"})),
    "endpoints": ("endpoints", _META | {"subsets": [{"addresses": [{"ip": "x"}], "ports": [{"port": 0}]}, {}]}),
    "endpoint-slice": (
        "discovery.k8s.io/v1:endpointslices",
        _META | {"addressType": "Foo", "endpoints": [{"addresses": []}]},
    ),
    "ingress-empty": (_INGRESSES, _META | {"spec": {}}),
    "ingress-path": (_INGRESSES, changed(_INGRESS, spec__rules__0__http__paths__0__path="x")),
    "ingress-path-type": (_INGRESSES, changed(_INGRESS, spec__rules__0__http__paths__0__pathType=None)),
    "ingress-backend": (
        _INGRESSES,
        changed(
            _INGRESS,
            spec__rules__0__http__paths__0__backend={"service": {"name": "S", "port": {"name": "x", "number": 1}}},
        ),
    ),
    "ingress-host": (_INGRESSES, changed(_INGRESS, spec__rules__0__host="A_", spec__tls=[{"hosts": ["*.*"]}])),
    "ingress-class": ("/apis/networking.k8s.io/v1/ingressclasses", _CLUSTER | {"spec": {"controller": "x y"}}),
    "network-policy-types": (_POLICIES, _META | {"spec": {"podSelector": {}, "policyTypes": ["Foo"]}}),
    "network-policy-peer": (
        _POLICIES,
        _META
        | {
            "spec": {
                "podSelector": {},
                "ingress": [{"from": [{}, {"ipBlock": {"cidr": "x", "except": ["y"]}, "podSelector": {}}]}],
            }
        },
    ),
    "network-policy-port": (
        _POLICIES,
        _META
        | {
            "spec": {
                "podSelector": {},
                "egress": [{"ports": [{"port": 0}, {"endPort": 5}, {"port": 9, "endPort": 5, "protocol": "X"}]}],
            }
        },
    ),
    # Volumes.
    "claim-empty": ("persistentvolumeclaims", _META | {"spec": {}}),
    "claim-modes": (
        "persistentvolumeclaims",
        changed(_CLAIM, spec__accessModes=["Foo", "ReadWriteOncePod", "ReadWriteOnce"]),
    ),
    "claim-size": ("persistentvolumeclaims", changed(_CLAIM, spec__resources={"requests": {"storage": "-1"}})),
    "claim-class": ("persistentvolumeclaims", changed(_CLAIM, spec__storageClassName="A_", spec__volumeMode="X")),
    "claim-source": ("persistentvolumeclaims", changed(_CLAIM, spec__dataSource={"kind": "X", "name": ""})),
    "volume-empty": ("/api/v1/persistentvolumes", _CLUSTER | {"spec": {}}),
    "volume-sources": ("/api/v1/persistentvolumes", changed(_VOLUME, spec__nfs={"server": "s", "path": "x"})),
    "volume-path": (
        "/api/v1/persistentvolumes",
        changed(_VOLUME, spec__hostPath={"path": "/a/../b"}, spec__persistentVolumeReclaimPolicy="Foo"),
    ),
    "volume-local": ("/api/v1/persistentvolumes", changed(_VOLUME, spec__hostPath=None, spec__local={"path": "/x"})),
    "storage-class": (
        "/apis/storage.k8s.io/v1/storageclasses",
        _CLUSTER | {"provisioner": "", "reclaimPolicy": "Foo", "volumeBindingMode": "X"},
    ),
    # The rest.
    "secret-key": ("secrets", _META | {"stringData": {"a b": "c"}}),
    "secret-of-docker": (
        "secrets",
        _META | {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "x"}},
    ),
    "secret-of-docker-empty": ("secrets", _META | {"type": "kubernetes.io/dockerconfigjson"}),
    "secret-of-tls": ("secrets", _META | {"type": "kubernetes.io/tls", "stringData": {"tls.crt": ""}}),
    "secret-of-basic-auth": ("secrets", _META | {"type": "kubernetes.io/basic-auth"}),
    "secret-of-ssh": ("secrets", _META | {"type": "kubernetes.io/ssh-auth"}),
    "secret-of-an-account": ("secrets", _META | {"type": "kubernetes.io/service-account-token"}),
    "autoscaler-replicas": (_AUTOSCALERS, changed(_HPA, spec__minReplicas=0, spec__maxReplicas=0)),
    "autoscaler-order": (_AUTOSCALERS, changed(_HPA, spec__minReplicas=5)),
    "autoscaler-target": (_AUTOSCALERS, changed(_HPA, spec__scaleTargetRef={"kind": "", "name": "a/b"})),
    "autoscaler-metrics": (
        _AUTOSCALERS,
        changed(
            _HPA,
            spec__metrics=[
                {"type": "Resource"},
                {"type": "Foo"},
                {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Value"}}},
            ],
        ),
    ),
    "autoscaler-behavior": (
        _AUTOSCALERS,
        changed(
            _HPA, spec__behavior={"scaleUp": {"stabilizationWindowSeconds": -1, "selectPolicy": "X", "policies": []}}
        ),
    ),
    "budget-both": (_BUDGETS, _META | {"spec": {"minAvailable": 1, "maxUnavailable": 1}}),
    "budget-numbers": (_BUDGETS, _META | {"spec": {"minAvailable": "x", "unhealthyPodEvictionPolicy": "Foo"}}),
    "budget-negative": (_BUDGETS, _META | {"spec": {"minAvailable": -1, "selector": {"matchLabels": {"a b": "c"}}}}),
    "role-rules": (
        _ROLES,
        _META
        | {"rules": [{}, {"verbs": ["get"], "resources": ["pods"]}, {"verbs": ["get"], "nonResourceURLs": ["/x"]}]},
    ),
    "cluster-role-rules": (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        _CLUSTER | {"rules": [{"verbs": ["get"], "nonResourceURLs": ["/x"], "resources": ["y"], "apiGroups": [""]}]},
    ),
    "binding-reference": (_BINDINGS, changed(_BINDING, roleRef={"kind": "Foo", "name": ""})),
    "binding-subjects": (
        _BINDINGS,
        changed(
            _BINDING,
            subjects=[
                {"kind": "Foo", "name": "x"},
                {"kind": "ServiceAccount", "name": "X_"},
                {"kind": "User", "name": "", "apiGroup": "x"},
            ],
        ),
    ),
    "lease-numbers": (
        _LEASES,
        _META | {"spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1, "holderIdentity": ""}},
    ),
    "lease-times": (_LEASES, _META | {"spec": {"renewTime": "x"}}),
    "event-namespace": ("events", _META | {"involvedObject": {"kind": "Pod", "namespace": "other"}}),
    "event-of-the-new-group": (
        "events.k8s.io/v1:events",
        _META | {"regarding": {"namespace": "${ns}"}, "eventTime": "2024-01-01T00:00:00.000000Z"},
    ),
    "quota": ("resourcequotas", _META | {"spec": {"hard": {"pods": "x1", "foo": "1"}}}),
    "quota-numbers": ("resourcequotas", _META | {"spec": {"hard": {"pods": "-1"}, "scopes": ["X"]}}),
    "quota-fractions": ("resourcequotas", _META | {"spec": {"hard": {"services": "1.5"}}}),
    "quota-resources": ("resourcequotas", _META | {"spec": {"hard": {"foo": "1"}}}),
    "limit-range": (
        "limitranges",
        _META
        | {
            "spec": {"limits": [{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}, {"type": "Container"}]}
        },
    ),
    "priority-class": (
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        _CLUSTER | {"value": 2_000_000_000, "preemptionPolicy": "X"},
    ),
    "namespace-name": ("/api/v1/namespaces", {"metadata": {"name": "A.b"}}),
    "namespace-finalizers": ("/api/v1/namespaces", {"metadata": {"name": "${ns}-x"}, "spec": {"finalizers": ["x"]}}),
    "node": ("/api/v1/nodes", _CLUSTER | {"spec": {"podCIDR": "x", "taints": [{"key": "", "effect": "Foo"}]}}),
    # Definitions.
    "definition-name": (_CRDS, changed(crd(), metadata__name="x.example.com")),
    "definition-group": (_CRDS, changed(crd(), spec__group="x")),
    "definition-names": (_CRDS, changed(crd(), spec__names={"plural": "Widgets", "kind": "widget"})),
    "definition-scope": (_CRDS, changed(crd(), spec__scope="Foo")),
    "definition-without-versions": (_CRDS, changed(crd(), spec__versions=[])),
    "definition-without-storage": (_CRDS, crd(storage=False)),
    "definition-without-a-schema": (_CRDS, changed(crd(), spec__versions__0__schema=None)),
    "definition-that-is-not-structural": (
        _CRDS,
        crd(schema={"openAPIV3Schema": {"properties": {"a": {"anyOf": [{"type": "string"}]}}}}),
    ),
    "definition-with-a-bad-type": (
        _CRDS,
        crd(
            schema={"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "foo"}, "b": {"type": "array"}}}}
        ),
    ),
    "definition-with-a-bad-default": (
        _CRDS,
        crd(schema={"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string", "default": 1}}}}),
    ),
    "definition-with-a-bad-pattern": (
        _CRDS,
        crd(schema={"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}}),
    ),
    "definition-with-a-bad-list": (
        _CRDS,
        crd(
            schema={
                "openAPIV3Schema": {
                    "type": "object",
                    "properties": {
                        "a": {"type": "array", "x-kubernetes-list-type": "map", "items": {"type": "object"}}
                    },
                }
            }
        ),
    ),
    "definition-with-a-bad-column": (
        _CRDS,
        crd(additionalPrinterColumns=[{"name": "", "type": "foo", "jsonPath": "x"}]),
    ),
    "definition-with-a-bad-scale": (
        _CRDS,
        crd(subresources={"scale": {"specReplicasPath": "x", "statusReplicasPath": ""}}),
    ),
    "definition-with-a-bad-version": (_CRDS, crd(name="V_1")),
    "definition-of-two-versions-that-are-stored": (
        _CRDS,
        changed(
            crd(),
            spec__versions__1={
                "name": "v2",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
            },
        ),
    ),
    "definition-with-a-webhook": (_CRDS, changed(crd(), spec__conversion={"strategy": "Webhook"})),
    "definition-of-a-group-that-is-taken": (
        _CRDS,
        changed(crd(), metadata__name="widgets.apps.k8s.io", spec__group="apps.k8s.io"),
    ),
}


def _case(name: str, path: str, value: Any) -> Case:
    return case(f"invalid-{name}", post(path, value))


CASES = [_case(name, path, value) for name, (path, value) in _SPEC.items()]
