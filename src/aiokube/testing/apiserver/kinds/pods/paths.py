"""Paths of files in pods: in volumes, mounts and profiles.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateLocalDescendingPath)
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.field_errors import FieldError, invalid
from aiokube.testing.apiserver.kinds.checks import no_backsteps

__all__ = ["descending", "file_mode", "unreserved"]


def descending(value: str, path: str) -> Iterator[FieldError]:
    """Refuse a path that leaves the directory it is relative to."""
    if value.startswith("/"):
        yield invalid(path, value, "must be a relative path")
    yield from no_backsteps(value, path)


def unreserved(value: str, path: str) -> Iterator[FieldError]:
    """Refuse a path that leaves its directory, or begins as those do that a kubelet makes for itself."""
    yield from descending(value, path)
    if value.startswith("..") and value != ".." and not value.startswith("../"):
        yield invalid(path, value, "must not start with '..'")


def file_mode(value: int | None, path: str) -> Iterator[FieldError]:
    if value is not None and not 0 <= value <= 0o777:
        yield invalid(path, value, "must be a number between 0 and 0777 (octal), both inclusive")
