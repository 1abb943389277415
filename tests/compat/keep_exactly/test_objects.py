"""ResourceInstance and ResourceField: reading, writing, comparing, copying and printing."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from aiokube._machinery.objects import document_from_json
from aiokube.dynamic import ResourceField, ResourceInstance
from aiokube.dynamic.instance import instance_from_json
from compat.packages import Package

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "one", "labels": {"app.kubernetes.io/name": "shop", "tier": "web"}},
    "spec": {"replicas": 2, "paused": False, "template": {"spec": {"containers": [{"name": "main", "args": ["a"]}]}}},
}
LIST: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMapList", "metadata": {}, "items": [{"data": {"a": "1"}}]}
TEXT = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"1","b":"2"},"list":[{"c":3}]}'


@pytest.fixture
def deployment(package: Package) -> Any:
    """The same object in both packages, one after the other."""
    return package.dynamic.ResourceInstance("the client", copy.deepcopy(DEPLOYMENT))


@pytest.fixture(params=["instance", "field", "instance from text", "field from text"])
def config_map(request: pytest.FixtureRequest) -> Any:
    """An object as it is held, in each form: given as a dict, and not decoded yet."""
    content = document_from_json(TEXT).to_dict()
    makers: dict[str, Callable[[], Any]] = {
        "instance": lambda: ResourceInstance(None, content),
        "field": lambda: ResourceField(content),
        "instance from text": lambda: instance_from_json(None, TEXT),
        "field from text": lambda: document_from_json(TEXT),
    }
    return makers[request.param]()


# --- reading, in both packages


def test_members_are_attributes_and_items(deployment: Any) -> None:
    assert deployment.kind == deployment["kind"] == "Deployment"
    assert deployment.metadata.labels["app.kubernetes.io/name"] == "shop"
    assert deployment["spec"]["template"].spec.containers[0].name == "main"
    assert deployment.spec.paused is False


def test_a_member_that_is_missing_is_none(deployment: Any) -> None:
    assert deployment.status is None
    assert deployment["status"] is None
    assert deployment.metadata.annotations is None
    assert deployment.metadata["annotations"] is None


def test_items_of_a_list_are_fields(deployment: Any, package: Package) -> None:
    containers = deployment.spec.template.spec.containers
    assert isinstance(containers, list)
    assert isinstance(containers[0], package.dynamic.ResourceField)
    assert containers[0].args == ["a"]


def test_methods_of_a_mapping_are_there_when_no_member_has_their_name(deployment: Any, package: Package) -> None:
    labels = deployment.metadata.labels
    assert labels.get("tier") == "web"
    assert labels.get("none") is None
    assert labels.get("none", "default") == "default"
    assert sorted(labels.items()) == [("app.kubernetes.io/name", "shop"), ("tier", "web")]
    assert sorted(labels.keys()) == ["app.kubernetes.io/name", "tier"]
    assert sorted(labels.values()) == ["shop", "web"]
    field = package.dynamic.ResourceField({"items": [1], "get": 2, "keys": 3, "values": 4})
    assert (field.items, field.get, field.keys, field.values) == ([1], 2, 3, 4)


def test_the_items_of_a_list_are_its_items(package: Package) -> None:
    assert [item.data.a for item in package.dynamic.ResourceInstance(None, copy.deepcopy(LIST)).items] == ["1"]


def test_a_field_is_iterated_by_pairs(deployment: Any) -> None:
    pairs = list(deployment.metadata.labels)
    assert pairs == [("app.kubernetes.io/name", "shop"), ("tier", "web")]
    assert dict(deployment.metadata.labels) == DEPLOYMENT["metadata"]["labels"]


def test_members_are_written_by_attribute(deployment: Any) -> None:
    deployment.metadata.labels.tier = "db"
    deployment.spec.replicas = 3
    written = deployment.to_dict()
    assert (written["metadata"]["labels"]["tier"], written["spec"]["replicas"]) == ("db", 3)


def test_a_list_is_changed_in_place(deployment: Any) -> None:
    deployment.spec.template.spec.containers[0].args.append("b")
    assert deployment.to_dict()["spec"]["template"]["spec"]["containers"] == [{"name": "main", "args": ["a", "b"]}]


def test_items_get_the_kind_and_version_that_they_lack(package: Package) -> None:
    listed = package.dynamic.ResourceInstance(None, copy.deepcopy(LIST))
    assert (listed.items[0].kind, listed.items[0].apiVersion) == ("ConfigMap", "v1")
    assert listed.to_dict()["items"][0]["kind"] == "ConfigMap"


def test_attributes_and_client(deployment: Any, package: Package) -> None:
    assert isinstance(deployment.attributes, package.dynamic.ResourceField)
    assert deployment.attributes.kind == "Deployment"
    assert deployment.client == "the client"


def test_to_dict_gives_plain_dicts(deployment: Any) -> None:
    plain = deployment.to_dict()
    assert plain == DEPLOYMENT
    assert {type(plain), type(plain["spec"]["template"]["spec"]["containers"][0])} == {dict}
    plain["metadata"]["labels"]["tier"] = "db"
    assert deployment.metadata.labels.tier == "web"


def test_the_text_is_yaml(deployment: Any) -> None:
    text = deployment.to_str()
    assert text == repr(deployment)
    assert text.startswith("ResourceInstance[Deployment]:\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n")


def test_a_field_is_printed_as_its_members(deployment: Any) -> None:
    assert repr(deployment.metadata.labels) == "{'app.kubernetes.io/name': 'shop', 'tier': 'web'}"


def test_dir_lists_the_members(deployment: Any) -> None:
    assert {"apiVersion", "kind", "metadata", "spec", "to_dict"} <= set(dir(deployment))
    assert "tier" in dir(deployment.metadata.labels)


def test_fields_compare_by_value(package: Package) -> None:
    field = package.dynamic.ResourceField
    assert field({"a": 1}) == field({"a": 1})
    assert field({"a": 1}) != field({"a": 2})


def test_an_empty_field_is_true(package: Package) -> None:
    assert package.dynamic.ResourceField({})


def test_a_field_is_not_hashable(package: Package) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(package.dynamic.ResourceField({"a": 1}))


# --- what compat asks for besides


def test_in_len_and_del(config_map: Any) -> None:
    assert "metadata" in config_map
    assert "none" not in config_map
    assert 5 not in config_map
    assert len(config_map) == 5
    del config_map.metadata
    del config_map["list"]
    assert (len(config_map), config_map.metadata) == (3, None)
    with pytest.raises(AttributeError, match="no member 'none' to delete"):
        del config_map.none
    with pytest.raises(KeyError):
        del config_map["none"]


def test_an_object_becomes_a_dict(config_map: Any) -> None:
    assert set(dict(config_map)) == {"apiVersion", "kind", "metadata", "data", "list"}
    assert dict(config_map)["data"] == {"a": "1", "b": "2"}
    assert dict(config_map.data) == {"a": "1", "b": "2"}


def test_members_are_written_at_the_top_and_by_item(config_map: Any) -> None:
    config_map.apiVersion = "v2"
    config_map["kind"] = "Other"
    config_map.data["a"] = "changed"
    assert (config_map.apiVersion, config_map.kind) == ("v2", "Other")
    assert config_map.to_dict()["data"] == {"a": "changed", "b": "2"}


def test_a_dict_that_is_assigned_reads_back_as_a_field(config_map: Any) -> None:
    labels = {"app": "shop"}
    config_map.metadata.labels = labels
    config_map["spec"] = {"a": {"b": [{"c": 1}]}}
    config_map.list.append({"d": 4})
    assert config_map.metadata.labels.app == "shop"
    assert config_map.spec.a.b[0].c == 1
    assert config_map.list[-1].d == 4
    config_map.metadata.labels.app = "bank"
    assert labels == {"app": "shop"}  # the caller's own is not changed


def test_an_object_compares_by_value(config_map: Any) -> None:
    content = config_map.to_dict()
    assert config_map == content
    assert config_map == ResourceField(content)
    assert config_map == ResourceInstance("another client", content)
    assert config_map.data == {"a": "1", "b": "2"}
    assert config_map != {**content, "kind": "Other"}
    assert config_map != "text"
    assert (config_map == None) is False  # noqa: E711 - which `__eq__` is asked
    with pytest.raises(TypeError, match="unhashable"):
        hash(config_map)


def test_other_methods_of_a_dict_are_not_there(config_map: Any) -> None:
    names = ("pop", "update", "setdefault", "copy", "clear", "popitem", "fromkeys")
    assert [getattr(config_map.data, name) for name in names] == [None] * len(names)


def test_members_with_the_names_of_our_own_are_reached_by_item() -> None:
    content = {"kind": "Odd", "client": 1, "attributes": 2, "to_dict": 3, "items": 4, "get": 5, "": 6}
    instance = ResourceInstance("the client", content)
    assert {key: instance[key] for key in content} == content
    assert (instance.client, instance.items, instance.get) == ("the client", 4, 5)
    assert instance.to_dict() == content
    assert ResourceField(content).to_dict() == content


@pytest.mark.parametrize("name", ["__deepcopy_me__", "__getnewargs__", "__array__", "__wrapped__", "__html__"])
def test_a_dunder_that_is_missing_is_an_attribute_error(config_map: Any, name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(config_map, name)
    assert inspect.unwrap(config_map) is config_map


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301
def test_an_object_is_copied(config_map: Any, copied: Any) -> None:
    again = copied(config_map)
    assert (type(again), again) == (type(config_map), config_map)
    again.kind = "Other"
    assert config_map.kind == "ConfigMap"


def test_a_deepcopy_shares_the_client_and_a_pickle_drops_it() -> None:
    client = object()
    instance = instance_from_json(client, TEXT)
    assert copy.deepcopy(instance).client is client
    assert pickle.loads(pickle.dumps(instance)).client is None  # noqa: S301
    deep = copy.deepcopy(instance)
    deep.data.a = "changed"
    assert instance.data.a == "1"


def test_the_items_of_a_list_of_anything_get_no_kind() -> None:
    mixed = ResourceInstance(None, {"apiVersion": "v1", "kind": "List", "items": [{"data": {}}]})
    assert mixed.to_dict()["items"] == [{"data": {}}]


def test_what_was_given_is_not_changed() -> None:
    given = copy.deepcopy(LIST)
    ResourceInstance(None, given).items[0].data.a = "changed"
    assert given == LIST
