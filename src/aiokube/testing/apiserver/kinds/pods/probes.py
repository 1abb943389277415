"""Probes and lifecycle hooks of containers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (validateHandler)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, required
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.checks import matching, not_negative, one_of

__all__ = ["port", "validate_lifecycle", "validate_probes"]

Object = Mapping[str, Any]

_PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
_SCHEMES = ("HTTP", "HTTPS")


def validate_probes(container: Object, path: str) -> Iterator[FieldError]:
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe, at = container.get(name), child(path, name)
        if probe is None:
            continue
        yield from _probe(probe, at)
        if name == "readinessProbe":
            if probe.get("terminationGracePeriodSeconds") is not None:
                seconds = probe["terminationGracePeriodSeconds"]
                yield invalid(
                    child(at, "terminationGracePeriodSeconds"), seconds, "must not be set for readinessProbes"
                )
        elif probe.get("successThreshold") != 1:
            yield invalid(child(at, "successThreshold"), probe.get("successThreshold") or 0, "must be 1")


def validate_lifecycle(lifecycle: Object, path: str, *, grace_seconds: int | None) -> Iterator[FieldError]:
    """Return what is wrong with a container's hooks.

    Args:
        grace_seconds: for how long the pod may take to end, None when that is wrong itself.
    """
    for name in ("postStart", "preStop"):
        if lifecycle.get(name) is not None:
            yield from _handlers(lifecycle[name], _HOOK_HANDLERS, child(path, name), grace_seconds)


def port(value: int | str | None, path: str) -> Iterator[FieldError]:
    """Refuse what is neither the number of a port nor can be the name of one."""
    if isinstance(value, str):
        yield from matching(names.port_name, value, path)
    else:
        number = value or 0
        yield from (invalid(path, number, words) for words in names.port_number(number))


def _probe(probe: Object, path: str) -> Iterator[FieldError]:
    yield from _handlers(probe, _PROBE_HANDLERS, path, None)
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        yield from not_negative(probe.get(name), child(path, name))
    seconds = probe.get("terminationGracePeriodSeconds")
    if seconds is not None and seconds <= 0:
        yield invalid(child(path, "terminationGracePeriodSeconds"), seconds, "must be greater than 0")


def _handlers(holder: Object, known: tuple[str, ...], path: str, grace_seconds: int | None) -> Iterator[FieldError]:
    given = [name for name in known if holder.get(name) is not None]
    if not given:
        yield required(path, "must specify a handler type")
    for name in given[:1]:
        yield from _handler(name, holder[name], child(path, name), grace_seconds)
    for name in given[1:]:
        yield forbidden(child(path, name), "may not specify more than 1 handler type")


def _handler(name: str, handler: Object, path: str, grace_seconds: int | None) -> Iterator[FieldError]:
    match name:
        case "exec":
            if not handler.get("command"):
                yield required(child(path, "command"))
        case "httpGet":
            yield from _http(handler, path)
        case "sleep":
            yield from _sleep(handler.get("seconds") or 0, path, grace_seconds)
        case _:
            yield from port(handler.get("port"), child(path, "port"))


def _http(handler: Object, path: str) -> Iterator[FieldError]:
    if not handler.get("path"):
        yield required(child(path, "path"))
    yield from port(handler.get("port"), child(path, "port"))
    yield from one_of(handler.get("scheme") or "", _SCHEMES, child(path, "scheme"))
    for header in handler.get("httpHeaders") or []:
        yield from matching(names.http_header, header.get("name") or "", child(path, "httpHeaders"))


def _sleep(seconds: int, path: str, grace_seconds: int | None) -> Iterator[FieldError]:
    if grace_seconds is not None and not 0 <= seconds <= grace_seconds:
        what = f"must be non-negative and less than terminationGracePeriodSeconds ({grace_seconds})"
        yield invalid(path, seconds, what)
