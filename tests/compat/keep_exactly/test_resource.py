"""Resource, ResourceList and Subresource: what they have, their paths, and what they say is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from aiokube.client.exceptions import InvalidSegment
from aiokube.dynamic import Resource
from compat.keep_exactly.recorder import Recorder
from compat.packages import Package

ARGUMENTS: dict[str, Any] = {
    "prefix": "apis",
    "group": "apps",
    "api_version": "v1",
    "kind": "Deployment",
    "namespaced": True,
    "verbs": ["get", "list"],
    "name": "deployments",
    "preferred": True,
    "client": None,
    "singular_name": "deployment",
    "short_names": ["deploy"],
    "categories": ["all"],
}
SCALE = {"kind": "Scale", "name": "deployments/scale", "namespaced": True, "verbs": ["get"], "group": "autoscaling"}


def test_a_resource_has_what_it_was_made_of(package: Package) -> None:
    resource = package.dynamic.Resource(**ARGUMENTS, subresources={"scale": dict(SCALE)}, storageVersionHash="abc=")
    assert {name: getattr(resource, name) for name in ARGUMENTS} == ARGUMENTS
    assert resource.group_version == "apps/v1"
    assert resource.extra_args == {"storageVersionHash": "abc="}
    assert repr(resource) == "<Resource(apps/v1/deployments)>"
    assert list(resource.subresources) == ["scale"]


def test_a_resource_as_a_dict(package: Package) -> None:
    resource = package.dynamic.Resource(**ARGUMENTS, subresources={"scale": dict(SCALE)}, storageVersionHash="abc=")
    known = {name: ARGUMENTS[name] for name in ARGUMENTS if name not in ("client", "singular_name", "short_names")}
    assert resource.to_dict() == {
        **known,
        "_type": "Resource",
        "singularName": "deployment",
        "shortNames": ["deploy"],
        "storageVersionHash": "abc=",
        "subresources": {"scale": {**SCALE, "subresource": "scale"}},
    }


def test_the_core_group_is_not_in_the_version(package: Package) -> None:
    resource = package.dynamic.Resource(prefix="api", group="", api_version="v1", kind="Pod", name="pods")
    assert (resource.group_version, repr(resource)) == ("v1", "<Resource(v1/pods)>")


def test_names_as_the_server_has_them_are_accepted() -> None:
    given = {name: value for name, value in ARGUMENTS.items() if name not in ("singular_name", "short_names")}
    resource = Resource(**given, singularName="deployment", shortNames=["deploy"])
    assert (resource.singular_name, resource.short_names, resource.extra_args) == ("deployment", ["deploy"], {})


@pytest.mark.parametrize("missing", ["prefix", "api_version", "kind"])
def test_what_a_resource_needs(package: Package, missing: str) -> None:
    with pytest.raises(ValueError, match=r"^At least prefix, kind, and api_version must be provided$"):
        package.dynamic.Resource(**{**ARGUMENTS, missing: None})


def test_urls_and_paths(both: Recorder) -> None:
    base = "/apis/apps/v1"
    assert both.deployments.urls == {
        "base": f"{base}/deployments",
        "namespaced_base": f"{base}/namespaces/{{namespace}}/deployments",
        "full": f"{base}/deployments/{{name}}",
        "namespaced_full": f"{base}/namespaces/{{namespace}}/deployments/{{name}}",
    }
    assert both.deployments.path() == f"{base}/deployments"
    assert both.deployments.path(namespace="web") == f"{base}/namespaces/web/deployments"
    assert both.deployments.path("one", "web") == f"{base}/namespaces/web/deployments/one"
    assert both.nodes.path("one", "web") == "/api/v1/nodes/one"


def test_urls_and_paths_of_a_subresource(both: Recorder) -> None:
    scale = both.deployments.scale
    assert scale.urls == {
        "full": "/apis/apps/v1/deployments/{name}/scale",
        "namespaced_full": "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale",
    }
    assert scale.path("one", "web") == "/apis/apps/v1/namespaces/web/deployments/one/scale"


def test_a_subresource_is_an_attribute(both: Recorder) -> None:
    scale = both.deployments.scale
    assert type(scale).__name__ == "Subresource"
    assert (scale.parent, scale.subresource, scale.kind) == (both.deployments, "scale", "Scale")
    assert (scale.prefix, scale.group, scale.api_version) == ("apis", "apps", "v1")
    assert repr(scale) == "<Subresource(apps/v1/deployments/scale)>"


@pytest.mark.parametrize("verb", ["get", "patch", "replace"])
async def test_a_subresource_has_the_verbs(both: Recorder, verb: str) -> None:
    body = {} if verb == "get" else {"body": {"spec": {"replicas": 2}}}
    request = await both.sent(getattr(both.deployments.scale, verb)(name="one", namespace="web", **body))
    assert request.path == "/apis/apps/v1/namespaces/web/deployments/one/scale"


# --- namespaces and names that are empty


@pytest.mark.parametrize("namespace", ["", None])
async def test_an_empty_namespace_of_a_list_means_all(both: Recorder, namespace: str | None) -> None:
    assert (await both.sent(both.config_maps.get(namespace=namespace))).path == "/api/v1/configmaps"


@pytest.mark.parametrize("verb", ["get", "replace", "patch", "server_side_apply"])
async def test_an_empty_name_is_an_error(wire: Recorder, verb: str) -> None:
    body = {} if verb == "get" else {"body": {"metadata": {"name": "another"}}}
    with pytest.raises(InvalidSegment, match=r"^invalid name '': it is empty$"):
        await getattr(wire.config_maps, verb)(name="", namespace="web", **body)
    assert wire.server.requests == []


@pytest.mark.parametrize("keywords", [{}, {"label_selector": "a=b"}])
async def test_an_empty_name_deletes_nothing(wire: Recorder, keywords: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"it is empty|is required"):
        await wire.config_maps.delete(name="", namespace="web", **keywords)
    assert wire.server.requests == []


# --- what ResourceList says is wrong


LISTS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a name": (
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{}]},
        {"name": "one"},
        "Operations on ResourceList objects do not support the `name` argument",
    ),
    "no body": (None, {}, "You must provide a body when calling methods on a ResourceList"),
    "no items": (
        {"apiVersion": "v1", "kind": "ConfigMapList"},
        {},
        "The `items` field in the body must be populated when calling methods on a ResourceList",
    ),
    "another kind": (
        {"apiVersion": "v1", "kind": "PodList", "items": [{}]},
        {},
        "Methods on a ConfigMapList must be called with a body containing the same kind. Received PodList instead",
    ),
}


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("verb", ["get", "delete"])
async def test_what_a_list_needs(both: Recorder, package: Package, verb: str, what: str) -> None:
    body, keywords, message = LISTS[what]
    lists = package.dynamic.ResourceList(both.client, api_version="v1", base_kind="ConfigMap")
    with pytest.raises(ValueError, match=r"ResourceList|ConfigMapList") as caught:
        await getattr(lists, verb)(body, **keywords)
    assert (type(caught.value), str(caught.value)) == (ValueError, message)
    assert both.server.requests == []


def test_a_list_as_a_dict(both: Recorder, package: Package) -> None:
    lists = package.dynamic.ResourceList(both.client, group="apps", base_kind="Deployment")
    known = {"group": "apps", "api_version": "v1", "kind": "DeploymentList", "base_kind": "Deployment"}
    assert lists.to_dict() == {"_type": "ResourceList", **known}
    assert {name: getattr(lists, name) for name in known} == known
    assert lists.group_version == "apps/v1"
