"""Files of a volume that cover each other: the same path twice, or one that would have to be a directory as well.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/pod/warnings.go
(warningsForOverlappingVirtualPaths)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokube.testing.apiserver.go.text import quoted

__all__ = ["overlaps"]

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _File:
    """Where a file is, and the words for what it comes from; "" where the volume has but one source."""

    path: str
    source: str = ""

    def __str__(self) -> str:
        return f"{quoted(self.path)} ({self.source})" if self.source else quoted(self.path)

    def covers(self, other: _File) -> bool:
        ours, theirs = f"{self.path}/", f"{other.path}/"
        return bool(self.path and other.path) and (ours.startswith(theirs) or theirs.startswith(ours))


def overlaps(volumes: Sequence[Object]) -> Iterator[str]:
    """Return what is said of the volumes of a pod in which files cover each other."""
    for volume in volumes:
        name = quoted(volume.get("name") or "")
        for source, files in _simple(volume):
            yield from _twice(files, f"volume {name} ({source})", [])
        if volume.get("projected") is not None:
            yield from _projected(volume["projected"], name)


def _simple(volume: Object) -> Iterator[tuple[str, list[_File]]]:
    config_map, secret, pod = (volume.get(kind) for kind in ("configMap", "secret", "downwardAPI"))
    if config_map is not None:
        yield f"ConfigMap {quoted(config_map.get('name') or '')}", _files(config_map)
    if secret is not None:
        yield f"Secret {quoted(secret.get('secretName') or '')}", _files(secret)
    if pod is not None:
        yield "DownwardAPI", _files(pod)


def _projected(volume: Object, name: str) -> Iterator[str]:
    seen: list[_File] = []
    for source in volume.get("sources") or []:
        if not any(value is not None for value in source.values()):
            yield f"volume {name} (Projected) has no sources provided"
        yield from _twice(_of_source(source), f"volume {name} (Projected)", seen)


def _of_source(source: Object) -> list[_File]:
    """Return the files of the first of the sources that says which it has."""
    for kind, words in (("configMap", "ConfigMap"), ("secret", "Secret")):
        if (source.get(kind) or {}).get("items") is not None:
            return _files(source[kind], f"{words} {quoted(source[kind].get('name') or '')}")
    if (source.get("downwardAPI") or {}).get("items") is not None:
        return _files(source["downwardAPI"], "DownwardAPI")
    if source.get("serviceAccountToken") is not None:
        return [_File(_trimmed(source["serviceAccountToken"]), "ServiceAccountToken")]
    return []


def _files(source: Object, words: str = "") -> list[_File]:
    return [_File(_trimmed(each), words) for each in source.get("items") or []]


def _trimmed(file: Object) -> str:
    path: str = file.get("path") or ""
    return path.rstrip("/")


def _twice(files: Iterable[_File], what: str, seen: list[_File]) -> Iterator[str]:
    """Return what is said of files that cover one that was seen before, which they then are themselves."""
    for file in files:
        yield from (f"{what}: overlapping paths: {file} with {other}" for other in seen if file.covers(other))
        seen.append(file)
