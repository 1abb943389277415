"""Events are dicts, whatever is done with them first."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aiokube.client.exceptions import MalformedObject
from aiokube.watch.event import Event

POD = {"kind": "Pod", "metadata": {"name": "a", "resourceVersion": "7"}, "spec": {"n": [1, None, "é"]}}
RAW = json.dumps(POD).encode()
WHOLE = {"type": "ADDED", "object": POD, "raw_object": POD}


def fresh() -> Event:
    return Event("ADDED", RAW)


def keywords(**items: Any) -> dict[str, Any]:
    return items


def matched(event: Any) -> Any:
    match event:
        case {"type": "ADDED", "object": {"kind": kind}, **rest}:
            return kind, set(rest)


def cleared(event: Event) -> Any:
    event.clear()
    return dict(event), event.get("object")


USES: dict[str, tuple[Callable[[Event], Any], Any]] = {
    "type": (lambda event: event["type"], "ADDED"),
    "object": (lambda event: event["object"], POD),
    "raw_object": (lambda event: event["raw_object"], POD),
    "itemgetter": (operator.itemgetter("type", "raw_object"), ("ADDED", POD)),
    "get": (lambda event: event.get("object"), POD),
    "get missing": (lambda event: (event.get("none"), event.get("none", 1)), (None, 1)),
    "dict()": (dict, WHOLE),
    "{**}": (lambda event: {**event}, WHOLE),
    "f(**)": (lambda event: keywords(**event), WHOLE),
    "update": (lambda event: dict[str, Any]().update(event), None),
    "updated": (lambda event: (other := {"x": 1}, other.update(event), other)[-1], {"x": 1, **WHOLE}),
    "|": (lambda event: event | {"x": 1}, {**WHOLE, "x": 1}),
    "r|": (lambda event: {"x": 1} | event, {"x": 1, **WHOLE}),
    "|=": (lambda event: event.__ior__({"x": 1}), {**WHOLE, "x": 1}),
    "==": (lambda event: event == WHOLE, True),
    "r==": (lambda event: WHOLE == event, True),  # noqa: SIM300 that side is what is tried
    "== event": (lambda event: event == fresh(), True),
    "!=": (lambda event: event != WHOLE, False),
    "len": (len, 3),
    "bool": (bool, True),
    "list": (lambda event: sorted(event), ["object", "raw_object", "type"]),
    "reversed": (lambda event: sorted([*reversed(event)]), ["object", "raw_object", "type"]),
    "keys": (lambda event: set(event.keys()), set(WHOLE)),
    "values": (lambda event: list(event.values()).count(POD), 2),
    "items": (lambda event: dict(event.items()), WHOLE),
    "in": (lambda event: ("object" in event, "raw_object" in event, "none" in event), (True, True, False)),
    "repr": (lambda event: eval(repr(event)), WHOLE),  # noqa: S307 its own repr
    "str": (str, str(WHOLE)),
    "json": (lambda event: json.loads(json.dumps(event)), WHOLE),
    "json indented": (lambda event: json.loads(json.dumps(event, indent=1, sort_keys=True)), WHOLE),
    "json of the object": (lambda event: json.loads(json.dumps(event["raw_object"])), POD),
    "copy": (copy.copy, WHOLE),
    ".copy()": (lambda event: event.copy(), WHOLE),
    "deepcopy": (copy.deepcopy, WHOLE),
    "pickle": (lambda event: pickle.loads(pickle.dumps(event)), WHOLE),  # noqa: S301 its own
    "pop": (lambda event: (event.pop("raw_object"), dict(event)), (POD, {"type": "ADDED", "object": POD})),
    "pop missing": (lambda event: event.pop("none", 5), 5),
    "popitem": (lambda event: (event.popitem(), len(event))[1], 2),
    "del": (lambda event: (operator.delitem(event, "object"), dict(event))[1], {"type": "ADDED", "raw_object": POD}),
    "clear": (cleared, ({}, None)),
    "setdefault": (lambda event: event.setdefault("object", 1), POD),
    "set": (lambda event: (operator.setitem(event, "object", 1), dict(event))[1], {**WHOLE, "object": 1}),
    "set new": (lambda event: (operator.setitem(event, "x", 1), dict(event))[1], {**WHOLE, "x": 1}),
    "match": (matched, ("Pod", {"raw_object"})),
    "isinstance": (lambda event: isinstance(event, dict), True),
    "format": (lambda event: f"{event['object']['metadata']['name']}", "a"),
    "namespace": (lambda event: SimpleNamespace(**event).object, POD),
}


@pytest.mark.parametrize("use", USES)
def test_an_untouched_event_is_a_whole_dict(use: str) -> None:
    do, expected = USES[use]
    assert do(fresh()) == expected


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("first", ["type", "object", "raw_object"])
def test_looking_at_one_thing_first_changes_nothing(use: str, first: str) -> None:
    do, expected = USES[use]
    event = fresh()
    event[first]
    assert do(event) == expected


@pytest.mark.parametrize("use", ["dict()", "{**}", "copy", ".copy()", "deepcopy", "pickle", "|", "r|"])
def test_a_copy_is_a_plain_dict_that_shares_nothing_late(use: str) -> None:
    copied = USES[use][0](fresh())
    assert type(copied) is dict


def test_the_plain_object_is_one_and_the_same() -> None:
    event = fresh()
    assert event["object"] is event["raw_object"]
    assert event["object"] is event["object"]
    other = fresh()
    assert dict(other)["raw_object"] is other["object"]


def test_a_missing_key_is_a_key_error() -> None:
    event = fresh()
    with pytest.raises(KeyError, match="none"):
        event["none"]
    del event["object"]
    with pytest.raises(KeyError, match="object"):
        event["object"]


def test_what_is_made_of_the_object_is_made_once_and_only_when_asked_for() -> None:
    made: list[bytes] = []

    def make(raw: bytes) -> object:
        made.append(raw)
        return ("made", raw)

    event = Event("MODIFIED", RAW, make)
    assert event["raw_object"] == POD
    assert made == []
    assert event["object"] == ("made", RAW)
    assert dict(event) == {"type": "MODIFIED", "object": ("made", RAW), "raw_object": POD}
    assert made == [RAW]


def test_text_that_is_wrong_inside_is_a_typed_error_at_the_first_look() -> None:
    event = Event("ADDED", b'{"metadata":{"resourceVersion":"1","name":"\xff"}}')
    assert event["type"] == "ADDED"
    with pytest.raises(MalformedObject, match="malformed object"):
        event["object"]
    with pytest.raises(MalformedObject):
        dict(event)
