"""No defect is without a test, and the version is the one that has them."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

DEFECTS = {
    *(f"KA-D{number}" for number in range(1, 13)),
    *(f"KA-Y{number}" for number in range(1, 9)),
    *(f"KA-W{number}" for number in range(1, 7)),
    "KA-C1",
}


def test_each_defect_has_a_test() -> None:
    sources = (path.read_text() for path in Path(__file__).parent.glob("test_*_defects.py"))
    tested = {name for source in sources for name in re.findall(r'^@defect\("(KA-\w+)"', source, re.MULTILINE)}
    assert tested == DEFECTS


def test_the_version_is_the_one_that_has_the_defects() -> None:
    assert version("kubernetes_asyncio") == "36.1.0"
