"""Pods for Windows: their options, and what they may not have.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateWindowsSecurityContextOptions, validateWindowsHostProcessPod, validateOS, validateLinux, validateWindows)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, required
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.checks import matching, one_of

from .walk import each

__all__ = ["is_for_windows", "validate_host_processes", "validate_operating_system", "validate_windows_options"]

Object = Mapping[str, Any]

_SPECIFICATION_LIMIT_KIB = 64
_DOMAIN_LIMIT = 256
_USER_LIMIT = 104
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NET_BIOS = re.compile(r"""[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}""")
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DOTS_AND_SPACES = re.compile(r"[. ]+")
_NOT_IN_USERS = re.compile(r'["/\\:;|=,+*?<>@\[\]]')

# In the order in which kube-apiserver looks at them: what stands in the spec, and what in its security context.
_NOT_OF_PODS = (
    "securityContext.appArmorProfile",
    "securityContext.seLinuxOptions",
    "hostUsers",
    "hostPID",
    "hostIPC",
    "securityContext.seccompProfile",
    "securityContext.fsGroup",
    "securityContext.fsGroupChangePolicy",
    "securityContext.sysctls",
    "shareProcessNamespace",
    "securityContext.runAsUser",
    "securityContext.runAsGroup",
    "securityContext.supplementalGroups",
    "securityContext.supplementalGroupsPolicy",
    "securityContext.seLinuxChangePolicy",
)
_NOT_OF_CONTAINERS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)
_UNSET: Mapping[str, tuple[Any, ...]] = {"hostPID": (False,), "hostIPC": (False,), "securityContext.sysctls": ([],)}
"""Values that are as good as none."""


def is_for_windows(spec: Object) -> bool:
    return (spec.get("os") or {}).get("name") == "windows"


def validate_operating_system(spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the system that a pod says it is for, and with what it then may not have."""
    if spec.get("os") is None:
        return
    match spec["os"].get("name") or "":
        case "":
            yield required(child(path, "os", "name"))
        case "linux":
            yield from _linux(spec, path)
        case "windows":
            yield from _windows(spec, path)
        case name:
            yield from one_of(name, ("linux", "windows"), child(path, "os"))


def validate_windows_options(options: Object | None, path: str) -> Iterator[FieldError]:
    if options is None:
        return
    name, specification = options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec")
    if name is not None:
        yield from matching(names.dns_subdomain, name, child(path, "gmsaCredentialSpecName"))
    if specification is not None:
        yield from matching(_specification, specification, child(path, "gmsaCredentialSpec"))
    if options.get("runAsUserName") is not None:
        yield from matching(_user_name, options["runAsUserName"], child(path, "runAsUserName"))


def validate_host_processes(spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with containers that run as processes of their node."""
    of_pod = _host_process(spec)
    asked = [(_host_process(container), at) for container, at in each(spec, path)]
    for own, at in asked:
        if of_pod is not None and own is not None and own != of_pod:
            what = f"pod hostProcess value must be identical if both are specified, was {str(of_pod).lower()}"
            yield invalid(child(at, "securityContext", "windowsOptions", "hostProcess"), own, what)
    count = sum(bool(of_pod if own is None else own) for own, _ in asked)
    if count and count != len(asked):
        what = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        yield invalid(path, "", what)
    if count and not spec.get("hostNetwork"):
        what = "hostNetwork must be true if pod contains any hostProcess containers"
        yield invalid(child(path, "hostNetwork"), False, what)


def _host_process(holder: Object) -> bool | None:
    options = (holder.get("securityContext") or {}).get("windowsOptions") or {}
    value: bool | None = options.get("hostProcess")
    return value


def _linux(spec: Object, path: str) -> Iterator[FieldError]:
    for holder, at in [(spec, path), *each(spec, path)]:
        if (holder.get("securityContext") or {}).get("windowsOptions") is not None:
            what = "windows options cannot be set for a linux pod"
            yield forbidden(child(at, "securityContext", "windowsOptions"), what)


def _windows(spec: Object, path: str) -> Iterator[FieldError]:
    what = "cannot be set for a windows pod"
    for name in _NOT_OF_PODS:
        holder = (spec.get("securityContext") or {}) if "." in name else spec
        if holder.get(name.rpartition(".")[2]) not in (None, *_UNSET.get(name, ())):
            yield forbidden(child(path, name), what)
    for container, at in each(spec, path):
        for name in _NOT_OF_CONTAINERS:
            if (container.get("securityContext") or {}).get(name) is not None:
                yield forbidden(child(at, "securityContext", name), what)


def _specification(text: str) -> Iterator[str]:
    if not text:
        yield "gmsaCredentialSpec cannot be an empty string"
    elif len(text.encode()) > _SPECIFICATION_LIMIT_KIB * 1024:
        yield f"gmsaCredentialSpec size must be under {_SPECIFICATION_LIMIT_KIB} KiB"


def _user_name(text: str) -> Iterator[str]:
    if not text:
        yield "runAsUserName cannot be an empty string"
    elif _CONTROL.search(text):
        yield "runAsUserName cannot contain control characters"
    elif text.count("\\") > 1:
        yield "runAsUserName cannot contain more than one backslash"
    else:
        domain, backslash, user = text.rpartition("\\")
        if backslash:
            yield from _domain(domain)
        yield from _user(user)


def _domain(text: str) -> Iterator[str]:
    if len(text.encode()) >= _DOMAIN_LIMIT:
        yield f"runAsUserName's Domain length must be under {_DOMAIN_LIMIT} characters"
    if not (_NET_BIOS.fullmatch(text) or _DOMAIN.fullmatch(text)):
        yield "runAsUserName's Domain doesn't match the NetBios nor the DNS format"


def _user(text: str) -> Iterator[str]:
    if not text:
        yield "runAsUserName's User cannot be empty"
    elif len(text.encode()) > _USER_LIMIT:
        yield f"runAsUserName's User length must not be longer than {_USER_LIMIT} characters"
    if _DOTS_AND_SPACES.fullmatch(text):
        yield "runAsUserName's User cannot contain only periods or spaces"
    if _NOT_IN_USERS.search(text):
        yield "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]"
