"""JSONPath as the columns of custom kinds have it."""

from typing import Any

import pytest

from aiokube.testing.apiserver.customresources.json_path import JSONPath, JSONPathError

_OBJECT: dict[str, Any] = {
    "metadata": {"name": "a", "annotations": {"example.com/x": "y", "it's": 1}},
    "spec": {"replicas": 3, "list": ["a", "b", "c"], "none": None},
    "status": {
        "conditions": [
            {"type": "Ready", "status": "True", "weight": 2},
            {"type": "Old", "status": "False", "weight": 5},
            {"status": "Unknown"},
        ]
    },
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".metadata.name", ["a"]),
        ("metadata.name", None),
        (".spec.nope", []),
        (".nope.name", []),
        (".spec.none", [None]),
        (".spec.none.x", []),
        (".metadata.name.x", []),
        (r".metadata.annotations.example\.com/x", ["y"]),
        (".metadata.annotations['example\\.com/x']", ["y"]),
        (".spec.list[0]", ["a"]),
        (".spec.list[-1]", ["c"]),
        (".spec.list[-3]", ["a"]),
        (".spec.list[1:]", ["b", "c"]),
        (".spec.list[:2]", ["a", "b"]),
        (".spec.list[::2]", ["a", "c"]),
        (".spec.list[0,2]", ["a", "c"]),
        (".spec.list[*]", ["a", "b", "c"]),
        (".spec.list[3]", JSONPathError),
        (".spec[0]", JSONPathError),
        (".nope[0]", []),
        (".spec.*", [3, ["a", "b", "c"], None]),
        ("..status", [_OBJECT["status"], "True", "False", "Unknown"]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type=='Old')].weight", [5]),
        ('.status.conditions[?(@.type!="Ready")].status', ["False"]),
        (".status.conditions[?(@.weight>=2)].type", ["Ready", "Old"]),
        (".status.conditions[?(@.weight)].type", ["Ready", "Old"]),
        (".status.conditions[?(@.weight=='x')].type", JSONPathError),
        (".spec[?(@.x=='y')]", JSONPathError),
        ("@.spec.replicas", [3]),
        ("$.spec.replicas", [3]),
        (".", []),
    ],
)
def test_finds(path: str, found: Any) -> None:
    if found is None:
        with pytest.raises(JSONPathError):
            JSONPath(path)
    elif found is JSONPathError:
        with pytest.raises(JSONPathError):
            JSONPath(path).find(_OBJECT)
    else:
        assert JSONPath(path).find(_OBJECT) == found


@pytest.mark.parametrize("path", [".a[", ".a[x]", ".a[?(@.b", '.a["b"', ".....", ".a ^", "range", ".a[1.5]"])
def test_refuses_what_is_no_path(path: str) -> None:
    with pytest.raises(JSONPathError):
        JSONPath(path)
