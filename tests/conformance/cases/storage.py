"""Volumes, claims, and the classes that provide them."""

from typing import Any

from conformance.case import case, delete, get, merge, post, put

__all__ = ["CASES"]

_VOLUMES = "/api/v1/persistentvolumes"
_CLAIMS = "persistentvolumeclaims"
_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
_DRIVERS = "/apis/storage.k8s.io/v1/csidrivers"
_HOST_PATH = {"hostPath": {"path": "/x"}}


def _volume(**spec: Any) -> dict[str, Any]:
    base = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], **_HOST_PATH}
    return {"metadata": {"name": "${ns}"}, "spec": base | spec}


def _claim(name: str = "a", **spec: Any) -> dict[str, Any]:
    base = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {"name": name}, "spec": base | spec}


def _class(**more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "${ns}"}, "provisioner": "example.com/p"} | more


CASES = [
    case(
        "volume-lives",
        post(_VOLUMES, _volume()),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"hostPath": {"path": "/y"}}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"volumeMode": "Block"}}),
        merge(f"{_VOLUMES}/${{ns}}/status", {"status": {"phase": "Available"}}),
        merge(f"{_VOLUMES}/${{ns}}", {"metadata": {"finalizers": None}}),
    ),
    case(
        "volume-that-is-wrong",
        post(_VOLUMES, _volume(capacity=None)),
        post(_VOLUMES, _volume(capacity={"storage": "0"})),
        post(_VOLUMES, _volume(capacity={"cpu": "1"})),
        post(_VOLUMES, _volume(accessModes=[])),
        post(_VOLUMES, _volume(accessModes=["X"])),
        post(_VOLUMES, _volume(accessModes=["ReadWriteOncePod", "ReadWriteOnce"])),
        post(_VOLUMES, _volume(persistentVolumeReclaimPolicy="X")),
        post(_VOLUMES, _volume(volumeMode="X")),
        post(_VOLUMES, _volume(storageClassName="A")),
    ),
    case(
        "volume-sources",
        post(_VOLUMES, _volume(hostPath=None)),
        post(_VOLUMES, _volume(nfs={"server": "s", "path": "/"})),
        post(_VOLUMES, _volume(hostPath={"path": ""})),
        post(_VOLUMES, _volume(hostPath={"path": "/../a"})),
        post(_VOLUMES, _volume(hostPath=None, nfs={"path": "a"})),
        post(_VOLUMES, _volume(hostPath=None, local={"path": "/a"})),
        post(_VOLUMES, _volume(hostPath=None, csi={"driver": "a_b", "volumeHandle": ""})),
    ),
    case(
        "claim-lives",
        post(_CLAIMS, _claim()),
        get(f"{_CLAIMS}/a"),
        delete(f"{_CLAIMS}/a"),
        merge(f"{_CLAIMS}/a", {"metadata": {"finalizers": None}}),
        get(f"{_CLAIMS}/a"),
        looks_at="metadata.finalizers",
    ),
    case(
        "claim-that-is-wrong",
        post(_CLAIMS, _claim(accessModes=[])),
        post(_CLAIMS, _claim(accessModes=["X"])),
        post(_CLAIMS, _claim(resources={})),
        post(_CLAIMS, _claim(resources={"requests": {"storage": "0"}})),
        post(_CLAIMS, _claim(storageClassName="A")),
        post(_CLAIMS, _claim(volumeMode="X")),
        post(_CLAIMS, _claim(selector={"matchLabels": {"a b": "c"}})),
    ),
    case(
        "claim-is-immutable",
        post(_CLAIMS, _claim(storageClassName="x")),
        merge(f"{_CLAIMS}/a", {"spec": {"accessModes": ["ReadOnlyMany"]}}),
        merge(f"{_CLAIMS}/a", {"spec": {"storageClassName": "y"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"volumeName": "v"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"volumeName": "w"}}),
    ),
    case(
        "claim-grows-only-when-it-is-bound",
        post(_CLAIMS, _claim(storageClassName="x")),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
        merge(f"{_CLAIMS}/a/status", {"status": {"phase": "Bound"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
    ),
    case(
        "claim-data-sources",
        post(_CLAIMS, _claim(dataSource={"kind": "PersistentVolumeClaim", "name": "x"})),
        post(_CLAIMS, _claim("b", dataSource={"kind": "Odd", "apiGroup": "example.com", "name": "x"})),
        post(_CLAIMS, _claim("c", dataSourceRef={"kind": "Odd", "apiGroup": "example.com", "name": "x"})),
        post(_CLAIMS, _claim("d", dataSourceRef={"kind": "Odd", "name": "x"})),
        looks_at="spec.dataSourceRef",
    ),
    case(
        "claim-of-part-of-a-byte",
        post(_CLAIMS, _claim(resources={"requests": {"storage": "1500m"}})),
        post(
            _CLAIMS,
            _claim("b") | {"metadata": {"name": "b", "annotations": {"volume.beta.kubernetes.io/storage-class": "x"}}},
        ),
    ),
    case(
        "storage-class-lives",
        post(_CLASSES, _class()),
        put(f"{_CLASSES}/${{ns}}", _class(parameters={"a": "b"})),
        put(f"{_CLASSES}/${{ns}}", _class(reclaimPolicy="Retain")),
        put(f"{_CLASSES}/${{ns}}", _class(allowVolumeExpansion=True)),
        delete(f"{_CLASSES}/${{ns}}"),
    ),
    case(
        "storage-class-that-is-wrong",
        post(_CLASSES, _class(provisioner="")),
        post(_CLASSES, _class(provisioner="a b")),
        post(_CLASSES, _class(reclaimPolicy="X")),
        post(_CLASSES, _class(volumeBindingMode="X")),
        post(_CLASSES, _class(allowedTopologies=[{"matchLabelExpressions": [{"key": "a", "values": []}]}])),
    ),
    case(
        "csi-driver",
        post(_DRIVERS, {"metadata": {"name": "${ns}"}, "spec": {}}, name="made"),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"fsGroupPolicy": "X"}}),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"attachRequired": False}}),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"podInfoOnMount": True}}),
        looks_at="metadata.generation",
    ),
]
