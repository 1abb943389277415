"""KA-Y1 to KA-Y8: defects of kubernetes_asyncio's discovery."""

from __future__ import annotations

import asyncio
import builtins
import hashlib
import json
import logging
import os
import stat
import threading
from collections import Counter
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from kubernetes_asyncio.dynamic.exceptions import ResourceNotFoundError

from compat.defects.api_server import GROUPS, ApiServer
from compat.defects.conftest import Clock
from compat.defects.defect import defect
from compat.packages import Package, connected

DOCUMENT = "/apis/apps/v1"


def configuration(package: Package, server: ApiServer, *, token: str | None = None) -> Any:
    configuration = package.client.Configuration(host=server.url)
    if token is not None:
        configuration.api_key = {"BearerToken": token}
        configuration.api_key_prefix = {"BearerToken": "Bearer"}
    return configuration


@pytest.fixture
def cache_file(tmp_path: Path) -> Path:
    """A cache file that is not there yet."""
    return tmp_path / "discovery.json"


@pytest.fixture
def default_file(api_server: ApiServer, tmp_path: Path) -> Path:
    """The file that the other package, and its synchronous sister too, keep for the server, unless told otherwise."""
    return tmp_path / f"osrcp-{hashlib.md5(api_server.url.encode(), usedforsecurity=False).hexdigest()}.json"


async def open_and_close(package: Package, configuration: Any, cache_file: Path | None = None) -> dict[str, Any]:
    """Use a client for one search, and return the server's version as it knew it."""
    async with connected(configuration, package, cache_file=cache_file and str(cache_file)) as client:
        await client.resources.get(api_version="apps/v1", kind="Deployment")
        known: dict[str, Any] = client.version["kubernetes"]
        return known


# --- KA-Y1: the cache file


@defect("KA-Y1", fails_with=AssertionError, saying=r"osrcp-\w+.json")
async def test_ka_y1_no_file_is_written_unless_one_is_asked_for(
    package: Package, api_server: ApiServer, tmp_path: Path
) -> None:
    """The other package's has a name in the shared folder for temporary files that anybody can know."""
    await open_and_close(package, configuration(package, api_server))
    assert [path.name for path in tmp_path.iterdir()] == []


@defect("KA-Y1", fails_with=AssertionError, saying="'v0.0.0' == 'v1.36.3'")
async def test_ka_y1_a_planted_file_is_not_believed(
    package: Package, api_server: ApiServer, default_file: Path
) -> None:
    planted = {
        "library_version": version("kubernetes_asyncio"),
        "version": {"kubernetes": {"gitVersion": "v0.0.0"}},
        "resources": {"api": {}},
    }
    default_file.write_text(json.dumps(planted))
    async with connected(configuration(package, api_server), package) as client:
        assert client.version["kubernetes"]["gitVersion"] == "v1.36.3"


@defect("KA-Y1", fails_with=AssertionError, saying="'-rw-r--r--' == '-rw-------'")
async def test_ka_y1_the_file_is_its_owners(package: Package, api_server: ApiServer, cache_file: Path) -> None:
    await open_and_close(package, configuration(package, api_server), cache_file)
    assert stat.filemode(cache_file.stat().st_mode) == "-rw-------"


@defect("KA-Y1", fails_with=AssertionError, saying="not ours")
async def test_ka_y1_a_symbolic_link_is_not_followed(package: Package, api_server: ApiServer, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("not ours")
    link = tmp_path / "link"
    link.symlink_to(target)
    await open_and_close(package, configuration(package, api_server), link)
    assert target.read_text() == "not ours"


@defect("KA-Y1", fails_with=AssertionError, saying="==")
async def test_ka_y1_the_file_is_replaced_as_a_whole(
    package: Package, api_server: ApiServer, cache_file: Path, tmp_path: Path
) -> None:
    """So that who reads it meanwhile, here by another name, has all of the old one."""
    async with connected(configuration(package, api_server), package, cache_file=str(cache_file)) as client:
        other_name = tmp_path / "other"
        os.link(cache_file, other_name)
        before = other_name.read_bytes()
        api_server.add_kinds("example.com/v1", {"things": "Thing"})
        await client.resources.invalidate_cache()
    assert cache_file.read_bytes() != before
    assert other_name.read_bytes() == before


@defect("KA-Y1", fails_with=AssertionError, saying="discovery.json")
async def test_ka_y1_the_file_is_none_of_the_event_loops_business(
    package: Package, api_server: ApiServer, cache_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading and writing it takes other threads."""
    loops_own = []
    original = builtins.open

    def noted(file: Any, *args: Any, **keywords: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            loops_own.append(str(file))
        return original(file, *args, **keywords)

    monkeypatch.setattr(builtins, "open", noted)
    for _ in range(2):
        await open_and_close(package, configuration(package, api_server), cache_file)
    assert loops_own == []


@defect("KA-Y1", fails_with=AssertionError, saying="Bearer second")
async def test_ka_y1_a_file_is_one_users(package: Package, api_server: ApiServer, cache_file: Path) -> None:
    for token in ("first", "second"):
        await open_and_close(package, configuration(package, api_server, token=token), cache_file)
    asked = [request.authorization for request in api_server.requests if request.path == GROUPS]
    assert asked == ["Bearer first", "Bearer second"]


@defect("KA-Y1", fails_with=AssertionError, saying="1 == 2")
async def test_ka_y1_a_file_gets_old(package: Package, api_server: ApiServer, cache_file: Path, clock: Clock) -> None:
    await open_and_close(package, configuration(package, api_server), cache_file)
    clock.advance(3600)
    await open_and_close(package, configuration(package, api_server), cache_file)
    assert api_server.paths.count(DOCUMENT) == 2


@defect("KA-Y1", fails_with=AssertionError, saying="in ''")
async def test_ka_y1_a_file_that_cannot_be_written_is_reported(
    package: Package, api_server: ApiServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    unwritable = tmp_path / "file" / "discovery.json"
    caplog.set_level(logging.WARNING)
    await open_and_close(package, configuration(package, api_server), unwritable)
    assert str(unwritable) in caplog.text


# --- KA-Y2: versions


@defect("KA-Y2", fails_with=AssertionError, saying="library_version")
async def test_ka_y2_other_libraries_keep_their_files(
    package: Package, api_server: ApiServer, default_file: Path
) -> None:
    """The synchronous client's file has the same name, and the two of them replace each other's for ever."""
    default_file.write_text('{"library_version": "37.0.2"}')
    await open_and_close(package, configuration(package, api_server))
    assert default_file.read_text() == '{"library_version": "37.0.2"}'


@defect("KA-Y2", fails_with=AssertionError, saying="'v1.36.3' == 'v1.37.0'")
async def test_ka_y2_the_servers_version_is_not_kept_for_ever(
    package: Package, api_server: ApiServer, cache_file: Path, clock: Clock
) -> None:
    await open_and_close(package, configuration(package, api_server), cache_file)
    api_server.answers["/version"]["gitVersion"] = "v1.37.0"
    clock.advance(3600)
    known = await open_and_close(package, configuration(package, api_server), cache_file)
    assert known["gitVersion"] == "v1.37.0"


# --- KA-Y3: how often, and how many at once


@pytest.fixture
async def client(package: Package, api_server: ApiServer) -> Any:
    """A client that knows of the server's groups."""
    async with connected(configuration(package, api_server), package) as client:
        yield client


@defect("KA-Y3", fails_with=TimeoutError, saying="^$")
async def test_ka_y3_documents_are_asked_for_at_once(package: Package, client: Any, api_server: ApiServer) -> None:
    """None is answered before all were asked for."""
    asked = asyncio.Barrier(2)
    for path in ("/api/v1", DOCUMENT):
        api_server.answers[path] = _held(asked, api_server.answers[path])
    async with asyncio.timeout(package.patience_seconds):
        assert len(await client.resources.search(kind="Deployment")) == 1


def _held(barrier: asyncio.Barrier, document: Any) -> Any:
    async def answer(request: web.Request) -> web.Response:
        await barrier.wait()
        return web.json_response(document)

    return answer


@defect("KA-Y3", fails_with=AssertionError, saying="== 1")
async def test_ka_y3_concurrent_misses_ask_once(package: Package, client: Any, api_server: ApiServer) -> None:
    await client.resources.get(kind="Deployment")
    api_server.requests.clear()
    misses = [client.resources.search(kind="Missing") for _ in range(8)]
    await asyncio.gather(*misses, return_exceptions=True)  # how they end is no matter here
    assert max(Counter(api_server.paths).values()) == 1


@defect("KA-Y3", fails_with=KeyError, saying="resources")
async def test_ka_y3_concurrent_misses_end_alike(package: Package, client: Any) -> None:
    """In the other package the first of them takes away what the others write into."""
    misses = [client.resources.search(api_version="apps/v1", kind="Missing") for _ in range(8)]
    for end in await asyncio.gather(*misses, return_exceptions=True):
        if isinstance(end, Exception):
            raise end
        assert end == []


@defect("KA-Y3", fails_with=AssertionError, saying=r"'/version'.*== \[\]")
async def test_ka_y3_a_miss_after_a_miss_asks_nothing(package: Package, client: Any, api_server: ApiServer) -> None:
    """No time passes between them."""
    await client.resources.search(api_version="apps/v1", kind="Missing")
    api_server.requests.clear()
    await client.resources.search(api_version="apps/v1", kind="Missing")
    assert api_server.paths == []


# --- KA-Y4: terms


@defect("KA-Y4", fails_with=AssertionError, saying=r"<Resource\(v1/pods\)>")
async def test_ka_y4_all_terms_must_match(package: Package, client: Any) -> None:
    assert await client.resources.search(api_version="v1", kind="Pod", name="zzz", namespaced=True) == []


@defect("KA-Y4", fails_with=AssertionError, saying="'morethings'")
async def test_ka_y4_all_that_match_are_found(package: Package, client: Any, api_server: ApiServer) -> None:
    api_server.add_kinds("example.com/v1", {"things": "Thing", "morethings": "Thing"})
    found = await client.resources.search(api_version="example.com/v1", kind="Thing", namespaced=True)
    assert [resource.name for resource in found] == ["things", "morethings"]


# --- KA-Y5: iteration


@defect("KA-Y5", fails_with=AssertionError, saying=r"{<class 'str'>} ==")
async def test_ka_y5_a_lazy_discoverer_yields_resources(package: Package, client: Any) -> None:
    found = [resource async for resource in client.resources]
    assert {type(resource) for resource in found} == {package.dynamic.Resource}
    assert [resource.name for resource in found] == ["pods", "deployments"]


@pytest.fixture
async def eager_client(package: Package, api_server: ApiServer) -> Any:
    """A client that knows of all kinds."""
    discoverer = package.dynamic.EagerDiscoverer
    async with connected(configuration(package, api_server), package, discoverer=discoverer) as client:
        yield client


@defect("KA-Y5", fails_with=AttributeError, saying="'ResourceGroup' object has no attribute 'items'")
async def test_ka_y5_an_eager_discoverer_yields_resources(package: Package, eager_client: Any) -> None:
    found = list(eager_client.resources)
    assert {type(resource) for resource in found} == {package.dynamic.Resource}
    assert [resource.name for resource in found] == ["pods", "deployments"]


@defect("KA-Y5", fails_with=TypeError, saying="requires an object with __aiter__ method, got EagerDiscoverer")
async def test_ka_y5_both_discoverers_are_iterated_alike(package: Package, eager_client: Any) -> None:
    assert [resource.name async for resource in eager_client.resources] == ["pods", "deployments"]


# --- KA-Y6: api_version and kind


@defect("KA-Y6", fails_with=ValueError, saying="too many values to unpack")
async def test_ka_y6_an_api_version_with_two_slashes_matches_nothing(package: Package, client: Any) -> None:
    with pytest.raises(package.exceptions.ResourceNotFoundError):
        await client.resources.get(api_version="apps/v1/deployments", kind="Deployment")


@defect("KA-Y6", fails_with=ResourceNotFoundError, saying="No matches found")
async def test_ka_y6_a_group_may_be_said_twice(package: Package, client: Any) -> None:
    found = await client.resources.get(group="apps", api_version="apps/v1", kind="Deployment")
    assert found.name == "deployments"


@defect("KA-Y6", fails_with=AssertionError, saying="Deployment in apps/v1")
async def test_ka_y6_a_kind_in_lower_case_is_told_the_right_one(package: Package, client: Any) -> None:
    with pytest.raises(package.exceptions.ResourceNotFoundError, match="Deployment in apps/v1"):
        await client.resources.get(api_version="apps/v1", kind="deployment")


# --- KA-Y7: groups that fail


async def unavailable(request: web.Request) -> web.Response:
    status = {"kind": "Status", "apiVersion": "v1", "reason": "ServiceUnavailable", "message": "down", "code": 503}
    return web.json_response(status, status=503)


async def half_a_document(request: web.Request) -> web.Response:
    return web.Response(text='{"kind": "APIResourceList", "res', content_type="application/json")


@defect("KA-Y7", fails_with=ResourceNotFoundError, saying="No matches found")
async def test_ka_y7_a_group_that_fails_says_so(package: Package, client: Any, api_server: ApiServer) -> None:
    """The other package takes it for one without kinds."""
    path = api_server.add_kinds("metrics.k8s.io/v1beta1", {"podmetrics": "PodMetrics"})
    api_server.answers[path] = unavailable
    with pytest.raises(package.exceptions.ServiceUnavailableError, match="down"):
        await client.resources.get(api_version="metrics.k8s.io/v1beta1", kind="PodMetrics")


@defect("KA-Y7", fails_with=ValueError, saying="Unterminated string")
async def test_ka_y7_a_group_that_fails_does_not_hide_the_others(
    package: Package, client: Any, api_server: ApiServer
) -> None:
    path = api_server.add_kinds("metrics.k8s.io/v1beta1", {"podmetrics": "PodMetrics"})
    api_server.answers[path] = half_a_document
    await client.resources.invalidate_cache()
    assert (await client.resources.get(kind="Deployment")).name == "deployments"


@defect("KA-Y7", fails_with=AssertionError, saying="== 1")
async def test_ka_y7_a_group_without_kinds_is_not_asked_again(
    package: Package, client: Any, api_server: ApiServer
) -> None:
    path = api_server.add_kinds("empty.example.com/v1", {})
    await client.resources.invalidate_cache()
    for _ in range(3):
        await client.resources.get(kind="Deployment")
    assert api_server.paths.count(path) == 1


# --- KA-Y8: what is taken for granted


@defect("KA-Y8", fails_with=AttributeError, saying="'NoneType' object has no attribute '__dict__'")
async def test_ka_y8_a_group_need_not_prefer_a_version(package: Package, api_server: ApiServer) -> None:
    for group in api_server.answers[GROUPS]["groups"]:
        del group["preferredVersion"]
    await open_and_close(package, configuration(package, api_server))


@defect("KA-Y8", fails_with=AssertionError, saying="/api/v1")
async def test_ka_y8_a_server_need_not_have_a_core_group(package: Package, client: Any, api_server: ApiServer) -> None:
    del api_server.answers["/api"], api_server.answers["/api/v1"]
    await client.resources.invalidate_cache()
    await client.resources.get(kind="Deployment")
    assert "/api/v1" not in api_server.paths


@defect("KA-Y8", fails_with=AssertionError, saying="urllib3")
async def test_ka_y8_no_library_is_needed_that_does_nothing(package: Package) -> None:
    """The other package catches errors of urllib3, which never come."""
    needed = requires(package.name) or []
    assert not [requirement for requirement in needed if requirement.startswith("urllib3")]
