"""Bodies: the object that a create or an update carries.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/create.go
"""

from __future__ import annotations

from collections.abc import Sequence

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.codec import Object, Undecodable
from aiokube.testing.apiserver.documents import Document, warning_lines

from .call import Call

__all__ = ["named", "placed", "read_object", "report"]


def read_object(call: Call, document: Document) -> Object:
    """Return the object in a body, complete with defaults.

    Raises:
        StatusError: it cannot be read (400), or is not as strict as was asked for (400).
    """
    resource = call.resource
    try:
        decoded = resource.codec.decode(document.value)
    except Undecodable as error:
        if not error.kind:
            what = f"the object provided is unrecognized (must be of type {resource.kind})"
            raise errors.bad_request(f"{what}: {error} ({_summary(document.text)})") from None
        what = f'{error.kind} in version "{error.version}" cannot be handled as a {resource.kind}'
        raise errors.bad_request(f"{what}: {error}") from None
    found = decoded.object.get("apiVersion") or ""
    report(call, [*document.duplicates, *decoded.problems], version=found.rpartition("/")[2])
    if found != resource.api_version:
        expected = f"does not match the expected API version ({resource.api_version})"
        raise errors.bad_request(f"the API version in the data ({found}) {expected}")
    return decoded.object


def report(call: Call, problems: Sequence[str], *, kind: str = "", version: str = "") -> None:
    """Refuse what strict field validation refuses, or warn of it, as the call asks.

    Args:
        kind: of the object; "" for that of the path.
        version: that the object says it is of; "" for that of the path.
    """
    if not problems or call.field_validation == "Ignore":
        return
    if call.field_validation == "Warn":
        call.warnings.extend(line for problem in problems for line in warning_lines(problem))
        return
    kind = kind or call.resource.kind
    what = f'{kind} in version "{version or call.resource.version}" cannot be handled as a {kind}'
    raise errors.bad_request(f"{what}: strict decoding error: {', '.join(problems)}")


def _summary(text: bytes, limit: int = 30) -> str:
    """Return the start of a body for a message: as it is if it may be JSON, else in hexadecimal."""
    if not text:
        return "<empty>"
    more = " ..." if len(text) > limit else ""
    start = text[:limit]
    return (start.decode(errors="replace") if text.startswith(b"{") else start.hex()) + more


def placed(call: Call, obj: Object) -> None:
    """Put an object into the namespace of the path.

    Raises:
        StatusError: it says that it is in another (400).
    """
    metadata = obj["metadata"]
    wanted = call.namespace if call.resource.namespaced else ""
    found = metadata.get("namespace") or ""
    if found and wanted and found != wanted:
        message = "the namespace of the provided object does not match the namespace sent on the request"
        raise errors.bad_request(message)
    if wanted:
        metadata["namespace"] = wanted
    else:
        metadata.pop("namespace", None)


def named(call: Call, obj: Object) -> None:
    """Require that an object has the name of the path.

    Raises:
        StatusError: it has another, or none (400).
    """
    name = obj["metadata"].get("name") or ""
    if not name:
        message = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
        raise errors.bad_request(message)
    if name != call.name:
        message = f"the name of the object ({name}) does not match the name on the URL ({call.name})"
        raise errors.bad_request(message)
