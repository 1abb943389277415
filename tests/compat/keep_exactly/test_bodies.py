"""Bodies: dicts, instances, fields, lists and typed models go out alike."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import kubernetes_asyncio.client as typed
import pytest

from aiokube.dynamic import ResourceField, ResourceInstance
from aiokube.testing import KubeServer
from compat.keep_exactly.recorder import Recorder, configuration_of
from compat.packages import AIOKUBE, connected

BODY: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "one", "namespace": "web", "labels": {"app": "shop"}},
    "data": {"key": "value"},
    "binaryData": {"blob": "AAE="},
}

FORMS: dict[str, Callable[[], Any]] = {
    "dict": lambda: copy.deepcopy(BODY),
    "ResourceInstance": lambda: ResourceInstance(None, BODY),
    "ResourceField": lambda: ResourceField(BODY),
    "a dict of fields": lambda: {**BODY, "metadata": ResourceField(BODY["metadata"])},
    "a typed model": lambda: typed.V1ConfigMap(
        api_version="v1",
        kind="ConfigMap",
        metadata=typed.V1ObjectMeta(name="one", namespace="web", labels={"app": "shop"}),
        data={"key": "value"},
        binary_data={"blob": "AAE="},
    ),
    "a dict with a typed model": lambda: {
        **BODY,
        "metadata": typed.V1ObjectMeta(name="one", namespace="web", labels={"app": "shop"}),
    },
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("verb", ["create", "replace", "patch", "server_side_apply"])
async def test_every_form_of_a_body_goes_out_alike(wire: Recorder, verb: str, form: str) -> None:
    """Name and namespace are taken from each of them."""
    given = FORMS[form]()
    request = await wire.sent(getattr(wire.config_maps, verb)(body=given))
    assert json.loads(request.body) == BODY
    assert request.path == f"/api/v1/namespaces/web/configmaps{'' if verb == 'create' else '/one'}"


@pytest.mark.parametrize("form", ["dict", "ResourceInstance"])
@pytest.mark.parametrize("verb", ["create", "replace", "patch", "server_side_apply"])
async def test_the_documented_forms_go_out_as_before(both: Recorder, verb: str, form: str) -> None:
    given = copy.deepcopy(BODY) if form == "dict" else both.instance(copy.deepcopy(BODY))
    assert json.loads((await both.sent(getattr(both.config_maps, verb)(body=given))).body) == BODY


async def test_an_instance_that_was_changed_goes_out_as_it_is_now(both: Recorder) -> None:
    given = both.instance(copy.deepcopy(BODY))
    given.data.key = "changed"
    given.metadata.annotations = {"a": "b"}
    sent = json.loads((await both.sent(both.config_maps.replace(body=given))).body)
    assert sent["data"] == {"key": "changed"}
    assert sent["metadata"]["annotations"] == {"a": "b"}


async def test_a_typed_model_goes_out_as_its_own_client_sends_it(wire: Recorder) -> None:
    """Names as the API has them, what is None left out, at any depth."""
    template = typed.V1PodTemplateSpec(
        metadata=typed.V1ObjectMeta(labels={"app": "shop"}),
        spec=typed.V1PodSpec(
            containers=[typed.V1Container(name="main", image_pull_policy="Always", args=["a"])],
            termination_grace_period_seconds=0,
        ),
    )
    model = typed.V1Deployment(
        metadata=typed.V1ObjectMeta(name="one", namespace="web"),
        spec=typed.V1DeploymentSpec(
            replicas=0,
            paused=False,
            selector=typed.V1LabelSelector(match_labels={"app": "shop"}),
            template=template,
        ),
    )
    sent = json.loads((await wire.sent(wire.deployments.create(body=model))).body)
    async with typed.ApiClient() as theirs:
        assert sent == theirs.sanitize_for_serialization(model)
    assert sent["spec"]["template"]["spec"]["containers"] == [
        {"name": "main", "imagePullPolicy": "Always", "args": ["a"]}
    ]


async def test_the_times_of_a_typed_model_are_sent(wire: Recorder) -> None:
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    model = typed.V1ConfigMap(metadata=typed.V1ObjectMeta(name="one", creation_timestamp=moment))
    sent = json.loads((await wire.sent(wire.config_maps.create(model, "web"))).body)
    assert dt.datetime.fromisoformat(sent["metadata"]["creationTimestamp"]) == moment


@pytest.mark.parametrize(
    "options",
    [
        {"gracePeriodSeconds": 0, "propagationPolicy": "Foreground"},
        ResourceInstance(None, {"gracePeriodSeconds": 0, "propagationPolicy": "Foreground"}),
        ResourceField({"gracePeriodSeconds": 0, "propagationPolicy": "Foreground"}),
        typed.V1DeleteOptions(grace_period_seconds=0, propagation_policy="Foreground"),
    ],
    ids=["dict", "ResourceInstance", "ResourceField", "V1DeleteOptions"],
)
async def test_delete_takes_options_in_every_form(wire: Recorder, options: Any) -> None:
    request = await wire.sent(wire.config_maps.delete("one", "web", body=options))
    assert json.loads(request.body) == {"gracePeriodSeconds": 0, "propagationPolicy": "Foreground"}
    assert request.headers["content-type"] == "application/json"


async def test_a_list_is_a_json_patch(wire: Recorder) -> None:
    patch = [{"op": "add", "path": "/data/a", "value": "1"}]
    request = await wire.sent(wire.config_maps.patch(body=patch, name="one", namespace="web"))
    assert json.loads(request.body) == patch
    assert request.headers["content-type"] == "application/json-patch+json"


async def test_typed_models_are_created_and_deleted_on_a_cluster(kube_server: KubeServer, namespace: str) -> None:
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
        model = FORMS["a typed model"]()
        model.metadata.namespace = namespace
        created = await config_maps.create(body=model)
        seen = (await kube_server.kubectl("get", "cm", "one", "-n", namespace, "-o", "json")).json()
        assert (seen["data"], seen["binaryData"]) == (BODY["data"], BODY["binaryData"])
        wrong = typed.V1DeleteOptions(preconditions=typed.V1Preconditions(uid="another"))
        with pytest.raises(AIOKUBE.exceptions.ConflictError):
            await config_maps.delete("one", namespace, body=wrong)
        right = typed.V1DeleteOptions(preconditions=typed.V1Preconditions(uid=created.metadata.uid))
        assert (await config_maps.delete("one", namespace, body=right)).status == "Success"
