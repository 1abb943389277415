"""What `conftest.py` promises: a test that leaves something behind fails."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")

LEAKS = {
    "task": "async def test_it(): kept.append(asyncio.ensure_future(asyncio.sleep(10)))",
    "descriptor": "def test_it(): os.pipe()",
    "socket": "def test_it(): kept.append(socket.socket())",
    "process": "def test_it(): kept.append(subprocess.Popen(['sleep', '10']))",
    "thread": "def test_it(): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()",
}

HARMLESS = {
    "executor": "async def test_it(): await asyncio.to_thread(len, ())",
    "awaited": "async def test_it(): await asyncio.ensure_future(asyncio.sleep(0))",
    "waited_for": "def test_it(): subprocess.run(['true'])",
    "sync": "def test_it(): kept.append(1)",
}


@pytest.fixture
def run(pytester: pytest.Pytester) -> "Run":
    pytester.makeconftest(CONFTEST.read_text().replace("_GRACE_SECONDS = 2.0", "_GRACE_SECONDS = 0.1"))
    return Run(pytester)


class Run:
    """Runs tests in a pytest of its own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, tests: dict[str, str]) -> pytest.RunResult:
        head = "import asyncio, os, socket, subprocess, threading, time\nkept = []\n"
        named = (line.replace("test_it", f"test_{name}") for name, line in tests.items())
        self._pytester.makepyfile(head + "\n".join(named))
        return self._pytester.runpytest_subprocess("--asyncio-mode=auto")


def test_what_is_left_fails_the_test(run: Run) -> None:
    result = run(LEAKS)
    result.assert_outcomes(passed=len(LEAKS), errors=len(LEAKS))
    for name in LEAKS:
        result.stdout.fnmatch_lines([f"*ERROR at teardown of test_{name} *", "*the test left behind: *"])


def test_what_is_not_left_does_not(run: Run) -> None:
    run(HARMLESS).assert_outcomes(passed=len(HARMLESS))
