"""Values of custom kinds held against their schemas, by this server and by kube-apiserver."""

from typing import Any

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.schema import structural, validation
from custom_kinds import CustomKind

_STRING = {"type": "string"}
_INTEGER = {"type": "integer"}
_MAP_LIST = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": _STRING, "size": {"type": "integer", "maximum": 3}},
    },
}


def _string(**keywords: Any) -> dict[str, Any]:
    return {"type": "string", **keywords}


_CASES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "string": (_STRING, ["a", 1, 1.5, True, [], {}, ["a"]]),
    "integer": (_INTEGER, [1, "1", 1.0, 1.5, True, 1e30, 2**53, {}]),
    "number": ({"type": "number"}, [1, 1.5, "x", False]),
    "boolean": ({"type": "boolean"}, [True, "true", 0]),
    "array": ({"type": "array", "items": _STRING}, [["a", 1, "b", 2.5], "a", {}]),
    "object": ({"type": "object", "properties": {"a": _STRING}}, [{}, {"a": 1}, [], "a"]),
    "int_or_string": ({"x-kubernetes-int-or-string": True}, [1, "a", True, 1.5, []]),
    "int_or_string_any": (
        {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        [1, "a", True],
    ),
    "int_or_string_pattern": ({"x-kubernetes-int-or-string": True, "pattern": "^a", "maximum": 3}, ["b", 4]),
    "nullable": ({"type": "string", "nullable": True, "enum": ["a"]}, [None, "b"]),
    "enum": (_string(enum=["a", "b"]), ["a", "c", ""]),
    "enum_integer": ({"type": "integer", "enum": [1, 2]}, [2, 3, 2.0]),
    "enum_number": ({"type": "number", "enum": [1, 2.5]}, [1, 2.5, 3]),
    "enum_object": ({"type": "object", "enum": [{"b": 1, "a": "<"}], "properties": {"a": _STRING}}, [{"a": "x"}]),
    "pattern": (_string(pattern="^[a-z]+$"), ["abc", "aBc", "abc\n", 'a"b']),
    "max_length": (_string(maxLength=3), ["abc", "abcd", "äöü", "äöüß"]),
    "max_length_one": (_string(maxLength=1), ["ab"]),
    "min_length": (_string(minLength=2), ["a", "ä", ""]),
    "lengths_and_pattern": (_string(minLength=2, maxLength=3, pattern="^a"), ["b", "bcde", "bc"]),
    "maximum": ({"type": "integer", "maximum": 10}, [10, 11, 10.0, 12.0]),
    "maximum_exclusive": ({"type": "integer", "maximum": 10, "exclusiveMaximum": True}, [9, 10]),
    "minimum": ({"type": "integer", "minimum": -1}, [-1, -2]),
    "minimum_exclusive": ({"type": "number", "minimum": 0.5, "exclusiveMinimum": True}, [0.5, 0.25, 0, 1]),
    "maximum_number": ({"type": "number", "maximum": 10.5}, [10.5, 10.75, 11, 10, 2000000.5]),
    "maximum_odd": ({"type": "integer", "maximum": 10.5}, [10, 11]),
    "large": ({"type": "integer", "maximum": 1000000}, [1000000, 2000000]),
    "multiple": ({"type": "integer", "multipleOf": 3}, [9, 10]),
    "multiple_fraction": ({"type": "number", "multipleOf": 0.01}, [1.23, 1.234, 2]),
    "multiple_both": ({"type": "integer", "multipleOf": 2, "maximum": 2, "minimum": 8}, [5]),
    "int32": ({"type": "integer", "format": "int32"}, [2**31 - 1, 2**31, -(2**31) - 1]),
    "int64": ({"type": "integer", "format": "int64"}, [2**62]),
    "float": ({"type": "number", "format": "float"}, [1.5, 1e39]),
    "format_unknown": (_string(format="nope"), ["x", 1]),
    "format_on_integer": ({"type": "integer", "format": "date"}, [1, "x"]),
    "format_of_no_string": (_string(format="date"), [5, 1.5, True, [], {}]),
    "date": (_string(format="date"), ["2024-02-29", "2023-02-29", "2024-2-1", "", "0000-02-29"]),
    "date_time": (
        _string(format="date-time"),
        ["2024-01-01T00:00:00Z", "2024-01-01t00:00:00.5+01:00", "2024-01-01 00:00:00Z", "2024-01-01T24:00:00Z", "x"],
    ),
    "datetime": (_string(format="datetime"), ["2024-01-01T00:00:00Z", "no"]),
    "duration": (_string(format="duration"), ["1h", "1.5h", "22 ns", "3 weeks", "-1m", "0", "5", "x", "1 x", "1sec2"]),
    "byte": (_string(format="byte"), ["YQ==", "YQ", "", "!"]),
    "email": (_string(format="email"), ["a@b", "a.b@c.d", "A <a@b>", "a@", "@b", "a b@c", '"a b"@c', "a", "<a@b>"]),
    "hostname": (_string(format="hostname"), ["a.example", "a", "-a", "a..b", "a_b", "a." * 130 + "com"]),
    "ipv4": (_string(format="ipv4"), ["1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.256", "::1", "::ffff:1.2.3.4"]),
    "ipv6": (_string(format="ipv6"), ["::1", "1.2.3.4", "fe80::1%eth0", "1::2::3", "::ffff:1.2.3.4"]),
    "cidr": (_string(format="cidr"), ["10.0.0.0/8", "::/0", "10.0.0.0", "10.0.0.0/33", "010.0.0.0/8"]),
    "mac": (_string(format="mac"), ["00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455", "00:11:22:33:44"]),
    "uuid": (_string(format="uuid"), ["123e4567-e89b-12d3-a456-426614174000", "123E4567e89b12d3a456426614174000", "1"]),
    "uuid3": (
        _string(format="uuid3"),
        ["123e4567-e89b-32d3-a456-426614174000", "123e4567-e89b-42d3-a456-426614174000"],
    ),
    "uuid4": (
        _string(format="uuid4"),
        ["123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-c456-426614174000"],
    ),
    "uuid5": (_string(format="uuid5"), ["123e4567-e89b-52d3-a456-426614174000", "x"]),
    "isbn": (_string(format="isbn"), ["0321751043", "978-0321751041", "978-0321751042", "032175104X"]),
    "creditcard": (_string(format="creditcard"), ["4111 1111 1111 1111", "4111111111111112"]),
    "ssn": (_string(format="ssn"), ["111-22-3333", "111223333", "x"]),
    "hexcolor": (_string(format="hexcolor"), ["#fff", "ffffff", "#ff"]),
    "rgbcolor": (_string(format="rgbcolor"), ["rgb(1,2, 255)", "rgb(256,0,0)"]),
    "password": (_string(format="password"), ["x"]),
    "bsonobjectid": (_string(format="bsonobjectid"), ["507f1f77bcf86cd799439011", "x"]),
    "uri": (_string(format="uri"), ["http://a/b", "/a", "a", "", "http://a b", "mailto:x", "http://a/%zz"]),
    "short_name": (_string(format="k8s-short-name"), ["a-b", "A", "a" * 64]),
    "long_name": (_string(format="k8s-long-name"), ["a.b", "a..b"]),
    "min_items": ({"type": "array", "items": _STRING, "minItems": 2}, [["a"]]),
    "max_items": ({"type": "array", "items": _STRING, "maxItems": 1}, [["a", "b"]]),
    "min_properties": ({"type": "object", "additionalProperties": _STRING, "minProperties": 1}, [{}]),
    "max_properties": ({"type": "object", "additionalProperties": _STRING, "maxProperties": 1}, [{"a": "", "b": ""}]),
    "required": (
        {"type": "object", "required": ["a", "b"], "properties": {"a": _STRING, "b": _STRING}},
        [{}, {"b": ""}],
    ),
    "map": ({"type": "object", "additionalProperties": {"type": "integer", "maximum": 1}}, [{"a.b": 2}, {"a": "x"}]),
    "no_more": ({"type": "object", "additionalProperties": False}, [{"a": 1}]),
    "all_of": ({"type": "integer", "allOf": [{"maximum": 3}, {"minimum": 2}]}, [2, 4, 1]),
    "all_of_none": ({"type": "integer", "allOf": [{"maximum": 3}, {"multipleOf": 2}]}, [5]),
    "any_of": ({"type": "integer", "anyOf": [{"maximum": 3}, {"minimum": 5}]}, [2, 4, 6]),
    "one_of": ({"type": "integer", "oneOf": [{"maximum": 3}, {"minimum": 2}]}, [1, 2, 4]),
    "one_of_required": (
        {
            "type": "object",
            "properties": {"a": _STRING, "b": _STRING},
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        [{}, {"a": ""}, {"a": "", "b": ""}],
    ),
    "any_of_best": (
        {
            "type": "object",
            "properties": {"a": _STRING, "b": _INTEGER},
            "anyOf": [
                {"required": ["a"], "properties": {"b": {"minimum": 4}}},
                {"properties": {"a": {"minLength": 2}, "b": {"maximum": 1}}},
            ],
        },
        [{"b": 3}, {"a": "x", "b": 1}],
    ),
    "not": ({"type": "integer", "not": {"minimum": 3}}, [2, 3]),
    "not_nested": (
        {"type": "object", "properties": {"a": _STRING}, "not": {"properties": {"a": {"pattern": "^x"}}}},
        [{"a": "x"}, {"a": "y"}, {}],
    ),
    "map_list": (_MAP_LIST, [[{"name": "a", "size": 4}], [{}], [{"name": "a", "size": "x"}]]),
    "deep": (
        {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "array", "items": _INTEGER}}}},
        [{"a": [[1], [2, "x"]]}],
    ),
}

_SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {name: schema for name, (schema, _) in _CASES.items()}}},
}
_TRIALS = [(name, value) for name, (_, values) in _CASES.items() for value in values]


async def test_says_what_kube_apiserver_says(control_plane: ControlPlane) -> None:
    node = structural.node(_SCHEMA)
    differences = []
    async with CustomKind.of(control_plane, _SCHEMA) as kind:
        for name, value in _TRIALS:
            body = kind.body(spec={name: value})
            theirs = await kind.causes("POST", body)
            ours = [error.cause for error in validation.validate(node, body)]
            if ours != theirs:
                differences.append((name, value, ours, theirs))
    assert differences == []
