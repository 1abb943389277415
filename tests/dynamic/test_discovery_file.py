"""The cache file: believed when it is whole and ours, a miss otherwise, never a crash."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiokube._machinery.discovery import STALE, GroupVersion, ResourceDescription
from aiokube.dynamic import discovery_file
from aiokube.dynamic.discovery_file import SavedKnowledge, read_file, write_file
from aiokube.dynamic.discovery_identity import Identity
from aiokube.dynamic.discovery_loader import Knowledge, Root

IDENTITY = Identity(server="https://one.example:6443", trust="trust", user="user")
PODS = ResourceDescription("api", "", "v1", "Pod", "pods", verbs=("get",))


def saved(identity: Identity = IDENTITY, *, count: int = 1) -> SavedKnowledge:
    core = Root((GroupVersion("api", "", "v1", preferred=True, resources=(PODS,) * count),), etag='"abc"')
    groups = Root((GroupVersion("apis", "metrics.k8s.io", "v1beta1", failure=STALE),))
    return SavedKnowledge(identity, 1_000.5, Knowledge(core=core, groups=groups, version={"major": "1"}))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "kinds.json")


@pytest.fixture
def written(path: str) -> Path:
    write_file(path, saved())
    return Path(path)


def test_what_was_written_is_read(written: Path) -> None:
    assert read_file(str(written), IDENTITY) == saved()


def test_file_is_json_for_its_owner_alone(written: Path) -> None:
    assert written.stat().st_mode & 0o777 == 0o600
    document = json.loads(written.read_bytes())
    assert document["format"] == "aiokube-discovery/1"
    assert document["content"]["identity"]["server"] == "https://one.example:6443"


def test_missing_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kinds.json"
    write_file(str(path), saved())
    assert read_file(str(path), IDENTITY) == saved()
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("field", ["server", "trust", "user"])
def test_file_about_another_is_a_miss(written: Path, field: str) -> None:
    other = {"server": IDENTITY.server, "trust": IDENTITY.trust, "user": IDENTITY.user, field: "another"}
    assert read_file(str(written), Identity(**other)) is None


def test_missing_file_is_a_miss_without_a_word(path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert read_file(path, IDENTITY) is None
    assert caplog.records == []


def test_file_of_another_version_is_a_miss(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery_file, "FORMAT", "aiokube-discovery/2")
    assert read_file(str(written), IDENTITY) is None


def test_every_truncation_is_a_miss(written: Path) -> None:
    content = written.read_bytes()
    for length in range(0, len(content), 7):
        written.write_bytes(content[:length])
        assert read_file(str(written), IDENTITY) is None, length


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_flipped_bit_is_a_miss(path: str, position: int, bit: int) -> None:
    write_file(path, saved())
    content = bytearray(Path(path).read_bytes())
    content[position % len(content)] ^= 1 << bit
    Path(path).write_bytes(content)
    assert read_file(path, IDENTITY) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary() | st.text().map(lambda it: json.dumps({"format": it, "content": it, "checksum": it}).encode())
)
def test_any_content_is_a_miss(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    Path(path).chmod(0o600)
    assert read_file(path, IDENTITY) is None


def test_deep_content_is_a_miss(path: str) -> None:
    Path(path).write_bytes(b"[" * 200_000)
    Path(path).chmod(0o600)
    assert read_file(path, IDENTITY) is None


def symlink(written: Path) -> None:
    written.rename(written.with_suffix(".moved"))
    written.symlink_to(written.with_suffix(".moved"))


def fifo(written: Path) -> None:
    written.unlink()
    os.mkfifo(written, 0o600)


def directory(written: Path) -> None:
    written.unlink()
    written.mkdir()


def loop(written: Path) -> None:
    written.unlink()
    written.symlink_to(written)


UNSAFE = {
    "symlink": symlink,
    "symlink to itself": loop,
    "fifo": fifo,
    "directory": directory,
    "writable by the group": lambda written: written.chmod(0o620),
    "writable by others": lambda written: written.chmod(0o602),
}


@pytest.mark.parametrize("spoil", UNSAFE.values(), ids=UNSAFE)
def test_file_that_others_may_have_made_is_a_miss(written: Path, caplog: pytest.LogCaptureFixture, spoil: Any) -> None:
    spoil(written)
    assert read_file(str(written), IDENTITY) is None
    assert f"discovery cache file {written} is not used: " in caplog.text


def test_file_of_another_user_is_a_miss(
    written: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert read_file(str(written), IDENTITY) is None
    assert "belongs to another user" in caplog.text


def test_huge_file_is_a_miss(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery_file, "SIZE_LIMIT", 100)
    assert read_file(str(written), IDENTITY) is None


def test_name_that_no_file_can_have_is_a_miss(caplog: pytest.LogCaptureFixture) -> None:
    assert read_file("nul\x00", IDENTITY) is None
    write_file("nul\x00", saved())
    assert "cannot write the discovery cache file" in caplog.text


def test_symlink_is_replaced_and_its_target_left_alone(tmp_path: Path, path: str) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    Path(path).symlink_to(target)
    write_file(path, saved())
    assert target.read_text() == "mine"
    assert read_file(path, IDENTITY) == saved()


@pytest.mark.parametrize("spoil", ["directory", "file as directory", "disk full"])
def test_failing_write_is_logged_and_leaves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    (tmp_path / "is-a-file").write_text("")
    (tmp_path / "is-a-directory").mkdir()
    path = tmp_path / {"directory": "is-a-directory", "file as directory": "is-a-file/x"}.get(spoil, "x")
    if spoil == "disk full":

        def full(*args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
    write_file(str(path), saved())
    assert f"cannot write the discovery cache file {path}: " in caplog.text
    assert sorted(it.name for it in tmp_path.iterdir()) == ["is-a-directory", "is-a-file"]


# Imports once and then forks: twenty interpreters would take longer to start than they write.
WRITERS = """
import os, sys
from test_discovery_file import IDENTITY, read_file, saved, write_file

def write_and_read():
    for count in range(1, 30):
        write_file(sys.argv[1], saved(count=count * 20))
        found = read_file(sys.argv[1], IDENTITY)
        if found is None or len(found.knowledge.core.versions[0].resources) % 20:
            os._exit(1)
    os._exit(0)

children = [os.fork() or write_and_read() for _ in range(20)]
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def test_many_processes_at_once_never_tear_it(path: str) -> None:
    """Twenty write and read it at the same time; every read gives a whole file, and no temporary one is left."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    finished = subprocess.run(
        [sys.executable, "-c", WRITERS, path], env=environment, check=False, timeout=120, capture_output=True
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert os.listdir(Path(path).parent) == [Path(path).name]
