"""Files that nobody else can read: keys, tokens and kubeconfigs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["replace_private", "write_private"]


def write_private(path: Path, text: str) -> Path:
    """Write a file that nobody else can read, and return its path."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def replace_private(path: Path, text: str) -> Path:
    """Write such a file, or another in its place, so that a reader sees the old text or the whole new one."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        return write_private(new, text).replace(path)
    finally:
        new.unlink(missing_ok=True)  # it is there only if it could not take the other's place
