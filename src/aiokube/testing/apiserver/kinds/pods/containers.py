"""Containers of pods: the regular ones, and those that run before, beside and after them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateContainers, validateInitContainers, validateEphemeralContainers)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    duplicate,
    forbidden,
    invalid,
    item,
    not_found,
    required,
    too_many,
)
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.checks import matching, one_of, present

from .environment import validate_environment, validate_environment_sources
from .mounts import validate_devices, validate_mounts
from .probes import validate_lifecycle, validate_probes
from .resources import validate_resources
from .scope import Scope
from .security import validate_container_security

__all__ = [
    "PULL_POLICIES",
    "validate_containers",
    "validate_ephemeral_containers",
    "validate_images",
    "validate_init_containers",
]

Object = Mapping[str, Any]

PULL_POLICIES = ("Always", "IfNotPresent", "Never")

_PROTOCOLS = ("SCTP", "TCP", "UDP")
_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_RESTART_ACTIONS = ("Restart", "RestartAllContainers")
_EXIT_CODE_OPERATORS = ("In", "NotIn")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_RULES_LIMIT = 20
_EXIT_CODES_LIMIT = 255
_ONLY_SIDECARS = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
_UNSET: Mapping[str, tuple[Any, ...]] = {"ports": ([],), "resources": ({},), "resizePolicy": ([],)}
_NOT_EPHEMERAL = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)


def validate_containers(containers: Sequence[Object], path: str, scope: Scope) -> Iterator[FieldError]:
    if not containers:
        yield required(path)
    seen: set[str] = set()
    for index, container in enumerate(containers):
        at, name = item(path, index), container.get("name") or ""
        yield from _container(container, at, scope)
        if name in seen:
            yield duplicate(child(at, "name"), name)
        seen.add(name)
        yield from _running(container, at, scope)
        yield from _restarts(container, at)
    yield from _host_ports(containers, path)


def validate_init_containers(
    containers: Sequence[Object], regular: Sequence[Object], path: str, scope: Scope
) -> Iterator[FieldError]:
    """Return what is wrong with the containers that run first.

    Args:
        regular: the containers that run after them, whose names they may not have.
    """
    seen = {container.get("name") or "" for container in regular}
    for index, container in enumerate(containers):
        at, name = item(path, index), container.get("name") or ""
        sidecar = container.get("restartPolicy") == "Always"
        yield from _container(container, at, scope)
        yield from _restarts(container, at)
        if name in seen:
            yield duplicate(child(at, "name"), name)
        elif name:
            seen.add(name)
        yield from _host_ports([container], path)
        if sidecar:
            yield from _running(container, at, scope)
            continue
        for field in _ONLY_SIDECARS:
            if container.get(field) is not None:
                yield forbidden(child(at, field), "may not be set for init containers without restartPolicy=Always")
        yield from _resize_without_restart(container, at)


def validate_ephemeral_containers(
    containers: Sequence[Object], others: Sequence[Object], path: str, scope: Scope
) -> Iterator[FieldError]:
    """Return what is wrong with the containers that are added to look into a running pod.

    Args:
        others: all other containers, of which they may target one and whose names they may not have.
    """
    targets = {container.get("name") or "" for container in others}
    seen = set(targets)
    for index, container in enumerate(containers):
        at, name = item(path, index), container.get("name") or ""
        yield from _container(container, at, scope)
        yield from _image(container, at)
        if name in seen:
            yield duplicate(child(at, "name"), name)
        seen.add(name)
        target = container.get("targetContainerName")
        if target and target not in targets:
            yield not_found(child(at, "targetContainerName"), target)
        for field in _NOT_EPHEMERAL:
            if container.get(field) is not None and container[field] not in _UNSET.get(field, ()):
                yield forbidden(child(at, field), "cannot be set for an Ephemeral Container")
        for number, mount in enumerate(container.get("volumeMounts") or []):
            for field in ("subPath", "subPathExpr"):
                if mount.get(field):
                    where = child(item(child(at, "volumeMounts"), number), field)
                    yield forbidden(where, "cannot be set for an Ephemeral Container")


def validate_images(containers: Sequence[Object], path: str) -> Iterator[FieldError]:
    """Return what is wrong with images in a pod, though a template may have it."""
    for index, container in enumerate(containers):
        yield from _image(container, item(path, index))


def _container(container: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    mounts, devices = container.get("volumeMounts") or [], container.get("volumeDevices") or []
    yield from present(container.get("name"), child(path, "name"), names.dns_label)
    if not container.get("image"):
        yield required(child(path, "image"))
    policy = container.get("terminationMessagePolicy")
    yield from one_of(policy, _MESSAGE_POLICIES, child(path, "terminationMessagePolicy"), needed=True)
    yield from _ports(container.get("ports") or [], child(path, "ports"))
    yield from validate_environment(container.get("env") or [], child(path, "env"))
    yield from validate_environment_sources(container.get("envFrom") or [], child(path, "envFrom"))
    yield from validate_mounts(mounts, devices, container, child(path, "volumeMounts"), scope)
    yield from validate_devices(devices, mounts, child(path, "volumeDevices"), scope)
    yield from one_of(container.get("imagePullPolicy"), PULL_POLICIES, child(path, "imagePullPolicy"), needed=True)
    yield from validate_resources(container.get("resources") or {}, child(path, "resources"), scope.claims)
    yield from _resize_policies(container.get("resizePolicy") or [], child(path, "resizePolicy"), scope)
    yield from validate_container_security(
        container.get("securityContext"), child(path, "securityContext"), host_users=scope.host_users
    )


def _running(container: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    """What may be said of a container that runs as long as the pod."""
    if container.get("lifecycle") is not None:
        hooks = container["lifecycle"]
        yield from validate_lifecycle(hooks, child(path, "lifecycle"), grace_seconds=scope.grace_seconds)
    yield from validate_probes(container, path)


def _ports(ports: Sequence[Object], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at, name = item(path, index), port.get("name") or ""
        wrong = list(matching(names.port_name, name, child(at, "name"))) if name else []
        yield from wrong
        if name in seen and not wrong:
            yield duplicate(child(at, "name"), name)
        elif name and not wrong:
            seen.add(name)
        number = port.get("containerPort") or 0
        if not number:
            yield required(child(at, "containerPort"))
        else:
            yield from (invalid(child(at, "containerPort"), number, words) for words in names.port_number(number))
        if host := port.get("hostPort"):
            yield from (invalid(child(at, "hostPort"), host, words) for words in names.port_number(host))
        yield from one_of(port.get("protocol"), _PROTOCOLS, child(at, "protocol"), needed=True)


def _host_ports(containers: Sequence[Object], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, container in enumerate(containers):
        for number, port in enumerate(container.get("ports") or []):
            if not port.get("hostPort"):
                continue
            taken = f"{port.get('protocol') or ''}/{port.get('hostIP') or ''}/{port['hostPort']}"
            if taken in seen:
                yield duplicate(child(item(child(item(path, index), "ports"), number), "hostPort"), taken)
            seen.add(taken)


def _restarts(container: Object, path: str) -> Iterator[FieldError]:
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or []
    if policy is None and rules:
        yield required(child(path, "restartPolicy"), "must specify restartPolicy when restart rules are used")
    yield from one_of(policy, _RESTART_POLICIES, child(path, "restartPolicy"))
    if len(rules) > _RULES_LIMIT:
        yield too_many(child(path, "restartPolicyRules"), len(rules), _RULES_LIMIT)
    for index, rule in enumerate(rules):
        at = item(child(path, "restartPolicyRules"), index)
        yield from one_of(rule.get("action") or "", _RESTART_ACTIONS, child(at, "action"))
        codes = rule.get("exitCodes")
        if codes is None:
            yield required(child(at, "exitCodes"), "must be specified")
            continue
        yield from one_of(codes.get("operator") or "", _EXIT_CODE_OPERATORS, child(at, "exitCodes", "operator"))
        values = codes.get("values") or []
        if len(values) > _EXIT_CODES_LIMIT:
            yield too_many(child(at, "exitCodes", "values"), len(values), _EXIT_CODES_LIMIT)


def _resize_policies(policies: Sequence[Object], path: str, scope: Scope) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, policy in enumerate(policies):
        resource, restart = policy.get("resourceName") or "", policy.get("restartPolicy") or ""
        if resource in seen:
            yield duplicate(item(path, index), resource)
        seen.add(resource)
        yield from one_of(resource, ("cpu", "memory"), path, needed=True)
        yield from one_of(restart, ("NotRequired", "RestartContainer"), path, needed=True)
        if scope.restart_policy == "Never" and restart != "NotRequired":
            yield invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")


def _resize_without_restart(container: Object, path: str) -> Iterator[FieldError]:
    for index, policy in enumerate(container.get("resizePolicy") or []):
        if policy.get("restartPolicy") == "RestartContainer":
            at = child(item(child(path, "resizePolicy"), index), "restartPolicy")
            what = "must not be set to 'RestartContainer' for non-sidecar initContainers"
            yield invalid(at, "RestartContainer", what)


def _image(container: Object, path: str) -> Iterator[FieldError]:
    image = container.get("image") or ""
    if image != image.strip():
        yield invalid(child(path, "image"), image, "must not have leading or trailing whitespace")
