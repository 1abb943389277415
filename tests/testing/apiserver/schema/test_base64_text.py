"""Base64 as Go reads it in JSON."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing.apiserver.schema.base64_text import Base64Error, canonical


@given(st.binary())
def test_keeps_what_is_canonical(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert canonical(text) == text


def test_drops_line_breaks() -> None:
    assert canonical("YW\r\nJj\nYQ=\n=\n") == "YWJjYQ=="


@pytest.mark.parametrize(
    ("text", "byte"),
    [("x", 0), ("YQ", 0), ("YQ=", 3), ("YQ=a", 2), ("YQ==x", 4), ("%%%%", 0), ("Y===", 1), ("YWJjY-", 5), ("é===", 0)],
)
def test_tells_at_which_byte_go_stops(text: str, byte: int) -> None:
    with pytest.raises(Base64Error, match=f"^illegal base64 data at input byte {byte}$"):
        canonical(text)
