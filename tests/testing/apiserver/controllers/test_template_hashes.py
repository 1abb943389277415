"""Hashes of pod templates; the expected ones are of kube-controller-manager 1.36.3."""

from typing import Any

import pytest

from aiokube.testing.apiserver.controllers.simulation.template_hashes import data_hash, template_hash


def _template(name: str, *, container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a template as the API server has it."""
    always = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
    container = {"name": "c", "image": "x", "imagePullPolicy": "Always", **always, **container}
    return {
        "metadata": {"labels": {"app": name}, "annotations": {"b": "2", "z": "1"}},
        "spec": {
            "containers": [container],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "securityContext": {},
            "schedulerName": "default-scheduler",
            **spec,
        },
    }


def _container(**limits: str) -> dict[str, Any]:
    divided = {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "0"}}
    probe = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
    return {
        "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "env": [{"name": "A", "value": "\u00fc<>&"}, {"name": "B", "valueFrom": divided}],
        "resources": {"limits": limits},
        "livenessProbe": {"httpGet": {"path": "/", "port": "http", "scheme": "HTTP"}, **probe},
        "readinessProbe": {"tcpSocket": {"port": 80}, **probe},
    }


_DISK = {"name": "v16", "photonPersistentDisk": {"pdID": "p", "fsType": "x"}}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (_template("q3", container=_container(cpu="1e3", memory="1e6", **{"example.com/x": "8"})), "5554657c5d"),
        (
            _template("old15", container={"resources": {}}, volumes=[_DISK], nodeSelector={"no": "node"}),
            "77d49d5b6",
        ),
    ],
)
def test_template(template: dict[str, Any], expected: str) -> None:
    assert template_hash(template) == expected


def test_a_template_may_have_owners_of_fields() -> None:
    """As one that was written from a pod with all that the server said of it."""
    template = _template("a", container={})
    owned = [{"manager": "m", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {}}}]
    template["metadata"]["managedFields"] = owned
    assert template_hash(template) != template_hash(_template("a", container={}))


def test_collisions_make_another_hash() -> None:
    template = _template("a", container={})
    assert len({template_hash(template), template_hash(template, 1), template_hash(template, 2)}) == 3


def test_data_of_a_revision() -> None:
    """Go sorts the keys, and escapes what HTML knows."""
    template = _template("q1", container=_container(cpu="1500m", memory="1Gi", **{"example.com/x": "0"}))
    assert data_hash({"spec": {"template": {**template, "$patch": "replace"}}}) == "546df9fb96"
