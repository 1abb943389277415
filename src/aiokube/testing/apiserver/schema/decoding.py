"""Decoding: a JSON value as the object that kube-apiserver would hold, and would write again.

Objects of built-in kinds pass through a Go struct there: what its fields do not know is gone, null is the zero
value, lists and maps that are empty are left out or null, and fields stand in the struct's order. What comes out
here is what Go would write then; to decode it again changes nothing, so that `normal` is decoding too.

Each node has a reader, a function that is made once. What Go reads with errors is read on, because only the first
error counts, and because one that a type of its own reports ends all and counts more.

Sources:
    https://github.com/kubernetes-sigs/json/blob/main/internal/golang/encoding/json/decode.go
    https://pkg.go.dev/encoding/json#Unmarshal
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple, NoReturn

from aiokube.testing.apiserver.go.text import json_text, quoted, sorted_keys

from . import base64_text, quantities, times
from .node import Field, Node, Omit, Shape

__all__ = ["Decoded", "DecodingError", "decode", "normal", "zero"]

_MOST_UNKNOWN: Final = 100

# Go says so at a depth of 10,000, of which Python cannot follow all: schemas in definitions may nest.
_TOO_DEEP: Final = "exceeded max depth"


class DecodingError(ValueError):
    """Raised when a value is not of the type that stands at its place; the text of the error is Go's.

    Attributes:
        converted: the text where kube-apiserver converts a value that was read already.
    """

    def __init__(self, text: str, *, converted: str = "") -> None:
        super().__init__(text)
        self.converted = converted or text


class Decoded(NamedTuple):
    """An object as Go would write it.

    Attributes:
        unknown: what strict decoding says about the fields that no struct has, such as
            `unknown field "spec.containers[0].foo"`, in their order; at most 100.
    """

    object: dict[str, Any]
    unknown: tuple[str, ...]


def decode(node: Node, value: Any, *, keeps_empty: bool = False, is_converted: bool = False) -> Decoded:
    """Return the object of a built-in kind that a JSON value means.

    Values at nodes that keep any JSON are not copied.

    Args:
        keeps_empty: lists and maps that are empty and always written are empty, and not null: so Go holds them, and
            looks at who owns them, until it stores the object.
        is_converted: the value was read already, as Go reads JSON that it knows no struct for, and is now converted:
            whole numbers are made to fit.

    Raises:
        DecodingError: a value is not of the type of its field.
    """
    state = _State(keeps_empty=keeps_empty, is_converted=is_converted)
    try:
        decoded = _reader(node)(value, None, state)
    except RecursionError as error:
        raise DecodingError(_TOO_DEEP) from error
    if state.error:
        raise DecodingError(state.error, converted=state.converted)
    return Decoded(zero(node) if decoded is None else decoded, tuple(state.unknown))


def normal(node: Node, obj: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as Go would write it that rules or defaults have changed."""
    return decode(node, obj).object


def zero(node: Node) -> Any:
    """Return what Go writes for a value that it never got."""
    return _ZEROS[node.shape](node) if node.shape in _ZEROS else None


class _Step(NamedTuple):
    """From an object to one of its fields, items or values.

    Attributes:
        path: as strict decoding writes it: `.name` or `[0]`.
        field: as errors of types write it; "" for items and values, which they do not tell.
        struct: the name of the Go struct that has the field.
    """

    path: str
    field: str = ""
    struct: str = ""


# Where Go starts anew; its errors tell the struct before, and all fields.
_ANEW: Final = _Step("", "", "anew")

# A place is a chain of steps, the last one first; it is only read when something is wrong there.
_Place = tuple[Any, _Step] | None
_Reader = Callable[[Any, _Place, "_State"], Any]


class _State:
    """What was wrong so far: the first error of a type, and unknown fields; these as the keys, each once."""

    __slots__ = ("converted", "error", "is_converted", "keeps_empty", "unknown")

    def __init__(self, *, keeps_empty: bool = False, is_converted: bool = False) -> None:
        self.error = self.converted = ""
        self.keeps_empty = keeps_empty
        self.is_converted = is_converted
        self.unknown: dict[str, None] = {}

    def wrong_type(self, value: Any, node: Node, place: _Place) -> None:
        if not self.error:
            self.error = _wrong_type(value, node.go, place)
            self.converted = _not_converted(value, node)

    def wrong_base64(self, why: str) -> None:
        if not self.error:
            self.error, self.converted = why, f"error decoding from json: {why}"

    def unknown_field(self, name: str, place: _Place) -> None:
        if len(self.unknown) < _MOST_UNKNOWN:
            path = "".join(step.path for step in _steps(place)) + "." + name
            self.unknown[f"unknown field {quoted(path.removeprefix('.'))}"] = None


def _wrong_type(value: Any, go: str, place: _Place, *, number: Callable[[Any], str] = repr) -> str:
    """Return what Go says of a value that does not fit.

    Args:
        number: writes one; as it was sent, of which the usual form is the best guess, unless Go has read it already.
    """
    what = _JSON_TYPES[type(value)]
    if what == "number" and go.startswith(_NUMBERS):
        what = f"number {number(value)}"
    return f"json: cannot unmarshal {what} into Go {_in_words(place)}of type {go}"


def _not_converted(value: Any, node: Node) -> str:
    """Return what Go says of a value that it read as one of another type.

    Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/runtime/converter.go
    """
    type_, kind = _GO_TYPES[type(value)]
    if node.shape in _CONVERTIBLE.get(type(value), ()):
        return f"cannot convert {type_} to {node.go}"
    return _RESTORED.get(node.shape, "unrecognized type: {go}").format(kind=kind, go=_GO_KINDS.get(node.shape, node.go))


_NUMERIC = (Shape.INTEGER, Shape.NUMBER)
# What Go's reflection converts, however strange; the converter of Kubernetes then refuses it in these words.
_CONVERTIBLE: Final[Mapping[type, tuple[Shape, ...]]] = {int: (*_NUMERIC, Shape.STRING), float: _NUMERIC}
_GO_KINDS: Final = {Shape.STRING: "string", Shape.BOOLEAN: "bool"}


_GO_TYPES: Final[Mapping[type, tuple[str, str]]] = {
    str: ("string", "string"),
    bool: ("bool", "bool"),
    int: ("int64", "int64"),
    float: ("float64", "float64"),
    list: ("[]interface {}", "slice"),
    dict: ("map[string]interface {}", "map"),
}
_RESTORED: Final[Mapping[Shape, str]] = {
    Shape.MAP: "cannot restore map from {kind}",
    Shape.LIST: "cannot restore slice from {kind}",
    Shape.BYTES: "cannot restore slice from {kind}",
    Shape.STRUCT: "cannot restore struct from: {kind}",
}


def _in_words(place: _Place) -> str:
    steps = _steps(place)
    known = steps[: steps.index(_ANEW)] if _ANEW in steps else steps
    struct = next((step.struct for step in reversed(known) if step.field), "")
    fields = ".".join(step.field for step in steps if step.field)
    return f"struct field {struct}.{fields} " if fields else "value "


def _steps(place: _Place) -> list[_Step]:
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    return steps[::-1]


_JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}
# Of these Go tells the number that does not fit.
_NUMBERS: Final = ("int", "uint", "float")


# Readers return None for null, and for what Go holds as nil.


@cache
def _reader(node: Node) -> _Reader:
    return _READERS[node.shape](node)


def _struct(node: Node) -> _Reader:
    name = node.go.rpartition(".")[2]
    fields = {key: _FieldReader(key, field, number, name) for number, (key, field) in enumerate(node.fields.items())}
    always = [(key, field.node) for key, field in node.fields.items() if field.omit is Omit.NEVER]
    places = {key: number for number, key in enumerate(node.fields)}
    get = fields.get

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is not dict:
            if value is not None:
                state.wrong_type(value, node, place)
            return None
        result: dict[str, Any] = {}
        last, in_order = -1, True
        for key, given in value.items():
            field = get(key)
            if field is None:
                state.unknown_field(key, place)
                continue
            if type(given) is field.plain:
                taken = given
            else:
                reader = field.reader or field.made_reader()
                taken = reader(given, (place, field.step), state)
                if taken is None:
                    continue
            if taken or not field.drops_zero:
                result[key] = taken
                if field.number < last:
                    in_order = False
                last = field.number
        for key, of in always:
            if key not in result:
                if last > places[key]:
                    in_order = False
                last = places[key]
                result[key] = _zero_field(node.fields[key], of)
        return result if in_order else {key: result[key] for key in sorted(result, key=places.__getitem__)}

    return read


class _FieldReader:
    """What a struct's reader knows of a field; the reader is made when a value comes, for structs may nest."""

    __slots__ = ("drops_zero", "node", "number", "plain", "reader", "step")

    def __init__(self, key: str, field: Field, number: int, struct: str) -> None:
        self.node = field.node
        self.number = number
        self.plain = _PLAIN.get(field.node.shape)
        self.drops_zero = field.omit is not Omit.NEVER and not field.pointer
        self.step = _Step(f".{key}", field.go, struct)
        self.reader: _Reader | None = None

    def made_reader(self) -> _Reader:
        self.reader = _reader(self.node)
        return self.reader


# What these hold is taken as it is.
_PLAIN: Final[Mapping[Shape, type]] = {Shape.STRING: str, Shape.BOOLEAN: bool}


def _list(node: Node) -> _Reader:
    read_item, plain = _item(node)

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is not list:
            if value is not None:
                state.wrong_type(value, node, place)
            return None
        if not value and not (node.keeps_empty or state.keeps_empty):
            return None
        if {type(given) for given in value} == plain:
            return value.copy()
        return [read_item(given, (place, _Step(f"[{index}]")), state) for index, given in enumerate(value)]

    return read


def _map(node: Node) -> _Reader:
    read_item, plain = _item(node)

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is not dict:
            if value is not None:
                state.wrong_type(value, node, place)
            return None
        if not value and not (node.keeps_empty or state.keeps_empty):
            return None
        if {type(given) for given in value.values()} == plain:
            return {key: value[key] for key in sorted(value)}
        taken = {key: read_item(given, (place, _Step(f".{key}")), state) for key, given in value.items()}
        return {key: taken[key] for key in sorted(taken)}

    return read


def _item(node: Node) -> tuple[_Reader, set[type]]:
    """Return the reader of items, which have their zero value for null, and the type that is taken as it is."""
    of = node.item
    assert of is not None, node.go  # noqa: S101 - lists and maps have one
    reader = None if of.shape is Shape.STRUCT else _reader(of)  # a struct may contain this very list
    made = (lambda _: "") if of.shape is Shape.BYTES else zero  # protobuf, which is stored, knows no null in maps

    def read(value: Any, place: _Place, state: _State) -> Any:
        taken = (reader or _reader(of))(value, place, state)
        return made(of) if taken is None else taken

    return read, {_PLAIN[of.shape]} if of.shape in _PLAIN else set()


def _scalar(node: Node) -> _Reader:
    plain = _PLAIN[node.shape]

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is plain:
            return value
        if value is not None:
            state.wrong_type(value, node, place)
        return None

    return read


def _integer(node: Node) -> _Reader:
    least, most = node.constraints["minimum"], node.constraints["maximum"]

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is int and least <= value <= most:
            return value
        if state.is_converted and (type(value) is int or (type(value) is float and value.is_integer())):
            # As Go converts integers: beyond the highest it goes on at the lowest.
            return (int(value) - least) % (most - least + 1) + least
        if value is not None:
            state.wrong_type(value, node, place)
        return None

    return read


def _number(node: Node) -> _Reader:
    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is int or type(value) is float:
            return value if type(value) is int and abs(value) < _FIRST_ROUNDED else _float64(float(value))
        if value is not None:
            state.wrong_type(value, node, place)
        return None

    return read


def _float64(value: float) -> float:
    """Return a number that is written as Go writes it: whole ones with zeros where the digits are not known."""
    return int(Decimal(repr(value))) if value.is_integer() and abs(value) < _FIRST_WITH_EXPONENT else value


_FIRST_ROUNDED: Final = 2**53
_FIRST_WITH_EXPONENT: Final = 1e21


def _bytes(node: Node) -> _Reader:
    octet = _integer(Node(Shape.INTEGER, go="uint8", constraints={"minimum": 0, "maximum": 255}))

    def read(value: Any, place: _Place, state: _State) -> Any:
        if type(value) is str:
            try:
                return base64_text.canonical(value)
            except base64_text.Base64Error as error:
                state.wrong_base64(str(error))
        elif type(value) is list:
            return base64_text.encoded(bytes(octet(given, place, state) or 0 for given in value))
        elif value is not None:
            state.wrong_type(value, node, place)
        return None

    return read


def _any(node: Node) -> _Reader:
    if node.go == _IN_DEFINITIONS:
        return lambda value, place, state: sorted_keys(value)
    return lambda value, place, state: value


# What definitions of custom resources hold as JSON, kube-apiserver reads and writes again, others it does not.
_IN_DEFINITIONS: Final = "v1.JSON"


# Types that read their JSON themselves: what they refuse ends the decoding.


def _int_or_string(node: Node) -> _Reader:
    def read(value: Any, place: _Place, state: _State) -> Any:
        if state.is_converted and type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is str or (type(value) is int and -(1 << 31) <= value < 1 << 31):
            return value
        return None if value is None else _end(value, "int32", place)

    return read


def _quantity(node: Node) -> _Reader:
    def read(value: Any, place: _Place, state: _State) -> Any:
        if value is None:
            return None
        try:
            return quantities.canonical((value if type(value) is str else json_text(value)).strip())
        except quantities.QuantityError as error:
            raise DecodingError(str(error)) from error

    return read


def _time(layout: times.Layout) -> Callable[[Node], _Reader]:
    def read(value: Any, place: _Place, state: _State) -> Any:
        if value is None:
            return None
        if type(value) is not str:
            _end(value, "string", place)
        try:
            return times.canonical(value, layout)
        except times.TimeError as error:
            raise DecodingError(str(error)) from error

    return lambda node: read


def _schema_or(alternative: type, item: Shape | None) -> Callable[[Node], _Reader]:
    """Return the readers of a schema or something else, for which Go starts anew, and not strictly."""

    def made(node: Node) -> _Reader:
        schema = node.item
        assert schema is not None, node.go  # noqa: S101 - these shapes have one
        strings = Node(Shape.LIST, go="[]string", item=Node(Shape.STRING, go="string"))
        schemas = Node(Shape.LIST, go="[]v1.JSONSchemaProps", item=schema)
        other = {Shape.STRING: strings, Shape.STRUCT: schemas}.get(item) if item else None

        def read(value: Any, place: _Place, state: _State) -> Any:
            if type(value) is dict:
                return _anew(schema, value, place)
            if type(value) is alternative:
                return value if other is None else _anew(other, value, place)
            if alternative is bool and value is not None:
                raise DecodingError("boolean or JSON schema expected")
            return None

        return read

    return made


def _anew(node: Node, value: Any, place: _Place) -> Any:
    inner = _State()
    result = _reader(node)(value, (place, _ANEW), inner)
    if inner.error:
        raise DecodingError(inner.error)
    return result


def _end(value: Any, go: str, place: _Place) -> NoReturn:
    raise DecodingError(_wrong_type(value, go, place), converted=_wrong_type(value, go, None, number=json_text))


_READERS: Final[Mapping[Shape, Callable[[Node], _Reader]]] = {
    Shape.STRUCT: _struct,
    Shape.LIST: _list,
    Shape.MAP: _map,
    Shape.STRING: _scalar,
    Shape.BOOLEAN: _scalar,
    Shape.INTEGER: _integer,
    Shape.NUMBER: _number,
    Shape.BYTES: _bytes,
    Shape.ANY: _any,
    Shape.INT_OR_STRING: _int_or_string,
    Shape.QUANTITY: _quantity,
    Shape.TIME: _time(times.SECONDS),
    Shape.MICRO_TIME: _time(times.MICROSECONDS),
    Shape.SCHEMA_OR_BOOLEAN: _schema_or(bool, None),
    Shape.SCHEMA_OR_SCHEMAS: _schema_or(list, Shape.STRUCT),
    Shape.SCHEMA_OR_STRINGS: _schema_or(list, Shape.STRING),
}


def _zero_field(field: Field, node: Node) -> Any:
    return None if field.pointer else zero(node)


def _zero_struct(node: Node) -> dict[str, Any]:
    fields = node.fields.items()
    return {key: _zero_field(field, field.node) for key, field in fields if field.omit is Omit.NEVER}


_ZEROS: Final[Mapping[Shape, Callable[[Node], Any]]] = {
    Shape.STRUCT: _zero_struct,
    Shape.STRING: lambda node: "",
    Shape.BOOLEAN: lambda node: False,
    Shape.INTEGER: lambda node: 0,
    Shape.NUMBER: lambda node: 0,
    Shape.INT_OR_STRING: lambda node: 0,
    Shape.QUANTITY: lambda node: "0",
    Shape.SCHEMA_OR_BOOLEAN: lambda node: False,
}
