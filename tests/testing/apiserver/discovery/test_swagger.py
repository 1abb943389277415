"""The OpenAPI v2 document, as JSON and as protobuf, against those of kube-apiserver."""

import asyncio
import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from aiokube.testing import ControlPlane, KubeServer
from aiokube.testing.apiserver.discovery import CustomDocuments, Documents, swagger_protobuf
from aiokube.testing.apiserver.discovery.swagger_protobuf import MESSAGES
from realserver import real_server

_OPENAPI = "/openapi/v2"
_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"


@pytest.fixture(scope="module")
def documents() -> Documents:
    """Those of a server without custom kinds."""
    return Documents()


@pytest.fixture(scope="module")
def document(documents: Documents) -> Any:
    return json.loads(documents.swagger().body)


async def test_the_document_is_that_of_kube_apiserver(control_plane: ControlPlane, document: Any) -> None:
    async with real_server(control_plane) as real:
        found = await real.get(_OPENAPI)
    assert _without_others(found, document) == document


async def test_the_message_of_kube_apiserver_is_read_as_its_document(
    control_plane: ControlPlane, document: Any
) -> None:
    """So the numbers in the table are those of the messages."""
    async with real_server(control_plane) as real:
        found = _decoded("Document", await real.body(_OPENAPI, accept=_PROTOBUF))
    assert _without_others(found, document) == document


def test_a_message_says_what_the_document_says(documents: Documents, document: Any) -> None:
    assert _decoded("Document", documents.swagger_protobuf().body) == document


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "enum": ["a", 1, None], "example": {"x": [1.5]}},
        {"additionalProperties": False, "maximum": -1.5, "exclusiveMinimum": True, "minLength": 300, "maxItems": 1},
        {"additionalProperties": {"$ref": "#/definitions/a"}, "required": ["é", "b"], "x-b": [], "x-a": "y: *z"},
        {"minLength": -1, "maxLength": -300},
        {"items": {"properties": {"a": {}}}, "externalDocs": {"url": "u"}, "multipleOf": 0.1, "maxProperties": 1 << 40},
    ],
)
def test_what_custom_kinds_may_say_is_kept(schema: Any) -> None:
    assert _decoded("Document", swagger_protobuf.encoded({"definitions": {"a": schema}})) == {
        "definitions": {"a": schema}
    }


def test_a_message_says_of_custom_kinds_what_the_document_says() -> None:
    documents = Documents()
    shared = {"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"description": "less", "type": "object"}}
    parameters = [{"name": "limit", "in": "query", "schema": {"type": "integer", "uniqueItems": True}}]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/a.B"}}}
    answers = {"200": {"description": "OK", "content": content}}
    operation = {"operationId": "list", "parameters": parameters, "responses": answers}
    made = {"paths": {"/apis/a": {"get": operation}}, "components": {"schemas": {"a.B": {"type": "object"}, **shared}}}
    before = json.loads(documents.swagger().body)
    documents.replace_custom(CustomDocuments(schemas={"apis/a": lambda: made}))
    document = json.loads(documents.swagger().body)
    assert _decoded("Document", documents.swagger_protobuf().body) == document
    assert document["definitions"] == before["definitions"] | {"a.B": {"type": "object"}}
    assert document["paths"].keys() - before["paths"].keys() == {"/apis/a"}
    assert len(document["parameters"]) == len(before["parameters"]) + 1
    documents.replace_custom(CustomDocuments())
    assert json.loads(documents.swagger().body) == before


def test_a_kind_that_is_nested_too_deep_is_named_and_hides_no_other() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(290):
        deep = {"type": "array", "items": deep}
    kind = {"x-kubernetes-group-version-kind": [{"group": "a", "kind": "B", "version": "v1"}]}
    definitions = {"a.B": {"type": "object", "properties": {"spec": deep}, **kind}, "a.C": {"type": "string"}}
    message = _decoded("Document", swagger_protobuf.encoded({"definitions": definitions}))
    assert message["definitions"] == {"a.B": {"type": "object", **kind}, "a.C": {"type": "string"}}


def test_nothing_is_left_out_in_silence() -> None:
    with pytest.raises(KeyError, match="discriminator"):
        swagger_protobuf.encoded({"definitions": {"a": {"discriminator": "x"}}})


async def test_a_client_that_has_it_is_told_so(kube_server: KubeServer) -> None:
    async with real_server(kube_server) as server:
        async with asyncio.timeout(60):
            while True:  # the real one makes it anew some time after a custom kind of another test has gone
                status, headers = await server.status_and_headers(_OPENAPI, {"Accept": _PROTOBUF})
                media_type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
                assert (status, headers["Content-Type"]) == (200, media_type)
                status, _ = await server.status_and_headers(_OPENAPI, {"If-None-Match": headers["ETag"]})
                if status == 304:
                    return


def _without_others(found: Any, wanted: Any) -> Any:
    """Return a document of a server without what other tests have defined there."""
    members = ("paths", "definitions")
    return found | {name: {key: found[name].get(key) for key in wanted[name]} for name in members}


def _decoded(name: str, content: bytes) -> Any:
    """Return what a message says, as the JSON that it was made of."""
    if name in _UNWRAPPED:
        return _UNWRAPPED[name](content)
    by_number = {field.number: (key, field) for key, field in MESSAGES[name].items()}
    found: dict[str, Any] = {}
    for number, value in _fields(content):
        key, field = by_number[number]
        form = field.form
        if form.endswith("[]"):
            found.setdefault(key, []).append(_value(form[:-2], value))
        elif form.endswith("{}*"):
            found |= _named(form[:-3], [value])
        elif form.endswith("{}"):
            found.setdefault(key, {}).update(_named(form[:-2], [each for _, each in _fields(value)]))
        elif form == "Paths":
            found.setdefault(key, {}).update(_value(form, value))
        else:
            found[key] = _value(form, value)
    return found


def _value(form: str, value: Any) -> Any:
    read = _SCALARS.get(form)
    return _decoded(form, value) if read is None else read(value)


def _named(form: str, entries: list[bytes]) -> dict[str, Any]:
    pairs = (dict(_fields(entry)) for entry in entries)
    return {pair[1].decode(): _value(form, pair[2]) for pair in pairs}


def _fields(content: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(content):
        head, at = _varint(content, at)
        value: Any
        match head & 7:
            case 0:
                value, at = _varint(content, at)
            case 1:
                value, at = content[at : at + 8], at + 8
            case 2:
                length, at = _varint(content, at)
                value, at = content[at : at + length], at + length
            case other:
                raise AssertionError(f"wire type {other}")
        yield head >> 3, value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        found |= (content[at] & 0x7F) << shift
        at += 1
        if content[at - 1] < 0x80:
            return found, at
        shift += 7


def _only(form: str) -> Callable[[bytes], Any]:
    return lambda content: _value(form, next(value for _, value in _fields(content)))


def _texts(content: bytes) -> str | list[str]:
    found = [value.decode() for _, value in _fields(content)]
    return found[0] if len(found) == 1 else found


def _parameter(content: bytes) -> Any:
    ((number, value),) = _fields(content)
    if number == 1:
        return _decoded("BodyParameter", value)
    ((number, value),) = _fields(value)
    return _decoded({3: "QueryParameter", 4: "PathParameter"}[number], value)


def _parameter_or_reference(content: bytes) -> Any:
    ((number, value),) = _fields(content)
    return _parameter(value) if number == 1 else _decoded("Reference", value)


def _schema_or_flag(content: bytes) -> Any:
    ((number, value),) = _fields(content)
    return _decoded("Schema", value) if number == 1 else bool(value)


def _scopes(content: bytes) -> dict[str, list[str]]:
    pairs = (dict(_fields(entry)) for _, entry in _fields(content))
    return {pair[1].decode(): [value.decode() for _, value in _fields(pair[2])] for pair in pairs}


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "any": lambda value: yaml.safe_load(dict(_fields(value))[2]),
    "flag": bool,
    "integer": lambda value: value - (1 << 64) if value >> 63 else value,
    "number": lambda value: struct.unpack("<d", value)[0],
    "text": bytes.decode,
}
_UNWRAPPED: dict[str, Callable[[bytes], Any]] = {
    "Definition": lambda content: _decoded("Schema", content),
    "OneSchema": _only("Schema"),
    "OneText": _texts,
    "Parameter": _parameter,
    "ParameterOrReference": _parameter_or_reference,
    "Paths": lambda content: _named("PathItem", [value for _, value in _fields(content)]),
    "Responses": lambda content: _named("ResponseValue", [value for _, value in _fields(content)]),
    "ResponseValue": _only("Response"),
    "SchemaItem": _only("Schema"),
    "SchemaOrFlag": _schema_or_flag,
    "Security": _scopes,
    "SecurityDefinition": _only("ApiKey"),
}
