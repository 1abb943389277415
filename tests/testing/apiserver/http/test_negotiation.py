"""What an answer looks like: its encoding, its form, for people or not, and compressed or not."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from aiokube.testing import APIServer
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.http.answer import GZIP_FROM
from aiokube.testing.apiserver.http.negotiation import JSON, YAML, accept, body_type, takes_gzip

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


@pytest.mark.parametrize(
    ("header", "media_type", "kind"),
    [
        ("", JSON, ""),
        ("*/*", JSON, ""),
        ("application/yaml", YAML, ""),
        ("application/json;q=0.1, application/yaml", YAML, ""),
        ("text/html, application/json", JSON, ""),
        (TABLE, JSON, "Table"),
        (TABLE.replace("v1", "v2") + ",application/json", JSON, ""),
    ],
)
def test_the_first_that_can_be_had_is_taken(header: str, media_type: str, kind: str) -> None:
    accepted = accept(header, {}, "")
    assert (accepted.media_type, accepted.form.kind) == (media_type, kind)


@pytest.mark.parametrize("header", ["text/html", ";", TABLE.replace("v1", "v2")])
def test_what_cannot_be_had_is_not_acceptable(header: str) -> None:
    with pytest.raises(StatusError) as caught:
        accept(header, {}, "")
    assert caught.value.code == 406


@pytest.mark.parametrize(
    ("agent", "query", "pretty"), [("curl/8", {}, True), ("x", {}, False), ("curl/8", {"pretty": ["0"]}, False)]
)
def test_people_get_lines(agent: str, query: dict[str, list[str]], pretty: bool) -> None:
    assert accept("", query, agent).pretty is pretty


def test_a_body_of_an_unknown_type_is_not_read() -> None:
    assert body_type("") == JSON
    assert body_type("application/YAML; charset=utf-8") == YAML
    with pytest.raises(StatusError) as caught:
        body_type("text/plain")
    assert caught.value.code == 415


@pytest.mark.parametrize(("header", "takes"), [("gzip", True), ("br, gzip", True), ("gzip;q=0", False), ("", False)])
def test_gzip_is_asked_for_by_its_name(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


@pytest.fixture
async def server() -> AsyncIterator[APIServer]:
    async with APIServer(tls=False) as server:
        yield server


@pytest.fixture
async def session(server: APIServer) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {server.admin.token}"}
    async with aiohttp.ClientSession(server.url, headers=headers, auto_decompress=False) as session:
        yield session


async def test_only_long_answers_are_compressed(server: APIServer, session: aiohttp.ClientSession) -> None:
    for name, size in (("short", GZIP_FROM // 2), ("long", GZIP_FROM + 1)):
        await server.request("POST", CONFIG_MAPS, {"metadata": {"name": name}, "data": {"k": "x" * size}})
    async with session.get(f"{CONFIG_MAPS}/short", headers={"Accept-Encoding": "gzip"}) as answer:
        assert "Content-Encoding" not in answer.headers
    async with session.get(f"{CONFIG_MAPS}/long", headers={"Accept-Encoding": "gzip"}) as answer:
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert json.loads(gzip.decompress(await answer.read()))["metadata"]["name"] == "long"
    async with session.get(f"{CONFIG_MAPS}/long", headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers


async def test_who_waits_to_be_told_to_go_on_is_told(session: aiohttp.ClientSession) -> None:
    body = {"metadata": {"name": "a"}}
    async with session.post(CONFIG_MAPS, json=body, expect100=True, timeout=aiohttp.ClientTimeout(10)) as answer:
        assert answer.status == 201


async def test_a_body_is_read_as_it_came(session: aiohttp.ClientSession) -> None:
    """As kube-apiserver does it, which does not look at Content-Encoding: a small body cannot become a large one."""
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    async with session.post(CONFIG_MAPS, data=gzip.compress(b"{}"), headers=headers) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("path", ["/apis", "/openapi/v3/apis/apps/v1"])
async def test_documents_that_a_client_has_are_not_sent_again(session: aiohttp.ClientSession, path: str) -> None:
    accepted = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"}
    async with session.get(path, headers=accepted) as answer:
        tag = answer.headers["ETag"]
    async with session.get(path, headers=accepted | {"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    async with session.get(path, headers=accepted | {"If-None-Match": '"x"'}) as answer:
        assert answer.status == 200
