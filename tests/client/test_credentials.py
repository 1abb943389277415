import asyncio
import logging
import os
import threading
from pathlib import Path

import pytest

from aiokube.client import credentials
from aiokube.client.configuration import Configuration
from aiokube.client.credentials import (
    BasicCredentials,
    CredentialsError,
    CredentialsProvider,
    TokenCredentials,
    TokenFileCredentials,
    checked_header,
)

CANARY = "canary-7f3a"


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class TokenFile:
    """A token file, its provider, and how often it was read."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.clock = Clock()
        self.reads = 0
        self.readers: set[threading.Thread] = set()
        self.provider = TokenFileCredentials(path, clock=self.clock)
        self._original = credentials.read_regular_file
        monkeypatch.setattr(credentials, "read_regular_file", self._read)

    def write(self, content: str | bytes) -> None:
        self.path.write_bytes(content.encode() if isinstance(content, str) else content)

    def _read(self, path: Path, *, limit: int) -> bytes:
        self.reads += 1
        self.readers.add(threading.current_thread())
        return self._original(path, limit=limit)


@pytest.fixture
def token_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenFile:
    file = TokenFile(tmp_path / "token", monkeypatch)
    file.write("first")
    return file


def test_all_are_providers() -> None:
    providers = (TokenCredentials("x"), BasicCredentials("a", "b"), TokenFileCredentials("x"), Configuration())
    assert all(isinstance(provider, CredentialsProvider) for provider in providers)


async def test_token_does_not_change() -> None:
    provider = TokenCredentials("abc")
    assert await provider.authorization() == "Bearer abc"
    assert not await provider.refresh("Bearer abc")


async def test_basic_is_sent_as_utf_8() -> None:
    provider = BasicCredentials("dev", "pässword: x")
    assert await provider.authorization() == "Basic ZGV2OnDDpHNzd29yZDogeA=="
    assert not await provider.refresh(None)


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\x1b", "\x7f"])
def test_header_that_would_be_split_is_refused_and_not_shown(character: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        TokenCredentials(f"{CANARY}{character}X-Remote-User: root")
    assert CANARY not in str(caught.value)
    assert checked_header("Bearer ä") == "Bearer ä"


async def test_file_is_read_once_a_minute(token_file: TokenFile) -> None:
    assert await token_file.provider.authorization() == "Bearer first"
    token_file.write("second")
    token_file.clock.seconds += 59.9
    assert await token_file.provider.authorization() == "Bearer first"
    token_file.clock.seconds += 0.1
    assert await token_file.provider.authorization() == "Bearer second"
    assert token_file.reads == 2


async def test_many_at_once_read_once(token_file: TokenFile) -> None:
    values = await asyncio.gather(*(token_file.provider.authorization() for _ in range(200)))
    assert set(values) == {"Bearer first"}
    assert token_file.reads == 1


async def test_file_is_read_off_the_event_loop(token_file: TokenFile) -> None:
    await token_file.provider.authorization()
    assert threading.main_thread() not in token_file.readers


@pytest.mark.parametrize("content", ["first\n", " first\r\n", "\nfirst"])
async def test_whitespace_around_the_token_is_not_part_of_it(token_file: TokenFile, content: str) -> None:
    token_file.write(content)
    assert await token_file.provider.authorization() == "Bearer first"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        (f"{CANARY}\n{CANARY}", "its content holds a control character"),
        (CANARY.encode() + b"\xff", "it is not text"),
        ("x" * (1 << 20) + "x", "it is larger than 1048576 bytes"),
    ],
)
async def test_unusable_file_is_an_error(token_file: TokenFile, content: str | bytes, problem: str) -> None:
    token_file.write(content)
    with pytest.raises(CredentialsError) as caught:
        await token_file.provider.authorization()
    assert str(caught.value).startswith(f"cannot use token file {token_file.path}: {problem}")
    assert CANARY not in repr(caught.value) + repr(caught.value.__cause__)


async def test_missing_file_is_an_error_until_it_is_there(token_file: TokenFile) -> None:
    token_file.path.unlink()
    with pytest.raises(CredentialsError, match="No such file or directory"):
        await token_file.provider.authorization()
    token_file.write("first")
    assert await token_file.provider.authorization() == "Bearer first"


@pytest.mark.parametrize("damage", ["removed", "empty", "unreadable", "fifo", "half a character"])
async def test_last_good_token_is_kept_while_the_file_cannot_be_used(
    token_file: TokenFile, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    await token_file.provider.authorization()
    token_file.path.unlink()
    match damage:
        case "empty":
            token_file.write("")
        case "unreadable":
            token_file.path.symlink_to(token_file.path)
        case "fifo":
            os.mkfifo(token_file.path)
        case "half a character":
            token_file.write(b"\xc3")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            token_file.clock.seconds += 60
            for _ in range(3):
                assert await token_file.provider.authorization() == "Bearer first"
    assert token_file.reads == 1 + 3, "tried once a minute"
    assert len(caplog.records) == 1, "one warning for each outage"
    token_file.path.unlink(missing_ok=True)
    token_file.write("second")
    token_file.clock.seconds += 60
    assert await token_file.provider.authorization() == "Bearer second"


async def test_401_reads_the_file_again(token_file: TokenFile) -> None:
    assert await token_file.provider.authorization() == "Bearer first"
    assert not await token_file.provider.refresh("Bearer first")
    token_file.write("second")
    assert await token_file.provider.refresh("Bearer first")
    assert await token_file.provider.authorization() == "Bearer second"
    assert token_file.reads == 3


async def test_401_for_an_older_token_does_not_read(token_file: TokenFile) -> None:
    await token_file.provider.authorization()
    assert await token_file.provider.refresh("Bearer zeroth")
    assert token_file.reads == 1


async def test_wave_of_401_reads_once(token_file: TokenFile) -> None:
    await token_file.provider.authorization()
    answers = await asyncio.gather(*(token_file.provider.refresh("Bearer first") for _ in range(200)))
    assert not any(answers)
    assert token_file.reads == 2


async def test_401_while_the_file_is_gone_is_not_replayed(token_file: TokenFile) -> None:
    await token_file.provider.authorization()
    token_file.path.unlink()
    assert not await token_file.provider.refresh("Bearer first")


async def test_fallback_is_sent_until_the_file_was_readable(token_file: TokenFile) -> None:
    token_file.path.unlink()
    provider = TokenFileCredentials(token_file.path, fallback="spare", clock=token_file.clock)
    assert await provider.authorization() == "Bearer spare"
    token_file.write("main")
    token_file.clock.seconds += 60
    assert await provider.authorization() == "Bearer main"
    token_file.path.unlink()
    token_file.clock.seconds += 60
    assert await provider.authorization() == "Bearer main"


async def test_cancelled_reader_does_not_hold_up_the_others(token_file: TokenFile) -> None:
    first = asyncio.ensure_future(token_file.provider.authorization())
    others = [asyncio.ensure_future(token_file.provider.authorization()) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    assert set(await asyncio.gather(*others)) == {"Bearer first"}
    with pytest.raises(asyncio.CancelledError):
        await first


def test_provider_serves_several_event_loops(token_file: TokenFile) -> None:
    async def concurrently() -> list[str]:
        token_file.clock.seconds += 60
        return await asyncio.gather(*(token_file.provider.authorization() for _ in range(5)))

    assert asyncio.run(concurrently()) == ["Bearer first"] * 5
    assert asyncio.run(concurrently()) == ["Bearer first"] * 5
    assert token_file.reads == 2


def test_repr_shows_no_secret(tmp_path: Path) -> None:
    providers = (TokenCredentials(CANARY), BasicCredentials("dev", CANARY))
    with_fallback = TokenFileCredentials(tmp_path / "token", fallback=CANARY)
    assert CANARY not in repr((*providers, with_fallback))
    assert str(tmp_path / "token") in repr(with_fallback)
