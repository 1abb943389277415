"""Feeds: the lines of a watch, in the order of the writes, none lost and none twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.forms import Form
from aiokube.testing.apiserver.verbs.options import ListOptions
from aiokube.testing.apiserver.verbs.selection import Selection
from aiokube.testing.apiserver.verbs.watch import Feed


def feed(
    cluster: Cluster, call: Any, *, labels: str = "", form: Form | None = None, limit: int | None = None, **options: Any
) -> Feed:
    selection = Selection(call.resource, namespace=call.namespace, label_selector=labels, field_selector="")
    return Feed(cluster, call, ListOptions(watch=True, **options), selection, form or Form(), limit=limit)


def taken(feed: Feed) -> list[tuple[str, str]]:
    """Return the types and names of what was sent."""
    events = [json.loads(line) for line in feed.take().splitlines()]
    return [(event["type"], event["object"].get("metadata", {}).get("name", "")) for event in events]


def relabel(cluster: Cluster, call: Any, name: str, **labels: str) -> None:
    collection = cluster.collection(call.resource.collection)
    obj = cluster.get(call.resource.collection, name, "default")
    assert obj is not None
    obj["metadata"]["labels"] = labels
    collection.put(obj)


def remove(cluster: Cluster, call: Any, name: str) -> int:
    obj = cluster.get(call.resource.collection, name, "default")
    assert obj is not None
    return cluster.collection(call.resource.collection).remove(obj).resource_version


def listeners(cluster: Cluster, call: Any) -> int:
    return len(cluster.collection(call.resource.collection)._listeners) + len(cluster.storage._listeners)


def test_what_is_there_comes_first_and_then_what_happens(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    watch = feed(cluster, call(), send_initial_events=True, allow_watch_bookmarks=True)
    put("b")
    remove(cluster, call(), "a")
    assert taken(watch) == [("ADDED", "a"), ("BOOKMARK", ""), ("ADDED", "b"), ("DELETED", "a")]


def test_the_end_of_what_was_there_is_marked(cluster: Cluster, call: Any, put: Any) -> None:
    version = put("a")["metadata"]["resourceVersion"]
    watch = feed(cluster, call(), send_initial_events=True, allow_watch_bookmarks=True)
    metadata = json.loads(watch.take().splitlines()[-1])["object"]["metadata"]
    assert metadata == {"resourceVersion": version, "annotations": {"k8s.io/initial-events-end": "true"}}


def test_history_is_sent_from_a_version_on(cluster: Cluster, call: Any, put: Any) -> None:
    version = put("a")["metadata"]["resourceVersion"]
    put("b")
    remove(cluster, call(), "a")
    watch = feed(cluster, call(), resource_version=version)
    assert taken(watch) == [("ADDED", "b"), ("DELETED", "a")]


def test_a_change_of_labels_brings_in_and_takes_out(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    watch = feed(cluster, call(), labels="x=y", resource_version=str(cluster.storage.revision))
    relabel(cluster, call(), "a", x="y")
    relabel(cluster, call(), "a", x="y", more="z")
    relabel(cluster, call(), "a", x="n")
    relabel(cluster, call(), "a", x="m")
    assert taken(watch) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_what_is_taken_out_is_shown_as_it_was_with_the_version_of_the_change(
    cluster: Cluster, call: Any, put: Any
) -> None:
    put("a", metadata={"labels": {"x": "y"}})
    watch = feed(cluster, call(), labels="x=y", resource_version=str(cluster.storage.revision))
    relabel(cluster, call(), "a", x="n")
    metadata = json.loads(watch.take())["object"]["metadata"]
    assert (metadata["labels"], metadata["resourceVersion"]) == ({"x": "y"}, str(cluster.storage.revision))


def test_a_deletion_has_its_own_version(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    watch = feed(cluster, call(), resource_version=str(cluster.storage.revision))
    version = remove(cluster, call(), "a")
    assert json.loads(watch.take())["object"]["metadata"]["resourceVersion"] == str(version)


def test_other_namespaces_are_not_sent(cluster: Cluster, call: Any, put: Any) -> None:
    watch = feed(cluster, call(), resource_version=str(cluster.storage.revision))
    put("a", namespace="kube-system")
    assert taken(watch) == []


def test_a_version_that_is_forgotten_is_an_event_that_says_so(cluster: Cluster, call: Any, put: Any) -> None:
    version = put("a")["metadata"]["resourceVersion"]
    put("b")
    cluster.storage.compact(cluster.storage.revision)
    before = listeners(cluster, call())
    watch = feed(cluster, call(), resource_version=version)
    event = json.loads(watch.take())
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watch.is_over
    assert listeners(cluster, call()) == before


def test_a_version_of_the_future_is_waited_for(cluster: Cluster, call: Any, put: Any) -> None:
    watch = feed(cluster, call(), resource_version=str(cluster.storage.revision + 1))
    assert watch.is_waiting
    put("a")
    assert not watch.is_waiting
    put("b")
    assert taken(watch) == [("ADDED", "b")]


def test_a_version_that_does_not_come_is_given_up(cluster: Cluster, call: Any) -> None:
    before = listeners(cluster, call())
    watch = feed(cluster, call(), resource_version=str(cluster.storage.revision + 5))
    watch.give_up()
    event = json.loads(watch.take())
    assert (event["type"], event["object"]["code"]) == ("ERROR", 504)
    assert watch.is_over
    assert listeners(cluster, call()) == before


def test_a_version_that_is_none_is_refused(cluster: Cluster, call: Any) -> None:
    with pytest.raises(StatusError, match="ParseUint"):
        feed(cluster, call(), resource_version="x")


def test_who_does_not_take_what_there_is_is_cut_off(cluster: Cluster, call: Any, put: Any) -> None:
    before = listeners(cluster, call())
    slow = feed(cluster, call(), resource_version=str(cluster.storage.revision), limit=2)
    quick = feed(cluster, call(), resource_version=str(cluster.storage.revision), limit=2)
    for name in "abc":
        put(name)
        assert taken(quick) == [("ADDED", name)]
    assert slow.was_too_slow
    assert slow.take() == b""
    assert listeners(cluster, call()) == before + 1
    assert not quick.was_too_slow


def test_closing_ends_listening_and_may_be_done_again(cluster: Cluster, call: Any, put: Any) -> None:
    before = listeners(cluster, call())
    watch = feed(cluster, call(), resource_version=str(cluster.storage.revision))
    assert listeners(cluster, call()) == before + 1
    watch.close()
    watch.close()
    put("a")
    assert listeners(cluster, call()) == before
    assert watch.take() == b""


def test_bookmarks_are_for_who_asked(cluster: Cluster, call: Any) -> None:
    version = str(cluster.storage.revision)
    silent = feed(cluster, call(), resource_version=version)
    told = feed(cluster, call(), resource_version=version, allow_watch_bookmarks=True)
    silent.bookmark()
    told.bookmark()
    assert silent.take() == b""
    assert json.loads(told.take())["object"]["metadata"] == {"resourceVersion": version}


def test_events_are_encoded_once_for_all_who_watch(cluster: Cluster, call: Any, put: Any) -> None:
    version = str(cluster.storage.revision)
    feeds = [feed(cluster, call(), resource_version=version) for _ in range(3)]
    put("a")
    put("b")
    lines = [watch._lines for watch in feeds]
    assert all(line is first for each in lines for line, first in zip(each, lines[0], strict=True))
    events = list(cluster.collection(call().resource.collection).history.since(int(version)))
    assert [event._forms for event in events] == [None, None]  # nothing is kept for those who come later


def test_a_table_says_once_what_its_columns_are(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    put("b")
    watch = feed(cluster, call(), form=Form("Table"), send_initial_events=True)
    put("c")
    tables = [json.loads(line)["object"] for line in watch.take().splitlines()]
    assert [bool(table["columnDefinitions"]) for table in tables] == [True, False, False]
