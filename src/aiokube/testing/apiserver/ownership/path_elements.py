"""Path elements: one step from a value into one of its parts, in the words of FieldsV1.

`f:name` is a field, `k:{"name":"web"}` the item of a list with these keys, `v:"a"` a value in a set, and `i:0`
an item by its place. Two elements are the same step exactly when they are the same string, because each is
written in one way only: keys sorted, JSON as Go writes it.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/fieldpath/serialize-pe.go
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from aiokube.testing.apiserver.go.text import json_text, number, quoted

__all__ = ["field", "key", "normal", "order", "text", "value"]

_KINDS = "fkvi"


def field(name: str) -> str:
    """Return the element of a field of a struct, or of a key of a map."""
    return f"f:{name}"


def key(fields: Mapping[str, Any]) -> str:
    """Return the element of an item of a list, by its fields that are keys."""
    # Python takes 1 and true for one key of the cache, unless their types are keys too.
    parts = tuple([(name, part, type(part)) for name, part in sorted(fields.items())])
    try:
        return _key(parts)
    except TypeError:  # a key that is an object or a list is no key of a cache; its type is complained of later
        return _key.__wrapped__(parts)


@lru_cache(maxsize=4096)
def _key(fields: tuple[tuple[str, Any, type], ...]) -> str:
    return f"k:{json_text({name: part for name, part, _ in fields})}"


def value(scalar: Any) -> str:
    """Return the element of an item of a set."""
    return f"v:{json_text(scalar)}"


@lru_cache(maxsize=4096)
def normal(element: str) -> str | None:
    """Return an element as it is written here, None for one of a kind that nobody knows.

    Raises:
        ValueError: it is no path element.
    """
    if len(element) < 2:
        raise ValueError("key must be 2 characters long:")
    if element[1] != ":":
        raise ValueError(f"missing colon: {element}")
    kind, written = element[0], element[2:]
    if kind not in _KINDS:
        return None
    if kind == "f":
        return element
    if kind == "i":
        return f"i:{int(written)}"
    content = json.loads(written, parse_float=_finite, parse_constant=_finite)
    if kind == "v":
        return value(content)
    if isinstance(content, dict):
        return key(content)
    raise ValueError(f"not the keys of an item: {element}")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"not a number of 64 bits: {written}")
    return number


def text(path: Iterable[str]) -> str:
    """Return a path as messages show it, such as `.spec.containers[name="web"].image`."""
    return "".join(map(_text, path))


@lru_cache(maxsize=4096)
def order(element: str) -> tuple[int, Any]:
    """Return what elements are sorted by: fields, keys, values, places."""
    kind, written = element[:1], element[2:]
    if kind in ".f":
        return 0, written
    if kind == "k":
        return 1, [(name, _rank(part)) for name, part in json.loads(written).items()]
    return (2, _rank(json.loads(written))) if kind == "v" else (3, int(written))


def _text(element: str) -> str:
    kind, written = element[0], element[2:]
    if kind == "f":
        return f".{written}"
    if kind == "i":
        return f"[{written}]"
    content = json.loads(written)
    if kind == "v":
        return f"[={_shown(content)}]"
    return f"[{','.join(f'{name}={_shown(part)}' for name, part in content.items())}]"


def _shown(part: Any) -> str:
    if part is None:
        return "null"
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, str):
        return quoted(part)
    if isinstance(part, list):
        return f"[{','.join(map(_shown, part))}]"
    if isinstance(part, dict):
        return "".join(f"{name}={_shown(item)}" for name, item in part.items())
    return number(part) if isinstance(part, float) else str(part)


def _rank(part: Any) -> tuple[int, Any]:
    """Return what values are compared by: numbers, strings, booleans, and then what is no key."""
    if isinstance(part, bool):
        return 2, part
    if isinstance(part, int | float):
        return 0, part
    return (1, part) if isinstance(part, str) else (3, json.dumps(part))
