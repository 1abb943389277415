"""Lists in pages: every object once, as of one version; and tokens that are none, or are too old."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.page import Page
from aiokube.testing.apiserver.verbs.options import ListOptions
from aiokube.testing.apiserver.verbs.read import NotYet, list_page
from aiokube.testing.apiserver.verbs.selection import Selection


def page(cluster: Cluster, call: Any, *, label_selector: str = "", **options: Any) -> Page:
    selection = Selection(call.resource, namespace=call.namespace, label_selector=label_selector, field_selector="")
    return list_page(cluster, call, ListOptions(**options), selection)


def names(found: Page) -> list[str]:
    return [stored.key.rpartition("/")[2] for stored in found.objects]


NAMES = st.sampled_from([f"n-{number}" for number in range(12)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(limit=st.integers(1, 7), there=st.sets(NAMES), writes=st.lists(NAMES, min_size=1), everywhere=st.booleans())
def test_pages_are_the_list_as_it_was_when_it_began(
    cluster: Cluster, call: Any, put: Any, limit: int, there: set[str], writes: list[str], everywhere: bool
) -> None:
    """Whatever is written meanwhile."""
    one = call(namespace="" if everywhere else "default")
    collection = cluster.collection(one.resource.collection)
    for old in collection.all("default"):
        collection.remove(old.object())
    for name in there:
        put(name)
    wanted = names(page(cluster, one))
    found = page(cluster, one, limit=limit)
    seen, version = names(found), found.resource_version
    meanwhile = itertools.cycle(writes)
    while found.continue_:
        name = next(meanwhile)
        stored = collection.get("default", name)
        if stored is None:
            put(name)
        else:
            collection.remove(stored.object())
        found = page(cluster, one, limit=limit, continue_=found.continue_)
        assert found.resource_version == version
        seen += names(found)
    assert seen == wanted


def test_what_is_left_is_counted_unless_something_is_selected(cluster: Cluster, call: Any, put: Any) -> None:
    for name in "abc":
        put(name, metadata={"labels": {"x": "y"}})
    assert page(cluster, call(), limit=1).remaining == 2
    assert page(cluster, call(), limit=1, label_selector="x=y").remaining is None


def test_a_token_that_is_too_deep_is_none(cluster: Cluster, call: Any) -> None:
    text = b'{"v":"meta.k8s.io/v1","x":%s%s}' % (b"[" * 2000, b"]" * 2000)
    with pytest.raises(StatusError, match=r"continue key is not valid: .*max depth") as caught:
        page(cluster, call(), limit=1, continue_=base64.urlsafe_b64encode(text).decode().rstrip("="))
    assert caught.value.code == 400


def test_a_token_that_is_too_old_brings_one_that_is_inconsistent(cluster: Cluster, call: Any, put: Any) -> None:
    for name in "abc":
        put(name)
    token = page(cluster, call(), limit=1).continue_
    put("d")
    cluster.storage.compact(cluster.storage.revision)
    with pytest.raises(StatusError) as caught:
        page(cluster, call(), limit=1, continue_=token)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")
    rest = page(cluster, call(), continue_=caught.value.metadata["continue"])
    assert names(rest) == ["b", "c", "d"]


@pytest.mark.parametrize(
    "token",
    [
        *("x", "!!!!", "\u00e4\u00e4", "a+/b", base64.urlsafe_b64encode(b"no json").decode().rstrip("=")),
        *(
            base64.urlsafe_b64encode(text).decode().rstrip("=")
            for text in (
                b"{}",
                b"[]",
                b'{"v":"other","rv":1,"start":"a"}',
                b'{"v":"meta.k8s.io/v1","rv":0,"start":"a"}',
                b'{"v":"meta.k8s.io/v1","rv":1,"start":""}',
                b'{"v":"meta.k8s.io/v1","rv":1,"start":"../a"}',
                b'{"v":"meta.k8s.io/v1","rv":1,"start":"//a"}',
                b'{"v":"meta.k8s.io/v1","rv":99999999999999999999,"start":"a"}',
                b"\xff\xfe",
            )
        ),
    ],
)
def test_what_is_no_token_is_a_bad_request(cluster: Cluster, call: Any, token: str) -> None:
    with pytest.raises(StatusError, match="continue key is not valid") as caught:
        page(cluster, call(), continue_=token)
    assert caught.value.code == 400


def test_versions_of_the_future_are_waited_for(cluster: Cluster, call: Any) -> None:
    future = cluster.storage.revision + 1
    token = base64.urlsafe_b64encode(b'{"v":"meta.k8s.io/v1","rv":%d,"start":"a"}' % future).decode().rstrip("=")
    with pytest.raises(NotYet):
        page(cluster, call(), resource_version=str(future))
    with pytest.raises(NotYet):
        page(cluster, call(), continue_=token)


def test_a_version_that_is_none_is_a_bad_request_for_lists(cluster: Cluster, call: Any) -> None:
    for version in ("x", "-1", "9" * 5000):
        with pytest.raises(StatusError) as caught:
            page(cluster, call(), resource_version=version)
        assert caught.value.code == 400


def test_an_exact_version_shows_what_was(cluster: Cluster, call: Any, put: Any) -> None:
    before = put("a")["metadata"]["resourceVersion"]
    put("b")
    found = page(cluster, call(), resource_version=before, resource_version_match="Exact")
    assert (names(found), found.resource_version) == (["a"], int(before))
