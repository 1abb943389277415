"""Bytes on the wire: Configuration, ApiClient, `rest` that sends, `pool` that alone opens a session, and all errors.

What a request is and when it is repeated is decided in `_machinery`; here it is sent. Nothing of aiokube above
this package may be imported. Typed classes (`CoreV1Api`, `V1Pod`) are not here and will not be.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from aiokube.client.api_client import ApiClient
from aiokube.client.configuration import Configuration
from aiokube.client.exceptions import *  # noqa: F403 - its __all__ is the list
from aiokube.client.exceptions import __all__ as _exceptions
from aiokube.client.plaintext import PlaintextCredentialsWarning
from aiokube.client.server_warnings import ServerWarning

__all__ = ["ApiClient", "Configuration", "PlaintextCredentialsWarning", "ServerWarning", *_exceptions]


def __getattr__(name: str) -> NoReturn:
    # Compat: programs that also use generated classes learn where these stay.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    text = (
        f"aiokube has no typed class {name}: keep kubernetes_asyncio for typed classes, "
        "and give its ApiClient to aiokube's DynamicClient"
    )
    # `from aiokube.client import V1Pod` asks by hasattr() first, and words an AttributeError anew, without this text.
    if sys._getframe(1).f_globals.get("__name__") == "importlib._bootstrap":
        raise ImportError(text, name=__name__)
    raise AttributeError(text)
