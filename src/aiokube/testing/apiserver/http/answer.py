"""An answer: what goes back at once, before it has the encoding that was asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import yaml

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.storage import encode

from .negotiation import JSON, YAML

__all__ = ["GZIP_FROM", "Answer", "compressed", "of_error", "rendered", "warning_headers"]

GZIP_FROM = 128 * 1024
"""Bytes from which on an answer is compressed, when the client can read that; as kube-apiserver has it."""

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    warnings: Iterable[str] = ()

    @classmethod
    def text(cls, status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return an answer in words, as for health checks and for paths where nothing is."""
        return cls(status, text.encode(), _TEXT, headers or {})

    @classmethod
    def json(cls, status: int, value: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        return cls(status, encode(value), JSON, headers or {})


def of_error(error: StatusError) -> Answer:
    """Return the answer that says what went wrong."""
    seconds = error.retry_after_seconds
    answer = Answer.json(error.code, error.status, {"Retry-After": str(seconds)} if seconds else None)
    return replace(answer, warnings=error.warnings)


def rendered(body: bytes, media_type: str, *, pretty: bool) -> bytes:
    """Return JSON as it goes out: ending with a line, indented for people, or as YAML."""
    if media_type == YAML:
        text: bytes = yaml.dump(
            msgspec.json.decode(body), Dumper=_Dumper, encoding="utf-8", allow_unicode=True, default_flow_style=False
        )
        return text
    return (msgspec.json.format(body, indent=2) if pretty else body) + b"\n"


def compressed(body: bytes) -> bytes:
    """Return a body in gzip, at the level that costs least."""
    compressor = zlib.compressobj(1, wbits=31)
    return compressor.compress(body) + compressor.flush()


def warning_headers(warnings: Iterable[str]) -> list[tuple[str, str]]:
    """Return the headers that say what one should know, each once.

    Source: https://www.rfc-editor.org/rfc/rfc7234#section-5.5
    """
    return [("Warning", f"299 - {_quoted(text)}") for text in dict.fromkeys(warnings)]


def _quoted(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Dumper(yaml.CSafeDumper):
    """Writes YAML without anchors: two equal parts are written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Write a text; in double quotes, as Go does, if it would be read as something else without."""
    tag = "tag:yaml.org,2002:str"
    is_ambiguous = dumper.resolve(yaml.ScalarNode, text, (True, False)) != tag  # type: ignore[no-untyped-call]
    node: yaml.ScalarNode = dumper.represent_scalar(tag, text, style='"' if is_ambiguous else None)
    return node


_Dumper.add_representer(str, _text)
