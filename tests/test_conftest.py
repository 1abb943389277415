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
    "waited for": "def test_it(): subprocess.run(['true'])",
    "sync": "def test_it(): kept.append(1)",
}


@pytest.fixture
def run(pytester: pytest.Pytester) -> "Run":
    pytester.makeconftest(CONFTEST.read_text())
    return Run(pytester)


class Run:
    """Runs one line of test in a pytest of its own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, line: str) -> pytest.RunResult:
        head = "import asyncio, os, socket, subprocess, threading, time\nkept = []\n"
        self._pytester.makepyfile(head + line)
        return self._pytester.runpytest_subprocess("--asyncio-mode=auto")


@pytest.mark.parametrize("line", LEAKS.values(), ids=LEAKS)
def test_what_is_left_fails_the_test(run: Run, line: str) -> None:
    result = run(line)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the test left behind:*"])


@pytest.mark.parametrize("line", HARMLESS.values(), ids=HARMLESS)
def test_what_is_not_left_does_not(run: Run, line: str) -> None:
    run(line).assert_outcomes(passed=1)
