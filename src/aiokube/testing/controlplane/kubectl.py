"""What a run of kubectl gives back."""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["KubectlResult"]


@dataclass(frozen=True)
class KubectlResult:
    """The end of one kubectl; `str()` of it is what it printed."""

    returncode: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return self.stdout

    def json(self) -> Any:
        """Decode what it printed with `-o json`."""
        return json.loads(self.stdout)
