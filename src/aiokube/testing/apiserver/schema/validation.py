"""Whether a value is what the schema of a custom kind asks for.

JSON Schema's rules are everybody's, but kube-apiserver's words, its paths, which of several errors it tells and
what it overlooks are its own, and they are what a program sees; so this is written by hand and no library is
asked. Where kube-apiserver goes through a map in no order, this goes through in the order of the schema.

An update is forgiven what was wrong before and has not changed (`old`), wherever old and new can be told to be
the same field: fields, keys, and items of lists of type map.

Sources:
    https://github.com/kubernetes/kube-openapi/blob/master/pkg/validation/validate/schema.go
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/validation/validation.go
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokube.testing.apiserver import field_errors
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go.text import json_text, number, quoted, sorted_keys

from .formats import FORMATS, known
from .node import ABSENT, Node, Shape
from .patterns import compiled
from .structural import additional, items, values

__all__ = ["NO_FIELD", "validate"]

NO_FIELD = "<nil>"
"""What kube-apiserver names the field of an error that is about a whole object."""


def validate(node: Node, value: Any, old: Any = ABSENT, *, path: str = "") -> list[FieldError]:
    """Return what is wrong with a value.

    Args:
        node: of the schema as written.
        old: what stood there before, for an update.
        path: where the value stands, "" for a whole object.
    """
    compared = None if old is ABSENT else _Compared(node, value, old)
    return [_field_error(path, failure) for failure in _validate(node, value, "", compared).failures]


# What was found.


@dataclass(frozen=True, slots=True)
class _Failure:
    """One thing that is wrong, with the words of go-openapi, which are not always those shown.

    Attributes:
        path: below where validation began; None for an error that names no field.
        text: in words; failures of one text are told once.
        value: to be shown.
        supported: the words of an enum.
        limit: of what is too long or too many.
    """

    path: str | None
    text: str
    value: Any = ""
    reason: field_errors.Reason = field_errors.Reason.INVALID
    supported: tuple[str, ...] = ()
    limit: int = -1


@dataclass(slots=True)
class _Result:
    """What is wrong, and how many checks were made: of alternatives, the one that came furthest is told."""

    failures: list[_Failure] = field(default_factory=list)
    matches: int = 0

    def add(self, failure: _Failure | None) -> None:
        if failure is not None and all(failure.text != other.text for other in self.failures):
            self.failures.append(failure)

    def merge(self, other: _Result) -> None:
        for failure in other.failures:
            self.add(failure)
        self.matches += other.matches


def _failed(failure: _Failure) -> _Result:
    return _Result([failure])


def _field_error(path: str, failure: _Failure) -> FieldError:
    named = (failure.path or "").removeprefix(".")
    where = field_errors.child(path, named) if named else path or NO_FIELD
    match failure.reason:
        case field_errors.Reason.REQUIRED:
            return field_errors.required(where)
        case field_errors.Reason.NOT_SUPPORTED:
            return field_errors.not_supported(where, failure.value, failure.supported)
        case field_errors.Reason.TOO_LONG:
            return field_errors.too_long(where, failure.limit)
        case field_errors.Reason.TOO_MANY:
            return field_errors.too_many(where, failure.value, failure.limit)
    return FieldError(failure.reason, where, sorted_keys(failure.value), failure.text)


# Old and new side by side.


class _Compared:
    """A value and what stood in its place before."""

    def __init__(self, node: Node, new: Any, old: Any) -> None:
        self._node = node
        self._new = new
        self._old = old

    def key(self, name: str) -> _Compared | None:
        """Return a field or key, None if it cannot be told what it was before."""
        if not isinstance(self._new, dict) or not isinstance(self._old, dict):
            return None
        if name not in self._new or name not in self._old:
            return None
        known_field = self._node.fields.get(name)
        below = known_field.node if known_field is not None else values(self._node)
        return _Compared(below, self._new[name], self._old[name]) if below is not None else None

    def index(self, index: int) -> _Compared | None:
        """Return an item, None if it cannot be told which it was before."""
        below = items(self._node)
        if self._node.list_type != "map" or below is None or not isinstance(self._old, list):
            return None
        keys = self._keys(self._new[index])
        old = next((item for item in self._old if keys is not None and self._keys(item) == keys), None)
        return _Compared(below, self._new[index], old) if old is not None else None

    def equal(self) -> bool:
        """Return whether nothing has changed; where it cannot be told, something has."""
        new, old = self._new, self._old
        if type(new) is not type(old):
            return False
        if isinstance(new, dict):
            found: Iterable[_Compared | None] = map(self.key, new)
        elif isinstance(new, list) and self._node.list_type == "map":
            found = map(self.index, range(len(new)))
        else:
            return _identical(new, old)
        return len(new) == len(old) and all(part is not None and part.equal() for part in found)

    def _keys(self, item: Any) -> tuple[Any, ...] | None:
        if not isinstance(item, dict):
            return None
        below = items(self._node)
        fields = below.fields if below is not None else {}
        defaults = {name: fields[name].default for name in self._node.list_keys if name in fields}
        return tuple(json_text(item[name]) if name in item else defaults.get(name) for name in self._node.list_keys)


def _identical(one: Any, other: Any) -> bool:
    """Return whether two values are the same for Go, to which 1, 1.0 and true are three."""
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(_identical(part, other[name]) for name, part in one.items())
    return not isinstance(one, list) or all(map(_identical, one, other))


# The checks, in the order in which their errors are told.


def _validate(node: Node, value: Any, path: str, compared: _Compared | None = None) -> _Result:
    result = _check(node, value, path, compared)
    if result.failures and compared is not None and compared.equal():
        return _Result(matches=result.matches)
    return result


def _check(node: Node, value: Any, path: str, compared: _Compared | None) -> _Result:
    result = _Result()
    result.merge(_type(node, value, path) if value is None or _types(node) or _format(node) else _Result())
    if value is None:
        result.merge(_enum(node, value, path))
        return result
    result.matches += bool(_types(node) or _format(node))
    checks = [_junctors(node, value, path)]
    if isinstance(value, str):
        checks.append(_string(node, value, path))
        if (name := _format(node)).replace("-", "") in FORMATS:
            checks.append(_string_format(name, value, path))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        checks.append(_number(node, value, path))
    elif isinstance(value, list):
        checks.append(_list(node, value, path, compared))
    checks.append(_enum(node, value, path))
    if isinstance(value, dict):
        checks.append(_object(node, value, path, compared))
    for check in checks:
        result.merge(check)
        result.matches += 1
    result.matches += 1
    return result


def _types(node: Node) -> tuple[str, ...]:
    if node.shape is Shape.INT_OR_STRING:
        return ("integer", "string")
    kind = node.constraints.get("type", "")
    return (kind,) if kind else ()


def _format(node: Node) -> str:
    types = _types(node)
    name = str(node.constraints.get("format", ""))
    return name if known(name, types[0] if len(types) == 1 else "") else ""


def _type(node: Node, value: Any, path: str) -> _Result:
    types = _types(node)
    if value is None:
        wrong = types and not node.nullable and "null" not in types
        return _failed(_wrong_type(path, ",".join(types), "null")) if wrong else _Result(matches=1)
    kind, its_format = _kind(value)
    wanted_format = _format(node)
    fits = kind in types or (
        (kind == "number" and "integer" in types and _is_whole(value)) or (kind == "integer" and "number" in types)
    )
    in_quotes = isinstance(value, str | list)
    if wanted_format and not in_quotes and not fits and its_format != wanted_format:
        return _failed(_wrong_type(path, wanted_format, its_format))
    if wanted_format and in_quotes and "number" not in types and "integer" not in types:
        return _Result(matches=1)  # the format is checked instead, of a string at least
    return _Result(matches=1) if fits else _failed(_wrong_type(path, ",".join(types), kind))


def _kind(value: Any) -> tuple[str, str]:
    match value:
        case bool():
            return "boolean", ""
        case str():
            return "string", ""
        case int():
            return "integer", "int64"
        case float():
            return "number", "float64"
        case list():
            return "array", ""
    return "object", ""


def _wrong_type(path: str, wanted: str, found: str) -> _Failure:
    text = f"{path} in body must be of type {wanted}: {quoted(found)}"
    return _Failure(path, text, found, field_errors.Reason.TYPE_INVALID)


def _junctors(node: Node, value: Any, path: str) -> _Result:
    result = _Result()
    if "anyOf" in node.constraints:
        result.merge(_any_of(node.constraints["anyOf"], value, path))
    if "oneOf" in node.constraints:
        result.merge(_one_of(node.constraints["oneOf"], value, path))
    if "allOf" in node.constraints:
        found = [_check(part, value, path, None) for part in node.constraints["allOf"]]
        for part in found:
            result.merge(part)
        if any(part.failures for part in found):
            none = ". None validated" if all(part.failures for part in found) else ""
            result.add(_Failure(None, f"{quoted(path)} must validate all the schemas (allOf){none}"))
    if "not" in node.constraints and not _check(node.constraints["not"], value, path, None).failures:
        result.add(_Failure(None, f"{quoted(path)} must not validate the schema (not)"))
    result.matches += 1
    return result


def _any_of(parts: Iterable[Node], value: Any, path: str) -> _Result:
    best = _Result()
    for index, part in enumerate(parts):
        found = _check(part, value, path, None)
        if not found.failures:
            return found
        if index == 0 or found.matches > best.matches:
            best = found
    result = _failed(_Failure(None, f"{quoted(path)} must validate at least one schema (anyOf)"))
    result.merge(best)
    return result


def _one_of(parts: Iterable[Node], value: Any, path: str) -> _Result:
    found = [_check(part, value, path, None) for part in parts]
    valid = [part for part in found if not part.failures]
    if len(valid) == 1:
        return valid[0]
    how_many = f"Found {len(valid)} valid alternatives" if valid else "Found none valid"
    result = _failed(_Failure(None, f"{quoted(path)} must validate one and only one schema (oneOf). {how_many}"))
    if not valid:
        result.merge(max(found, key=lambda part: part.matches))
    return result


def _string(node: Node, value: str, path: str) -> _Result:
    longest, shortest, pattern = (node.constraints.get(name) for name in ("maxLength", "minLength", "pattern"))
    if longest is not None and len(value) > longest:
        text = f"{path} in body should be at most {longest} chars long"
        return _failed(_Failure(path, text, value, field_errors.Reason.TOO_LONG, limit=longest))
    if shortest is not None and len(value) < shortest:
        return _failed(_Failure(path, f"{path} in body should be at least {shortest} chars long", value))
    if pattern and not compiled(pattern).search(value):
        return _failed(_Failure(path, f"{path} in body should match '{pattern}'", value))
    return _Result()


def _string_format(name: str, value: str, path: str) -> _Result:
    if FORMATS[name.replace("-", "")](value):
        return _Result()
    text = f"{path} in body must be of type {name}: {quoted(value)}"
    return _failed(_Failure(path, text, value, field_errors.Reason.TYPE_INVALID))


def _number(node: Node, value: float, path: str) -> _Result:
    result = _Result()
    result.add(_out_of_range(node, value, "Checked", path))
    if (factor := node.constraints.get("multipleOf")) is not None:
        limit, wrong = _limit(node, value, factor, "MultipleOf", path)
        result.merge(wrong)
        if limit <= 0:
            text = f"factor MultipleOf declared for {path} must be positive: {_go_number(limit)}"
            result.add(_Failure(path, text, limit))
        elif not _is_multiple(value, limit):
            text = f"{path} in body should be a multiple of {_go_number(limit)}"
            result.add(_Failure(path, text, type(limit)(value)))
    for name, word, sign in (("minimum", "Minimum", "greater"), ("maximum", "Maximum", "less")):
        if (bound := node.constraints.get(name)) is None:
            continue
        limit, wrong = _limit(node, value, bound, f"{word} boundary", path)
        result.merge(wrong)
        excluded = bool(node.constraints.get(f"exclusive{word}"))
        beyond = value > limit if sign == "less" else value < limit
        if beyond or (excluded and value == limit):
            words = f"{sign} than" if excluded else f"{sign} than or equal to"
            text = f"{path} in body should be {words} {_go_number(limit)}"
            result.add(_Failure(path, text, type(limit)(value)))
    result.matches += 1
    return result


def _limit(node: Node, value: float, limit: float, prefix: str, path: str) -> tuple[float, _Result]:
    """Return a bound as the value is compared with it, and what is wrong with the bound itself."""
    wrong = _Result()
    wrong.add(_out_of_range(node, float(limit), prefix, path))
    # kube-apiserver cuts off the fraction of a bound that it compares with an integer.
    return (int(limit) if isinstance(value, int) and not wrong.failures else float(limit)), wrong


def _out_of_range(node: Node, value: float, prefix: str, path: str) -> _Failure | None:
    types = _types(node)
    kind = types[0] if len(types) == 1 else ""
    name = _format(node)
    if kind == "integer":
        bits = 31 if name == "int32" else 63
        whole = isinstance(value, int) or value.is_integer()
        fits = whole and -(2**bits) <= value < 2**bits
    else:
        fits = kind != "number" or name != "float" or abs(value) < _FLOAT32_END
    if fits:
        return None
    with_format = f"with format {name}" if name else "(default format)"
    of_type = f"of type {kind} {with_format}"
    return _Failure(None, f"{prefix} value must be {of_type} in {path}")


_FLOAT32_END = 2.0**128 - 2.0**103
"""From here on a number is rounded to an infinite float32."""


def _is_multiple(value: float, factor: float) -> bool:
    if isinstance(factor, int):
        return value % factor == 0
    return _is_whole(1 / factor * value if factor < 1 else value / factor)


def _is_whole(value: float) -> bool:
    """Return whether a float is an integer in JavaScript's range, or near enough to one."""
    if not -(2**53) < value < 2**53:
        return False
    # The cut is Go's, whose conversion to an unsigned integer makes any negative number a huge one.
    cut = float(int(value))
    if value == cut:
        return True
    return value > 0 and cut != 0 and abs(value - cut) / (abs(value) + cut) < 1e-9


def _go_number(value: float) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _list(node: Node, value: list[Any], path: str, compared: _Compared | None) -> _Result:
    result = _Result()
    part = items(node)
    if part is not None:
        for index, item in enumerate(value):
            below = compared.index(index) if compared is not None else None
            result.merge(_validate(part, item, f"{path}[{index}]", below))
    fewest, most = node.constraints.get("minItems"), node.constraints.get("maxItems")
    if fewest is not None and len(value) < fewest:
        result.add(_Failure(path, f"{path} in body should have at least {fewest} items", len(value)))
    if most is not None and len(value) > most:
        text = f"{path} in body should have at most {most} items"
        result.add(_Failure(path, text, len(value), field_errors.Reason.TOO_MANY, limit=most))
    if node.constraints.get("uniqueItems") and _has_duplicates(value):
        result.add(_Failure(path, f"{path} in body shouldn't contain duplicates"))
    result.matches += 1
    return result


def _has_duplicates(value: list[Any]) -> bool:
    return len({_identity(item) for item in value}) < len(value)


def _identity(value: Any) -> tuple[str, str]:
    return type(value).__name__, json_text(sorted_keys(value))


def _enum(node: Node, value: Any, path: str) -> _Result:
    allowed = node.constraints.get("enum") or []
    if not allowed or any(_same(value, other) for other in allowed):
        return _Result()
    words = tuple(other if isinstance(other, str) else json_text(sorted_keys(other)) for other in allowed)
    text = f"{path} in body should be one of {json_text(sorted_keys(allowed))}"
    return _failed(_Failure(path, text, sorted_keys(value), field_errors.Reason.NOT_SUPPORTED, words))


def _same(value: Any, other: Any) -> bool:
    """Return whether a value is one of an enum: numbers are converted, but null is none."""
    if value is None or other is None:
        return False
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, int | float) and isinstance(other, int | float):
        return int(value) == other if isinstance(other, int) else float(value) == other
    if isinstance(value, int) and isinstance(other, str):
        return chr(value) == other if 0 <= value < 0x110000 else other == "\ufffd"  # what Go's conversion makes of it
    return type(value) is type(other) and _identity(value) == _identity(other)


def _object(node: Node, value: dict[str, Any], path: str, compared: _Compared | None) -> _Result:
    result = _Result()
    fewest, most = node.constraints.get("minProperties"), node.constraints.get("maxProperties")
    if fewest is not None and len(value) < fewest:
        result.add(_Failure(path, f"{path} in body should have at least {fewest} properties", len(value)))
    if most is not None and len(value) > most:
        text = f"{path} in body should have at most {most} properties"
        result.add(_Failure(path, text, len(value), field_errors.Reason.TOO_MANY, limit=most))
    _additional(node, value, path, compared, result)
    for name, known_field in node.fields.items():
        if name in value:
            below = _below(compared, name, path)
            where = f"{path}.{name}" if path else name
            result.merge(_validate(known_field.node, value[name], where, below))
    for name in node.constraints.get("required", ()):
        if name not in value:
            where = f"{path}.{name}"
            result.add(_Failure(where, f"{where} in body is required", reason=field_errors.Reason.REQUIRED))
    return result


def _additional(node: Node, value: Mapping[str, Any], path: str, compared: _Compared | None, result: _Result) -> None:
    unknown = [name for name in value if name not in node.fields]
    if additional(node) and not node.constraints["additionalProperties"]:
        for name in unknown:
            result.add(_Failure(path, f"{path}.{name} in body is a forbidden property", name))
    elif (part := values(node)) is not None:
        for name in unknown:
            result.merge(_validate(part, value[name], f"{path}.{name}", _below(compared, name, path)))


def _below(compared: _Compared | None, name: str, path: str) -> _Compared | None:
    # An object's own apiVersion and kind are the same before and after, whatever they were.
    if compared is None or (not path and name in {"apiVersion", "kind"}):
        return None
    return compared.key(name)
