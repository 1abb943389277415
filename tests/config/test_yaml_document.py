import contextlib
import math
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aiokube.config import yaml_document
from aiokube.config.yaml_document import MAX_DEPTH, MAX_NODES, MalformedYAML, parse_yaml

PLAIN_SCALARS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "yes": True,
    "y": True,
    "On": True,
    "no": False,
    "N": False,
    "0": 0,
    "12": 12,
    "-12": -12,
    "1_000": 1000,
    "0777": 511,
    "0o17": 15,
    "0x1F": 31,
    "0b101": 5,
    "08": 8.0,
    "1e3": 1000.0,
    ".5": 0.5,
    "1.": 1.0,
    "-.inf": -math.inf,
    "2024-01-01": "2024-01-01",
    "2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z",
    "12:30:45": "12:30:45",
    "1.2.3": "1.2.3",
    ".": ".",
    "+": "+",
    "_1": "_1",
    "0x": "0x",
    "<<": "<<",
    "=": "=",
    "yEs": "yEs",
    "9" * 5000: "9" * 5000,
}


@pytest.mark.parametrize(("text", "value"), PLAIN_SCALARS.items(), ids=lambda value: str(value)[:20])
def test_plain_scalar_means_what_it_means_to_kubernetes(text: str, value: Any) -> None:
    parsed = parse_yaml(f"key: {text}")["key"]
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['12', \"yes\", ! 12, !!str 12]", ["12", "yes", "12", "12"]),
        ("!!int '12'", 12),
        ("a: |\n  12\n", {"a": "12\n"}),
        ("{1: a, true: b, ~: c}", {"1": "a", "true": "b", "~": "c"}),
        ("{a: 1, a: 2}", {"a": 2}),
        ("--- {a: 1}\n--- {b: 2}\n", {"a": 1}),
        ("", None),
        ("# nothing", None),
        ("[&x {a: 1}, *x, &y z, {*y : *y}]", [{"a": 1}, {"a": 1}, "z", {"z": "z"}]),
    ],
)
def test_document(text: str, value: Any) -> None:
    assert parse_yaml(text) == value


def test_merge_key_gives_what_is_not_there_already() -> None:
    text = "[&x {a: 1, b: 1}, &y {b: 2, c: 2}, {a: 0, <<: [*x, *y]}, {<<: *x, a: 0}, {'<<': 1}]"
    assert parse_yaml(text)[2:] == [{"a": 0, "b": 1, "c": 2}, {"a": 0, "b": 1}, {"<<": 1}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b: c", "line 1, column 5: mapping values are not allowed"),
        ("a:\n\t- b", "line 2, column 1: found character that cannot start any token"),
        ("a: \x01", "characters that YAML does not allow"),
        ("*a", "line 1, column 1: an alias names no anchor before it"),
        ("&a [*a]", "an alias names no anchor before it, or the one it stands in"),
        ("? [a]\n: b", "a key must be a string"),
        ("[&a [x], {*a : b}]", "a key must be a string"),
        ("{<<: [a]}", "only a mapping"),
        ("!!python/object/apply:os.system [id]", "a tag that is not supported"),
        ("!secret x", "a tag that is not supported"),
        ("!!int x", "a tag that is not supported, or that its value does not fit"),
    ],
)
def test_malformed_text(text: str, problem: str) -> None:
    with pytest.raises(MalformedYAML, match="^.*" + problem):
        parse_yaml(text)


BOMB = "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))
LADDER = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(BOMB, f"more than {MAX_NODES} values", id="alias bomb"),
        pytest.param(LADDER, f"deeper than {MAX_DEPTH} levels", id="depth by aliases"),
        pytest.param("[" * 100_000, f"deeper than {MAX_DEPTH} levels", id="brackets"),
        pytest.param("- " * 100_000, f"deeper than {MAX_DEPTH} levels", id="dashes"),
        pytest.param("[" + "a," * 1_000_000 + "]", f"more than {MAX_NODES} values", id="long list"),
        pytest.param("[&a {x: 1}, {<<: [" + "*a," * 1_000_000 + "]}]", f"more than {MAX_NODES} values", id="merges"),
    ],
)
def test_bounds(text: str, problem: str) -> None:
    """The processor's time is bounded too; the limit here leaves room for a busy machine."""
    started = time.process_time()
    with pytest.raises(MalformedYAML, match=problem):
        parse_yaml(text)
    assert time.process_time() - started < 5


def test_error_does_not_quote_the_line() -> None:
    with pytest.raises(MalformedYAML) as caught:
        parse_yaml("token: 'canary\nx: {canary")
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_works_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_document, "_Loader", yaml.SafeLoader)
    assert parse_yaml("a: [1, '2', &x ~, *x]") == {"a": [1, "2", None, None]}
    with pytest.raises(MalformedYAML) as caught:
        parse_yaml("token: 'canary\nx: {canary")
    assert "canary" not in str(caught.value)


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(plain_values)
def test_reads_back_what_pyyaml_writes(value: Any) -> None:
    """In quotes, with explicit tags: on some plain words, such as y, PyYAML and Kubernetes differ."""
    assert parse_yaml(yaml.safe_dump(value, default_style='"')) == value


@given(st.text())
def test_any_text_is_parsed_or_malformed(text: str) -> None:
    with contextlib.suppress(MalformedYAML):
        parse_yaml(text)
