"""The collections: one counter, objects in the order of their keys, and a history that ends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType, Storage
from aiokube.testing.apiserver.storage.history import Forgotten

PODS = GroupResource("", "pods")
SECRETS = GroupResource("", "secrets")


def obj(name: str, namespace: str = "a", **more: Any) -> dict[str, Any]:
    return {"kind": "Thing", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}, **more}


def test_the_counter_is_one_for_all_collections() -> None:
    storage = Storage()
    first = storage.collection(PODS).put(obj("one"))
    second = storage.collection(SECRETS).put(obj("two"))
    assert second.resource_version == first.resource_version + 1 == storage.revision


def test_what_is_stored_has_the_counter_in_it() -> None:
    stored = Storage().collection(PODS).put(obj("one"))
    assert stored.object()["metadata"]["resourceVersion"] == str(stored.resource_version)


def test_a_deletion_has_a_version_of_its_own() -> None:
    """Source: https://github.com/kubernetes/kubernetes/pull/58545"""
    pods = Storage().collection(PODS)
    stored = pods.put(obj("one"))
    removed = pods.remove(stored.object())
    assert removed.resource_version == stored.resource_version + 1
    assert removed.object()["metadata"]["resourceVersion"] == str(removed.resource_version)
    assert pods.get("a", "one") is None


def test_lists_are_in_the_order_of_keys_as_etcd_has_them() -> None:
    """`a-b/x` comes before `a/x`, for the hyphen is less than the slash."""
    pods = Storage().collection(PODS)
    for namespace in ("a", "a-b", "b"):
        pods.put(obj("x", namespace))
    assert [stored.key for stored in pods.all()] == ["a-b/x", "a/x", "b/x"]
    assert [stored.key for stored in pods.all("a")] == ["a/x"]


def test_listeners_hear_what_happens_until_they_stop() -> None:
    pods = Storage().collection(PODS)
    heard: list[Event] = []
    stop = pods.listen(heard.append)
    pods.put(obj("one"))
    pods.put(obj("one", data=1))
    pods.remove(obj("one"))
    stop()
    pods.put(obj("two"))
    assert [event.type for event in heard] == [EventType.ADDED, EventType.MODIFIED, EventType.DELETED]
    assert heard[1].previous is heard[0].object


def test_history_is_given_from_a_version_on() -> None:
    pods = Storage().collection(PODS)
    first = pods.put(obj("one"))
    second = pods.put(obj("two"))
    assert [event.object.key for event in pods.history.since(first.resource_version)] == ["a/two"]
    assert list(pods.history.since(second.resource_version)) == []


def test_history_that_is_too_long_is_forgotten_from_its_beginning() -> None:
    pods = Storage(history=2).collection(PODS)
    versions = [pods.put(obj(f"pod-{number}")).resource_version for number in range(4)]
    assert len(list(pods.history.since(versions[1]))) == 2
    with pytest.raises(Forgotten, match="too old resource version"):
        pods.history.since(versions[0])


def test_history_that_is_too_large_is_forgotten_from_its_beginning() -> None:
    """What was there before can be told until an event since then is forgotten; what was forgotten makes room."""
    storage = Storage(history_bytes=10_000)
    pods = storage.collection(PODS)
    versions = [pods.put(obj("large", data="x" * 3_000)).resource_version for _ in range(4)]
    assert len(list(pods.history.since(versions[0]))) == 3
    storage.compact(versions[1])
    versions += [pods.put(obj(f"small-{number}")).resource_version for number in range(20)]
    assert len(list(pods.history.since(versions[1]))) == 22
    versions.append(pods.put(obj("huge", data="x" * 20_000)).resource_version)
    assert list(pods.history.since(versions[-1])) == []
    with pytest.raises(Forgotten):
        pods.all_at(versions[-2])


def test_compaction_forgets_up_to_a_version() -> None:
    storage = Storage()
    pods = storage.collection(PODS)
    first, second = (pods.put(obj(name)).resource_version for name in ("one", "two"))
    storage.compact(second)
    assert list(pods.history.since(second)) == []
    with pytest.raises(Forgotten):
        pods.history.since(first)
    with pytest.raises(Forgotten):
        storage.collection(SECRETS).history.since(first)


def test_compaction_never_goes_back_or_into_the_future() -> None:
    storage = Storage()
    storage.collection(PODS).put(obj("one"))
    storage.compact(10_000)
    assert storage.compacted == storage.revision
    storage.compact(1)
    assert storage.compacted == storage.revision


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=40), st.data())
def test_what_was_there_at_a_version_can_be_told(writes: list[tuple[str, bool]], data: st.DataObject) -> None:
    storage = Storage()
    pods = storage.collection(PODS)
    states = {storage.revision: [] if not pods.all() else pods.all()}
    for name, wanted in writes:
        if wanted:
            pods.put(obj(name))
        elif pods.get("a", name) is not None:
            pods.remove(obj(name))
        states[storage.revision] = pods.all()
    revision = data.draw(st.sampled_from(sorted(states)))
    assert pods.all_at(revision) == states[revision]


def test_an_encoding_is_made_once_for_all_who_listen() -> None:
    """Later it is made anew each time, for history does not keep it."""
    pods = Storage().collection(PODS)
    heard: list[Event] = []
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"line"

    for _ in range(100):
        pods.listen(lambda event: heard.append(event) if event.form("key", make) else None)
    pods.put(obj("one"))
    assert (len(heard), len(made)) == (100, 1)
    assert [heard[0].form("key", make) for _ in range(3)] == [b"line"] * 3
    assert len(made) == 4
