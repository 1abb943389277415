"""Tables: the columns and cells that kubectl prints."""

from typing import Any

from conformance.case import case, get, merge, post, until
from conformance.objects import configmap, deployment, job, pod, service

__all__ = ["CASES"]

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"

_OBJECTS: dict[str, tuple[str, Any]] = {
    "configmaps": ("configmaps", configmap("a", k="v", l="w")),
    "secrets": ("secrets", {"metadata": {"name": "a"}, "stringData": {"k": "v"}}),
    "pods": ("pods", pod()),
    "services": ("services", service(clusterIP="None", selector={"b": "c", "a": "b"})),
    "serviceaccounts": ("serviceaccounts", {"metadata": {"name": "a"}}),
    "deployments": ("apps/v1:deployments", deployment()),
    "replicasets": ("apps/v1:replicasets", deployment()),
    "statefulsets": ("apps/v1:statefulsets", deployment(serviceName="s")),
    "jobs": ("batch/v1:jobs", job(completions=3)),
    "cronjobs": (
        "batch/v1:cronjobs",
        {"metadata": {"name": "a"}, "spec": {"schedule": "@daily", "jobTemplate": {"spec": job()["spec"]}}},
    ),
    "ingresses": (
        "networking.k8s.io/v1:ingresses",
        {"metadata": {"name": "a"}, "spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}},
    ),
    "networkpolicies": (
        "networking.k8s.io/v1:networkpolicies",
        {"metadata": {"name": "a"}, "spec": {"podSelector": {"matchLabels": {"a": "b"}}}},
    ),
    "poddisruptionbudgets": (
        "policy/v1:poddisruptionbudgets",
        {"metadata": {"name": "a"}, "spec": {"minAvailable": "50%"}},
    ),
    "roles": ("rbac.authorization.k8s.io/v1:roles", {"metadata": {"name": "a"}}),
    "rolebindings": (
        "rbac.authorization.k8s.io/v1:rolebindings",
        {"metadata": {"name": "a"}, "roleRef": {"kind": "ClusterRole", "name": "view"}},
    ),
    "leases": ("coordination.k8s.io/v1:leases", {"metadata": {"name": "a"}, "spec": {"holderIdentity": "h"}}),
    "persistentvolumeclaims": (
        "persistentvolumeclaims",
        {
            "metadata": {"name": "a"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        },
    ),
    "resourcequotas": ("resourcequotas", {"metadata": {"name": "a"}, "spec": {"hard": {"pods": "1"}}}),
    "limitranges": ("limitranges", {"metadata": {"name": "a"}}),
    "endpoints": ("endpoints", {"metadata": {"name": "a"}}),
}

# What a controller puts there.
_AWAITED = {"resourcequotas": "pods: 0/1"}

CASES = [
    *(
        case(
            f"table-of-{name}",
            post(path, value),
            until(f"{path}/a", says=_AWAITED.get(name, ""), accept=_TABLE),
            get(f"{path}?fieldSelector=metadata.name=a", accept=_TABLE),
        )
        for name, (path, value) in _OBJECTS.items()
    ),
    case("table-of-a-namespace", get("/api/v1/namespaces/${ns}", accept=_TABLE)),
    case("table-of-a-node", post("/api/v1/nodes", {"metadata": {"name": "${ns}"}}),
         get("/api/v1/nodes/${ns}", accept=_TABLE)),
    case("table-of-volumes",
         post("/api/v1/persistentvolumes", {"metadata": {"name": "${ns}"}, "spec": {
             "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}}),
         get("/api/v1/persistentvolumes/${ns}", accept=_TABLE)),
    case("table-with-whole-objects", post("configmaps", configmap()),
         get("configmaps/a?includeObject=Object", accept=_TABLE)),
    case("table-with-metadata", post("configmaps", configmap()),
         get("configmaps/a?includeObject=Metadata", accept=_TABLE)),
    case("table-without-objects", post("configmaps", configmap()),
         get("configmaps/a?includeObject=None", accept=_TABLE)),
    case("table-with-unknown-objects", post("configmaps", configmap()),
         get("configmaps/a?includeObject=Foo", accept=_TABLE)),
    case("table-of-the-beta", post("configmaps", configmap()),
         get("configmaps/a", accept="application/json;as=Table;v=v1beta1;g=meta.k8s.io")),
    case("table-of-nothing", get("pods", accept=_TABLE), get("secrets", accept=_TABLE)),
    case("table-of-what-was-written", post("configmaps", configmap(), accept=_TABLE),
         merge("configmaps/a", {"data": {"k": "v"}}, accept=_TABLE)),
    case("table-of-a-pod-with-a-status", post("pods", pod()),
         merge("pods/a/status", {"status": {
             "phase": "Running", "podIP": "10.9.9.9", "podIPs": [{"ip": "10.9.9.9"}], "containerStatuses": [
                 {"name": "c", "ready": True, "restartCount": 3, "image": "x", "imageID": "",
                  "state": {"running": {}}}]}}),
         get("pods/a", accept=_TABLE)),
    case("table-of-a-pod-that-waits", post("pods", pod()),
         merge("pods/a/status", {"status": {"containerStatuses": [
             {"name": "c", "ready": False, "restartCount": 0, "image": "x", "imageID": "",
              "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}}),
         get("pods/a", accept=_TABLE)),
    case("table-of-pages", post("secrets", {"metadata": {"name": "a"}}), post("secrets", {"metadata": {"name": "b"}}),
         get("secrets?limit=1", accept=_TABLE)),
]  # fmt: skip
