"""The status of Jobs, whose transitions the server watches because anybody may control a Job.

What was wrong before and has not changed is let pass.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/batch/job/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/validation/validation.go (validateJobStatus)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import OMITTED, FieldError, child, duplicate, invalid, item, required
from aiokube.testing.apiserver.kinds.checks import not_negative
from aiokube.testing.apiserver.kinds.rules import Object

from .indexes import overlap, read_indexes

__all__ = ["validate_job_status"]

_COUNTS = ("active", "succeeded", "failed", "ready", "terminating")
_CONDITIONS = "status.conditions"


def validate_job_status(new: Object, old: Object) -> Iterator[FieldError]:
    spec, status, before = new["spec"], new.get("status") or {}, old.get("status") or {}
    for field in _COUNTS:
        yield from not_negative(status.get(field), child("status", field))
    yield from _uncounted(status.get("uncountedTerminatedPods") or {})
    now, then = _true(status), _true(before)
    yield from _contradictions(now, then, status, before)
    yield from _finished(spec, status, before, now, then)
    yield from _indexes(spec, status, before)
    yield from _pods(status, before, now, then)
    yield from _criteria(spec, now)
    yield from _undone(spec, status, before, now, then)


def _true(status: Mapping[str, Any]) -> set[str]:
    """Return the types of the conditions that hold."""
    return {each.get("type") or "" for each in status.get("conditions") or [] if each.get("status") == "True"}


def _changed(new: Mapping[str, Any], old: Mapping[str, Any], *fields: str) -> bool:
    return any((new.get(field) or None) != (old.get(field) or None) for field in fields)


def _turned(now: set[str], then: set[str], *conditions: str) -> bool:
    return any((condition in now) != (condition in then) for condition in conditions)


def _is_finished(conditions: set[str]) -> bool:
    return bool(conditions & {"Complete", "Failed"})


def _wrong_conditions(what: str) -> FieldError:
    return invalid(_CONDITIONS, OMITTED, what)


def _uncounted(pods: Mapping[str, Sequence[str]]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for field in ("succeeded", "failed"):
        for index, uid in enumerate(pods.get(field) or []):
            path = item(child("status.uncountedTerminatedPods", field), index)
            if not uid:
                yield invalid(path, uid, "must not be empty")
            elif uid in seen:
                yield duplicate(path, uid)
            seen.add(uid)


def _contradictions(
    now: set[str], then: set[str], status: Mapping[str, Any], before: Mapping[str, Any]
) -> Iterator[FieldError]:
    if _turned(now, then, "Complete", "Failed") and {"Complete", "Failed"} <= now:
        yield _wrong_conditions("cannot set Complete=True and Failed=true conditions")
    if _turned(now, then, "Complete", "FailureTarget") and {"Complete", "FailureTarget"} <= now:
        yield _wrong_conditions("cannot set Complete=True and FailureTarget=true conditions")
    completed, at = status.get("completionTime"), "status.completionTime"
    if _turned(now, then, "Complete") or _changed(status, before, "completionTime"):
        if completed is not None and "Complete" not in now:
            yield invalid(at, completed, "cannot set completionTime when there is no Complete=True condition")
        if completed is None and "Complete" in now:
            yield required(at, "completionTime is required for Complete jobs")
    started = status.get("startTime")
    early = started is not None and completed is not None and completed < started
    if early and _changed(status, before, "startTime", "completionTime"):
        yield invalid(at, completed, "must be equal to or after `startTime`")
    failing = _turned(now, then, "Failed") or _changed(status, before, "failedIndexes")
    if failing and "Failed" in now and "FailureTarget" not in now:
        yield _wrong_conditions("cannot set Failed=True condition without the FailureTarget=true condition")
    if "Complete" in now and "SuccessCriteriaMet" not in now and _turned(now, then, "Complete", "SuccessCriteriaMet"):
        yield _wrong_conditions("cannot set Complete=True condition without the SuccessCriteriaMet=true condition")


def _finished(
    spec: Object, status: Mapping[str, Any], before: Mapping[str, Any], now: set[str], then: set[str]
) -> Iterator[FieldError]:
    if not _is_finished(now):
        return
    turned = not _is_finished(then)
    if (status.get("active") or 0) > 0 and (turned or _changed(status, before, "active")):
        yield invalid("status.active", status["active"], "active>0 is invalid for finished job")
    nothing_to_do = spec.get("suspend") is True and spec.get("completions") == 0
    if status.get("startTime") is None and not nothing_to_do and (turned or _changed(status, before, "startTime")):
        yield required("status.startTime", "startTime is required for finished job")
    uncounted = status.get("uncountedTerminatedPods") or {}
    if any(uncounted.values()) and (turned or _changed(status, before, "uncountedTerminatedPods")):
        shown = {"Succeeded": uncounted.get("succeeded") or None, "Failed": uncounted.get("failed") or None}
        yield invalid("status.uncountedTerminatedPods", shown, "must be empty for finished job")


def _indexes(spec: Object, status: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[FieldError]:
    completions = spec.get("completions")
    done, failed = status.get("completedIndexes") or "", status.get("failedIndexes")
    done_changed, failed_changed = (_changed(status, before, name) for name in ("completedIndexes", "failedIndexes"))
    done_spans = failed_spans = None
    if completions is not None:
        try:
            done_spans = read_indexes(done, completions)
        except ValueError as error:
            if done_changed:
                yield invalid("status.completedIndexes", done, f"error parsing completedIndexes: {error}")
        try:
            failed_spans = read_indexes(failed or "", completions)
        except ValueError as error:
            if failed_changed and spec.get("backoffLimitPerIndex") is not None:
                yield invalid("status.failedIndexes", failed, f"error parsing failedIndexes: {error}")
    if done_changed and done and spec.get("completionMode") != "Indexed":
        what = "cannot set non-empty completedIndexes when non-indexed completion mode"
        yield invalid("status.completedIndexes", done, what)
    if failed_changed and failed is not None and spec.get("backoffLimitPerIndex") is None:
        what = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        yield invalid("status.failedIndexes", failed, what)
    if (done_changed or failed_changed) and done_spans and failed_spans:
        both = overlap(done_spans, failed_spans)
        if both is not None:
            what = f"failedIndexes and completedIndexes overlap at index: {both}"
            yield invalid("status.failedIndexes", failed, what)


def _pods(status: Mapping[str, Any], before: Mapping[str, Any], now: set[str], then: set[str]) -> Iterator[FieldError]:
    ending = status.get("terminating") or 0
    turned = _is_finished(now) != _is_finished(then)
    if ending > 0 and _is_finished(now) and (turned or _changed(status, before, "terminating")):
        yield invalid("status.terminating", ending, "terminating>0 is invalid for finished job")
    ready = status.get("ready")
    if ready is not None and ready > (status.get("active") or 0) and _changed(status, before, "ready", "active"):
        yield invalid("status.ready", ready, "cannot set more ready pods than active")


def _criteria(spec: Object, now: set[str]) -> Iterator[FieldError]:
    if {"SuccessCriteriaMet", "Failed"} <= now:
        yield _wrong_conditions("cannot set SuccessCriteriaMet=True and Failed=true conditions")
    if {"SuccessCriteriaMet", "FailureTarget"} <= now:
        yield _wrong_conditions("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")
    if spec.get("successPolicy") is not None and "Complete" in now and "SuccessCriteriaMet" not in now:
        what = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
        yield _wrong_conditions(what)


def _undone(
    spec: Object, status: Mapping[str, Any], before: Mapping[str, Any], now: set[str], then: set[str]
) -> Iterator[FieldError]:
    """Refuse to take back what has happened."""
    for condition in ("Failed", "Complete", "FailureTarget"):
        if condition in then and condition not in now:
            yield _wrong_conditions(f"cannot disable the terminal {condition}=True condition")
    failed, succeeded = status.get("failed") or 0, status.get("succeeded") or 0
    if failed < (before.get("failed") or 0):
        yield invalid("status.failed", failed, "cannot decrease the failed counter")
    elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    if not elastic and succeeded < (before.get("succeeded") or 0):
        yield invalid("status.succeeded", succeeded, "cannot decrease the succeeded counter")
    completed, first = status.get("completionTime"), before.get("completionTime")
    if completed is not None and first is not None and completed != first:
        yield invalid("status.completionTime", completed, "field is immutable")
    started = before.get("startTime")
    resumes = "Suspended" in then and any(
        each.get("type") == "Suspended" and each.get("status") == "False" for each in status.get("conditions") or []
    )
    if started not in (None, status.get("startTime")) and not resumes and not spec.get("suspend"):
        what = "field is immutable for unsuspended job once set"
        yield invalid("status.startTime", status.get("startTime"), what)
    if "SuccessCriteriaMet" in then and "SuccessCriteriaMet" not in now:
        yield _wrong_conditions("cannot disable the SuccessCriteriaMet=True condition")
    if "Complete" in then and "SuccessCriteriaMet" not in then and "SuccessCriteriaMet" in now:
        what = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"
        yield _wrong_conditions(what)
