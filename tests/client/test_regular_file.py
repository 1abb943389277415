import os
from pathlib import Path

import pytest

from aiokube.client.regular_file import read_regular_file


def test_reads_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    assert read_regular_file(tmp_path / "f", limit=5) == b"12345"
    with pytest.raises(OSError, match="it is larger than 4 bytes"):
        read_regular_file(tmp_path / "f", limit=4)


def test_follows_symlinks(tmp_path: Path) -> None:
    """Kubelets mount tokens as symlinks that they swap."""
    (tmp_path / "f").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("f")
    assert read_regular_file(str(tmp_path / "link"), limit=5) == b"12345"


def test_missing_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular_file(tmp_path / "f", limit=5)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="it is not a regular file"):
        read_regular_file(tmp_path / "fifo", limit=5)
    with pytest.raises(OSError, match="it is not a regular file"):
        read_regular_file("/dev/zero", limit=5)
    with pytest.raises(IsADirectoryError, match="it is a directory"):
        read_regular_file(tmp_path, limit=5)


@pytest.mark.parametrize("name", ["a\0b", "a\udcffb\ud800"])
def test_name_that_no_file_can_have(name: str) -> None:
    with pytest.raises(OSError, match="its name is not a file name"):
        read_regular_file(name, limit=5)


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    before = os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd") else []
    for path, limit in ((tmp_path / "f", 4), (tmp_path, 5), (Path("/dev/zero"), 5), (tmp_path / "f", 5)):
        try:
            read_regular_file(path, limit=limit)
        except OSError:
            continue
    assert (os.listdir("/proc/self/fd") if before else []) == before
