"""What a server warns about: deprecated APIs, unknown fields, risky settings, as Python warnings and to a callback."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from aiokube._machinery.headers import warning_texts
from aiokube.client.callers import callers_stacklevel


class ServerWarning(UserWarning):
    """A `Warning:` header of the API server.

    Attributes:
        code: Its code, 299 for all that kube-apiserver sends.
        agent: Who warns, "-" when it is not said.
        text: What it says.
    """

    def __init__(self, code: int, agent: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.agent = agent
        self.text = text


def surface(values: Iterable[str], handler: Callable[[Any], None] | None) -> None:
    """Give each warning of an answer to Python's warnings, for whoever called aiokube, and to a handler.

    Args:
        values: The answer's `Warning:` headers.
        handler: Called with each `ServerWarning`; None for none.
    """
    for code, agent, text in warning_texts(values):
        warning = ServerWarning(code, agent, text)
        if handler is not None:
            handler(warning)
        warnings.warn(warning, stacklevel=callers_stacklevel())
