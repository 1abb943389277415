"""Path elements."""

import pytest

from aiokube.testing.apiserver.ownership import path_elements


def test_keys_are_sorted_and_written_as_go_writes_json() -> None:
    assert path_elements.key({"protocol": "TCP", "containerPort": 80}) == 'k:{"containerPort":80,"protocol":"TCP"}'
    assert path_elements.key({"name": "<é>"}) == 'k:{"name":"\\u003cé\\u003e"}'


def test_true_and_1_are_different_keys() -> None:
    """Python would take the one for the other."""
    written = [path_elements.key({"a": value}) for value in (1, True, 1.5, "1")]
    assert written == ['k:{"a":1}', 'k:{"a":true}', 'k:{"a":1.5}', 'k:{"a":"1"}']


@pytest.mark.parametrize(
    ("sent", "normal"),
    [
        ("f:a b", "f:a b"),
        ("f:", "f:"),
        ('k:{"b": 1, "a": "x"}', 'k:{"a":"x","b":1}'),
        ('v: "a"', 'v:"a"'),
        ("i:007", "i:7"),
        ("x:unknown", None),
    ],
)
def test_what_clients_send_is_normalized(sent: str, normal: str | None) -> None:
    assert path_elements.normal(sent) == normal


@pytest.mark.parametrize("sent", ["", "f", "name", "k:[]", "k:{", "v:{", "i:one"])
def test_what_is_no_path_element_is_refused(sent: str) -> None:
    with pytest.raises(ValueError):  # its text is nobody's
        path_elements.normal(sent)


def test_paths_are_shown_as_in_conflicts() -> None:
    path = ("f:spec", 'k:{"containerPort":80,"protocol":"TCP"}', 'v:"a\\"b"', "v:true", "v:1.5", "v:null", "i:3")
    assert path_elements.text(path) == '.spec[containerPort=80,protocol="TCP"][="a\\"b"][=true][=1.5][=null][3]'


def test_order_is_fields_keys_values_places_and_numbers_by_size() -> None:
    elements = ["i:10", "i:9", 'v:"a"', "v:10", "v:9", "v:true", 'k:{"p":10}', 'k:{"p":9}', 'k:{"p":9,"q":1}', "f:b"]
    assert sorted(elements, key=path_elements.order) == [
        "f:b",
        'k:{"p":9}',
        'k:{"p":9,"q":1}',
        'k:{"p":10}',
        "v:9",
        "v:10",
        'v:"a"',
        "v:true",
        "i:9",
        "i:10",
    ]
