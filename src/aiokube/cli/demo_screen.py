"""What the demo shows: steps, a table that is alive on a terminal, and plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from .output import printable

__all__ = ["PodRow", "PodTable", "Screen"]

_PHASES = {"Running": "green", "Succeeded": "green", "Pending": "yellow", "Failed": "red"}


@dataclass(frozen=True)
class PodRow:
    """A pod, as far as the table shows it."""

    name: str
    phase: str
    node: str
    ready: bool


class PodTable:
    """Pods by their names, the latest of each."""

    def __init__(self) -> None:
        self.rows: dict[str, PodRow] = {}

    @property
    def ready(self) -> int:
        return sum(row.ready for row in self.rows.values())

    def change(self, type: str, row: PodRow) -> None:
        """Take note of what a watch says of a pod."""
        if type == "DELETED":
            self.rows.pop(row.name, None)
        else:
            self.rows[row.name] = row

    def __rich__(self) -> Table:
        table = Table(box=None, padding=(0, 2), header_style="dim")
        for title in ("pod", "node", "phase", "ready"):
            table.add_column(title)
        for name, row in sorted(self.rows.copy().items()):  # rich draws from a thread of its own
            ready = Text("yes", "green") if row.ready else Text("no", "dim")
            table.add_row(_text(name), _text(row.node or "-"), _text(row.phase, _PHASES.get(row.phase, "")), ready)
        return table


class Screen:
    """The terminal, or the file or pipe in its place."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._steps = 0
        self._began = time.monotonic()

    @property
    def is_alive(self) -> bool:
        """Whether somebody watches."""
        return self._console.is_terminal

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def step(self, title: str, code: str) -> None:
        """Begin a step: what is done, and by which line of Python."""
        self._steps += 1
        self._console.print()
        self._console.print(Text(f"{self._steps}. {title}", "bold cyan"))
        self._console.print(Text(f"   {code}", "dim"))

    def say(self, text: object, style: str = "") -> None:
        """Print a line of a step."""
        self._console.print(Text("   ") + _text(text, style))

    @contextmanager
    def pods(self) -> Iterator[PodTable]:
        """Show the pods of the table that it gives, for as long as the block lasts."""
        table = PodTable() if self.is_alive else _PrintedTable(self)
        if not self.is_alive:
            yield table
            return
        with Live(table, console=self._console, refresh_per_second=15):
            yield table

    def summary(self, sent: Mapping[str, int], events: int) -> None:
        """End with what was sent and how long it took."""
        by_verb = ", ".join(f"{count} {verb}" for verb, count in sorted(sent.items(), key=lambda item: -item[1]))
        self._console.print()
        self._console.print(Text(f"{sum(sent.values())} requests, {events} events, {self.seconds:.1f} s", "bold green"))
        self.say(by_verb, "dim")


class _PrintedTable(PodTable):
    """A table that is not alive: a line for each change."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def change(self, type: str, row: PodRow) -> None:
        if self.rows.get(row.name) != row or type == "DELETED":
            self._screen.say(f"{type:<8} {row.name} {row.phase}{', ready' if row.ready else ''}")
        super().change(type, row)


def _text(text: object, style: str = "") -> Text:
    """Return a text in which nothing is markup, nor can steer the terminal."""
    return Text(printable(text), style)
