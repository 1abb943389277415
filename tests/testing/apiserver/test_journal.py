"""The journal: what it keeps of requests, and what not."""

import pytest

from aiokube.testing.apiserver.access import request_info
from aiokube.testing.apiserver.journal import Entry, Journal


def arrive(journal: Journal, method: str = "GET", path: str = "/api/v1/pods", body: bytes | None = None) -> Entry:
    headers = [("Authorization", "Bearer canary"), ("User-Agent", "test"), ("Impersonate-User", "jane")]
    info = request_info(method, path)
    entry = journal.add(method, path, info, query={"limit": ["5"]}, headers=headers)
    if body is not None:
        journal.add_body(entry, body)
    return entry


def test_requests_can_be_counted_by_what_they_are_about() -> None:
    journal = Journal()
    for path in ("/api/v1/pods", "/api/v1/pods/a", "/healthz", "/apis/apps/v1/deployments"):
        arrive(journal, path=path)
    assert len(journal) == 4
    assert journal.count(verb="list") == 2
    assert journal.count(verb="list", group="") == 1
    assert [entry.path for entry in journal.matching(resource={"pods", "deployments"})] == [
        "/api/v1/pods",
        "/api/v1/pods/a",
        "/apis/apps/v1/deployments",
    ]
    journal.clear()
    assert list(journal) == []
    with pytest.raises(TypeError, match="requests have no 'kind'"):
        journal.count(kind="Pod")  # type: ignore[call-arg]  # what a user may write


def test_credentials_are_not_kept() -> None:
    entry = arrive(Journal())
    assert entry.headers == {"user-agent": "test", "impersonate-user": "jane"}
    assert "canary" not in repr(entry)


def test_a_request_reads_as_a_line() -> None:
    journal = Journal()
    entry = arrive(journal)
    assert str(entry) == "GET /api/v1/pods?limit=5 -> no answer"
    entry.status, entry.user, entry.fault = 200, "admin", "cut"
    assert str(entry) == "GET /api/v1/pods?limit=5 -> 200 by admin fault: cut"
    assert repr(journal) == f"<Journal of 1 requests\n  {entry}>"


def test_a_body_can_be_read() -> None:
    journal = Journal()
    entry = arrive(journal, "POST", body=b'{"a": 1}')
    assert journal[-1] is entry
    assert (entry.json, entry.body_size) == ({"a": 1}, 8)
    with pytest.raises(ValueError, match="is not there"):
        _ = arrive(journal).json


def test_it_keeps_the_latest() -> None:
    journal = Journal(limit=2)
    for name in "abc":
        arrive(journal, path=f"/api/v1/nodes/{name}")
    assert [entry.info.name for entry in journal] == ["b", "c"]
    assert journal.forgotten == 1


def test_bodies_have_a_limit_of_their_own() -> None:
    journal = Journal(body_bytes=10)
    entries = [arrive(journal, "POST", body=b"x" * size) for size in (4, 4, 4, 11)]
    assert [entry.body for entry in entries[:3]] == [None, None, None]
    assert [entry.body_size for entry in entries] == [4, 4, 4, 11]
    assert entries[3].body is None
    assert arrive(journal, "POST", body=b"x" * 10).body == b"x" * 10


def test_bodies_that_come_late_are_counted_once() -> None:
    """A request can be let go of before an earlier one has its body."""
    journal = Journal(limit=1, body_bytes=10)
    early = arrive(journal)
    arrive(journal, "POST", body=b"x" * 10)
    journal.add_body(early, b"y" * 10)
    assert arrive(journal, "POST", body=b"z" * 10).body == b"z" * 10
