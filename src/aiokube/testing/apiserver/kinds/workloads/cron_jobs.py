"""The rules of CronJobs.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/batch/cronjob/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, invalid, not_supported, required
from aiokube.testing.apiserver.kinds.checks import not_negative, one_of
from aiokube.testing.apiserver.kinds.pods.warnings import hostname_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .cron_schedules import is_time_zone, problem
from .job_spec import job_warnings, validate_job_spec
from .templates import TemplateRules

__all__ = ["CronJobRules"]

# Jobs are named after their CronJob, with a dash and ten digits, and no name may have more than 63 characters.
_NAME_LIMIT = 52
_ZONE_PART = re.compile(r"(?!-|\.\.?$)[A-Za-z._0-9+-]{1,14}")
_JOB = "spec.jobTemplate.spec"


class CronJobRules(TemplateRules):
    template_path: ClassVar[tuple[str, ...]] = ("spec", "jobTemplate", "spec", "template")

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        name = new["metadata"].get("name") or ""
        yield from _spec(new["spec"], {})
        if len(name.encode()) > _NAME_LIMIT:
            yield invalid("metadata.name", name, f"must be no more than {_NAME_LIMIT} characters")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        return _spec(new["spec"], old["spec"])

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None:
            yield from hostname_warnings(new)
        if old is None or new["metadata"].get("generation") != old["metadata"].get("generation"):
            yield from job_warnings((new["spec"].get("jobTemplate") or {}).get("spec") or {}, _JOB)
        if old is not None and "TZ" in (new["spec"].get("schedule") or ""):
            yield (
                "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, "
                "see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
            )


def _spec(spec: Object, old: Object) -> Iterator[FieldError]:
    schedule, zone = spec.get("schedule") or "", spec.get("timeZone")
    if not schedule:
        yield required("spec.schedule")
    else:
        yield from _schedule(schedule, zone, had_zone="TZ" in (old.get("schedule") or ""))
    yield from not_negative(spec.get("startingDeadlineSeconds"), "spec.startingDeadlineSeconds")
    if zone is not None and zone != old.get("timeZone"):
        yield from _time_zone(zone, "spec.timeZone")
    policy = spec.get("concurrencyPolicy")
    yield from one_of(policy, ("Allow", "Forbid", "Replace"), "spec.concurrencyPolicy", needed=True)
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    yield from validate_job_spec(job, _JOB)
    if job.get("selector") is not None:
        yield invalid(f"{_JOB}.selector", job["selector"], "`selector` will be auto-generated")
    if job.get("manualSelector"):
        yield not_supported(f"{_JOB}.manualSelector", True, ("nil", "false"))
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from not_negative(spec.get(field), f"spec.{field}")


def _schedule(schedule: str, zone: str | None, *, had_zone: bool) -> Iterator[FieldError]:
    if wrong := problem(schedule):
        yield invalid("spec.schedule", schedule, wrong)
    if "TZ" not in schedule:
        return
    if not had_zone:
        what = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield invalid("spec.schedule", schedule, what)
    elif zone is not None:
        yield invalid("spec.schedule", schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")


def _time_zone(zone: str, path: str) -> Iterator[FieldError]:
    if not zone:
        yield invalid(path, zone, "timeZone must be nil or non-empty string")
    elif not all(map(_ZONE_PART.fullmatch, zone.split("/"))):
        yield invalid(path, zone, f"unknown time zone {zone}")
    else:
        if zone.lower() == "local":
            what = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
            yield invalid(path, zone, what)
        if zone != "Local" and not is_time_zone(zone):
            yield invalid(path, zone, f"unknown time zone {zone}")
