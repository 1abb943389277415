"""Objects: read lazily, changed in place, sent back as they came where nobody looked."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import enum
import gc
import json
import pickle
import tracemalloc
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
    field_from_json,
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
KEYS = st.sampled_from(
    ["a", "b", "items", "keys", "get", "values", "to_dict", "client", "attributes", "_content", "", "é", '"\\', "名"]
    + ["__class__", "__len__", "__foo__", "__dict__", "__slots__", "kind", "apiVersion", "metadata"]
)
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
            model.text = text
            node: Any = field_from_json(text)
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
        types = {dict: ResourceField, list: FieldList}
        assert type(value) is types.get(type(model.value), type(model.value))
        if not isinstance(model.value, dict | list):
            assert same(value, model.value)
        return (value, model) if type(model.value) is wanted else multiple()

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

    def put(self, handle: Handle, key: str, value: Any, as_model: Model, by_attribute: bool) -> None:
        node, model = handle
        model.touch()
        model.value[key] = as_model
        if by_attribute and not (isinstance(node, ResourceInstance) and owns(node, key)):
            setattr(node, key, value)
        else:
            node[key] = value

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

    @rule(handle=lists, values=ITEMS, more=ITEMS)
    def extend(self, handle: Handle, values: list[Any], more: list[Any]) -> None:
        items, model = handle
        items.extend(iter(values))
        before = items
        items += more
        assert items is before
        model.value.extend(map(Model.of, [*values, *more]))

    @rule(handle=lists, values=ITEMS, start=st.integers(-3, 3), stop=st.integers(-3, 3))
    def assign_slice(self, handle: Handle, values: list[Any], start: int, stop: int) -> None:
        items, model = handle
        items[start:stop] = values
        model.value[start:stop] = map(Model.of, values)

    @rule(handle=lists, value=VALUES, index=st.integers(0, 3))
    def assign_item(self, handle: Handle, value: Any, index: int) -> None:
        items, model = handle
        if index < len(items):
            items[index] = value
            model.value[index] = Model.of(value)

    @rule(handle=lists, index=st.integers(0, 3))
    def remove_items(self, handle: Handle, index: int) -> None:
        items, model = handle
        if index < len(items):
            self.seen(items.pop(index), model.value.pop(index), dict)
        del items[index:2], model.value[index:2]

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
