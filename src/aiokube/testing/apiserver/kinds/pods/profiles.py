"""Profiles of seccomp and AppArmor: in the fields that are for them, and in the annotations that were so before.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateSeccompProfileField, ValidateAppArmorProfileField, ValidateSeccompPodAnnotations,
ValidateAppArmorPodAnnotations)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, key, required, too_long
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import internal
from aiokube.testing.apiserver.kinds.checks import one_of

from .paths import descending
from .walk import each
from .windows import is_for_windows

__all__ = [
    "APP_ARMOR",
    "SECCOMP_OF_CONTAINER",
    "SECCOMP_OF_POD",
    "app_armor_of",
    "app_armor_warning",
    "fill_app_armor",
    "validate_app_armor",
    "validate_profile_annotations",
    "validate_profiles_agree",
    "validate_seccomp",
]

Object = Mapping[str, Any]

APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"

_TYPES = ("Localhost", "RuntimeDefault", "Unconfined")
_NAME_LIMIT = 4095
_LOCAL = "localhost/"
_APP_ARMOR_VALUES: Mapping[str, tuple[str, ...]] = {
    "Unconfined": ("unconfined",),
    "RuntimeDefault": ("runtime/default",),
}
_SECCOMP_VALUES: Mapping[str, tuple[str, ...]] = {
    "Unconfined": ("unconfined",),
    "RuntimeDefault": ("runtime/default", "docker/default"),
}
"""What annotations say for the types of profiles, but for those that are files on the node."""


def validate_seccomp(profile: Object | None, path: str) -> Iterator[FieldError]:
    if profile is None:
        return
    kind, local = profile.get("type") or "", profile.get("localhostProfile")
    if not kind:
        yield required(child(path, "type"), "type is required when seccompProfile is set")
    else:
        yield from one_of(kind, _TYPES, child(path, "type"))
    if kind != "Localhost":
        if local is not None:
            shown = internal.shown("SeccompProfile", profile)
            yield invalid(child(path, "localhostProfile"), shown, "can only be set when seccomp type is Localhost")
    elif local is None:
        yield required(child(path, "localhostProfile"), "must be set when seccomp type is Localhost")
    else:
        yield from descending(local, child(path, "localhostProfile"))


def validate_app_armor(profile: Object | None, path: str) -> Iterator[FieldError]:
    if profile is None:
        return
    kind, local, at = profile.get("type") or "", profile.get("localhostProfile"), child(path, "localhostProfile")
    if not kind:
        yield required(child(path, "type"), "type is required when appArmorProfile is set")
    elif kind not in _TYPES:
        yield from one_of(kind, _TYPES, child(path, "type"))
    elif kind != "Localhost":
        if local is not None:
            yield invalid(at, local, "can only be set when AppArmor type is Localhost")
    elif not local:
        yield required(at, "must be set when AppArmor type is Localhost")
    else:
        if local != local.strip():
            yield invalid(at, local, "must not be padded with whitespace")
        if len(local.encode()) > _NAME_LIMIT:
            yield too_long(at, _NAME_LIMIT)


def validate_profile_annotations(annotations: Mapping[str, str], spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with profiles in the annotations of a pod."""
    if not annotations:
        return
    if SECCOMP_OF_POD in annotations:
        yield from _seccomp_text(annotations[SECCOMP_OF_POD], child(path, SECCOMP_OF_POD))
    for name, text in annotations.items():
        if name.startswith(SECCOMP_OF_CONTAINER):
            yield from _seccomp_text(text, child(path, name))
    containers = {container.get("name") or "" for container, _ in each(spec, "")}
    for name, text in annotations.items():
        if not name.startswith(APP_ARMOR):
            continue
        container = name.removeprefix(APP_ARMOR)
        if container not in containers:
            yield invalid(key(path, name), container, "container not found")
        if text not in {"", "runtime/default", "unconfined"} and not text.startswith(_LOCAL):
            yield invalid(key(path, name), text, f"invalid AppArmor profile name: {quoted(text)}")


def validate_profiles_agree(annotations: Mapping[str, str], spec: Object, path: str) -> Iterator[FieldError]:
    """Return where annotations say other than the fields of a new pod, or of a template."""
    if not annotations:
        return
    pod = spec.get("securityContext") or {}
    yield from _agree(annotations.get(SECCOMP_OF_POD), pod.get("seccompProfile"), "seccomp", path)
    for container, at in each(spec, path):
        profile = (container.get("securityContext") or {}).get("seccompProfile")
        text = annotations.get(SECCOMP_OF_CONTAINER + (container.get("name") or ""))
        yield from _agree(text, profile, "seccomp", at)
    if is_for_windows(spec):
        return
    for container, at in each(spec, path):
        profile = (container.get("securityContext") or {}).get("appArmorProfile")
        text = annotations.get(APP_ARMOR + (container.get("name") or ""))
        yield from _agree(text, pod.get("appArmorProfile") if profile is None else profile, "apparmor", at)


def app_armor_of(text: str) -> dict[str, str] | None:
    """Return the profile that an annotation says; None if it says none."""
    for kind, words in _APP_ARMOR_VALUES.items():
        if text in words:
            return {"type": kind}
    local = text.removeprefix(_LOCAL)
    return {"type": "Localhost", "localhostProfile": local} if local not in {"", text} else None


def fill_app_armor(pod: dict[str, Any]) -> Iterator[str]:
    """Give the containers of a new pod the profiles that its annotations say, and return what is said of those."""
    spec, annotations = pod["spec"], pod["metadata"].get("annotations")
    if not annotations or is_for_windows(spec):
        return
    of_pod = (spec.get("securityContext") or {}).get("appArmorProfile")
    for container, _ in each(spec, ""):
        name = APP_ARMOR + (container.get("name") or "")
        if name not in annotations or (container.get("securityContext") or {}).get("appArmorProfile") is not None:
            continue
        profile = app_armor_of(annotations[name])
        if profile is not None and any(validate_app_armor(profile, "")):
            profile = None
        if profile is not None and profile != of_pod:
            container["securityContext"] = {**(container.get("securityContext") or {}), "appArmorProfile": profile}
        if profile is None or profile != of_pod:
            yield app_armor_warning(key("metadata.annotations", name))


def app_armor_warning(path: str) -> str:
    """Return what is said of a profile in an annotation that should be in a field.

    Args:
        path: of the annotation.
    """
    return f'{path}: deprecated since v1.30; use the "appArmorProfile" field instead'


def _seccomp_text(text: str, path: str) -> Iterator[FieldError]:
    if text.startswith(_LOCAL):
        yield from descending(text.removeprefix(_LOCAL), path)
    elif text not in {"runtime/default", "docker/default", "unconfined"}:
        yield invalid(path, text, "must be a valid seccomp profile")


def _agree(text: str | None, profile: Object | None, what: str, path: str) -> Iterator[FieldError]:
    """Refuse a field that says other than its annotation.

    Args:
        what: "seccomp" or "apparmor".
        path: of the pod's spec or the container.
    """
    if text is None or profile is None:
        return
    field, values = _FIELDS[what]
    at, kind = child(path, "securityContext", field), profile.get("type") or ""
    if kind in values:
        if text not in values[kind]:
            yield forbidden(child(at, "type"), f"{what} type in annotation and field must match")
    elif kind == "Localhost":
        if not text.startswith(_LOCAL):
            yield forbidden(child(at, "type"), f"{what} type in annotation and field must match")
        elif text.removeprefix(_LOCAL) != profile.get("localhostProfile"):
            yield forbidden(child(at, "localhostProfile"), f"{what} profile in annotation and field must match")


_FIELDS = {"seccomp": ("seccompProfile", _SECCOMP_VALUES), "apparmor": ("appArmorProfile", _APP_ARMOR_VALUES)}
