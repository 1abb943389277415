"""What the commands print: plain text, in which nothing from elsewhere can steer the terminal."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

__all__ = ["fail", "printable", "say"]

_KEPT = {"\n", "\t"}


def printable(text: object) -> str:
    """Return a text with its control characters written out: `\\x1b` for an escape.

    What a server or a file says may be anybody's, and an escape sequence in it would be obeyed.
    """
    return "".join(sign if sign in _KEPT or sign.isprintable() else _written_out(sign) for sign in str(text))


def say(text: object) -> None:
    """Print a line at once, also into a pipe."""
    typer.echo(printable(text))
    sys.stdout.flush()


def fail(problem: object) -> NoReturn:
    """Say on standard error what is wrong, and end with exit code 1."""
    typer.echo(f"aiokube: {printable(problem)}", err=True)
    raise typer.Exit(1)


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode()
