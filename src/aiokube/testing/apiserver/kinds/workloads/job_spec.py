"""Specs of Jobs, as Jobs and the templates of CronJobs have them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/validation/validation.go (validateJobSpec)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    OMITTED,
    FieldError,
    child,
    duplicate,
    invalid,
    item,
    not_supported,
    required,
    too_long,
    too_many,
)
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import internal, names
from aiokube.testing.apiserver.kinds.checks import matching, not_negative, one_of
from aiokube.testing.apiserver.kinds.pods.spec import validate_template
from aiokube.testing.apiserver.kinds.pods.warnings import template_warnings

from .indexes import read_indexes

__all__ = ["job_warnings", "validate_job_spec"]

Object = Mapping[str, Any]

_COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS = ("In", "NotIn")
_STATUSES = ("False", "True", "Unknown")
_MANY = 100_000
_PARALLEL_OF_MANY = 10_000
_FAILED_OF_MANY = 10_000
_RULES_LIMIT = 20
_EXIT_CODES_LIMIT = 255
_MANAGER_LIMIT = 63
_INDEXES_LIMIT = 64 * 1024


def validate_job_spec(spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with a job, but for its selector, which a template does not have."""
    for field in (*_COUNTS, "backoffLimitPerIndex", "maxFailedIndexes"):
        yield from not_negative(spec.get(field), child(path, field))
    per_index = spec.get("backoffLimitPerIndex")
    if spec.get("maxFailedIndexes") is not None and per_index is None:
        yield required(child(path, "backoffLimitPerIndex"), "when maxFailedIndexes is specified")
    if spec.get("managedBy") is not None:
        yield from _manager(spec["managedBy"], child(path, "managedBy"))
    mode = spec.get("completionMode") or "NonIndexed"
    yield from one_of(mode, ("NonIndexed", "Indexed"), child(path, "completionMode"))
    if mode == "Indexed":
        yield from _indexed(spec, path)
    elif mode == "NonIndexed":
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if spec.get(field) is not None:
                yield invalid(child(path, field), spec[field], "requires indexed completion mode")
    if spec.get("podFailurePolicy") is not None:
        yield from _failure_policy(spec, child(path, "podFailurePolicy", "rules"))
    if spec.get("successPolicy") is not None:
        yield from _success_policy(spec, child(path, "successPolicy"), mode)
    replacements = ("Failed",) if spec.get("podFailurePolicy") is not None else ("Failed", "TerminatingOrFailed")
    yield from one_of(spec.get("podReplacementPolicy"), replacements, child(path, "podReplacementPolicy"))
    yield from validate_template(spec.get("template") or {}, child(path, "template"))
    yield from _restart_policy(spec, child(path, "template", "spec", "restartPolicy"))


def job_warnings(spec: Object, path: str) -> Iterator[str]:
    many = (spec.get("completions") or 0) > _MANY and (spec.get("parallelism") or 0) > _PARALLEL_OF_MANY
    if spec.get("completionMode") == "Indexed" and many:
        yield (
            f"{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than "
            "10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
        )
    yield from template_warnings(spec.get("template") or {}, child(path, "template"))


def _manager(name: str, path: str) -> Iterator[FieldError]:
    host, slash, rest = name.partition("/")
    if not name:
        yield required(path)
    elif not host or not slash or not rest:
        yield invalid(path, name, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        yield from matching(names.dns_subdomain, host, path)
        characters = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
        if not re.fullmatch(characters, rest):
            yield invalid(path, rest, names.pattern_error("Invalid path", characters))
    if len(name.encode()) > _MANAGER_LIMIT:
        yield too_long(path, _MANAGER_LIMIT)


def _indexed(spec: Object, path: str) -> Iterator[FieldError]:
    completions, parallelism, failed = (spec.get(field) for field in ("completions", "parallelism", "maxFailedIndexes"))
    if completions is None:
        yield required(child(path, "completions"), "when completion mode is Indexed")
    if parallelism is not None and parallelism > _MANY:
        what = f"must be less than or equal to {_MANY} when completion mode is Indexed"
        yield invalid(child(path, "parallelism"), parallelism, what)
    at = child(path, "maxFailedIndexes")
    if failed is not None and completions is not None and failed > completions:
        yield invalid(at, failed, "must be less than or equal to completions")
    if failed is not None and failed > _MANY:
        yield invalid(at, failed, f"must be less than or equal to {_MANY}")
    if completions is None or completions <= _MANY or spec.get("backoffLimitPerIndex") is None:
        return
    then = f"when completions are above {_MANY} and used with backoff limit per index"
    if failed is None:
        yield required(at, f"must be specified when completions is above {_MANY}")
    if parallelism is not None and parallelism > _PARALLEL_OF_MANY:
        what = f"must be less than or equal to {_PARALLEL_OF_MANY} {then}"
        yield invalid(child(path, "parallelism"), parallelism, what)
    if failed is not None and failed > _FAILED_OF_MANY:
        yield invalid(at, failed, f"must be less than or equal to {_FAILED_OF_MANY} {then}")


def _restart_policy(spec: Object, path: str) -> Iterator[FieldError]:
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy") or ""
    if policy in {"", "Always"}:
        yield required(path, 'valid values: "OnFailure", "Never"')
    elif policy not in {"OnFailure", "Never"}:
        yield not_supported(path, policy, ("OnFailure", "Never"))
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        yield invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')


def _failure_policy(spec: Object, path: str) -> Iterator[FieldError]:
    rules = spec["podFailurePolicy"].get("rules") or []
    pod = (spec.get("template") or {}).get("spec") or {}
    containers = {each.get("name") for field in ("containers", "initContainers") for each in pod.get(field) or []}
    if len(rules) > _RULES_LIMIT:
        yield too_many(path, len(rules), _RULES_LIMIT)
    for index, rule in enumerate(rules):
        at = item(path, index)
        yield from _action(rule.get("action") or "", spec, child(at, "action"))
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
        if codes is not None:
            yield from _exit_codes(codes, containers, child(at, "onExitCodes"))
        if conditions:
            yield from _conditions(conditions, child(at, "onPodConditions"))
        if codes is not None and conditions:
            yield invalid(at, OMITTED, "specifying both OnExitCodes and OnPodConditions is not supported")
        if codes is None and not conditions:
            yield invalid(at, OMITTED, "specifying one of OnExitCodes and OnPodConditions is required")


def _action(action: str, spec: Object, path: str) -> Iterator[FieldError]:
    if action == "FailIndex":
        if spec.get("backoffLimitPerIndex") is None:
            yield invalid(path, action, "requires the backoffLimitPerIndex to be set")
    else:
        yield from _word(action, _ACTIONS, path)


def _word(word: str, known: Sequence[str], path: str) -> Iterator[FieldError]:
    if not word:
        yield required(path, f"valid values: [{' '.join(map(quoted, known))}]")
    else:
        yield from one_of(word, known, path)


def _exit_codes(requirement: Object, containers: set[Any], path: str) -> Iterator[FieldError]:
    operator, values, at = requirement.get("operator") or "", requirement.get("values") or [], child(path, "values")
    yield from _word(operator, _OPERATORS, child(path, "operator"))
    name = requirement.get("containerName")
    if name is not None and name not in containers:
        what = "must be one of the container or initContainer names in the pod template"
        yield invalid(child(path, "containerName"), name, what)
    if not values:
        yield invalid(at, requirement.get("values"), "at least one value is required")
    elif len(values) > _EXIT_CODES_LIMIT:
        yield too_many(at, len(values), _EXIT_CODES_LIMIT)
    seen: set[int] = set()
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid(item(at, index), value, "must not be 0 for the In operator")
        if value in seen:
            yield duplicate(item(at, index), value)
        seen.add(value)
    if values != sorted(values):
        yield invalid(at, values, "must be ordered")


def _conditions(patterns: Sequence[Object], path: str) -> Iterator[FieldError]:
    if len(patterns) > _RULES_LIMIT:
        yield too_many(path, len(patterns), _RULES_LIMIT)
    for index, pattern in enumerate(patterns):
        at = item(path, index)
        yield from matching(names.qualified_name, pattern.get("type") or "", child(at, "type"))
        yield from _word(pattern.get("status") or "", _STATUSES, child(at, "status"))


def _success_policy(spec: Object, path: str, mode: str) -> Iterator[FieldError]:
    policy = spec["successPolicy"]
    if mode != "Indexed":
        yield invalid(path, internal.shown("SuccessPolicy", policy), "requires indexed completion mode")
        return
    rules, at = policy.get("rules") or [], child(path, "rules")
    if not rules:
        yield required(at, "at least one rules must be specified when the successPolicy is specified")
    if len(rules) > _RULES_LIMIT:
        yield too_many(at, len(rules), _RULES_LIMIT)
    for index, rule in enumerate(rules):
        yield from _success_rule(rule, item(at, index), spec.get("completions") or 0)


def _success_rule(rule: Object, path: str, completions: int) -> Iterator[FieldError]:
    count, indexes, total = rule.get("succeededCount"), rule.get("succeededIndexes"), 0
    if count is None and indexes is None:
        yield required(path, "at least one of succeededCount or succeededIndexes must be specified")
    if indexes is not None:
        at = child(path, "succeededIndexes")
        if len(indexes.encode()) > _INDEXES_LIMIT:
            yield too_long(at, _INDEXES_LIMIT)
        try:
            total = sum(last - first + 1 for first, last in read_indexes(indexes, completions))
        except ValueError as error:
            yield invalid(at, indexes, f"error parsing succeededIndexes: {error}")
    if count is None:
        return
    at = child(path, "succeededCount")
    yield from not_negative(count, at)
    if count > completions:
        yield invalid(at, count, f"must be less than or equal to {completions} (the number of specified completions)")
    if indexes is not None and count > total:
        what = f"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        yield invalid(at, count, what)
