"""Objects: read lazily, changed in place, sent back as they came where nobody looked."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import enum
import json
import pickle
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from kubernetes_asyncio import client as typed

from aiokube._machinery.errors import MalformedObject, UnencodableValue
from aiokube._machinery.objects import (
    FieldList,
    ResourceField,
    document_from_dict,
    document_from_json,
    encode,
)
from aiokube.dynamic.instance import ResourceInstance, instance_from_json

# --- a field against a model of it ----------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """What a node must hold, and the text that must go to the wire, which is None once the node was touched."""

    value: Any
    text: bytes | None = None

    @classmethod
    def of(cls, value: Any) -> Model:
        """The model of a value that was assigned: there is no text of it."""
        if isinstance(value, dict):
            return cls({key: cls.of(item) for key, item in value.items()})
        return cls([cls.of(item) for item in value] if isinstance(value, list) else value)

    def touch(self) -> None:
        """Decode one level; of a list all but the objects in it."""
        self.text = None
        if isinstance(self.value, list):
            for item in self.value:
                if not isinstance(item.value, dict):
                    item.touch()

    def read(self, key: str) -> Model | None:
        """Decode the way to a member."""
        self.touch()
        member: Model | None = self.value.get(key)
        if member is not None:
            member.touch()
        return member

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {key: member.plain() for key, member in self.value.items()}
        return [item.plain() for item in self.value] if isinstance(self.value, list) else self.value

    def wire(self) -> bytes:
        """The exact bytes: texts as they came where nobody looked, our own spelling elsewhere."""
        if self.text is not None:
            return self.text
        if isinstance(self.value, dict):
            members = (msgspec.json.encode(key) + b":" + member.wire() for key, member in self.value.items())
            return b"{" + b",".join(members) + b"}"
        if isinstance(self.value, list):
            return b"[" + b",".join(item.wire() for item in self.value) + b"]"
        return msgspec.json.encode(self.value)

    def holds(self, other: Model) -> bool:
        children = self.value.values() if isinstance(self.value, dict) else self.value
        return self is other or (isinstance(self.value, dict | list) and any(child.holds(other) for child in children))


Handle: TypeAlias = tuple[Any, Model]

# Names that something of ours could shadow, and names that encoders spell differently.
OWN_NAMES = ["items", "keys", "get", "values", "to_dict", "client", "attributes", "_content"]
DUNDERS = ["__class__", "__len__", "__foo__", "__dict__", "__slots__"]
KEYS = st.sampled_from([*OWN_NAMES, *DUNDERS, "a", "b", "kind", "apiVersion", "metadata", "", "é", '"\\', "名"])
# No encoder of ours would write them like this.
ODD = [b"1.50", b"1E2", b'"\\u0041"', b'"\\u00e9\\/"', b'"\\ud83d\\ude00"', b"-1.0e-3", b"10000000000000000000000"]
SCALARS = st.sampled_from([*ODD, b"null", b"true", b"false", b'""', b'"List"', b"0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from([1.5, -2e300, "PodList"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.lists(VALUES, max_size=3)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
    ),
    min_size=1,
)
SPACES = st.sampled_from([b"", b" ", b"\n\t "])


def spelled(tree: Any, space: bytes) -> Model:
    """The model of a tree whose leaves are JSON texts, with space wherever JSON allows it."""
    if isinstance(tree, bytes):
        return Model(json.loads(tree), tree)
    separator = space + b"," + space
    if isinstance(tree, list):
        items = [spelled(item, space) for item in tree]
        return Model(items, b"[" + space + separator.join(item.wire() for item in items) + space + b"]")
    members = {key: spelled(member, space) for key, member in tree.items()}
    pairs = [json.dumps(key).encode() + space + b":" + space + member.wire() for key, member in members.items()]
    return Model(members, b"{" + space + separator.join(pairs) + space + b"}")


def same(value: Any, other: Any) -> bool:
    """Whether two plain values are the same in JSON: 1, 1.0 and true differ, and so does the order of members."""
    return json.dumps(value) == json.dumps(other)


def owns(node: Any, name: str) -> bool:
    """Whether a name belongs to the class, so that the member is reached by item only."""
    return hasattr(type(node), name)


class Editing(RuleBasedStateMachine):
    """Reads and writes at random: what an object holds, and what is sent, never depends on what was read before."""

    objects = Bundle("objects")
    lists = Bundle("lists")

    def __init__(self) -> None:
        super().__init__()
        self.roots: list[Handle] = []

    @initialize(target=objects, tree=TREES, space=SPACES, form=st.sampled_from(["field", "document", "instance"]))
    def arrive(self, tree: Any, space: bytes, form: str) -> Handle:
        # Of a document these two are read at once if it has items; as texts they go back as they came all the same.
        model = spelled({**tree, "kind": b'"Odd"', "apiVersion": b'"odd/v1"'}, space)
        text = space + model.wire() + space
        if form == "field":
            model.text = model.wire()
            node: Any = document_from_json(b'{"list":[%b]}' % text).list[0]
        else:
            model.text = None  # whether it is a list is looked at, so that it is split before it is sent
            node = document_from_json(text) if form == "document" else instance_from_json("client", text)
        self.roots.append((node, model))
        return node, model

    # --- reading

    @rule(handle=objects, key=KEYS, by_attribute=st.booleans(), target=objects)
    def read_object(self, handle: Handle, key: str, by_attribute: bool) -> Any:
        node, model = handle
        member = model.read(key)
        if by_attribute and not owns(node, key):
            if member is None and key in {"get", "items", "keys", "values"}:
                assert callable(getattr(node, key))
                return multiple()
            if member is None and key.startswith("__"):
                assert not hasattr(node, key)
                return multiple()
            value = getattr(node, key)
        else:
            value = node[key]
        return self.seen(value, member, dict)

    @rule(handle=objects, key=KEYS, target=lists)
    def read_list(self, handle: Handle, key: str) -> Any:
        node, model = handle
        return self.seen(node[key], model.read(key), list)

    @rule(handle=lists, index=st.integers(0, 5), target=objects)
    def read_object_in_list(self, handle: Handle, index: int) -> Any:
        items, model = handle
        return self.seen(items[index], model.value[index], dict) if index < len(items) else multiple()

    @rule(handle=lists, index=st.integers(0, 5), target=lists)
    def read_list_in_list(self, handle: Handle, index: int) -> Any:
        items, model = handle
        return self.seen(items[index], model.value[index], list) if index < len(items) else multiple()

    def seen(self, value: Any, model: Model | None, wanted: type[Any]) -> Any:
        """Compare what was read; keep it to go on from there if it is of the wanted type."""
        if model is None:
            assert value is None
            return multiple()
        types: dict[type[Any], type[Any]] = {dict: ResourceField, list: FieldList}
        assert type(value) is types.get(type(model.value), type(model.value))
        if not isinstance(model.value, dict | list):
            assert same(value, model.value)
        return (value, model) if type(model.value) is wanted else multiple()

    def seen_list(self, handle: Handle) -> None:
        """What was put into a list is held there in the same way as what was read from text."""
        items, model = handle
        for item, item_model in zip(items, model.value, strict=True):
            self.seen(item, item_model, dict)

    @rule(handle=objects)
    def read_all(self, handle: Handle) -> None:
        node, model = handle
        members = dict(iter(node))
        model.touch()
        assert list(members) == list(model.value)
        for key, member in model.value.items():
            member.touch()
            self.seen(members[key], member, dict)

    @rule(handle=objects, key=KEYS)
    def look_for(self, handle: Handle, key: str) -> None:
        node, model = handle
        model.touch()
        assert (key in node, len(node)) == (key in model.value, len(model.value))

    # --- writing

    @rule(handle=objects, key=KEYS, value=VALUES, by_attribute=st.booleans())
    def write(self, handle: Handle, key: str, value: Any, by_attribute: bool) -> None:
        self.put(handle, key, value, Model.of(value), by_attribute)

    @rule(handle=objects, key=KEYS, shared=objects | lists, by_attribute=st.booleans())
    def share(self, handle: Handle, key: str, shared: Handle, by_attribute: bool) -> None:
        if not shared[1].holds(handle[1]):  # that would be a cycle
            self.put(handle, key, shared[0], shared[1], by_attribute)
            node = shared[0]
            assert handle[0][key] is (node.attributes if isinstance(node, ResourceInstance) else node)

    def put(self, handle: Handle, key: str, value: Any, as_model: Model, by_attribute: bool) -> None:
        node, model = handle
        model.touch()
        model.value[key] = as_model
        if by_attribute and not (isinstance(node, ResourceInstance) and owns(node, key)):
            setattr(node, key, value)
        else:
            node[key] = value
        self.seen(node[key], as_model, dict)

    @rule(handle=objects, key=KEYS, by_attribute=st.booleans())
    def delete(self, handle: Handle, key: str, by_attribute: bool) -> None:
        node, model = handle
        model.touch()
        missing = model.value.pop(key, None) is None
        try:
            if by_attribute:
                delattr(node, key)
            else:
                del node[key]
        except (KeyError, AttributeError) as error:
            assert missing
            assert isinstance(error, AttributeError) is by_attribute  # noqa: PT017 - whether it raises depends
        else:
            assert not missing

    # --- lists in place

    @rule(handle=lists, value=VALUES, index=st.integers(-3, 3))
    def insert(self, handle: Handle, value: Any, index: int) -> None:
        items, model = handle
        items.insert(index, value)
        model.value.insert(index, Model.of(value))
        items.append(value)
        model.value.append(Model.of(value))
        self.seen_list(handle)

    @rule(handle=lists, values=ITEMS, more=ITEMS)
    def extend(self, handle: Handle, values: list[Any], more: list[Any]) -> None:
        items, model = handle
        items.extend(iter(values))
        before = items
        items += more
        assert items is before
        model.value.extend(map(Model.of, [*values, *more]))
        self.seen_list(handle)

    @rule(handle=lists, values=ITEMS, start=st.integers(-3, 3), stop=st.integers(-3, 3))
    def assign_slice(self, handle: Handle, values: list[Any], start: int, stop: int) -> None:
        items, model = handle
        items[start:stop] = values
        model.value[start:stop] = map(Model.of, values)
        self.seen_list(handle)

    @rule(handle=lists, value=VALUES, index=st.integers(0, 3))
    def assign_item(self, handle: Handle, value: Any, index: int) -> None:
        items, model = handle
        if index < len(items):
            items[index] = value
            model.value[index] = Model.of(value)
            self.seen_list(handle)

    @rule(handle=lists, index=st.integers(0, 3))
    def remove_items(self, handle: Handle, index: int) -> None:
        items, model = handle
        if index < len(items):
            self.seen(items.pop(index), model.value.pop(index), dict)
        del items[index:2], model.value[index:2]
        self.seen_list(handle)

    @rule(handle=lists)
    def reverse(self, handle: Handle) -> None:
        handle[0].reverse()
        handle[1].value.reverse()

    @rule(handle=objects, key=KEYS, values=ITEMS)
    def add_to_a_member(self, handle: Handle, key: str, values: list[Any]) -> None:
        """`field[key] += [...]` changes the list and leaves it where it is."""
        node, model = handle
        before, member = node[key], model.read(key)
        if member is not None and isinstance(member.value, list):
            node[key] += values
            assert node[key] is before
            member.value.extend(map(Model.of, values))
            self.seen_list((before, member))

    # --- copies

    @rule(handle=objects, target=objects)
    def copy_deeply(self, handle: Handle) -> Handle:
        return self.copied(copy.deepcopy(handle[0]), copy.deepcopy(handle[1]))

    @rule(handle=objects, target=objects)
    def copy_by_pickle(self, handle: Handle) -> Handle:
        return self.copied(pickle.loads(pickle.dumps(handle[0])), Model.of(handle[1].plain()))  # noqa: S301

    def copied(self, node: Any, model: Model) -> Handle:
        self.roots.append((node, model))
        return node, model

    # --- what holds at any time

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        for node, model in self.roots:
            assert same(node.to_dict(), model.plain())
            assert encode(node).strip() == model.wire().strip()
            assert same(json.loads(encode(node)), model.plain())


Editing.TestCase.settings = settings(max_examples=80, stateful_step_count=25)
TestEditing = Editing.TestCase

# --- reading --------------------------------------------------------------------------------------------------


def test_of_members_that_come_twice_the_last_counts() -> None:
    text = b'{"a":{"b":1},"a":{"b":2,"b":3}}'
    assert document_from_json(text).a.b == document_from_json(text).to_dict()["a"]["b"] == 3
    listed = b'{"kind":"Pod","kind":"PodList","apiVersion":"v1","items":[],"items":[{}]}'
    assert len(document_from_json(listed)["items"]) == len(document_from_json(listed).to_dict()["items"]) == 1


@pytest.mark.parametrize("number", ["9223372036854775807", "18446744073709551616", "-9223372036854775809", "1" * 40])
def test_whole_numbers_of_any_size_stay_what_they_are(number: str) -> None:
    field = document_from_json(b'{"a":%s}' % number.encode())
    assert field.to_dict()["a"] == field.a == int(number)
    assert encode(field) == b'{"a":%s}' % number.encode()


def test_a_field_is_copied_from_any_mapping() -> None:
    params: Any = {"a": {"b": [{"c": 1}]}, "t": ({"d": 2},)}
    field = ResourceField(MappingProxyType(params))
    field.a.b[0].c = 3
    field.a.b.append(4)
    assert params == {"a": {"b": [{"c": 1}]}, "t": ({"d": 2},)}
    assert field.to_dict() == {"a": {"b": [{"c": 3}, 4]}, "t": [{"d": 2}]}


def test_a_node_stays_the_same_node() -> None:
    field = document_from_json(b'{"a":{"b":1},"list":[{"c":1}]}')
    assert (field.a, field.list) == (field["a"], field["list"])
    assert (field.a is field["a"], field.list is field["list"], field.list[0] is field["list"][0]) == (True,) * 3
    field.again = field.a
    field.lists = field.list
    assert (field.again is field.a, field.lists is field.list) == (True, True)
    field.a.b, field.list[0].c = 2, 2
    assert (field.again.b, field.lists[0].c) == (2, 2)


@pytest.mark.parametrize(
    "edit",
    [
        lambda items: items.append({"b": 1}),
        lambda items: items.insert(0, {"b": 1}),
        lambda items: items.extend(iter([{"b": 1}])),
        lambda items: items.__iadd__([{"b": 1}]),
        lambda items: items.__setitem__(0, {"b": 1}),
        lambda items: items.__setitem__(slice(0, 1), [{"b": 1}]),
        lambda items: items.append([{"b": 1}]),
        lambda items: items.append(({"b": 1},)),
    ],
)
def test_dicts_that_are_put_into_a_list_become_fields(edit: Callable[[list[Any]], object]) -> None:
    items = document_from_json(b'{"list":[{"a":1}]}').list
    edit(items)
    flat = [inner for item in items for inner in (item if isinstance(item, FieldList) else [item])]
    assert [type(item) for item in flat] == [ResourceField] * len(flat)
    assert {"b": 1} in flat


def test_a_shallow_copy_shares_what_is_below() -> None:
    field = document_from_json(b'{"a":{"b":1},"list":[1],"keys":0}')
    again = copy.copy(field)
    again.a.b, again.c = 2, 3
    again.list.append(2)
    assert field.to_dict() == {"a": {"b": 2}, "list": [1, 2], "keys": 0}


def test_a_deepcopy_keeps_texts_and_aliases() -> None:
    field = document_from_json(b'{"a":{"b":1},"z": 1.50}')
    field.again = field.a
    deep = copy.deepcopy(field)
    deep.a.b = 2
    assert encode(deep) == b'{"a":{"b":2},"z":1.50,"again":{"b":2}}'
    assert field.a.b == 1


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301
def test_a_list_is_copied_as_such(copied: Callable[[Any], Any]) -> None:
    items = document_from_json(b'{"list":[{"a":1},[{"b":2}],3]}').list
    again = copied(items)
    again.append({"c": 4})
    assert (type(again), again[-1].c, again[1][0].b, len(items)) == (FieldList, 4, 2, 3)


# --- lists ----------------------------------------------------------------------------------------------------

FILLED = {"kind": "Pod", "apiVersion": "v1"}
LISTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "as built-in servers send it": (
        b' {"kind":"PodList","apiVersion":"v1","metadata":{"continue":"c"},"items":[ {"a":1.50},{"kind":"Own"} ]} ',
        {"metadata": {"continue": "c"}, "items": [{**FILLED, "a": 1.5}, {**FILLED, "kind": "Own"}]},
    ),
    "as custom resources come": (
        b'{"apiVersion":"v1","items":[{"apiVersion":"v2"},{"a":{}}],"kind":"PodList","metadata":{"continue":"c"}}',
        {"metadata": {"continue": "c"}, "items": [{**FILLED, "apiVersion": "v2"}, {**FILLED, "a": {}}]},
    ),
    "with more on its top level": (
        b'{"kind":"PodList","apiVersion":"v1","metadata":null,"more":{"b":[1]},"items":[{}]}',
        {"metadata": None, "more": {"b": [1]}, "items": [FILLED]},
    ),
    "without metadata": (b'{"kind":"PodList","apiVersion":"v1","items":[{}]}', {"items": [FILLED]}),
    "kind last": (
        b'{"metadata":{"long":"%s"},"items":[{}],"apiVersion":"v1","kind":"PodList"}' % (b"x" * 300),
        {"metadata": {"long": "x" * 300}, "items": [FILLED]},
    ),
    "items null": (b'{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}', {"metadata": {}, "items": []}),
    "items null and more": (
        b'{"kind":"PodList","apiVersion":"v1","more":1,"items":null}',
        {"more": 1, "items": []},
    ),
    "items of other types": (
        b'{"kind":"PodList","apiVersion":"v1","items":[1,"\\u0041",null,[{"a":1}],{},true]}',
        {"items": [1, "A", None, [{"a": 1}], FILLED, True]},
    ),
    "no version": (b'{"kind":"PodList","items":[{}]}', {"apiVersion": None, "items": [{"kind": "Pod"}]}),
    "of anything": (
        b'{"kind":"List","apiVersion":"v1","items":[{"a":1},{"kind":"Own"}]}',
        {"kind": "List", "items": [{"a": 1}, {"kind": "Own"}]},
    ),
    "a kind like that of a list, without items": (
        b'{"kind":"AllowList","apiVersion":"v1","spec":{"a":1}}',
        {"kind": "AllowList", "spec": {"a": 1}},
    ),
    "a kind like that of a list, items an object": (
        b'{"kind":"AllowList","apiVersion":"v1","items":{"a":{"b":1}}}',
        {"kind": "AllowList", "items": {"a": {"b": 1}}},
    ),
    "a kind like that of a list, items a text": (
        b'{"kind":"AllowList","apiVersion":"v1","items":"two"}',
        {"kind": "AllowList", "items": "two"},
    ),
    "a Table": (
        b'{"kind":"Table","apiVersion":"v1","rows":[{"object":{}}],"items":[{}]}',
        {"kind": "Table", "rows": [{"object": {}}], "items": [{}]},
    ),
    "a kind that is no text": (b'{"kind":7,"apiVersion":"v1","items":[{}]}', {"kind": 7, "items": [{}]}),
    "no kind": (b'{"apiVersion":"v1","items":[{}]}', {"kind": None, "items": [{}]}),
}


@pytest.mark.parametrize(("text", "rest"), LISTS.values(), ids=LISTS)
def test_items_get_what_they_lack_and_nothing_is_lost(text: bytes, rest: dict[str, Any]) -> None:
    """Read as a whole, part by part, or from a dict: it is the same list each time."""
    expected = {"kind": "PodList", "apiVersion": "v1"} | rest
    expected = {key: value for key, value in expected.items() if value is not None or key == "metadata"}
    assert document_from_json(text).to_dict() == expected
    assert read_through(document_from_json(text)) == expected
    split = document_from_json(text)
    assert len(split) == len(expected)
    assert split.to_dict() == json.loads(encode(split)) == expected
    assert json.loads(encode(document_from_json(text))) == expected
    given = json.loads(text)
    assert document_from_dict(given).to_dict() == expected
    assert given == json.loads(text)  # the caller's own is not changed


def test_an_item_that_nobody_read_is_sent_as_it_came_but_for_what_it_got() -> None:
    text = b'{"kind":"PodList","apiVersion":"v1","metadata":{ "a":1.50},"items":[{"a": {"b" :1.50}},{"c":1E2}]}'
    listed = document_from_json(text)
    assert listed["items"][1].c == 100
    assert b'"metadata":{ "a":1.50}' in encode(listed)
    assert b'{"apiVersion":"v1","kind":"Pod","a":{"b" :1.50}}' in encode(listed)


def read_through(node: Any) -> Any:
    """Every value of a node, each read one by one."""
    if isinstance(node, ResourceField):
        return {key: read_through(value) for key, value in node}
    return [read_through(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("more", [b"", b'"more":{"c":[1]},'])
@pytest.mark.parametrize(
    "keep",
    [
        lambda listed: listed["items"][0],
        lambda listed: listed["items"][1],
        lambda listed: listed["items"],
        lambda listed: listed["metadata"],
        lambda listed: listed["more"],
        lambda listed: [len(listed), copy.copy(listed)],
    ],
)
def test_what_is_kept_of_a_list_does_not_keep_its_bytes(more: bytes, keep: Callable[[Any], Any]) -> None:
    freed: list[int] = []

    class Answer(bytes):
        def __del__(self) -> None:
            freed.append(len(self))

    text = b'{"kind":"PodList","apiVersion":"v1","metadata":{"a":{"b":1}},%b"items":[{"a":{"b":1}},[{"a":1}]]}' % more
    answer = Answer(text)
    listed = document_from_json(answer)
    kept = keep(listed)
    assert not freed
    del answer, listed
    assert freed == [len(text)]
    read_through(kept)


# --- malformed ------------------------------------------------------------------------------------------------

DEEP = 100_000
MALFORMED = {
    "nothing": b"",
    "truncated at once": b"{",
    "truncated later": b'{"a":{"b":1}',
    "two values": b'{"a":1}{"a":1}',
    "not JSON": b"<html>",
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "an array": b'[{"a":1}]',
    "a text": b'"a"',
    "null": b"null",
    "a key that is not UTF-8": b'{"\xff":1}',
    "a key with half a character": b'{"\\ud800":1}',
    "deep arrays": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep list": b'{"kind":"PodList","apiVersion":"v1","items":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep on the top": b"[" * DEEP + b"]" * DEEP,
}
MALFORMED_BELOW = {
    "a text that is not UTF-8": b'{"a":"\xff"}',
    "half a character": b'{"a":["\\ud800"]}',
    "no number": b'{"a":1e999}',
    "a list of texts that are not UTF-8": b'{"kind":"PodList","apiVersion":"v1","items":["\xff"]}',
    "an item that is not UTF-8": b'{"kind":"PodList","apiVersion":"v1","items":[{"a":"\xff"}]}',
    "a kind that is not UTF-8": b'{"kind":"\xff","apiVersion":"v1","more":1,"items":[{"a":1}]}',
}
TOUCHES: dict[str, Callable[[Any], object]] = {
    "read": lambda node: node.a,
    "read by item": lambda node: node["a"],
    "get": lambda node: node.get("a"),
    "write": lambda node: setattr(node, "a", 1),
    "delete": lambda node: delattr(node, "a"),
    "in": lambda node: "a" in node,
    "len": len,
    "iterate": list,
    "dir": dir,
    "repr": repr,
    "equals": lambda node: node == {},
    "copy": copy.copy,
    "pickle": pickle.dumps,
    "to_dict": lambda node: node.to_dict(),
}


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_text_that_is_no_object_is_malformed_wherever_it_is_touched(text: bytes, touch: Any) -> None:
    node = document_from_json(text)
    for _ in range(2):  # it does not become an empty object by the first attempt
        with pytest.raises(MalformedObject):
            touch(node)


@pytest.mark.parametrize("text", MALFORMED_BELOW.values(), ids=MALFORMED_BELOW)
def test_what_is_malformed_below_surfaces_when_it_is_read(text: bytes) -> None:
    for read in (read_through, ResourceField.to_dict):
        with pytest.raises(MalformedObject):
            read(document_from_json(text))


def test_a_malformed_list_is_malformed_when_sent() -> None:
    with pytest.raises(MalformedObject):
        encode(document_from_json(b'{"kind":"PodList"'))


# --- sending --------------------------------------------------------------------------------------------------


class Phase(enum.Enum):
    RUNNING = "Running"
    NOT_A_NUMBER = float("nan")
    OPAQUE = object()


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    __slots__ = ()


class Port(int):
    __slots__ = ()


class Share(float):
    __slots__ = ()


UTC_NOON = dt.datetime(2026, 1, 2, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UTC_NOON, '"2026-01-02T12:00:00Z"'),
        (UTC_NOON.replace(microsecond=5), '"2026-01-02T12:00:00.000005Z"'),
        (UTC_NOON.astimezone(dt.timezone(dt.timedelta(hours=2))), '"2026-01-02T14:00:00+02:00"'),
        (UTC_NOON.date(), '"2026-01-02"'),
        (decimal.Decimal("1.50"), '"1.50"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Phase.RUNNING, '"Running"'),
        (Level.HIGH, "3"),
        (Name("a"), '"a"'),
        (Port(80), "80"),
        (Share(1.5), "1.5"),
        ({Name("a"): {1: Port(80)}}, '{"a":{"1":80}}'),
        (MappingProxyType({"a": 1}), '{"a":1}'),
        ((1, {2}, frozenset({3})), "[1,[2],[3]]"),
        (2**70, str(2**70)),
        ("é\x00\u2028", '"é\\u0000\u2028"'),
    ],
)
def test_values_have_one_form_in_json(value: Any, text: str) -> None:
    """The same whether it is sent in a dict or was put into an object before."""
    assert encode({"a": [value]}).decode() == f'{{"a":[{text}]}}'
    assert encode(ResourceField({"a": value})).decode() == f'{{"a":{text}}}'
    field = document_from_json(b'{"a":0}')
    field.a = value
    assert encode({"field": field, "in": ResourceInstance(None, {"b": field})}).decode() == (
        f'{{"field":{{"a":{text}}},"in":{{"b":{{"a":{text}}}}}}}'
    )


CYCLE: dict[str, Any] = {}
CYCLE["me"] = CYCLE


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "nan has no form in JSON"),
        (float("inf"), "inf has no form in JSON"),
        (Share("-inf"), "-inf has no form in JSON"),
        (Phase.NOT_A_NUMBER, "nan has no form in JSON"),
        (Phase.OPAQUE, "an object of type object has no form in JSON"),
        (b"text", "bytes have no form in JSON; decode them, or encode them in base64"),
        (bytearray(), "bytes have no form in JSON; decode them, or encode them in base64"),
        (memoryview(b""), "bytes have no form in JSON; decode them, or encode them in base64"),
        (object(), "an object of type object has no form in JSON"),
        (dt.timedelta(1), "an object of type timedelta has no form in JSON"),
        (iter([1]), "an object of type list_iterator has no form in JSON"),
        (1j, "an object of type complex has no form in JSON"),
        ({True: 1}, "a key is True, and keys in JSON are texts"),
        ({None: 1}, "a key is None, and keys in JSON are texts"),
        ({(1, 2): 1}, "a key is (1, 2), and keys in JSON are texts"),
    ],
)
def test_what_json_cannot_carry_is_refused_where_it_stands(value: Any, why: str) -> None:
    field = document_from_json(b'{"spec":{"ports":[1,{}]}}')
    field.spec.ports[1].bad = value
    for body in ({"spec": {"ports": (1, {"bad": value})}}, field, ResourceInstance(None, field)):
        with pytest.raises(UnencodableValue) as caught:
            encode(body)
        assert (caught.value.path, caught.value.why) == ("spec.ports.1.bad", why)


def cyclic_field() -> ResourceField:
    field = document_from_json(b'{"me":{}}')
    field.me.me = field
    return field


def cyclic_list() -> list[Any]:
    items: list[Any] = []
    items.append({"me": items})
    return items


@pytest.mark.parametrize("value", [CYCLE, cyclic_field(), cyclic_list()], ids=["dict", "field", "list"])
def test_what_contains_itself_is_refused(value: Any) -> None:
    with pytest.raises(UnencodableValue, match="contains itself") as caught:
        encode({"spec": value})
    assert caught.value.path.startswith("spec.")
    assert len(caught.value.path) < 80


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}])
def test_half_a_character_is_refused(value: Any) -> None:
    with pytest.raises(UnencodableValue, match="surrogates not allowed"):
        encode({"a": value})


# --- typed models ---------------------------------------------------------------------------------------------


def typed_pod() -> Any:
    return typed.V1Pod(
        api_version="v1",
        kind="Pod",
        metadata=typed.V1ObjectMeta(name="one", creation_timestamp=UTC_NOON, labels={"snake_case": "kept"}),
        spec=typed.V1PodSpec(
            host_network=False,
            containers=[typed.V1Container(name="main", ports=[typed.V1ContainerPort(container_port=80)])],
        ),
    )


POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "one", "creationTimestamp": "2026-01-02T12:00:00Z", "labels": {"snake_case": "kept"}},
    "spec": {"hostNetwork": False, "containers": [{"name": "main", "ports": [{"containerPort": 80}]}]},
}


def test_typed_models_are_sent_as_the_api_names_their_members() -> None:
    field = document_from_json(b'{"template":{},"list":[]}')
    field.template = typed_pod()
    field.list.append(typed_pod())
    assert field.template.spec.containers[0].ports[0].containerPort == 80
    assert json.loads(encode(typed_pod())) == POD
    assert json.loads(encode([{"pod": typed_pod()}])) == [{"pod": POD}]
    assert json.loads(encode(field)) == {"template": POD, "list": [POD]}


def test_what_a_typed_model_cannot_carry_is_refused_where_it_stands() -> None:
    pod = typed_pod()
    pod.spec.containers[0].ports[0].container_port = float("nan")
    with pytest.raises(UnencodableValue) as caught:
        encode(pod)
    assert caught.value.path == "spec.containers.0.ports.0.containerPort"
