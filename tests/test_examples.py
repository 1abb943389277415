"""Every example runs as its head says, and says what it is meant to say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

# What each example prints, in this order; other lines may stand between.
PRINTS: dict[str, list[str]] = {
    "controller.py": [r"bakery: 0 of 3 counters are open", r"bakery: 3 of 3 counters are open"],
    "quickstart.py": [
        r"connected +https://127\.0\.0\.1:\d+, Kubernetes v1\.36",
        r"discovered +\d{2,} kinds",
        r"created +namespace aiokube-quickstart",
        r"applied +deployment web, 2 replicas",
        r"patched +labels of web are now \{'tier': 'front'\}",
        r"scaled +web to 5 replicas",
        r"watched +ADDED pod web-",
        r"listed +5 pods in pages of 2",
        r"validated +.* at spec\.replicas:",
        r'refused +deployments\.apps "api" not found',
        r"deleted +namespace aiokube-quickstart",
    ],
}


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py") if not path.name.startswith("test_")} == set(PRINTS)


@pytest.mark.parametrize("example", PRINTS)
def test_an_example_says_what_it_does(example: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / example)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONDEVMODE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    # How long a turn of the event loop took says how busy the machine is, and nothing else.
    said = [line for line in ran.stderr.splitlines() if not re.match(r"Executing <.* took [\d.]+ seconds$", line)]
    assert (ran.returncode, said) == (0, [])
    lines = iter(ran.stdout.splitlines())
    missing = [pattern for pattern in PRINTS[example] if not any(re.search(pattern, line) for line in lines)]
    assert missing == [], ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_tests_among_the_examples_pass(tmp_path: Path) -> None:
    """As in a project that has nothing but pytest-asyncio and aiokube."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:cloudcoil", str(EXAMPLES)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b3 passed\b", ran.stdout)
