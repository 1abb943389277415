"""APIServer and kube-apiserver agree on what happened: random programs on both, in one run."""

from collections.abc import Iterator

import pytest

from .generator import program
from .histogram import Histogram
from .running import History, run, servers

_SEEDS = range(1, 201)
_LEAST_STEPS = 30
_LEAST_KINDS = 5
_LEAST_SUCCESS = 0.6
_REFUSALS = {404, 409, 410, 422}

pytestmark = pytest.mark.timeout(1200)  # all programs are run before the first is looked at


@pytest.fixture(scope="module")
def histories(request: pytest.FixtureRequest) -> Iterator[dict[int, History]]:
    """What both servers answered to every program, by its seed; the histogram is printed at the end."""
    with servers() as both:
        found = run([program(seed) for seed in _SEEDS], both)
    yield {history.program.seed: history for history in found}
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{Histogram(found)}")


@pytest.mark.parametrize("seed", _SEEDS)
def test_the_histories_of_a_program_agree(seed: int, histories: dict[int, History]) -> None:
    """`python -m conformance.model SEED` shows what led to a disagreement."""
    found = histories[seed].differences
    assert not found, "\n".join([f"the servers disagree on seed {seed}", *map(str, found)])


def test_a_program_is_long_and_about_many_kinds(histories: dict[int, History]) -> None:
    for history in histories.values():
        assert sum(history.steps.values()) >= _LEAST_STEPS
        assert len({kind for _, kind, _ in history.steps}) >= _LEAST_KINDS


def test_most_steps_succeed_and_every_refusal_occurs(histories: dict[int, History]) -> None:
    histogram = Histogram(histories.values())
    assert histogram.success >= _LEAST_SUCCESS
    assert set(histogram.codes) >= _REFUSALS


def test_a_seed_is_one_program() -> None:
    for seed in _SEEDS:
        assert program(seed) == program(seed)
