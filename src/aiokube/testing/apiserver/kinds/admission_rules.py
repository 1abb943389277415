"""What admission looks at: the rules by which webhooks and policies are chosen for a request.

Expressions are looked at no further than that they are there.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/admissionregistration/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, label_selectors, names
from aiokube.testing.apiserver.kinds.rules import Object, Rules

__all__ = [
    "FAILURE_POLICIES",
    "MATCH_POLICIES",
    "REINVOCATION_POLICIES",
    "AdmissionRules",
    "match_conditions",
    "match_resources",
    "mutable_operations",
    "rule",
]

FAILURE_POLICIES = ("Fail", "Ignore")
MATCH_POLICIES = ("Equivalent", "Exact")
REINVOCATION_POLICIES = ("IfNeeded", "Never")
_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_MUTABLE_OPERATIONS = ("*", "CONNECT", "CREATE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_CONDITIONS_LIMIT: Final = 64
_RESERVED_SUFFIX = ".static.k8s.io"


class AdmissionRules(Rules):
    """The rules that all kinds have in which admission is set up."""

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        """Warn of a name that only manifests on the server's own disk should have."""
        if new["metadata"].get("name", "").endswith(_RESERVED_SUFFIX):
            yield (
                f'metadata.name: names ending with "{_RESERVED_SUFFIX}" are reserved for static manifest-based '
                "configurations and cannot be managed via the API"
            )


def rule(given: Object, path: str) -> Iterator[FieldError]:
    """Refuse operations, groups, versions, resources or a scope that cannot be matched."""
    operations, at = given.get("operations") or [], fields.child(path, "operations")
    yield from _filled(operations, at)
    yield from checks.alone(operations, at, "operations")
    for index, operation in enumerate(operations):
        yield from checks.one_of(operation, _OPERATIONS, fields.item(at, index))
    for name, what in (("apiGroups", "API groups"), ("apiVersions", "API versions")):
        values, at = given.get(name) or [], fields.child(path, name)
        yield from _filled(values, at)
        yield from checks.alone(values, at, what)
    for index, version in enumerate(given.get("apiVersions") or ()):
        yield from checks.present(version, fields.item(fields.child(path, "apiVersions"), index))
    yield from _resources(given.get("resources") or [], fields.child(path, "resources"))
    yield from checks.one_of(given.get("scope"), _SCOPES, fields.child(path, "scope"))


def mutable_operations(rules: Sequence[Object], path: str) -> Iterator[FieldError]:
    """Refuse operations that leave nothing to mutate; all are said to stand at one path."""
    for each in rules:
        for operation in each.get("operations") or ():
            yield from checks.one_of(operation, _MUTABLE_OPERATIONS, fields.child(path, "operations"))


def match_resources(given: Object, path: str) -> Iterator[FieldError]:
    yield from checks.one_of(given.get("matchPolicy"), MATCH_POLICIES, fields.child(path, "matchPolicy"))
    for name in ("namespaceSelector", "objectSelector"):
        yield from label_selectors.validate(given.get(name), fields.child(path, name))
    for name in ("resourceRules", "excludeResourceRules"):
        for index, each in enumerate(given.get(name) or ()):
            at = fields.item(fields.child(path, name), index)
            yield from _resource_names(each.get("resourceNames") or [], fields.child(at, "resourceNames"))
            yield from rule(each, at)


def match_conditions(conditions: Sequence[Object], path: str) -> Iterator[FieldError]:
    if len(conditions) > _CONDITIONS_LIMIT:
        yield fields.too_many(path, len(conditions), _CONDITIONS_LIMIT)
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        name, at = condition.get("name") or "", fields.item(path, index)
        yield from checks.present((condition.get("expression") or "").strip(), fields.child(at, "expression"))
        yield from checks.present(name, fields.child(at, "name"), names.qualified_name)
        if name and name in seen:
            yield fields.duplicate(fields.child(at, "name"), name)
        seen.add(name)


def _filled(values: Sequence[str], path: str) -> Iterator[FieldError]:
    if not values:
        yield fields.required(path)


def _resources(resources: Sequence[str], path: str) -> Iterator[FieldError]:
    yield from _filled(resources, path)
    whole: set[str] = set()
    everywhere: set[str] = set()
    plain = False
    for index, given in enumerate(resources):
        at = fields.item(path, index)
        if not given:
            yield fields.required(at)
            continue
        resource, slash, part = given.partition("/")
        if not slash:
            plain = given != "*"  # of the last such one, as kube-apiserver has it
            continue
        if resource in whole:
            yield fields.invalid(at, given, f"if '{resource}/*' is present, must not specify {given}")
        if part in everywhere:
            yield fields.invalid(at, given, f"if '*/{part}' is present, must not specify {given}")
        whole |= {resource} if part == "*" else set()
        everywhere |= {part} if resource == "*" else set()
    if len(resources) > 1 and "*/*" in resources:
        yield fields.invalid(path, resources, "if '*/*' is present, must not specify other resources")
    if "*" in resources and plain:
        words = "if '*' is present, must not specify other resources without subresources"
        yield fields.invalid(path, resources, words)


def _resource_names(given: Sequence[str], path: str) -> Iterator[FieldError]:
    for index, name in enumerate(given):
        at = fields.item(path, index)
        yield from checks.matching(names.path_segment, name, at)
        if name in given[:index]:
            yield fields.duplicate(at, name)
