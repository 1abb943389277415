"""What the programs of a run did: how often which verb on which kind was answered with which code."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .running import History, Step

__all__ = ["Histogram"]


class Histogram:
    """Counts the steps of some programs."""

    def __init__(self, histories: Iterable[History]) -> None:
        self._seeds: list[int] = []
        self._steps: Counter[Step] = Counter()
        for history in histories:
            self._seeds.append(history.program.seed)
            self._steps += history.steps

    @property
    def codes(self) -> Counter[int]:
        """How often each code was answered."""
        codes: Counter[int] = Counter()
        for (_, _, code), count in self._steps.items():
            codes[code] += count
        return codes

    @property
    def success(self) -> float:
        """The part of the steps that succeeded."""
        return sum(count for code, count in self.codes.items() if code < 300) / self.codes.total()

    def __str__(self) -> str:
        lines = defaultdict(list)
        for (verb, kind, code), count in sorted(self._steps.items()):
            lines[verb, kind].append(f"{code}: {count}")
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(self.codes.items()))
        return "\n".join(
            [
                f"seeds {', '.join(map(str, self._seeds))}",
                f"{self.codes.total()} steps, {self.success:.0%} of them successful; {codes}",
                *(f"{verb:16} {kind:20} {', '.join(found)}" for (verb, kind), found in lines.items()),
            ]
        )
