"""The OpenAPI v2 document as a protobuf message, which kubectl and client-go ask for.

The table has those parts of gnostic's messages that documents of Kubernetes use; a document with another member is
refused rather than sent without it.

Source: https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from aiokube.testing.apiserver.storage import encode as json_encoded

__all__ = ["MESSAGES", "Field", "encoded"]

_VARINT, _FIXED64, _LENGTH = 0, 1, 2
_MORE: Final = 0x80
_64_BITS: Final = (1 << 64) - 1
_ONE_BYTE: Final = [bytes([value]) for value in range(_MORE)]


class Field(NamedTuple):
    """One member of a message.

    Attributes:
        number: that of the field.
        form: a scalar (`text`, `flag`, `integer`, `number`, `any`) or the name of a message; with `[]` behind it, a
            list of them, each on its own; with `{}`, members by name, each in a message of name and value, all in
            one message; with `{}*`, without that message around all.
    """

    number: int
    form: str


_EXTENSION: Final = "x-"
_KIND: Final = "x-kubernetes-group-version-kind"
_SCHEMA_MEMBERS = {
    "$ref": Field(1, "text"),
    "format": Field(2, "text"),
    "title": Field(3, "text"),
    "description": Field(4, "text"),
    "multipleOf": Field(6, "number"),
    "maximum": Field(7, "number"),
    "exclusiveMaximum": Field(8, "flag"),
    "minimum": Field(9, "number"),
    "exclusiveMinimum": Field(10, "flag"),
    "maxLength": Field(11, "integer"),
    "minLength": Field(12, "integer"),
    "pattern": Field(13, "text"),
    "maxItems": Field(14, "integer"),
    "minItems": Field(15, "integer"),
    "uniqueItems": Field(16, "flag"),
    "maxProperties": Field(17, "integer"),
    "minProperties": Field(18, "integer"),
    "required": Field(19, "text[]"),
    "enum": Field(20, "any[]"),
    "additionalProperties": Field(21, "SchemaOrFlag"),
    "type": Field(22, "OneText"),
    "items": Field(23, "OneSchema"),
    "properties": Field(25, "Schema{}"),
    "externalDocs": Field(29, "ExternalDocs"),
    "example": Field(30, "any"),
    "x-": Field(31, "any{}*"),
}
_PARAMETER_MEMBERS = {
    "required": Field(1, "flag"),
    "in": Field(2, "text"),
    "description": Field(3, "text"),
    "name": Field(4, "text"),
}

MESSAGES: Mapping[str, Mapping[str, Field]] = {
    "Document": {
        "swagger": Field(1, "text"),
        "info": Field(2, "Info"),
        "paths": Field(8, "Paths"),
        "definitions": Field(9, "Definition{}"),
        "parameters": Field(10, "Parameter{}"),
        "security": Field(12, "Security[]"),
        "securityDefinitions": Field(13, "SecurityDefinition{}"),
    },
    "Info": {"title": Field(1, "text"), "version": Field(2, "text")},
    "PathItem": {
        "get": Field(2, "Operation"),
        "put": Field(3, "Operation"),
        "post": Field(4, "Operation"),
        "delete": Field(5, "Operation"),
        "options": Field(6, "Operation"),
        "head": Field(7, "Operation"),
        "patch": Field(8, "Operation"),
        "parameters": Field(9, "ParameterOrReference[]"),
    },
    "Operation": {
        "tags": Field(1, "text[]"),
        "description": Field(3, "text"),
        "operationId": Field(5, "text"),
        "produces": Field(6, "text[]"),
        "consumes": Field(7, "text[]"),
        "parameters": Field(8, "ParameterOrReference[]"),
        "responses": Field(9, "Responses"),
        "schemes": Field(10, "text[]"),
        "x-": Field(13, "any{}*"),
    },
    "BodyParameter": {
        "name": Field(2, "text"),
        "in": Field(3, "text"),
        "required": Field(4, "flag"),
        "schema": Field(5, "Schema"),
    },
    "QueryParameter": {**_PARAMETER_MEMBERS, "type": Field(6, "text"), "uniqueItems": Field(20, "flag")},
    "PathParameter": {**_PARAMETER_MEMBERS, "type": Field(5, "text"), "uniqueItems": Field(19, "flag")},
    "Reference": {"$ref": Field(1, "text")},
    "Response": {"description": Field(1, "text"), "schema": Field(2, "SchemaItem")},
    "Schema": _SCHEMA_MEMBERS,
    "ExternalDocs": {"description": Field(1, "text"), "url": Field(2, "text")},
    "ApiKey": {
        "type": Field(1, "text"),
        "name": Field(2, "text"),
        "in": Field(3, "text"),
        "description": Field(4, "text"),
    },
}
"""The members of messages by their names in JSON; `x-` stands for all that begin so."""


def encoded(document: Mapping[str, Any]) -> bytes:
    """Return a document as a message.

    Raises:
        KeyError: it has a member that the table has not.
    """
    return _message("Document", document)


def _message(name: str, value: Any) -> bytes:
    if name in _WRAPPED:
        return _WRAPPED[name](value)
    fields = MESSAGES[name]
    extensions = {key: value[key] for key in sorted(value) if key.startswith(_EXTENSION)}
    members = [(fields[key], part) for key, part in value.items() if key not in extensions]
    if extensions:
        members.append((fields[_EXTENSION], extensions))
    members.sort(key=lambda member: member[0].number)
    return b"".join([_field(field, part) for field, part in members])


def _field(field: Field, value: Any) -> bytes:
    if field.form.endswith("[]"):
        form = field.form.removesuffix("[]")
        return b"".join([_value(field.number, form, each) for each in value])
    if field.form.endswith("{}*"):
        return _named(field.number, field.form.removesuffix("{}*"), value)
    if field.form.endswith("{}"):
        return _delimited(field.number, _named(1, field.form.removesuffix("{}"), value))
    return _value(field.number, field.form, value)


def _named(number: int, form: str, members: Mapping[str, Any]) -> bytes:
    pairs = (_text(1, name) + _value(2, form, value) for name, value in members.items())
    return b"".join([_delimited(number, pair) for pair in pairs])


def _value(number: int, form: str, value: Any) -> bytes:
    write = _SCALARS.get(form)
    return _delimited(number, _message(form, value)) if write is None else write(number, value)


def _text(number: int, value: str) -> bytes:
    return _delimited(number, value.encode())


def _flag(number: int, value: bool) -> bytes:
    return _head(number, _VARINT) + _varint(value)


def _integer(number: int, value: int) -> bytes:
    return _head(number, _VARINT) + _varint(value & _64_BITS)  # of negative ones the two's complement


def _number(number: int, value: float) -> bytes:
    return _head(number, _FIXED64) + struct.pack("<d", value)


def _any(number: int, value: Any) -> bytes:
    """Write any value as YAML, of which JSON is a part."""
    return _delimited(number, _text(2, json_encoded(value).decode() + "\n"))


def _delimited(number: int, content: bytes) -> bytes:
    return _head(number, _LENGTH) + _varint(len(content)) + content


@cache
def _head(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    if value < _MORE:
        return _ONE_BYTE[value]
    found = bytearray()
    while value >= _MORE:
        found.append(value & (_MORE - 1) | _MORE)
        value >>= 7
    found.append(value)
    return bytes(found)


def _texts(value: str | Iterable[str]) -> bytes:
    return b"".join([_text(1, each) for each in ([value] if isinstance(value, str) else value)])


def _parameter(value: Mapping[str, Any]) -> bytes:
    """Write a parameter, of which there is a message for each place where it may stand."""
    if value["in"] == "body":
        return _delimited(1, _message("BodyParameter", value))
    number, name = (3, "QueryParameter") if value["in"] == "query" else (4, "PathParameter")
    return _delimited(2, _delimited(number, _message(name, value)))


def _parameter_or_reference(value: Mapping[str, Any]) -> bytes:
    return _delimited(2, _message("Reference", value)) if "$ref" in value else _delimited(1, _parameter(value))


def _definition(schema: Mapping[str, Any]) -> bytes:
    """Write the schema of a kind, of one that is nested deeper than Python's stack only of what kind it is."""
    try:
        return _message("Schema", schema)
    except RecursionError:
        return _message("Schema", {name: schema[name] for name in ("type", _KIND) if name in schema})


def _schema_or_flag(value: Mapping[str, Any] | bool) -> bytes:
    return _flag(2, value) if isinstance(value, bool) else _delimited(1, _message("Schema", value))


_SCALARS: Mapping[str, Callable[[int, Any], bytes]] = {
    "any": _any,
    "flag": _flag,
    "integer": _integer,
    "number": _number,
    "text": _text,
}

# Messages that are more than their members.
_WRAPPED: Mapping[str, Callable[[Any], bytes]] = {
    "Definition": _definition,
    "OneSchema": lambda value: _delimited(1, _message("Schema", value)),
    "OneText": _texts,
    "Parameter": _parameter,
    "ParameterOrReference": _parameter_or_reference,
    "Paths": lambda value: _named(2, "PathItem", value),
    "Responses": lambda value: _named(1, "ResponseValue", value),
    "ResponseValue": lambda value: _delimited(1, _message("Response", value)),
    "SchemaItem": lambda value: _delimited(1, _message("Schema", value)),
    "SchemaOrFlag": _schema_or_flag,
    "Security": lambda value: _named(1, "OneText", value),
    "SecurityDefinition": lambda value: _delimited(2, _message("ApiKey", value)),
}
