"""The packaged files, as bytes."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

__all__ = ["FOLDER", "unpacked"]

FOLDER: Final = Path(__file__).with_name("data")

_GZIP: Final = 31


def unpacked(name: str) -> bytes:
    """Return what is in a file that is compressed."""
    return zlib.decompress((FOLDER / name).read_bytes(), _GZIP)
