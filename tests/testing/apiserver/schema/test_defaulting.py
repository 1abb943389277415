"""Decoding, defaults and the normal form together: a real server answers a dry-run create with the same object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.customresources import definition_rules
from aiokube.testing.apiserver.kinds.catalog import DEFAULTS
from aiokube.testing.apiserver.schema import defaulting
from aiokube.testing.apiserver.schema.builtin import kind_node, node
from aiokube.testing.apiserver.schema.decoding import decode, normal
from aiokube.testing.controlplane import ControlPlane

TABLE = {**DEFAULTS, **definition_rules.DEFAULTS}

# What the life cycle of a kind adds when it is created.
ADDED = {"PersistentVolume": ("status", "lastPhaseTransitionTime")}


def _objects() -> Iterator[Any]:
    objects = yaml.safe_load_all(Path(__file__).with_name("objects.yaml").read_text())
    for obj in objects:
        yield pytest.param(obj, id=f"{obj['kind']}-{obj['metadata']['name']}")


@pytest.mark.parametrize("obj", list(_objects()))
async def test_a_real_server_completes_an_object_so(control_plane: ControlPlane, obj: dict[str, Any]) -> None:
    """Values are equal, and so is their order."""
    answer = await control_plane.request("POST", f"{_path(obj)}?dryRun=All&fieldValidation=Strict", obj)
    part, name = ADDED.get(obj["kind"], ("metadata", ""))
    answer[part].pop(name, None)
    ours = _completed(obj)
    del answer["metadata"], ours["metadata"]
    assert json.dumps(ours, indent=1) == json.dumps(answer, indent=1)


@pytest.mark.parametrize("obj", list(_objects()))
def test_what_is_complete_stays_as_it_is(obj: dict[str, Any]) -> None:
    completed = _completed(obj)
    assert json.dumps(_completed(completed)) == json.dumps(completed)


def _path(obj: dict[str, Any]) -> str:
    version = obj["apiVersion"]
    resources = snapshot.group_lists()[version]["resources"]
    [found] = [each for each in resources if each["kind"] == obj["kind"] and "/" not in each["name"]]
    namespace = "/namespaces/default" if found["namespaced"] else ""
    return f"{'/apis' if '/' in version else '/api'}/{version}{namespace}/{found['name']}"


def _completed(obj: dict[str, Any]) -> dict[str, Any]:
    group, _, version = obj["apiVersion"].rpartition("/")
    of = kind_node(group, version, obj["kind"])
    completed = decode(of, obj).object
    defaulting.apply(of, completed, TABLE)
    return normal(of, completed)


def test_parents_come_before_their_parts() -> None:
    seen: list[str] = []

    def template(obj: dict[str, Any]) -> None:
        seen.append("template")
        obj["spec"] = {"containers": [{}]}

    table = {
        "io.k8s.api.core.v1.PodTemplateSpec": template,
        "io.k8s.api.core.v1.PodSpec": lambda obj: seen.append("spec"),
        "io.k8s.api.core.v1.Container": lambda obj: seen.append("container"),
    }
    defaulting.apply(kind_node("", "v1", "PodTemplate"), {}, table)
    assert seen == ["template", "spec", "container"]


def test_a_table_takes_the_place_of_the_constants_of_its_components() -> None:
    probe = "io.k8s.api.core.v1.Probe"
    plain: dict[str, Any] = {}
    defaulting.apply(node(probe), plain, {"io.k8s.api.core.v1.Pod": lambda obj: None})
    assert plain == {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1}
    mine: dict[str, Any] = {}
    defaulting.apply(node(probe), mine, {probe: lambda obj: obj.update(periodSeconds=5)})
    assert mine == {"periodSeconds": 5}


def test_a_constant_is_for_what_is_not_there_or_zero() -> None:
    webhook = node("io.k8s.api.admissionregistration.v1.ValidatingWebhook")
    obj = {"timeoutSeconds": 0, "failurePolicy": "Ignore", "objectSelector": None}
    defaulting.apply(webhook, obj, {})
    assert obj["timeoutSeconds"] == 0, "a pointer: zero is a value"
    assert obj["failurePolicy"] == "Ignore"
    assert obj["objectSelector"] == {}
