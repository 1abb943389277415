"""Credentials over plain HTTP: whoever is on the way can read and use them."""

from __future__ import annotations

import warnings
from urllib.parse import urlsplit

from aiokube.client.callers import callers_stacklevel
from aiokube.client.proxies import is_loopback


class PlaintextCredentialsWarning(UserWarning):
    """Credentials are sent to an http:// server; once for each client."""


def is_exposed(url: str) -> bool:
    """Whether what is sent to a URL can be read on the way: http, and not to this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def warn_of_plaintext(url: str) -> None:
    """Warn whoever called aiokube."""
    text = f"credentials are sent unencrypted to {url.rpartition('@')[2]}; use https"
    warnings.warn(text, PlaintextCredentialsWarning, stacklevel=callers_stacklevel())
