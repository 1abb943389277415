"""Volumes, claims, and the classes that provide them."""

from typing import Any

from conformance.case import Request, case, delete, get, merge, post, put
from conformance.objects import claim

__all__ = ["CASES"]

_VOLUMES = "/api/v1/persistentvolumes"
_CLAIMS = "persistentvolumeclaims"
_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
_DRIVERS = "/apis/storage.k8s.io/v1/csidrivers"
_ATTRIBUTES = "/apis/storage.k8s.io/v1/volumeattributesclasses"
_HOST_PATH = {"hostPath": {"path": "/x"}}


def _volume(**spec: Any) -> dict[str, Any]:
    base = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], **_HOST_PATH}
    return {"metadata": {"name": "${ns}"}, "spec": base | spec}


def _on(label: str, value: str) -> dict[str, Any]:
    """Return an affinity to the nodes with a label."""
    expression = {"key": label, "operator": "In", "values": [value]}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}


def _of(**source: Any) -> Request:
    return post(f"{_VOLUMES}?dryRun=All", _volume(hostPath=None, **source))


def _class(**more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "${ns}"}, "provisioner": "example.com/p"} | more


CASES = [
    case(
        "volume-lives",
        post(_VOLUMES, _volume()),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}),
        merge(f"{_VOLUMES}/${{ns}}?dryRun=All", {"spec": {"claimRef": {"namespace": "a", "name": "b"}}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"hostPath": {"path": "/y"}}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"volumeMode": "Block"}}),
        merge(f"{_VOLUMES}/${{ns}}/status", {"status": {"phase": "Available"}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"nodeAffinity": _on("beta.kubernetes.io/os", "linux")}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"nodeAffinity": _on("kubernetes.io/os", "windows")}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"nodeAffinity": _on("kubernetes.io/os", "linux")}}),
        merge(f"{_VOLUMES}/${{ns}}", {"spec": {"nodeAffinity": None}}),
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
        "volume-sources-that-are-wrong",
        _of(iscsi={"iqn": "x", "initiatorName": "y", "lun": 256, "chapAuthSession": True}),
        _of(iscsi={"targetPortal": "a" * 70, "iqn": "eui.0123456789abcdef", "initiatorName": "naa.x", "secretRef": {}}),
        _of(iscsi={"targetPortal": "p", "iqn": "eui.0123456789abcdef", "lun": 0, "iscsiInterface": ""}),
        _of(azureDisk={"diskName": "d", "diskURI": "https://a", "fsType": ""}),
        _of(fc={}),
        _of(fc={"targetWWNs": ["a"], "wwids": ["b"]}),
        _of(fc={"targetWWNs": ["a"], "lun": -1}),
        _of(rbd={}),
        _of(rbd={"monitors": ["m"], "image": "i"}),
        _of(cephfs={}),
        _of(cinder={"secretRef": {}}),
        _of(glusterfs={"endpointsNamespace": ""}),
        _of(flocker={}),
        _of(flocker={"datasetName": "a/b", "datasetUUID": "c"}),
        _of(quobyte={"registry": "a", "volume": ""}),
        _of(gcePersistentDisk={"partition": 256}),
        _of(awsElasticBlockStore={}),
        _of(flexVolume={"options": {"kubernetes.io/a": "b"}}),
        _of(azureFile={"secretNamespace": ""}),
        _of(azureDisk={"kind": "Managed", "diskName": "d", "diskURI": "u", "cachingMode": "X"}),
        _of(azureDisk={"kind": "X", "diskName": "d", "diskURI": "u"}),
        _of(vsphereVolume={}),
        _of(photonPersistentDisk={}),
        _of(portworxVolume={}),
        _of(scaleIO={}),
        _of(scaleIO={"gateway": "g", "system": "s", "volumeName": "v", "secretRef": {"name": "s"}}),
        _of(storageos={"volumeNamespace": "A", "secretRef": {}}),
        _of(nfs={"server": "s", "path": "/"}, cephfs={"monitors": ["m"]}, local={"path": "/"}),
    ),
    case(
        "claim-lives",
        post(_CLAIMS, claim()),
        get(f"{_CLAIMS}/a"),
        delete(f"{_CLAIMS}/a"),
        merge(f"{_CLAIMS}/a", {"metadata": {"finalizers": None}}),
        get(f"{_CLAIMS}/a"),
        looks_at="metadata.finalizers",
    ),
    case(
        "claim-that-is-wrong",
        post(_CLAIMS, claim(accessModes=[])),
        post(_CLAIMS, claim(accessModes=["X"])),
        post(_CLAIMS, claim(resources={})),
        post(_CLAIMS, claim(resources={"requests": {"storage": "0"}})),
        post(_CLAIMS, claim(storageClassName="A")),
        post(_CLAIMS, claim(volumeMode="X")),
        post(_CLAIMS, claim(selector={"matchLabels": {"a b": "c"}})),
    ),
    case(
        "claim-is-immutable",
        post(_CLAIMS, claim(storageClassName="x")),
        merge(f"{_CLAIMS}/a", {"spec": {"accessModes": ["ReadOnlyMany"]}}),
        merge(f"{_CLAIMS}/a", {"spec": {"storageClassName": "y"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"volumeName": "v"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"volumeName": "w"}}),
    ),
    case(
        "claim-grows-only-when-it-is-bound",
        post(_CLAIMS, claim(storageClassName="x")),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
        merge(f"{_CLAIMS}/a/status", {"status": {"phase": "Bound"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
    ),
    case(
        "claim-data-sources",
        post(_CLAIMS, claim(dataSource={"kind": "PersistentVolumeClaim", "name": "x"})),
        post(_CLAIMS, claim("b", dataSource={"kind": "Odd", "apiGroup": "example.com", "name": "x"})),
        post(_CLAIMS, claim("c", dataSourceRef={"kind": "Odd", "apiGroup": "example.com", "name": "x"})),
        post(_CLAIMS, claim("d", dataSourceRef={"kind": "Odd", "name": "x"})),
        looks_at="spec.dataSourceRef",
    ),
    case(
        "claim-of-part-of-a-byte",
        post(_CLAIMS, claim(resources={"requests": {"storage": "1500m"}})),
        post(
            _CLAIMS,
            claim("b") | {"metadata": {"name": "b", "annotations": {"volume.beta.kubernetes.io/storage-class": "x"}}},
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
        post(_CLASSES, _class(allowedTopologies=[{}, {}])),
        post(
            f"{_CLASSES}?dryRun=All",
            _class(allowedTopologies=[{"matchLabelExpressions": [{"key": "beta.kubernetes.io/os", "values": ["a"]}]}]),
        ),
        post(_ATTRIBUTES, {"metadata": {"name": "${ns}"}, "driverName": "A_b/c d"}),
        post(_ATTRIBUTES, {"metadata": {"name": "${ns}"}, "driverName": "A_b", "parameters": {"a": "b"}}),
        merge(f"{_ATTRIBUTES}/${{ns}}", {"driverName": "c d", "parameters": {"": "b"}}),
    ),
    case(
        "csi-driver",
        post(_DRIVERS, {"metadata": {"name": "${ns}"}, "spec": {}}, name="made"),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"fsGroupPolicy": "X"}}),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"attachRequired": False}}),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"podInfoOnMount": True}}),
        merge(f"{_DRIVERS}/${{ns}}", {"spec": {"tokenRequests": [{"audience": "a"}]}}),
        merge(f"{_DRIVERS}/${{ns}}", {"metadata": {"labels": {"a": "b"}}}),
        looks_at="metadata.generation",
    ),
]
