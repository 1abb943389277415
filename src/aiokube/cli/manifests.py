"""Manifests: files of objects, one or many to a file, and how they get to a server.

Definitions of kinds go first, then namespaces, then the rest as it stands, because nothing can be created that is
of an unknown kind or in a missing namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from aiokube.client.exceptions import ApiException
from aiokube.config.yaml_document import MalformedYAML, parse_yaml
from aiokube.dynamic.exceptions import ResourceNotFoundError
from aiokube.kube import Kube

__all__ = ["Manifest", "ManifestError", "load", "read_manifests"]

_MANAGER = "aiokube-serve"
_SEPARATOR = re.compile(r"^---(?=\s|$).*$", re.MULTILINE)
_FIRST = {"CustomResourceDefinition": 0, "Namespace": 1}
_REST = 2


class ManifestError(Exception):
    """Raised when a manifest cannot be read or is refused.

    Args:
        place: which one: the file, the document in it, the object.
        problem: what is wrong.
    """

    def __init__(self, place: str, problem: object) -> None:
        super().__init__(place, problem)
        self.place = place
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True)
class Manifest:
    """An object, and where it stands.

    Attributes:
        file: as it was named.
        number: of the document in the file, from 1; those that are empty count too.
    """

    file: str
    number: int
    body: dict[str, Any]

    @property
    def place(self) -> str:
        metadata = self.body["metadata"]
        name = "/".join(filter(None, (metadata.get("namespace"), metadata.get("name"))))
        return f"{_document(self.file, self.number)} ({self.body['kind']} {name})"


def read_manifests(paths: Iterable[Path]) -> list[Manifest]:
    """Read files and the files in folders, and return their objects in the order in which they can be created.

    Raises:
        ManifestError: a file cannot be read, or a document is no object.
    """
    found = [manifest for path in paths for file in _files(path) for manifest in _read(file)]
    return sorted(found, key=lambda manifest: _FIRST.get(manifest.body["kind"], _REST))


async def load(kube: Kube, manifests: Iterable[Manifest]) -> int:
    """Apply objects to a server, and return how many there were.

    Raises:
        ManifestError: the server refuses one.
    """
    count = 0
    for manifest in manifests:
        try:
            await _apply(kube, manifest.body)
        except ResourceNotFoundError:
            problem = f"the server has no kind {manifest.body['kind']} in {manifest.body['apiVersion']}"
            raise ManifestError(manifest.place, problem) from None
        except ApiException as error:
            raise ManifestError(manifest.place, error) from None
        except (aiohttp.ClientError, ValueError) as error:
            raise ManifestError(manifest.place, error) from error
        count += 1
    return count


async def _apply(kube: Kube, body: dict[str, Any]) -> None:
    resource = await kube.resources.get(api_version=body["apiVersion"], kind=body["kind"])
    namespace = body["metadata"].get("namespace") or ("default" if resource.namespaced else None)
    if not body["metadata"].get("name"):
        await resource.create(body, namespace=namespace)  # a generateName makes a new one each time
        return
    await resource.server_side_apply(body, namespace=namespace, field_manager=_MANAGER, force_conflicts=True)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml", ".json"})
    return [path]


def _read(file: Path) -> Iterator[Manifest]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(str(file), getattr(error, "strerror", None) or "it is not UTF-8") from error
    for number, part in enumerate(_documents(text), 1):
        try:
            body = parse_yaml(part)
        except MalformedYAML as error:
            raise ManifestError(_document(str(file), number), error) from None
        if body is not None:
            yield from _objects(str(file), number, body)


def _documents(text: str) -> list[str]:
    """Split a file at its lines `---`, as kubectl does; what is before the first one may be nothing at all."""
    parts = _SEPARATOR.split(text)
    return parts[1:] if len(parts) > 1 and _is_empty(parts[0]) else parts


def _is_empty(part: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in part.splitlines())


def _objects(file: str, number: int, body: Any) -> Iterator[Manifest]:
    """Give the object of a document, or each one of a List."""
    problem = _problem(body)
    if problem:
        raise ManifestError(_document(file, number), problem)
    if body["kind"] != "List":
        yield Manifest(file, number, body)
        return
    items = body.get("items") or []
    for item in items if isinstance(items, list) else [items]:
        yield from _objects(file, number, item)


def _problem(body: Any) -> str:
    """Say why something is no object, "" if it is one."""
    if not isinstance(body, dict):
        return f"an object was expected, not {type(body).__name__}"
    for field in ("apiVersion", "kind"):
        if not isinstance(body.get(field), str) or not body[field]:
            return f"it has no {field}"
    if body["kind"] == "List":
        return ""
    metadata = body.get("metadata")
    if not isinstance(metadata, dict) or not (metadata.get("name") or metadata.get("generateName")):
        return f"the {body['kind']} has no metadata.name"
    return ""


def _document(file: str, number: int) -> str:
    return f"{file}, document {number}"
