"""ResourceInstance: how it is made, written to, compared, copied and printed."""

from __future__ import annotations

import copy
import decimal
import enum
import pickle
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from kubernetes_asyncio import client as typed
from kubernetes_asyncio import dynamic

from aiokube._machinery.errors import MalformedObject
from aiokube._machinery.objects import ResourceField, document_from_json, encode
from aiokube.dynamic.instance import ResourceInstance, instance_from_json, instance_of

THEIRS: Any = dynamic  # it has no annotations
TEXT = b'{"apiVersion":"v1", "kind":"ConfigMap", "metadata":{"name":"\\u0041"}, "data":{"a": 1.50}, "list":[{"c":3}]}'
CONTENT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "A"},
    "data": {"a": 1.5},
    "list": [{"c": 3}],
}


@pytest.fixture(params=["from text", "from a dict", "half read"])
def instance(request: pytest.FixtureRequest) -> ResourceInstance:
    """The same object, in each form in which it is held."""
    made = ResourceInstance("client", CONTENT) if request.param == "from a dict" else instance_from_json("client", TEXT)
    if request.param == "half read":
        assert made.metadata.name == "A"
    return made


# --- making ---------------------------------------------------------------------------------------------------


def test_a_dict_is_copied_and_never_changed() -> None:
    given_ = {"apiVersion": "v1", "kind": "PodList", "items": [{"spec": {"a": [1]}}, None]}
    before = copy.deepcopy(given_)
    made = ResourceInstance(None, given_)
    made["items"][0].spec.a.append(2)
    made["items"].append({})
    assert made["items"][0].kind == "Pod"
    assert given_ == before


def test_an_instance_that_was_not_filled_in_says_so() -> None:
    """A subclass may read an attribute before it calls the constructor."""
    with pytest.raises(AttributeError, match="no attribute 'attributes' yet"):
        ResourceInstance.__new__(ResourceInstance).metadata  # noqa: B018


def test_a_field_is_shared_and_so_is_that_of_another_instance(instance: ResourceInstance) -> None:
    around_field = ResourceInstance("other", instance.data)
    around_instance = ResourceInstance("other", instance)
    around_field.a = 2
    around_instance.metadata.name = "changed"
    assert (instance.data.a, instance.metadata.name) == (2, "changed")
    assert (instance.client, around_instance.client) == ("client", "other")


def test_an_object_without_a_kind_is_one_too() -> None:
    version = instance_from_json(None, b'{"major":"1","items":[{}]}')
    assert (version.major, version.kind) == ("1", None)
    assert ResourceInstance(None, {"major": "1"}).to_str() == "ResourceInstance[None]:\n  major: '1'\n"


def test_typed_models_in_it_become_fields() -> None:
    made = ResourceInstance(None, {"kind": "Odd", "pod": typed.V1Pod(metadata=typed.V1ObjectMeta(name="one"))})
    made.also = [typed.V1Pod(api_version="v1")]
    assert made.pod.metadata.name == "one"
    assert made.to_dict() == {"kind": "Odd", "pod": {"metadata": {"name": "one"}}, "also": [{"apiVersion": "v1"}]}


# --- reading and writing --------------------------------------------------------------------------------------


def test_it_writes_through_and_leaves_the_rest_as_it_came() -> None:
    instance = instance_from_json(None, TEXT)
    instance.kind = "Secret"
    instance["new"] = {"b": [{"c": 1}]}
    instance.new.b[0].c = 2
    del instance.list
    assert encode(instance) == (
        b'{"apiVersion":"v1","kind":"Secret","metadata":{"name":"\\u0041"},"data":{"a": 1.50},"new":{"b":[{"c":2}]}}'
    )


def test_it_is_read_like_a_mapping(instance: ResourceInstance) -> None:
    assert instance.keys() == list(CONTENT)
    assert instance.get("kind") == "ConfigMap"
    assert instance.get("none", 5) == 5
    assert instance.values()[:2] == ["v1", "ConfigMap"]
    assert instance.items()[3] == ("data", {"a": 1.5})
    assert dict(iter(instance)) == dict(instance) == CONTENT
    assert (len(instance), bool(instance), bool(ResourceInstance(None, {}))) == (5, True, True)
    assert ("kind" in instance, "none" in instance, None in instance) == (True, False, False)


def test_client_and_attributes_are_its_own_and_such_members_are_items() -> None:
    instance = ResourceInstance("client", {"kind": "Odd", "client": {"a": 1}, "attributes": 2})
    instance.client = "other"
    instance["client"].a = 3
    assert (instance.client, instance["client"].a, instance["attributes"]) == ("other", 3, 2)
    assert instance.to_dict() == {"kind": "Odd", "client": {"a": 3}, "attributes": 2}
    instance.attributes = ResourceField({"kind": "New"})
    assert instance.to_dict() == {"kind": "New"}
    assert instance.client == "other"


@pytest.mark.parametrize("name", ["__foo__", "__len_", "__fspath__", "__await__", "__fields__", "__dict__"])
def test_dunders_are_never_members_that_are_missing(instance: ResourceInstance, name: str) -> None:
    if not name.endswith("__"):
        assert getattr(instance, name) is None
        return
    for node in (instance, instance.data):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'") as caught:
            getattr(node, name)
        assert caught.value.name == name
        node[name] = 1
        assert (node[name], getattr(node, name)) == (1, 1)


def test_dir_lists_what_theirs_lists(instance: ResourceInstance) -> None:
    their = THEIRS.ResourceInstance(None, copy.deepcopy(CONTENT))
    public = {name for name in dir(their) if not name.startswith("_")}
    assert public | {"attributes", "client"} == {name for name in dir(instance) if not name.startswith("_")}
    their_field = {name for name in dir(their.data) if not name.startswith("_")}
    assert their_field == {name for name in dir(instance.data) if not name.startswith("_")} == {"a", "to_dict"}


# --- comparing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        dict,
        ResourceField,
        lambda content: ResourceInstance("other", content),
        lambda content: instance_of("other", ResourceField(content)),
        lambda content: {**content, "data": ResourceField(content["data"])},
        lambda content: {**content, "list": tuple(content["list"])},
    ],
    ids=["dict", "field", "instance", "instance of", "dict with a field", "dict with a tuple"],
)
def test_it_equals_what_has_the_same_content(instance: ResourceInstance, make: Callable[[Any], Any]) -> None:
    same, other = make(CONTENT), make({**CONTENT, "data": {"a": 2}})
    assert instance == same
    assert instance != other
    assert instance.attributes == same
    assert instance.attributes != other
    assert same == instance
    assert other != instance


@pytest.mark.parametrize("other", [None, 0, "text", [], [("kind", "ConfigMap")], object()])
def test_it_equals_nothing_of_another_type(instance: ResourceInstance, other: object) -> None:
    assert instance != other
    assert other != instance
    assert instance.attributes != other
    assert instance.data not in [other]


def test_it_is_found_in_a_list_but_not_hashed(instance: ResourceInstance) -> None:
    assert instance in [CONTENT]
    assert instance.list == [{"c": 3}]
    assert {"c": 3} in instance.list
    for node in (instance, instance.data, instance.list):
        with pytest.raises(TypeError, match="unhashable"):
            hash(node)


# --- copying --------------------------------------------------------------------------------------------------


class Unclonable:
    """Stands for a client: it can neither be copied nor pickled."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a client is not copied")


def test_a_shallow_copy_shares_what_is_below(instance: ResourceInstance) -> None:
    again = copy.copy(instance)
    again.kind, again.data.a = "Other", 2
    assert (again.client, instance.kind, instance.data.a) == ("client", "ConfigMap", 2)


def test_a_deepcopy_shares_the_client_only(instance: ResourceInstance) -> None:
    instance.client = Unclonable()
    again = copy.deepcopy(instance)
    again.data.a, again.list[0].c = 2, 4
    assert again.client is instance.client
    assert instance.to_dict() == CONTENT


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_drops_the_client(instance: ResourceInstance, protocol: int) -> None:
    instance.client = Unclonable()
    again = pickle.loads(pickle.dumps(instance, protocol))  # noqa: S301
    again.data.b = {"c": 1}
    assert (again.client, again.data.b.c, type(again.list[0])) == (None, 1, ResourceField)
    assert instance.to_dict() == CONTENT


# --- printing -------------------------------------------------------------------------------------------------

ANY = st.characters(exclude_categories=["Cs"])
PLAIN = st.characters(min_codepoint=32, max_codepoint=126)  # beyond, libyaml breaks some lines elsewhere


def contents(letters: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of any shape whose texts are of these letters."""
    keys = st.text(letters, min_size=1, max_size=8)
    texts = st.text(letters, max_size=100) | st.sampled_from(
        ["two\nlines\n", " lead", "yes", "1.5", "a: b", "é\t", "x" * 200]
    )
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.datetimes() | texts
    trees = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
    )
    return st.dictionaries(keys, trees, max_size=4)


@given(content=contents(PLAIN))
def test_the_text_is_the_same_as_theirs(content: dict[str, Any]) -> None:
    their = THEIRS.ResourceInstance(None, {"kind": "ConfigMap", **copy.deepcopy(content)})
    ours = ResourceInstance(None, {"kind": "ConfigMap", **content})
    assert ours.to_str() == repr(ours) == their.to_str()


@given(content=contents(ANY))
def test_the_text_is_yaml_of_the_same_content(content: dict[str, Any]) -> None:
    head, _, text = ResourceInstance(None, {"": {"": 1}, **content, "kind": "Odd"}).to_str().partition("\n")
    assert head == "ResourceInstance[Odd]:"
    assert yaml.safe_load(text) == {"": {"": 1}, **content, "kind": "Odd"}


def test_the_texts_of_a_list_and_of_a_field_are_the_same_as_theirs() -> None:
    content = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [{"metadata": {"name": "one"}}]}
    assert repr(ResourceInstance(None, content)) == repr(THEIRS.ResourceInstance(None, copy.deepcopy(content)))
    for field in (ResourceField, THEIRS.ResourceField):
        assert repr(field({"b": 1, "a": [None]})) == "{'a': [None], 'b': 1}"


def test_what_has_no_form_in_yaml_is_printed_as_text() -> None:
    class Phase(enum.StrEnum):
        RUNNING = "Running"

    instance = ResourceInstance(None, {"kind": "Odd"})
    instance.phase = Phase.RUNNING
    instance.share = decimal.Decimal("1.50")
    instance.path = PurePosixPath("/etc")
    text = "ResourceInstance[Odd]:\n  kind: Odd\n  path: /etc\n  phase: Running\n  share: '1.50'\n"
    assert repr(instance) == text


def test_malformed_text_is_not_printed_as_something_else() -> None:
    with pytest.raises(MalformedObject):
        repr(instance_from_json(None, b'{"kind":'))


def test_a_field_of_text_is_printed_as_its_members() -> None:
    assert repr(document_from_json(b'{"b":{"c":1},"a":"\\u0041"}')) == "{'a': 'A', 'b': {'c': 1}}"
