"""Shows what both servers answer to some cases: `python -m conformance [--real] TOPIC_OR_CASE…`."""

import argparse
import asyncio
import json

from aiokube.testing import ControlPlane
from conformance.answers import Answer, Server, answers
from conformance.case import Case
from conformance.cases import TOPICS
from conformance.comparing import differences
from conformance.masking import masked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="ask the real control plane alone, and show its answers")
    parser.add_argument("names", nargs="*", metavar="TOPIC_OR_CASE", help="all, if none is given")
    options = parser.parse_args()
    cases = [
        case
        for topic, of_topic in TOPICS.items()
        for case in of_topic
        if not options.names or topic in options.names or case.name in options.names
    ]
    # Not at the top: a control plane alone can be asked before there is anything to compare it with.
    from conformance.servers import server_of

    with asyncio.Runner() as runner:
        control_plane = ControlPlane()
        runner.run(control_plane.start())
        try:
            real = server_of(control_plane)
            if options.real:
                for case in cases:
                    _show(case, masked(answers(case, real), case.text))
            else:
                _compare(cases, real)
        finally:
            runner.run(control_plane.close())


def _compare(cases: list[Case], real: Server) -> None:
    from conformance.servers import embedded_server

    wrong = 0
    with embedded_server() as embedded:
        for case in cases:
            try:
                found = differences(
                    case, masked(answers(case, real), case.text), masked(answers(case, embedded), case.text)
                )
            except Exception as error:  # noqa: BLE001  # one case that breaks is shown, and the others are run
                print(f"== {case.name}: {error!r}", flush=True)
                wrong += 1
                continue
            found = [difference for difference in found if difference.allowed is None]
            wrong += bool(found)
            if found:
                print(f"== {case.name}", *found, sep="\n  ", flush=True)
    print(f"{len(cases) - wrong} of {len(cases)} cases agree")


def _show(case: Case, given: list[Answer]) -> None:
    print(f"== {case.name}")
    for request, answer in zip(case.requests, given, strict=True):
        print(f"{request}: {answer.status} {answer.headers}\n{json.dumps(answer.body, indent=1)}", flush=True)


main()
