"""What may differ between APIServer and kube-apiserver, and why. There are ten at most."""

import re
from dataclasses import dataclass

__all__ = ["ALLOWED", "Allowed"]


@dataclass(frozen=True)
class Allowed:
    """A difference that is meant.

    Attributes:
        cases: a pattern for the whole name of a case.
        path: a pattern for the whole path of what differs, such as `body.metadata.labels`.
        reason: why it is right, or why the truth costs more than it is worth.
    """

    cases: str
    path: str
    reason: str

    def covers(self, case: str, path: str) -> bool:
        return re.fullmatch(self.cases, case) is not None and re.fullmatch(self.path, path) is not None


ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        "method-that-is-none",
        ".*",
        "aiohttp refuses methods that HTTP does not have before the server sees them, with 400 rather than 405",
    ),
    Allowed(
        "invalid-definition-with-a-webhook",
        r"body\..*",
        "no webhook converts custom objects here; a definition that names one is refused in words that say so",
    ),
    Allowed(
        "invalid-autoscaler-behavior",
        r"body\.(details\.causes\[3\]|message)",
        "a list that is given and empty counts as absent, as it does in all that is stored; only here is it told apart",
    ),
)
