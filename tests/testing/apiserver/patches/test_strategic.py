"""Strategic merge patches do what kube-apiserver does with them, and are refused with its words."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.patches import strategic as patches
from aiokube.testing.apiserver.schema.builtin import kind_node
from conformance.answers import Server, answers
from conformance.case import case, delete, merge, post, strategic
from conformance.servers import server_of

_NODE = kind_node("", "v1", "ServiceAccount")
_SERVICE_ACCOUNT = {
    "metadata": {
        "name": "a",
        "labels": {"l": "1", "m": "2"},
        "finalizers": ["x.io/b", "x.io/a"],
    },
    "secrets": [{"name": "c"}, {"name": "a"}, {"name": "b"}],
}

_PATCHES: list[Any] = [
    {"secrets": [{"name": "d"}, {"name": "a"}]},
    {"secrets": [{"name": "a", "$patch": "delete"}]},
    {"secrets": [{"name": "a", "$patch": "delete"}, {"name": "d"}]},
    {"secrets": [{"$patch": "replace"}, {"name": "d"}]},
    {"secrets": [{"name": "a", "$patch": "merge"}]},
    {"secrets": [{"name": "a", "$patch": "unknown"}]},
    {"secrets": [{"$patch": "delete"}]},
    {"secrets": [{"kind": "K"}]},
    {"secrets": None},
    {"secrets": []},
    {"secrets": ["x"]},
    {"secrets": [["x"]]},
    {"$patch": "unknown"},
    {"secrets": [{"name": "d"}], "$setElementOrder/secrets": [{"name": "d"}, {"name": "b"}, {"name": "c"}]},
    {"secrets": [{"name": "d"}], "$setElementOrder/secrets": [{"name": "b"}]},
    {"$setElementOrder/secrets": [{"name": "b"}, {"name": "a"}]},
    {"$setElementOrder/secrets": []},
    {"$setElementOrder/secrets": [{}]},
    {"$setElementOrder/secrets": "x"},
    {"$setElementOrder/nothing": []},
    {"$setElementOrdersecrets": []},
    {"secrets": [{"name": "e"}, {"name": "b", "$patch": "delete"}], "$setElementOrder/secrets": [{"name": "e"}]},
    {"secrets": [{"name": "a", "$patch": "delete"}, {"name": "a"}], "$setElementOrder/secrets": []},
    {"metadata": {"finalizers": ["x.io/c", "x.io/a"]}},
    {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x.io/b", "x.io/z"]}},
    {"metadata": {"$deleteFromPrimitiveListfinalizers": ["x.io/b"]}},
    {"metadata": {"$setElementOrder/finalizers": ["x.io/a", "x.io/b"]}},
    {"metadata": {"finalizers": ["x.io/c"], "$setElementOrder/finalizers": ["x.io/a", "x.io/c", "x.io/b"]}},
    {"metadata": {"labels": {"l": None, "n": "3"}}},
    {"metadata": {"labels": {"$patch": "replace", "n": "3"}}},
    {"metadata": {"labels": {"$patch": "delete"}}},
    {"metadata": {"labels": {"$retainKeys": ["m", "n"], "n": "3"}}},
    {"metadata": {"labels": {"$retainKeys": ["m"], "n": "3"}}},
    {"metadata": {"labels": {"$retainKeys": "m"}}},
    {"automountServiceAccountToken": False},
]


@pytest.fixture(scope="module")
def real(control_plane: ControlPlane) -> dict[str, Any]:
    """What the real server answers to each of the patches, by its JSON, and the object that it has."""
    return _ask(server_of(control_plane))


def _ask(server: Server) -> dict[str, Any]:
    given = answers(
        case(
            "strategic-patches",
            post("serviceaccounts", _SERVICE_ACCOUNT),
            *(strategic("serviceaccounts/a?dryRun=All", patch) for patch in _PATCHES),
            merge("serviceaccounts/a", {"metadata": {"finalizers": None}}),
            delete("serviceaccounts/a"),
        ),
        server,
    )
    found = {json.dumps(patch): answer.body for patch, answer in zip(_PATCHES, given[1:], strict=False)}
    return found | {"": given[0].body}


@pytest.mark.parametrize("patch", _PATCHES, ids=json.dumps)
def test_does_what_the_real_server_does(patch: Any, real: dict[str, Any]) -> None:
    """The result, or the refusal."""
    answer = real[json.dumps(patch)]
    ours = _result(real[""], patch)
    if answer["kind"] == "Status":
        assert ours == answer
    else:
        assert _compared(ours) == _compared(answer)


def _result(account: Any, patch: Any) -> Any:
    try:
        return patches.apply(copy.deepcopy(account), _read(patch), _NODE)
    except StatusError as error:
        return error.status


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "1"])
def test_a_patch_is_an_object(text: str) -> None:
    with pytest.raises(StatusError) as caught:
        patches.read(text.encode(), strict=True)
    assert caught.value.code == 400


def test_null_is_an_empty_patch() -> None:
    assert patches.read(b"null", strict=True).value == {}


def test_the_patch_is_shown_as_go_shows_maps() -> None:
    patch = _read({"spec": {"b": [1, None, True], "a": 1.5, "c": {}}})
    assert str(patch) == "map[spec:map[a:1.5 b:[1 <nil> true] c:map[]]]"


def test_strict_reading_notes_what_stands_twice() -> None:
    assert patches.read(b'{"a":1,"a":2}', strict=True).strict_errors == ('duplicate field "a"',)


def test_keys_are_retained_as_the_directive_says() -> None:
    """As kubectl sends it when a strategy changes from RollingUpdate to Recreate."""
    node = kind_node("apps", "v1", "Deployment")
    deployment = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = _read({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}})
    assert patches.apply(deployment, patch, node) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_lists_within_lists_are_merged_by_their_keys() -> None:
    node = kind_node("", "v1", "Pod")
    pod = {"spec": {"containers": [{"name": "a", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]}]}}
    patch = _read({"spec": {"containers": [{"name": "a", "env": [{"name": "X", "value": "3"}], "image": "i"}]}})
    env = [{"name": "X", "value": "3"}, {"name": "Y", "value": "2"}]
    assert patches.apply(pod, patch, node) == {"spec": {"containers": [{"name": "a", "env": env, "image": "i"}]}}


def test_lists_without_a_strategy_are_replaced() -> None:
    node = kind_node("", "v1", "Pod")
    pod = {"spec": {"containers": [{"name": "a", "command": ["x", "y"]}], "tolerations": [{"key": "k"}]}}
    patch = _read({"spec": {"containers": [{"name": "a", "command": ["z"]}], "tolerations": []}})
    assert patches.apply(pod, patch, node) == {
        "spec": {"containers": [{"name": "a", "command": ["z"]}], "tolerations": []}
    }


_NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(_NAMES, _NAMES)
def test_a_patch_that_orders_makes_the_order(live: list[str], wanted: list[str]) -> None:
    """What is wanted stands in the order wanted, nothing is lost, and a second time changes nothing."""
    account: Any = {"secrets": [{"name": name} for name in live]}
    change = {
        "secrets": [{"name": name} for name in wanted],
        "$setElementOrder/secrets": [{"name": name} for name in wanted],
    }
    if not live and not wanted:
        return  # the real library refuses to order nothing
    once = patches.apply(copy.deepcopy(account), _read(change), _NODE)
    names = [item["name"] for item in once["secrets"]]
    assert [name for name in names if name in wanted] == wanted
    assert [name for name in names if name not in wanted] == [name for name in live if name not in wanted]
    assert patches.apply(copy.deepcopy(once), _read(change), _NODE) == once


def _read(patch: Any) -> patches.StrategicPatch:
    return patches.read(json.dumps(patch).encode(), strict=True)


def _compared(account: Any) -> Any:
    metadata = {name: account["metadata"].get(name) or None for name in ("labels", "finalizers")}
    names = [secret["name"] for secret in account.get("secrets") or ()]
    return metadata, names, account.get("automountServiceAccountToken")
