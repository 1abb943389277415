"""What programs are configured with: ConfigMaps, Secrets and ServiceAccounts.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go import json_syntax
from aiokube.testing.apiserver.kinds import checks, key_pairs, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "ConfigMapRules", "SecretRules", "ServiceAccountRules"]

_SIZE_LIMIT: Final = 1024 * 1024
_SEALED = "field is immutable when `immutable` is set"
_REDACTED = "<secret contents redacted>"
_MOUNTABLE = "kubernetes.io/enforce-mountable-secrets"
_ACCOUNT = "kubernetes.io/service-account.name"

_DOCKER_KEYS: Mapping[str, str] = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}


class ConfigMapRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        data, binary = new.get("data") or {}, new.get("binaryData") or {}
        for key in data:
            at = fields.key("data", key)
            yield from checks.matching(names.config_map_key, key, at)
            if key in binary:
                yield fields.invalid(at, key, "duplicate of key present in binaryData")
        for key in binary:
            yield from checks.matching(names.config_map_key, key, fields.key("binaryData", key))
        if sum(len(text.encode()) for text in data.values()) + sum(map(_size, binary.values())) > _SIZE_LIMIT:
            yield fields.too_long("[]", _SIZE_LIMIT)  # Go's text for the path of the object itself

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _sealed(new, old, "data", "binaryData")
        yield from self.validate_create(new, context)


class SecretRules(Rules):
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {"type": lambda secret: secret.get("type", "")}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        data = new.get("data") or {}
        for key in data:
            yield from checks.matching(names.config_map_key, key, fields.key("data", key))
        if sum(map(_size, data.values())) > _SIZE_LIMIT:
            yield fields.too_long("data", _SIZE_LIMIT)
        yield from _typed(new, data)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        new["type"] = new.get("type") or old.get("type", "")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from checks.immutable(new.get("type"), old.get("type"), "type")
        yield from _sealed(new, old, "data")
        yield from self.validate_create(new, context)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if new.get("type") == "kubernetes.io/tls":
            data = new.get("data") or {}
            pair = (base64.b64decode(data.get(key) or "") for key in ("tls.crt", "tls.key"))
            if wrong := key_pairs.problem(*pair):
                yield wrong


class ServiceAccountRules(Rules):
    def prepare_create(self, new: Object, context: Context) -> None:
        if new.get("secrets"):
            new["secrets"] = [{"name": secret["name"]} if secret.get("name") else {} for secret in new["secrets"]]

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        self.prepare_create(new, context)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if _MOUNTABLE in _annotations(new) and not (old is not None and _MOUNTABLE in _annotations(old)):
            yield (
                f"metadata.annotations[{_MOUNTABLE}]: deprecated in v1.32+; "
                "prefer separate namespaces to isolate access to mounted secrets"
            )


def _sealed(new: Object, old: Object, *parts: str) -> Iterator[FieldError]:
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield fields.forbidden("immutable", _SEALED)
    for part in parts:
        if (new.get(part) or {}) != (old.get(part) or {}):
            yield fields.forbidden(part, _SEALED)


def _typed(secret: Object, data: Mapping[str, str]) -> Iterator[FieldError]:
    kind = secret.get("type") or ""
    if kind == "kubernetes.io/service-account-token" and not _annotations(secret).get(_ACCOUNT):
        yield fields.required(fields.key("metadata.annotations", _ACCOUNT))
    elif key := _DOCKER_KEYS.get(kind):
        yield from _docker(fields.key("data", key), data.get(key))
    elif kind == "kubernetes.io/basic-auth" and not ("username" in data or "password" in data):
        yield from (fields.required(fields.key("data", key)) for key in ("username", "password"))
    elif kind == "kubernetes.io/ssh-auth" and not data.get("ssh-privatekey"):
        yield fields.required("data[ssh-privatekey]")
    elif kind == "kubernetes.io/tls":
        yield from (fields.required(fields.key("data", key)) for key in ("tls.crt", "tls.key") if key not in data)


def _docker(path: str, encoded: str | None) -> Iterator[FieldError]:
    if encoded is None:
        yield fields.required(path)
        return
    text = base64.b64decode(encoded)
    wrong = json_syntax.syntax_error(text)
    if not wrong and not text.strip().startswith((b"{", b"null")):
        shown = {b"[": "array", b'"': "string", b"t": "bool", b"f": "bool"}.get(text.strip()[:1], "number")
        wrong = f"json: cannot unmarshal {shown} into Go value of type map[string]interface {{}}"
    if wrong:
        yield fields.invalid(path, _REDACTED, wrong)


def _size(encoded: str) -> int:
    """Return the bytes that a text in base64 stands for."""
    return len(encoded) * 3 // 4 - encoded[-2:].count("=")


def _annotations(obj: Object) -> Mapping[str, str]:
    return obj["metadata"].get("annotations") or {}


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("", "ConfigMap"): ConfigMapRules,
    ("", "Secret"): SecretRules,
    ("", "ServiceAccount"): ServiceAccountRules,
}
