"""Security contexts of pods and containers.

Options for Windows are not looked at.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(ValidateSecurityContext, validatePodSpecSecurityContext)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, duplicate, invalid, item, required
from aiokube.testing.apiserver.kinds import internal, names
from aiokube.testing.apiserver.kinds.checks import one_of

from .profiles import validate_app_armor, validate_seccomp
from .windows import validate_windows_options

__all__ = ["validate_container_security", "validate_pod_security"]

Object = Mapping[str, Any]

_SYSCTL_SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SYSCTL = rf"({_SYSCTL_SEGMENT}[\./])*{_SYSCTL_SEGMENT}"
_SYSCTL_LIMIT = 253
_HOST_SYSCTLS = {
    "hostNetwork": ("net.",),
    "hostIPC": ("kernel.sem", "kernel.shm", "kernel.msg", "fs.mqueue."),
}


def validate_container_security(context: Object | None, path: str, *, host_users: bool) -> Iterator[FieldError]:
    """Return what is wrong with the security context of a container.

    Args:
        host_users: the pod shares the users of its node.
    """
    if context is None:
        return
    yield from _user(context, path)
    if context.get("procMount") is not None:
        yield from one_of(context["procMount"], ("Default", "Unmasked"), child(path, "procMount"))
        if host_users and context["procMount"] == "Unmasked":
            yield invalid(child(path, "procMount"), "Unmasked", "`hostUsers` must be false to use `Unmasked`")
    yield from validate_seccomp(context.get("seccompProfile"), child(path, "seccompProfile"))
    if context.get("allowPrivilegeEscalation") is False:
        yield from _escalations(context, path)
    yield from validate_windows_options(context.get("windowsOptions"), child(path, "windowsOptions"))
    yield from validate_app_armor(context.get("appArmorProfile"), child(path, "appArmorProfile"))


def validate_pod_security(context: Object | None, spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the security context of a pod.

    Args:
        spec: the pod's, which says what it shares with its node.
    """
    if context is None:
        return
    yield from _group(context.get("fsGroup"), child(path, "fsGroup"))
    yield from _user(context, path)
    for index, group in enumerate(context.get("supplementalGroups") or []):
        yield from _group(group, item(child(path, "supplementalGroups"), index))
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        what = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid(child(path, "shareProcessNamespace"), True, what)
    yield from _sysctls(context.get("sysctls") or [], spec, child(path, "sysctls"))
    policy = context.get("fsGroupChangePolicy")
    yield from one_of(policy, ("Always", "OnRootMismatch"), child(path, "fsGroupChangePolicy"))
    yield from validate_seccomp(context.get("seccompProfile"), child(path, "seccompProfile"))
    yield from validate_windows_options(context.get("windowsOptions"), child(path, "windowsOptions"))
    yield from validate_app_armor(context.get("appArmorProfile"), child(path, "appArmorProfile"))
    policy = context.get("supplementalGroupsPolicy")
    yield from one_of(policy, ("Merge", "Strict"), child(path, "supplementalGroupsPolicy"))
    policy = context.get("seLinuxChangePolicy")
    yield from one_of(policy, ("Recursive",), child(path, "seLinuxChangePolicy"))


def _user(context: Object, path: str) -> Iterator[FieldError]:
    user = context.get("runAsUser")
    if user is not None:
        yield from (invalid(child(path, "runAsUser"), user, words) for words in names.user_id(user))
    yield from _group(context.get("runAsGroup"), child(path, "runAsGroup"))


def _group(group: int | None, path: str) -> Iterator[FieldError]:
    if group is not None:
        yield from (invalid(path, group, words) for words in names.group_id(group))


def _escalations(context: Object, path: str) -> Iterator[FieldError]:
    shown = internal.shown("SecurityContext", context)
    if context.get("privileged"):
        yield invalid(path, shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
    for capability in (context.get("capabilities") or {}).get("add") or []:
        if capability == "CAP_SYS_ADMIN":
            what = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            yield invalid(path, shown, what)


def _sysctls(sysctls: Sequence[Object], spec: Object, path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, sysctl in enumerate(sysctls):
        at, name = child(item(path, index), "name"), sysctl.get("name") or ""
        if not name:
            yield required(at)
        elif len(name.encode()) > _SYSCTL_LIMIT or not re.fullmatch(_SYSCTL, name):
            what = f"must have at most {_SYSCTL_LIMIT} characters and match regex ^{_SYSCTL}$"
            yield invalid(at, name, what)
        elif name in seen:
            yield duplicate(at, name)
        for field, prefixes in _HOST_SYSCTLS.items():
            if spec.get(field) and name.replace("/", ".").startswith(prefixes):
                yield invalid(at, name, f"may not be specified when '{field}' is true")
        seen.add(name)
