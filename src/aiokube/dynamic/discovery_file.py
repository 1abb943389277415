"""The cache file: what is known of a server, kept between processes, where the user asked for it.

A file is believed only when it is whole, ours alone to write, and about the same server, trust and user; anything
else is a miss. It is replaced as a whole, so that many processes may share it. It holds no secret, and is readable by
its owner only nevertheless: what a cluster serves is nobody else's business.

All functions block; they are called in a thread.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import stat
import tempfile
from pathlib import Path

import msgspec

from aiokube.dynamic.discovery_identity import Identity
from aiokube.dynamic.discovery_loader import Knowledge

# Changes whenever the content changes its meaning; a file of another format is a miss.
FORMAT = "aiokube-discovery/1"

# A plain 1.36 server makes 60 kB, a cluster with 2,000 custom kinds 2 MB.
SIZE_LIMIT = 64 << 20

_log = logging.getLogger(__name__)


class SavedKnowledge(msgspec.Struct, frozen=True):
    """The content of a cache file."""

    identity: Identity
    asked_at: float  # seconds since the epoch
    knowledge: Knowledge


class _Envelope(msgspec.Struct):
    format: str
    checksum: str
    content: msgspec.Raw


def read_file(path: str, identity: Identity) -> SavedKnowledge | None:
    """Return what a cache file holds, None when it is not there or not to be believed; the log says why."""
    try:
        saved = _parsed(_read(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("discovery cache file %s is not used: %s", path, error.strerror or error)
        return None
    except ValueError as error:
        _log.info("discovery cache file %s is not used: %s", path, error)
        return None
    if saved.identity != identity:
        _log.info("discovery cache file %s is not used: it is about another server or user", path)
        return None
    return saved


def write_file(path: str, saved: SavedKnowledge) -> None:
    """Replace a cache file; a failure is logged, for everything works without the file."""
    content = msgspec.json.encode(saved)
    envelope = _Envelope(FORMAT, _checksum(content), msgspec.Raw(content))
    try:
        _replace(Path(path), msgspec.json.encode(envelope))
    except (OSError, ValueError) as error:
        _log.warning("cannot write the discovery cache file %s: %s", path, error)


def _read(path: str) -> bytes:
    # Not followed: a symbolic link may be somebody else's. Not blocking: opening a FIFO would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    with open(descriptor, "rb") as file:
        content = file.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise OSError(errno.EFBIG, f"it is larger than {SIZE_LIMIT} bytes")
    return content


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    if found.st_uid != os.geteuid():
        raise OSError(errno.EPERM, "it belongs to another user")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError(errno.EPERM, "others may write to it")


def _parsed(content: bytes) -> SavedKnowledge:
    try:
        envelope = msgspec.json.decode(content, type=_Envelope)
        if envelope.format != FORMAT:
            raise ValueError("it is of another version")
        if envelope.checksum != _checksum(bytes(envelope.content)):
            raise ValueError("it is damaged")
        return msgspec.json.decode(envelope.content, type=SavedKnowledge)
    except RecursionError as error:
        raise ValueError("it is damaged") from error


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # In the same directory, for only there it can be renamed; with mode 0600 and a name that did not exist.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
