"""Hashes as Go's hash/fnv makes them; the expected ones are those of its own tests."""

from aiokube.testing.apiserver.go.fnv import fnv1_32, fnv1_64, fnv1a_32


def test_hashes_are_those_of_go() -> None:
    assert [fnv1_32(text) for text in (b"", b"a", b"ab", b"abc")] == [0x811C9DC5, 0x050C5D7E, 0x70772D38, 0x439C2F4B]
    assert [fnv1a_32(text) for text in (b"", b"a", b"ab", b"abc")] == [0x811C9DC5, 0xE40C292C, 0x4D2505CA, 0x1A47E90B]
    assert [fnv1_64(text) for text in (b"", b"a", b"ab", b"abc")] == [
        0xCBF29CE484222325,
        0xAF63BD4C8601B7BE,
        0x08326707B4EB37B8,
        0xD8DCCA186BAFADCB,
    ]
