"""Validating- and MutatingAdmissionPolicies, and their bindings: expressions that would decide. None is evaluated here.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/admissionregistration/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import admission_rules, checks, conditions, label_selectors, names
from aiokube.testing.apiserver.kinds.admission_rules import AdmissionRules
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = [
    "BEHAVIOUR",
    "MutatingBindingRules",
    "MutatingPolicyRules",
    "ValidatingBindingRules",
    "ValidatingPolicyRules",
]

_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Audit", "Deny", "Warn")
_NOT_FOUND_ACTIONS = ("Deny", "Allow")
_PATCHES = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}
_ANNOTATIONS_LIMIT: Final = 20
_VALUE_LIMIT: Final = 5 * 1024
_RESERVED_WORDS = (
    "as|break|const|continue|else|false|for|function|if|import|in|let|loop|namespace|null|package|return|true|var|void|"
    "while"
)
_IDENTIFIER = rf"(?!(?:{_RESERVED_WORDS})\Z)[_a-zA-Z][_a-zA-Z0-9]*"


class ValidatingPolicyRules(FixedMetadataRules, AdmissionRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from _matched(spec)
        yield from _variables(spec.get("variables") or [], "spec.variables")
        validations, annotations = spec.get("validations") or [], spec.get("auditAnnotations") or []
        if not validations and not annotations:
            for name in ("validations", "auditAnnotations"):
                words = "validations or auditAnnotations must contain at least one item"
                yield fields.required(f"spec.{name}", words)
        for index, validation in enumerate(validations):
            yield from _validation(validation, fields.item("spec.validations", index))
        yield from _annotations(annotations, "spec.auditAnnotations", new["metadata"].get("name", ""))

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        status = new.get("status") or {}
        for index, warning in enumerate((status.get("typeChecking") or {}).get("expressionWarnings") or ()):
            path = fields.item("status.typeChecking.expressionWarnings", index)
            yield from checks.present(warning.get("warning"), fields.child(path, "warning"))
            yield from checks.present((warning.get("fieldRef") or "").strip(), fields.child(path, "fieldRef"))
        yield from conditions.validate(status.get("conditions") or [], "status.conditions")


class MutatingPolicyRules(AdmissionRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        rules = (spec.get("matchConstraints") or {}).get("resourceRules") or []
        yield from _matched(spec, admission_rules.mutable_operations(rules, "spec.matchConstraints.resourceRules"))
        yield from _variables(spec.get("variables") or [], "spec.variables")
        if not spec.get("mutations"):
            yield fields.required("spec.mutations", "mutations must contain at least one item")
        for index, mutation in enumerate(spec.get("mutations") or ()):
            yield from _mutation(mutation, fields.item("spec.mutations", index))
        policy, known = spec.get("reinvocationPolicy"), admission_rules.REINVOCATION_POLICIES
        yield from checks.one_of(policy, known, "spec.reinvocationPolicy", needed=True)


class MutatingBindingRules(AdmissionRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from _binding(spec)
        rules = (spec.get("matchResources") or {}).get("resourceRules") or []
        yield from admission_rules.mutable_operations(rules, "spec.matchResources.resourceRules")


class ValidatingBindingRules(AdmissionRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from _binding(spec)
        yield from _actions(spec.get("validationActions") or [], "spec.validationActions")


def _matched(spec: Object, operations: Iterable[FieldError] = ()) -> Iterator[FieldError]:
    """Return what is wrong with that by which a policy is chosen.

    Args:
        operations: what is wrong with those of its rules, which kube-apiserver says in between.
    """
    yield from checks.one_of(spec.get("failurePolicy"), admission_rules.FAILURE_POLICIES, "spec.failurePolicy")
    if (kind := spec.get("paramKind")) is not None:
        yield from _parameter_version(kind.get("apiVersion") or "", "spec.paramKind.apiVersion")
        yield from _parameter_kind(kind.get("kind") or "", "spec.paramKind.kind")
    if (constraints := spec.get("matchConstraints")) is None:
        yield fields.required("spec.matchConstraints")
    else:
        yield from admission_rules.match_resources(constraints, "spec.matchConstraints")
        if not constraints.get("resourceRules"):
            yield fields.required("spec.matchConstraints.resourceRules")
        yield from operations
    yield from admission_rules.match_conditions(spec.get("matchConditions") or [], "spec.matchConditions")


def _parameter_version(text: str, path: str) -> Iterator[FieldError]:
    if not text:
        yield fields.required(path)
        return
    if text.count("/") > 1:
        yield fields.invalid(path, text, f"unexpected GroupVersion string: {text}")
        return
    group, _, version = text.rpartition("/")
    if group and (wrong := names.dns_subdomain(group)):
        yield fields.invalid(path, group, ",".join(wrong))
    if not version:
        yield fields.invalid(path, text, "version must be specified")
    elif wrong := names.dns_1035_label(version):
        yield fields.invalid(path, version, ",".join(wrong))


def _parameter_kind(kind: str, path: str) -> Iterator[FieldError]:
    if not kind:
        yield fields.required(path)
    elif wrong := names.dns_1035_label(kind.lower()):
        words = f"may have mixed case, but should otherwise match: {','.join(wrong)}"
        yield fields.invalid(path, kind, words)


def _variables(variables: Sequence[Object], path: str) -> Iterator[FieldError]:
    for index, variable in enumerate(variables):
        name, at = variable.get("name") or "", fields.item(path, index)
        if not name.strip():
            yield fields.required(fields.child(at, "name"), "name is not specified")
        elif not re.fullmatch(_IDENTIFIER, name):
            yield fields.invalid(fields.child(at, "name"), name, "must be a valid CEL identifier")
        if not (variable.get("expression") or "").strip():
            yield fields.required(fields.child(at, "expression"), "expression is not specified")


def _validation(validation: Object, path: str) -> Iterator[FieldError]:
    message, expression = validation.get("message") or "", validation.get("messageExpression") or ""
    if not (validation.get("expression") or "").strip():
        yield fields.required(fields.child(path, "expression"), "expression is not specified")
    if expression and not expression.strip():
        yield fields.invalid(fields.child(path, "messageExpression"), expression, "must be non-empty if specified")
    if message and not message.strip():
        yield fields.invalid(fields.child(path, "message"), message, "must be non-empty if specified")
    elif {*"\n\r"} & {*message.strip()}:
        yield fields.invalid(fields.child(path, "message"), message, "must not contain line breaks")
    yield from checks.one_of(validation.get("reason"), _REASONS, fields.child(path, "reason"))


def _annotations(annotations: Sequence[Object], path: str, policy: str) -> Iterator[FieldError]:
    if len(annotations) > _ANNOTATIONS_LIMIT:
        yield fields.invalid(path, annotations, f"must not have more than {_ANNOTATIONS_LIMIT} auditAnnotations")
    seen: set[str] = set()
    for index, annotation in enumerate(annotations):
        key, at = annotation.get("key") or "", fields.item(path, index)
        yield from _annotation_key(key, fields.child(at, "key"), policy)
        value = (annotation.get("valueExpression") or "").strip()
        if not value:
            yield fields.required(fields.child(at, "valueExpression"), "valueExpression is not specified")
        elif len(value.encode()) > _VALUE_LIMIT:
            words = f"must not exceed {_VALUE_LIMIT} bytes in length"
            yield fields.required(fields.child(at, "valueExpression"), words)
        if key in seen:
            yield fields.duplicate(fields.child(at, "key"), key)
        seen.add(key)


def _annotation_key(key: str, path: str, policy: str) -> Iterator[FieldError]:
    if policy:
        yield from checks.matching(names.qualified_name, f"{policy}/{key}", path)
    else:
        yield fields.invalid(path, key, "requires metadata.name be non-empty")


def _mutation(mutation: Object, path: str) -> Iterator[FieldError]:
    kind = mutation.get("patchType") or ""
    if kind not in _PATCHES:
        yield from checks.one_of(kind, tuple(_PATCHES), fields.child(path, "patchType"), needed=True)
        return
    at = fields.child(path, _PATCHES[kind])
    if (patch := mutation.get(_PATCHES[kind])) is None:
        yield fields.required(at, f"must be specified when patchType is {kind}")
    else:
        yield from checks.present((patch.get("expression") or "").strip(), fields.child(at, "expression"))
    for other in _PATCHES.values():
        if other != _PATCHES[kind] and mutation.get(other) is not None:
            words = f"must not be specified when patchType is {kind}"
            yield fields.invalid(fields.child(path, other), f"{{{other}}}", words)


def _binding(spec: Object) -> Iterator[FieldError]:
    yield from checks.present(spec.get("policyName"), "spec.policyName", names.dns_subdomain)
    if (given := spec.get("paramRef")) is not None:
        yield from _parameters(given, "spec.paramRef")
    if (matched := spec.get("matchResources")) is not None:
        yield from admission_rules.match_resources(matched, "spec.matchResources")


def _parameters(given: Object, path: str) -> Iterator[FieldError]:
    name, selector = given.get("name") or "", given.get("selector")
    both = "name and selector are mutually exclusive" if name and selector is not None else ""
    yield from checks.matching(names.path_segment, name, fields.child(path, "name"))
    if both:
        yield fields.forbidden(fields.child(path, "name"), both)
    yield from label_selectors.validate(selector, fields.child(path, "selector"))
    if both:
        yield fields.forbidden(fields.child(path, "selector"), both)
    if not name and selector is None:
        yield fields.required(path, "one of name or selector must be specified")
    action, at = given.get("parameterNotFoundAction"), fields.child(path, "parameterNotFoundAction")
    yield from checks.one_of(action, _NOT_FOUND_ACTIONS, at, needed=True)


def _actions(actions: Sequence[str], path: str) -> Iterator[FieldError]:
    for index, action in enumerate(actions):
        at = fields.item(path, index)
        yield from checks.one_of(action, _ACTIONS, at)
        if action in actions[:index]:
            yield fields.duplicate(at, action)
    if {"Deny", "Warn"} <= {*actions}:
        words = (
            "must not contain both Deny and Warn (repeating the same validation failure information in the API "
            "response and headers serves no purpose)"
        )
        yield fields.invalid(path, actions, words)
    if not actions:
        yield fields.required(path, "at least one validation action is required")


_GROUP = "admissionregistration.k8s.io"

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "MutatingAdmissionPolicy"): MutatingPolicyRules,
    (_GROUP, "MutatingAdmissionPolicyBinding"): MutatingBindingRules,
    (_GROUP, "ValidatingAdmissionPolicy"): ValidatingPolicyRules,
    (_GROUP, "ValidatingAdmissionPolicyBinding"): ValidatingBindingRules,
}
