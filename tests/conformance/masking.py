"""Masking: what two servers cannot agree on, because each makes it up, is replaced before answers are compared.

What the author of a case wrote is never masked. What identifies something is numbered by when it was first seen,
so that two answers that speak of the same thing go on doing so.
"""

import itertools
import re
from typing import Any

from conformance.answers import Answer

__all__ = ["masked"]

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_SERVER = re.compile(r"\b(\d+\.\d+\.\d+\.\d+|localhost):\d+")
_CERTIFICATE = re.compile(r"X509SHA256=[0-9a-f]{64}")
_AGE = re.compile(r"(\d+[smhdy])+")
_VERSION_IN_TEXT = re.compile(r'((?:resourceVersion\\*"?: ?\\*"?|version: |in (?:record|the precondition) \())(\d+)')
_VERSION_REACHED = re.compile(r"(current: )\d+")
_OLDEST_VERSION = re.compile(r"(too old resource version): \d+ \(\d+\)")
_GENERATED = "[bcdfghjklmnpqrstvwxz2456789]{5}"
_PREFIX = re.compile(r"""generateName"?: ?"?([\w.-]+)""")

_VERSION = "resourceVersion"
_ENTRY = ("operation", "manager", "apiVersion", "subresource", "time")


def masked(answers: list[Answer], written: str) -> list[Answer]:
    """Return the answers of one server with what it made up replaced.

    Args:
        written: all that the author of the case wrote.
    """
    masks = _Masks(written)
    for answer in answers:
        masks.learn(answer.body)
    return [Answer(answer.status, masks.replaced(answer.headers), masks.replaced(answer.body)) for answer in answers]


class _Masks:
    def __init__(self, written: str) -> None:
        self._written = written
        self._written_numbers = set(re.findall(r"\b\d+\b", written))  # not that of 300Mi
        self._names: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        prefixes = {"kube-api-access-", *_PREFIX.findall(written)}
        self._generated = [re.compile(f"({re.escape(prefix)})({_GENERATED})") for prefix in sorted(prefixes)]

    def learn(self, value: Any) -> None:
        """Take note of what is to be replaced wherever it stands."""
        if isinstance(value, dict):
            self._learn_addresses(value)
            for name in sorted(value):
                self.learn(value[name])
        elif isinstance(value, list):
            for item in value:
                self.learn(item)

    def replaced(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return self._replaced_object(value)
        if isinstance(value, list):
            return _ordered([self.replaced(item, key) for item in value], key)
        if key == "nodePort" and isinstance(value, int) and str(value) not in self._written:
            return self._numbered("port", str(value))
        return self._replaced_text(value, key) if isinstance(value, str) else value

    def _learn_addresses(self, value: dict[str, Any]) -> None:
        for address in (value.get("clusterIP"), *(value.get("clusterIPs") or ())):
            if isinstance(address, str) and address not in ("", "None") and address not in self._written:
                self._names.setdefault(address, f"<address {len(self._names) + 1}>")

    def _replaced_object(self, value: dict[str, Any]) -> dict[str, Any]:
        value = self._with_own_addresses(_in_order_of_fields(_undated(value)))
        return {self._replaced_text(name, ""): self.replaced(item, name) for name, item in value.items()}

    def _with_own_addresses(self, value: dict[str, Any]) -> dict[str, Any]:
        """Number what a service was given by the service, for another may be given it when the first is gone."""
        spec, uid = value.get("spec"), (value.get("metadata") or {}).get("uid")
        if value.get("kind", "Service") != "Service" or not isinstance(spec, dict) or "clusterIPs" not in spec:
            return value

        def own(kind: str, given: Any) -> Any:
            made_up = given not in ("", "None") and str(given) not in self._written
            return self._numbered(f"{kind} of {uid}", str(given)) if made_up else given

        changed = {"clusterIP": own("address", spec.get("clusterIP", ""))}
        changed["clusterIPs"] = [own("address", address) for address in spec["clusterIPs"]]
        changed["ports"] = [
            port | {"nodePort": own("port", port["nodePort"])} if "nodePort" in port else port
            for port in spec.get("ports", ())
        ]
        return value | {"spec": spec | changed}

    def _replaced_text(self, text: str, key: str) -> str:
        if key == "cells" and _AGE.fullmatch(text):
            return "<age>"
        if key == _VERSION and text.isdigit() and text not in ("0", "1") and text not in self._written_numbers:
            return self._numbered("version", text)
        for name, mask in self._names.items():
            if name in text:  # one address may begin another
                text = re.sub(rf"{re.escape(name)}(?!\d)", mask, text)
        for generated in self._generated:
            text = generated.sub(lambda match: f"{match[1]}{self._unless_written('generated', match[2])}", text)
        text = _UID.sub(lambda match: self._unless_written("uid", match[0]), text)
        text = _TIME.sub(lambda match: match[0] if match[0] in self._written else "<time>", text)
        text = _TOKEN.sub("<token>", text)
        text = _SERVER.sub("<server>", text)
        text = _CERTIFICATE.sub("X509SHA256=<digest>", text)
        text = _OLDEST_VERSION.sub(r"\1: <version> (<oldest version>)", text)  # it may be a list's
        text = _VERSION_REACHED.sub(r"\1<version>", text)
        return _VERSION_IN_TEXT.sub(lambda match: f"{match[1]}{self._unless_written('version', match[2])}", text)

    def _unless_written(self, kind: str, value: str) -> str:
        return value if value in self._written else self._numbered(kind, value)

    def _numbered(self, kind: str, value: str) -> str:
        seen = sum(other == kind for other, _ in self._numbers)
        return f"<{kind} {self._numbers.setdefault((kind, value), seen + 1)}>"


def _ordered(items: list[Any], key: str) -> list[Any]:
    """Return items in an order of their own that kube-apiserver has in one by the second, or in none."""
    if key == "managedFields" and all(isinstance(item, dict) for item in items):
        return sorted(items, key=lambda entry: [str(entry.get(name, "")) for name in _ENTRY])
    if key == "causes" and all(cause.get("reason") == "FieldManagerConflict" for cause in items):
        return sorted(items, key=lambda cause: (cause["message"], cause["field"]))
    return items


def _in_order_of_fields(status: dict[str, Any]) -> dict[str, Any]:
    """Return a Status with the mistakes in one map, such as labels, in an order: Go has none for them."""
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    if not isinstance(causes, list) or len(causes) < 2 or not all("field" in cause for cause in causes):
        return status
    groups = (list(group) for _, group in itertools.groupby(causes, key=lambda cause: _map_of(cause["field"])))
    ordered = [
        cause for group in groups for cause in sorted(group, key=lambda cause: (cause["field"], cause["message"]))
    ]
    message = status.get("message", "").replace(_together(causes), _together(ordered))
    return status | {"message": message, "details": details | {"causes": ordered}}


def _map_of(field: str) -> str:
    """Return the path of a map of which a key is meant, else the path itself; keys of lists are numbers."""
    return re.sub(r"\[[^\]]*[^\]\d][^\]]*\]$", "", field)


def _together(causes: list[dict[str, str]]) -> str:
    return ", ".join(f"{cause['field']}: {cause['message']}" for cause in causes)


def _undated(value: dict[str, Any]) -> dict[str, Any]:
    """Return a list or a bookmark without its version: it is of whatever happened last on the whole server."""
    if value.get("type") == "BOOKMARK" and isinstance(value.get("object"), dict):
        return value | {"object": _masked_metadata(value["object"], _VERSION)}
    plural = "items" in value or value.get("kind") == "Table"
    return _masked_metadata(value, _VERSION, "continue") if plural else value


def _masked_metadata(value: dict[str, Any], *names: str) -> dict[str, Any]:
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return value
    return value | {"metadata": metadata | {name: f"<{name}>" for name in names if metadata.get(name)}}
