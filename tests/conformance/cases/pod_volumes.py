"""Volumes of pods: their sources, and the files in them."""

from typing import Any

from conformance.case import Request, case, post
from conformance.objects import CONTAINER, deployment, pod, pod_template

__all__ = ["CASES"]


def _volumes(*volumes: dict[str, Any]) -> Request:
    return post("pods?dryRun=All", pod(volumes=list(volumes)))


def _sources(**sources: Any) -> Request:
    """Return a pod with a volume for each source."""
    return _volumes(*({"name": f"v{number}", kind: of} for number, (kind, of) in enumerate(sources.items())))


def _projected(*sources: dict[str, Any], **more: Any) -> Request:
    return _volumes({"name": "v", "projected": {"sources": list(sources), **more}})


_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1500m"}}}
_NAME = {"fieldPath": "metadata.name"}

CASES = [
    case(
        "pod-volume-names",
        _volumes({"name": "", "emptyDir": {}}, {"name": "A", "emptyDir": {}}),
        _volumes({"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}),
        _volumes({"name": "v", "emptyDir": {}, "hostPath": {"path": ""}, "downwardAPI": {}}),
        _volumes({"name": "v"}),
        looks_at="spec.volumes",
    ),
    case(
        "pod-volumes-of-directories",
        _sources(emptyDir={"sizeLimit": "-1"}, hostPath={"path": "/a/..", "type": "Foo"}),
        _sources(gitRepo={"repository": "", "directory": "/x"}, nfs={"server": "", "path": "a"}),
        _sources(persistentVolumeClaim={"claimName": ""}, ephemeral={}),
        _sources(image={}),
        _sources(image={"reference": "a", "pullPolicy": "Foo"}),
        _sources(csi={"driver": ""}),
        _sources(csi={"driver": "A b", "nodePublishSecretRef": {"name": ""}}),
    ),
    case(
        "pod-volumes-with-claims-of-their-own",
        _sources(ephemeral={"volumeClaimTemplate": {"metadata": {"name": "x", "labels": {"a b": ""}}, "spec": {}}}),
        _sources(ephemeral={"volumeClaimTemplate": {"spec": _CLAIM | {"accessModes": ["Foo"]}}}),
        _volumes(
            {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": _CLAIM}}},
            {"name": "w", "persistentVolumeClaim": {"claimName": "a-v"}},
        ),
        looks_at="spec.volumes",
    ),
    case(
        "pod-volumes-of-objects",
        _sources(configMap={}, secret={"secretName": "", "defaultMode": 1000}),
        _sources(
            secret={"secretName": "s", "items": [{"key": "", "path": "/a"}, {"key": "a", "path": "..b", "mode": -1}]}
        ),
        _sources(configMap={"name": "c", "items": [{"key": "a", "path": "a/../b"}]}),
    ),
    case(
        "pod-volumes-of-fields",
        _sources(downwardAPI={"items": [{"path": ""}, {"path": "a", "fieldRef": {"fieldPath": "spec.nodeName"}}]}),
        _sources(downwardAPI={"items": [{"path": "b", "resourceFieldRef": {"resource": "limits.cpu"}}]}),
        _sources(
            downwardAPI={
                "items": [
                    {
                        "path": "b",
                        "fieldRef": _NAME,
                        "resourceFieldRef": {"containerName": "c", "resource": "limits.cpu", "divisor": "3"},
                    }
                ]
            }
        ),
    ),
    case(
        "pod-volumes-projected",
        _projected(
            {"secret": {"name": ""}}, {"serviceAccountToken": {"path": "", "expirationSeconds": 1}}, defaultMode=-1
        ),
        _projected(
            {"secret": {"name": "s", "items": [{"key": "a", "path": "p"}]}},
            {"configMap": {"name": "c", "items": [{"key": "a", "path": "p"}]}},
            {"downwardAPI": {"items": [{"path": "p", "fieldRef": _NAME}]}},
        ),
        _projected({"secret": {"name": "a"}, "configMap": {"name": "b"}}),
    ),
    case(
        "pod-volumes-of-old-clusters",
        _sources(
            awsElasticBlockStore={"volumeID": ""},
            azureDisk={"diskName": "", "diskURI": ""},
            glusterfs={"endpoints": "", "path": ""},
            iscsi={"targetPortal": "", "iqn": "", "lun": 1},
            flexVolume={"driver": ""},
            scaleIO={"gateway": "", "system": "", "secretRef": {}},
            vsphereVolume={"volumePath": ""},
            portworxVolume={"volumeID": ""},
            storageos={},
            cinder={"volumeID": ""},
            azureFile={"secretName": "", "shareName": ""},
            photonPersistentDisk={"pdID": ""},
            gcePersistentDisk={"pdName": ""},
            cephfs={},
            rbd={"monitors": [], "image": ""},
        ),
    ),
    case(
        "pod-volumes-of-old-clusters-completed",
        _sources(
            azureDisk={"diskName": "x", "diskURI": "https://x"},
            iscsi={"targetPortal": "x", "iqn": "iqn.2001-04.com.example:x", "lun": 1},
            scaleIO={"gateway": "x", "system": "x", "volumeName": "v", "secretRef": {}},
            rbd={"monitors": ["a"], "image": "x"},
            cephfs={"monitors": ["a"]},
            glusterfs={"endpoints": "x", "path": "x"},
        ),
        looks_at="spec.volumes",
    ),
    case(
        "pod-volumes-on-storage-systems",
        *(
            _sources(
                iscsi={"targetPortal": "x", "iqn": name, "lun": 256, "chapAuthSession": True, "initiatorName": name}
            )
            for name in ("x", "iqn.2001-04.x:a,b", "eui.0123456789abcdef", "naa.1")
        ),
        _sources(iscsi={"targetPortal": "x", "iqn": "x iqn.2001-04.x:y", "lun": -1}),
        _sources(fc={}, flocker={}, quobyte={"registry": "", "volume": ""}),
        _sources(fc={"targetWWNs": ["a"], "wwids": ["b"]}),
        _sources(fc={"targetWWNs": ["a"], "lun": 256}),
        _sources(flocker={"datasetName": "a/b", "datasetUUID": "x"}),
        *(
            _sources(quobyte={"registry": registry, "volume": "v", "tenant": tenant})
            for registry, tenant in (("a,b:c:d,[::1]:2", ""), ("a:1", "x" * 65), ("[::1]:2,a:b", "t"))
        ),
        _sources(flexVolume={"driver": "", "options": {"x.K8s.io/a": "", "ak8s.io/b": ""}}),
        _sources(cinder={"volumeID": "x", "secretRef": {}}, gcePersistentDisk={"pdName": "x", "partition": 256}),
        _sources(storageos={"volumeName": "A b", "volumeNamespace": "C", "secretRef": {}}),
        _sources(awsElasticBlockStore={"volumeID": "x", "partition": -1}),
    ),
    case(
        "pod-volumes-with-files-that-overlap",
        _sources(
            configMap={"name": "m", "items": [{"key": "a", "path": "d"}, {"key": "b", "path": "d/e"}]},
            secret={"secretName": "s", "items": [{"key": "a", "path": "d/"}, {"key": "b", "path": "d"}]},
            downwardAPI={"items": [{"path": "a", "fieldRef": _NAME}, {"path": "ab", "fieldRef": _NAME}]},
        ),
        _projected(
            {"configMap": {"name": "m", "items": [{"key": "a", "path": "d"}]}},
            {"secret": {"name": "s", "items": [{"key": "a", "path": "d/e"}]}},
            {"serviceAccountToken": {"path": "d/e/f", "expirationSeconds": 3600}},
            {"clusterTrustBundle": {"name": "b", "path": "d"}},
            {"podCertificate": {"signerName": "x.y/z", "keyType": "ED25519"}},
        ),
        post(
            "apps/v1:deployments?dryRun=All",
            deployment(
                template=pod_template(
                    schedulingGroup={"podGroupName": "g"},
                    containers=[CONTAINER | {"lifecycle": {"stopSignal": "SIGTERM"}}],
                    volumes=[
                        {"name": "v", "projected": {"sources": [{"clusterTrustBundle": {"name": "b", "path": "d"}}]}}
                    ],
                )
            ),
        ),
        looks_at="spec.volumes",
    ),
]
