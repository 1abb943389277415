"""Containers of pods: what is wrong with them, field by field."""

from typing import Any

from conformance.case import Request, case, post
from conformance.objects import CONTAINER, pod

__all__ = ["CASES"]


def _containers(*containers: dict[str, Any], **spec: Any) -> Request:
    return post("pods?dryRun=All", pod(containers=list(containers), **spec))


def _container(**fields: Any) -> Request:
    return _containers(CONTAINER | fields)


_FIELD = {"fieldRef": {"fieldPath": "metadata.name"}}
_KEY = {"name": "k", "key": "k"}
_SIDECAR = CONTAINER | {"name": "s", "restartPolicy": "Always", "livenessProbe": {"exec": {"command": ["x"]}}}

CASES = [
    case(
        "pod-container-names",
        _containers(),
        _containers(CONTAINER, CONTAINER, initContainers=[CONTAINER]),
        _container(name="A_b"),
        _container(name="a.b"),
        _container(name=""),
        _container(name="x" * 64),
    ),
    case(
        "pod-container-images",
        _container(image=""),
        _container(image=" x "),
        _containers(
            *(
                {"name": f"c{number}", "image": image}
                for number, image in enumerate(
                    (
                        "nginx",
                        "nginx:1.2",
                        "nginx:latest",
                        "FOO/Bar",
                        f"r.io:5000/x/y@sha256:{'a' * 64}",
                        f"r.io/x:latest@sha256:{'a' * 64}",
                        "localhost/x",
                        "a__b/c.d:v1",
                        f"{'a' * 64}",
                    )
                )
            )
        ),
        looks_at="spec.containers.imagePullPolicy",
    ),
    case(
        "pod-container-ports",
        _container(ports=[{"containerPort": 0}, {"containerPort": 70000, "name": "Foo"}]),
        _container(
            ports=[{"containerPort": 80, "name": "http", "protocol": "X"}, {"containerPort": 81, "name": "http"}]
        ),
        _container(ports=[{"containerPort": 82, "hostPort": 70000, "name": "a--b"}]),
        _container(ports=[{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]),
    ),
    case(
        "pod-container-ports-that-are-warned-of",
        _container(ports=[{"containerPort": 80, "hostIP": "1.2.3.4"}, {"containerPort": 80}]),
        _container(ports=[{"containerPort": 80}, {"containerPort": 80, "hostPort": 80}]),
        _containers(
            CONTAINER | {"ports": [{"containerPort": 80, "name": "http"}]},
            CONTAINER | {"name": "d", "ports": [{"containerPort": 81, "name": "http"}]},
        ),
        looks_at="spec.containers.ports",
    ),
    case(
        "pod-container-environment",
        _container(env=[{"name": ""}, {"name": "A=B"}]),
        _container(env=[{"name": "a", "value": "x", "valueFrom": _FIELD}, {"name": "b", "valueFrom": {}}]),
        _container(
            env=[
                {"name": "a", "valueFrom": {"configMapKeyRef": {"name": "", "key": ""}}},
                {"name": "b", "valueFrom": {"secretKeyRef": {"name": "A", "key": ".."}}},
                {"name": "c", "valueFrom": {"secretKeyRef": _KEY, "configMapKeyRef": _KEY}},
            ]
        ),
        _container(env=[{"name": "a", "value": "1"}, {"name": "a", "value": "2"}, {"name": "a", "value": "$(a)3"}]),
    ),
    case(
        "pod-container-environment-of-fields",
        *(
            _container(env=[{"name": "a", "valueFrom": {"fieldRef": reference}}])
            for reference in (
                {"fieldPath": "metadata.foo"},
                {"fieldPath": "metadata.labels['a/b/c']"},
                {"fieldPath": "metadata.labels['a']"},
                {"fieldPath": "spec.containers['a']"},
                {"fieldPath": "spec.schedulerName"},
                {"fieldPath": "spec.host"},
                {"fieldPath": "metadata.name", "apiVersion": "v2"},
            )
        ),
        _container(env=[{"name": "a", "valueFrom": {"resourceFieldRef": {"resource": "limits.foo"}}}]),
        _container(env=[{"name": "a", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]),
        _container(env=[{"name": "a", "valueFrom": {"resourceFieldRef": {"resource": ""}}}]),
    ),
    case(
        "pod-container-environment-of-files",
        _container(env=[{"name": "a", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "../x", "key": "A=b"}}}]),
        _container(env=[{"name": "a", "valueFrom": {"fileKeyRef": {"volumeName": "A", "path": "", "key": ""}}}]),
    ),
    case(
        "pod-container-environment-from-objects",
        _container(envFrom=[{}, {"configMapRef": {"name": "A"}}, {"secretRef": {}}]),
        _container(envFrom=[{"prefix": "a=", "configMapRef": {"name": "x-"}}]),
        _container(envFrom=[{"secretRef": {"name": "a"}, "configMapRef": {"name": "b"}}]),
    ),
    case(
        "pod-container-resources",
        _container(resources={"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}),
        _container(resources={"requests": {"memory": "-1"}}),
        _container(resources={"limits": {"foo": "1"}}),
        _container(resources={"limits": {"pods": "1"}}),
        _container(resources={"limits": {"a/b/c": "1"}}),
        _container(resources={"limits": {"Foo/bar": "1"}}),
        _container(resources={"limits": {"example.com/gpu": "1500m"}}),
        _container(resources={"limits": {"example.com/gpu": "2"}, "requests": {"example.com/gpu": "1"}}),
        _container(resources={"requests": {"example.com/gpu": "1"}}),
        _container(resources={"limits": {"hugepages-2Mi": "4Mi"}}),
        _container(resources={"limits": {"hugepages-2Mi": "3Mi", "cpu": "1"}}),
        _container(resources={"claims": [{"name": "x"}, {"name": ""}, {"name": "x"}]}),
    ),
    case(
        "pod-container-resources-completed",
        _container(resources={"limits": {"cpu": "1", "memory": "0.5"}, "requests": {"cpu": "0.0001"}}),
        _container(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
        _container(resources={"limits": {"memory": "100m"}}),
        looks_at="status.qosClass",
    ),
    case(
        "pod-resources-of-its-own",
        _containers(CONTAINER, resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
        _containers(
            CONTAINER | {"resources": {"requests": {"cpu": "300m"}}},
            resources={"limits": {"cpu": "1"}},
            initContainers=[_SIDECAR | {"resources": {"requests": {"cpu": "200m", "memory": "1Mi"}}}],
        ),
        _containers(CONTAINER | {"resources": {"limits": {"cpu": "2"}}}, resources={"limits": {"cpu": "1"}}),
        _containers(CONTAINER, resources={"limits": {"foo": "1"}, "claims": [{"name": "a"}]}),
        looks_at="spec.resources",
    ),
    case(
        "pod-container-probes",
        _container(livenessProbe={"httpGet": {"port": "x--"}, "successThreshold": 2, "timeoutSeconds": -1}),
        _container(readinessProbe={"exec": {}, "tcpSocket": {"port": 0}, "terminationGracePeriodSeconds": 1}),
        _container(startupProbe={"terminationGracePeriodSeconds": 0}),
        _container(readinessProbe={"httpGet": {"port": "http", "scheme": "FTP", "httpHeaders": [{"name": "a b"}]}}),
        _container(lifecycle={"preStop": {"sleep": {"seconds": 31}}, "postStart": {}}),
    ),
    case(
        "pod-container-mounts",
        _container(volumeMounts=[{"name": "v", "mountPath": "/x"}, {"name": "", "mountPath": ""}]),
        _containers(
            CONTAINER
            | {
                "volumeMounts": [
                    {"name": "v", "mountPath": "/x"},
                    {"name": "v", "mountPath": "/x", "subPath": "/a/..", "mountPropagation": "Foo"},
                    {
                        "name": "v",
                        "mountPath": "/y",
                        "mountPropagation": "Bidirectional",
                        "recursiveReadOnly": "Enabled",
                    },
                    {"name": "v", "mountPath": "/z", "subPath": "a", "subPathExpr": "../b"},
                ],
                "volumeDevices": [{"name": "v", "devicePath": "/x"}, {"name": "w", "devicePath": "/../d"}],
            },
            volumes=[{"name": "v", "emptyDir": {}}],
        ),
    ),
    case(
        "pod-container-policies",
        _container(terminationMessagePolicy="Foo", imagePullPolicy="Foo"),
        _container(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "Foo"}] * 2),
        _container(restartPolicy="Foo"),
        _container(restartPolicyRules=[{"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}]),
        _container(restartPolicy="Never", restartPolicyRules=[{"action": "Foo"}]),
        _container(
            restartPolicy="Never",
            restartPolicyRules=[{"action": "Restart", "exitCodes": {"operator": "Foo", "values": [1]}}],
        ),
    ),
    case(
        "pod-container-security",
        _container(securityContext={"runAsUser": -1, "runAsGroup": 99999999999, "procMount": "Foo"}),
        _container(securityContext={"allowPrivilegeEscalation": False, "privileged": True}),
        _container(
            securityContext={
                "allowPrivilegeEscalation": False,
                "capabilities": {"add": ["CAP_SYS_ADMIN"], "drop": ["X"]},
            }
        ),
        _container(securityContext={"seccompProfile": {"type": "Foo", "localhostProfile": "x"}}),
        _container(securityContext={"seccompProfile": {"type": "Localhost"}, "procMount": "Unmasked"}),
        _container(securityContext={"seccompProfile": {"type": "Localhost", "localhostProfile": "../a"}}),
        _container(securityContext={"appArmorProfile": {"type": "Localhost", "localhostProfile": " a"}}),
        _container(securityContext={"appArmorProfile": {"type": "Unconfined", "localhostProfile": "a"}}),
        _container(securityContext={"appArmorProfile": {"type": ""}}),
    ),
    case(
        "pod-init-containers",
        _containers(CONTAINER, initContainers=[CONTAINER | {"name": "i", "livenessProbe": {}, "lifecycle": {}}]),
        _containers(CONTAINER, initContainers=[_SIDECAR, CONTAINER | {"name": "f", "restartPolicy": "OnFailure"}]),
        _containers(
            CONTAINER,
            initContainers=[
                CONTAINER
                | {"name": "i", "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]}
            ],
        ),
        looks_at="spec.initContainers",
    ),
]
