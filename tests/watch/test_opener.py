"""What a function that is watched around is called with."""

from __future__ import annotations

from functools import partial
from typing import Any

import kubernetes_asyncio.client as ka
import pytest

from aiokube._machinery.listwatch import Open
from aiokube.client.exceptions import GoneError, NotFoundError
from aiokube.watch.opener import Opener

START = Open(None, at_start=True, timeout_seconds=300, silence_seconds=305.0)
RESUME = Open("9", at_start=False, timeout_seconds=300, silence_seconds=305.0)


class Content:
    """The body of an answer."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def read(self, size: int) -> bytes:
        """Give at most seven bytes, as a slow network would."""
        piece, self.body = self.body[:7], self.body[7:]
        return piece


class Response:
    """As much of an aiohttp response as opening looks at."""

    def __init__(self, status: int = 200, body: bytes = b"") -> None:
        self.status = status
        self.reason = "Reason"
        self.headers = {"X-A": "b"}
        self.content = Content(body)
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Calls:
    """Records what it was called with."""

    def __init__(self, response: Any = None) -> None:
        self.response = response or Response()
        self.seen: list[dict[str, Any]] = []

    def note(self, **seen: Any) -> Any:
        self.seen.append(seen)
        return self.response


class Verb:
    """Stands for a resource of aiokube."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    async def get(self, name: str | None = None, namespace: str | None = None, **kwargs: Any) -> Any:
        """Read one or all."""
        return self.calls.note(name=name, namespace=namespace, **kwargs)


Verb.__module__ = "aiokube.dynamic.resource"


class Sub(Verb):
    """A user's own kind of resource."""


async def seen_by(func: Any, calls: Calls, action: Open, **kwargs: Any) -> dict[str, Any]:
    await Opener(func, (), kwargs).open(action)
    return calls.seen[-1]


@pytest.mark.parametrize("kind", [Verb, Sub])
async def test_a_verb_of_aiokube_is_given_everything(kind: type[Verb]) -> None:
    calls = Calls()
    assert await seen_by(kind(calls).get, calls, START, namespace="web") == {
        "name": None,
        "namespace": "web",
        "watch": True,
        "serialize": False,
        "_preload_content": False,
        "allow_watch_bookmarks": True,
        "timeout_seconds": 300,
    }


async def test_a_partial_of_a_verb_is_a_verb() -> None:
    calls = Calls()
    seen = await seen_by(partial(Verb(calls).get, namespace="web"), calls, START)
    assert (seen["namespace"], seen["serialize"]) == ("web", False)


async def test_a_typed_method_of_kubernetes_asyncio_is_given_what_it_documents() -> None:
    calls = Calls()

    async def typed(**kwargs: Any) -> Any:
        return calls.note(**kwargs)

    typed.__doc__ = ka.CoreV1Api.list_namespace.__doc__
    assert await seen_by(typed, calls, RESUME) == {
        "watch": True,
        "_preload_content": False,
        "allow_watch_bookmarks": True,
        "timeout_seconds": 300,
        "resource_version": "9",
    }


async def test_a_function_of_a_user_is_given_what_kubernetes_asyncio_gave_it() -> None:
    calls = Calls()

    async def mine(namespace: str, **kwargs: Any) -> Any:
        return calls.note(namespace=namespace, **kwargs)

    await Opener(mine, ("web",), {"label_selector": "a"}).open(START)
    assert calls.seen == [{"namespace": "web", "label_selector": "a", "watch": True, "_preload_content": False}]
    await Opener(mine, ("web",), {}).open(RESUME)
    assert calls.seen[1] == {"namespace": "web", "watch": True, "_preload_content": False, "resource_version": "9"}


async def test_a_function_of_a_user_that_names_a_keyword_is_given_it() -> None:
    calls = Calls()

    async def mine(*, watch: bool, timeout_seconds: int, allow_watch_bookmarks: bool, **kwargs: Any) -> Any:
        return calls.note(timeout_seconds=timeout_seconds, allow_watch_bookmarks=allow_watch_bookmarks)

    assert await seen_by(mine, calls, START) == {"timeout_seconds": 300, "allow_watch_bookmarks": True}


async def test_what_the_user_gives_is_passed_on_and_never_changed() -> None:
    calls = Calls()
    given = {"timeout_seconds": 20, "allow_watch_bookmarks": False, "resource_version": 0, "label_selector": None}
    opener = Opener(Verb(calls).get, (), given)
    await opener.open(Open("0", at_start=True, timeout_seconds=20, silence_seconds=25.0))
    seen = calls.seen[0]
    assert (seen["timeout_seconds"], seen["allow_watch_bookmarks"], seen["resource_version"]) == (20, False, "0")
    assert "label_selector" not in seen
    assert given == {
        "timeout_seconds": 20,
        "allow_watch_bookmarks": False,
        "resource_version": 0,
        "label_selector": None,
    }


async def test_what_belongs_to_the_start_is_sent_at_the_start_only() -> None:
    calls = Calls()
    opener = Opener(Verb(calls).get, (), {"send_initial_events": True, "resource_version_match": "NotOlderThan"})
    await opener.open(START)
    await opener.open(RESUME)
    first, second = calls.seen
    assert (first["send_initial_events"], first["resource_version_match"]) == (True, "NotOlderThan")
    assert not {"send_initial_events", "resource_version_match"} & set(second)


@pytest.mark.parametrize(
    ("kwargs", "version", "bookmarks", "seconds"),
    [
        ({}, None, False, None),
        ({"resource_version": 0, "allow_watch_bookmarks": True, "timeout_seconds": 7}, "0", True, 7),
    ],
)
def test_the_start_is_what_the_user_asked(kwargs: Any, version: Any, bookmarks: bool, seconds: Any) -> None:
    start = Opener(Verb(Calls()).get, (), kwargs).start
    assert (start.resource_version, start.show_bookmarks, start.timeout_seconds) == (version, bookmarks, seconds)
    assert start.timed


def test_a_function_that_takes_no_timeout_is_known() -> None:
    assert not Opener(lambda **_: None, (), {}).start.timed
    assert Opener(lambda **_: None, (), {"timeout_seconds": 3}).start.timed


async def test_a_log_is_followed_and_not_watched() -> None:
    calls = Calls()

    async def log(name: str, **kwargs: Any) -> Any:
        return calls.note(name=name, **kwargs)

    log.__doc__ = ka.CoreV1Api.read_namespaced_pod_log.__doc__
    opener = Opener(log, ("a",), {"tail_lines": 5})
    assert opener.text
    await opener.follow()
    assert calls.seen == [{"name": "a", "follow": True, "tail_lines": 5, "_preload_content": False}]


async def test_a_log_read_by_a_verb_of_aiokube_is_followed_too() -> None:
    calls = Calls()
    opener = Opener(Verb(calls).get, ("a", "web"), {}, return_type="str")
    await opener.follow()
    seen = calls.seen[0]
    assert (seen["follow"], "watch" in seen) == (True, False)


async def test_an_answer_that_was_not_raised_is_raised_with_its_status() -> None:
    """kubernetes_asyncio hands out a 404 like any other answer."""
    body = b'{"kind":"Status","code":404,"reason":"NotFound","message":"no such thing"}'
    response = Response(404, body)

    async def mine(**kwargs: Any) -> Any:
        return response

    with pytest.raises(NotFoundError, match="no such thing") as caught:
        await Opener(mine, (), {}).open(START)
    assert caught.value.headers == {"X-A": "b"}
    assert response.closed


async def test_lost_history_in_the_answer_is_a_gone_error() -> None:
    async def mine(**kwargs: Any) -> Any:
        return Response(410)

    with pytest.raises(GoneError):
        await Opener(mine, (), {}).open(START)


async def test_a_function_that_decodes_its_answer_is_told_so() -> None:
    async def decodes(**kwargs: Any) -> Any:
        return {"items": []}

    with pytest.raises(TypeError, match=r"decodes gave dict; pass its _preload_content and watch keywords on"):
        await Opener(decodes, (), {}).open(START)


async def test_models_are_made_by_the_functions_own_client() -> None:
    async with ka.ApiClient() as client:
        opener = Opener(ka.CoreV1Api(client).list_namespace, (), {})
        assert opener.return_type == "V1Namespace"
        assert opener.model is not None
        model = opener.model(b'{"metadata":{"name":"web"}}')
        assert isinstance(model, ka.V1Namespace)
        assert model.metadata.name == "web"
        assert Opener(ka.CustomObjectsApi(client).list_cluster_custom_object, (), {}).model is None


def test_a_return_type_says_more_than_the_docstring() -> None:
    assert Opener(ka.CoreV1Api.list_namespace, (), {}, return_type="V1Pod").return_type == "V1Pod"
    assert Opener(lambda **_: None, (), {}).return_type == ""
