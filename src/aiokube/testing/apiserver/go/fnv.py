"""FNV hashes, which Kubernetes makes names of.

Source: https://pkg.go.dev/hash/fnv
"""

from __future__ import annotations

from typing import Final

__all__ = ["fnv1_32", "fnv1_64", "fnv1a_32"]

_32: Final = (0x811C9DC5, 0x01000193, (1 << 32) - 1)
_64: Final = (0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1)
"""The basis, the prime, and as many bits as there are."""


def fnv1_32(text: bytes) -> int:
    return _fnv1(text, *_32)


def fnv1_64(text: bytes) -> int:
    return _fnv1(text, *_64)


def fnv1a_32(text: bytes) -> int:
    found, prime, bits = _32
    for byte in text:
        found = (found ^ byte) * prime & bits
    return found


def _fnv1(text: bytes, found: int, prime: int, bits: int) -> int:
    for byte in text:
        found = (found * prime & bits) ^ byte
    return found
