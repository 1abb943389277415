"""PEM is read as Go reads it, and what is none costs no time."""

from aiokube.testing.apiserver.go.pem import Block, blocks

_HI = b"-----BEGIN A-----\naGk=\n-----END A-----\n"


def test_blocks_are_read_one_after_the_other() -> None:
    text = b"before\n" + _HI + b"between\n" + _HI.replace(b"A", b"B C")
    assert list(blocks(text)) == [Block("A", b"hi"), Block("B C", b"hi")]


def test_headers_are_passed_over() -> None:
    assert list(blocks(_HI.replace(b"aGk", b"Name: value\n\naGk"))) == [Block("A", b"hi")]


def test_what_cannot_be_read_is_passed_over() -> None:
    for wrong in (_HI.replace(b"aGk=", b"!"), _HI.replace(b"END A", b"END B"), b"-----BEGIN C-----\n", b"x" + _HI):
        assert list(blocks(wrong + _HI)) == [Block("A", b"hi")]


def test_ends_without_a_beginning_are_each_looked_at_once() -> None:
    """A quarter of a million lines; if each looked at all before it, this would take hours."""
    assert list(blocks(b"\n-----END A-----" * 250_000)) == []
    assert list(blocks(b"-----BEGIN A-----\n!" + b"\n-----END A-----" * 250_000)) == []
