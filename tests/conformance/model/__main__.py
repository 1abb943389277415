"""Runs some programs and shows where the servers disagree: `python -m conformance.model [--all | --write] SEED…`."""

import argparse
import json
from typing import Any

from conformance.case import Request

from .generator import Program, program
from .histogram import Histogram
from .running import History, run, servers

_SHOWN_CHARACTERS = 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="show every step, and not only what led to a disagreement")
    parser.add_argument("--write", action="store_true", help="show what the programs are, and run nothing")
    parser.add_argument("seeds", nargs="+", metavar="SEED", help="a number, or two with a dash: 1-200")
    options = parser.parse_args()
    programs = [program(seed) for text in options.seeds for seed in _seeds(text)]
    if options.write:
        for one in programs:
            print(f"== seed {one.seed}", *_written(one), sep="\n")
        return
    with servers() as both:
        histories = run(programs, both)
    for history in histories:
        _show(history, everything=options.all)
    wrong = [history.program.seed for history in histories if history.differences]
    print(Histogram(histories))
    print(f"{len(programs) - len(wrong)} of {len(programs)} programs agree; these do not: {wrong}")


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _written(one: Program) -> list[str]:
    lines = [f"{number:3} {_sent(request)}" for number, request in enumerate(one.case.requests, 1)]
    if one.halt is not None:
        lines.insert(one.halt, "    (the history is compacted)")
    return lines


def _show(history: History, *, everything: bool) -> None:
    found = history.differences
    if not found and not everything:
        return
    first = int(found[0].where.split()[0]) if found else 0
    subject = history.program.case.requests[first - 1].path.partition("?")[0]
    print(f"== seed {history.program.seed}")
    for number, request in enumerate(history.program.case.requests, 1):
        if everything or (number <= first and request.path.startswith(subject.partition("/status")[0])):
            print(f"{number:3} {_sent(request)}\n    {_told(history.real[number - 1])}")
    print(*[f"  {one}" for one in found if one.where.startswith(f"{first} ")], sep="\n", flush=True)


def _sent(request: Request) -> str:
    content = "" if request.content_type is None else request.content_type.partition("/")[2]
    return " ".join(filter(None, (str(request), content, _short(request.body) if request.body is not None else "")))


def _told(answer: Any) -> str:
    return f"{answer.status} {_short(answer.body)}"


def _short(body: Any) -> str:
    text = json.dumps(body)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


if __name__ == "__main__":
    main()
