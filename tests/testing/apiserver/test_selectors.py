"""Selectors are read as kube-apiserver reads them, refused with its words, and select the same."""

import random
from urllib.parse import quote

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.selectors import parse_fields, parse_labels, selector_of
from conformance.answers import answers
from conformance.case import case, get
from conformance.servers import server_of

_LABELS = {"app": "web", "tier": "front", "version": "12", "empty": ""}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web,tier=front", True),
        ("app=web,tier=back", False),
        ("app!=web", False),
        ("nothing!=web", True),
        ("app in (db, web)", True),
        ("app notin (db,web)", False),
        ("nothing notin (x)", True),
        ("app", True),
        ("!app", False),
        ("nothing", False),
        ("!nothing", True),
        ("empty=", True),
        ("empty in ()", True),
        ("empty in (a,)", True),
        ("app in (,)", False),
        ("version>11", True),
        ("version>12", False),
        ("version<13", True),
        ("app>1", False),
        ("nothing<1", False),
        (" app  =  web ", True),
    ],
)
def test_labels_are_selected(text: str, selected: bool) -> None:
    assert parse_labels(text).matches(_LABELS) is selected


def test_a_selector_is_printed_sorted() -> None:
    text = "z!=1,b in (y,x),a,!c,d=,e>1,f notin (a)"
    assert str(parse_labels(text)) == "a,b in (x,y),!c,d=,e>1,f notin (a),z!=1"


def test_no_labels_are_none() -> None:
    assert parse_labels("!a").matches(None)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("metadata.name=a", True),
        ("metadata.name!=a", False),
        ("metadata.name==a,spec.nodeName=", True),
        ("spec.nodeName!=", False),
        ("status.phase=x\\,y\\=z\\\\", True),
        (",,", True),
    ],
)
def test_fields_are_selected(text: str, selected: bool) -> None:
    fields = {"metadata.name": "a", "status.phase": "x,y=z\\"}
    assert parse_fields(text).matches(fields) is selected


def test_objects_say_the_same_as_texts() -> None:
    selector = selector_of(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["front", "back"]},
                {"key": "version", "operator": "Exists"},
                {"key": "gone", "operator": "DoesNotExist"},
                {"key": "app", "operator": "NotIn", "values": ["db"]},
            ],
        }
    )
    assert str(selector) == "app=web,app notin (db),!gone,tier in (back,front),version"
    assert selector is not None
    assert selector.matches(_LABELS)


def test_an_empty_object_selects_everything_and_none_is_none() -> None:
    everything = selector_of({})
    assert everything is not None
    assert everything.matches({})
    assert selector_of(None) is None


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"key": "a", "operator": "Is"}, '"Is" is not a valid label selector operator'),
        ({"key": "a", "operator": "In"}, "for 'in', 'notin' operators, values set can't be empty"),
        ({"key": "a", "operator": "Exists", "values": ["b"]}, "values set must be empty for exists and does not exist"),
        ({"key": "^", "operator": "Exists"}, "name part must consist of"),
    ],
)
def test_a_wrong_object_is_refused(expression: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        selector_of({"matchExpressions": [expression]})
    assert message in str(caught.value)


_LABEL_PARTS = ["a", "b", "in", "notin", "(", ")", ",", "=", "==", "!", "!=", "<", ">", " ", "x/y", "a^", "1", "\t"]
_FIELD_PARTS = ["metadata.name", "=", "==", "!=", "\\", ",", "\\,", "\\=", "b", "\\x", "é"]


def test_the_real_server_says_the_same_of_any_text(control_plane: ControlPlane) -> None:
    """Texts put together at random; more than half of them cannot be read."""
    rand = random.Random(36)
    texts = [("label", _text(rand, _LABEL_PARTS)) for _ in range(250)]
    texts += [("field", _text(rand, _FIELD_PARTS)) for _ in range(150)]
    requests = [get(f"/api/v1/nodes?{kind}Selector={quote(text, safe='')}") for kind, text in texts]
    given = answers(case("selectors", *requests), server_of(control_plane))
    real = [answer.body.get("message", "") for answer in given]
    ours = [_problem(kind, text) for kind, text in texts]
    unread = sum(map(bool, ours))
    assert unread > 150
    # Which fields a kind has is not for the parser to know.
    assert ours == ["" if message.startswith("field label not supported") else message for message in real]


def _text(rand: random.Random, parts: list[str]) -> str:
    return "".join(rand.choice(parts) for _ in range(rand.randint(1, 8)))


def _problem(kind: str, text: str) -> str:
    try:
        parse_labels(text) if kind == "label" else parse_fields(text)
    except StatusError as error:
        return error.message
    return ""
