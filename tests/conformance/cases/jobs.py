"""Jobs and CronJobs."""

from typing import Any

from conformance.case import Request, apply, case, delete, get, json_patch, merge, post, until
from conformance.objects import changed, job, pod_spec

__all__ = ["CASES"]

_JOBS = "batch/v1:jobs"
_CRON_JOBS = "batch/v1:cronjobs"
_START = "2026-01-01T00:00:00Z"
_END = "2026-01-02T00:00:00Z"


def _tried(name: str = "a", **spec: Any) -> Request:
    return post(f"{_JOBS}?dryRun=All", job(name, **spec))


def _cron(name: str = "a", **spec: Any) -> dict[str, Any]:
    base = {"schedule": "* * * * *", "suspend": True, "jobTemplate": {"spec": job()["spec"]}}
    return {"metadata": {"name": name}, "spec": base | spec}


def _tried_cron(name: str = "a", **spec: Any) -> Request:
    return post(f"{_CRON_JOBS}?dryRun=All", _cron(name, **spec))


def _set(at: str, value: Any, path: str = f"{_JOBS}/a") -> Request:
    return json_patch(path, [{"op": "add", "path": at, "value": value}])


def _template(labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": labels or {}}, "spec": pod_spec(**{"restartPolicy": "Never"} | spec)}


def _status(**status: Any) -> Request:
    return json_patch(f"{_JOBS}/a/status", [{"op": "replace", "path": "/status", "value": status}])


def _true(*types: str) -> list[dict[str, str]]:
    return [{"type": kind, "status": "True"} for kind in types]


CASES = [
    case(
        "job-numbers",
        _tried(parallelism=-1, completions=-1, backoffLimit=-1, activeDeadlineSeconds=-1, ttlSecondsAfterFinished=-1),
        _tried(completionMode="Foo"),
        _tried(podReplacementPolicy="Foo"),
        _tried(managedBy="foo"),
        _tried(managedBy="A/b c"),
        _tried(managedBy=f"example.com/{'x' * 60}"),
    ),
    case(
        "job-templates",
        _tried(template=_template(restartPolicy="Always")),
        _tried(template=_template(restartPolicy="Foo")),
        _tried(template=_template(containers=[])),
        _tried("a.b"),
        _tried("A"),
    ),
    case(
        "job-selectors",
        _tried(selector={"matchLabels": {"x": "y"}}),
        _tried(manualSelector=True),
        _tried(manualSelector=True, selector={"matchLabels": {"x": "y"}}),
        _tried(template=_template({"job-name": "z"})),
        _tried(template=_template({"batch.kubernetes.io/controller-uid": "q"})),
        looks_at="spec.selector",
    ),
    case(
        "job-indexes",
        _tried(completionMode="Indexed"),
        _tried("a.b", completionMode="Indexed", completions=3),
        _tried(backoffLimitPerIndex=1),
        _tried(maxFailedIndexes=1),
        _tried(backoffLimitPerIndex=1, completionMode="Indexed", completions=2, maxFailedIndexes=3),
        _tried(backoffLimitPerIndex=1, completionMode="Indexed", completions=2),
        _tried(backoffLimitPerIndex=1, completionMode="Indexed", completions=200000, parallelism=20000),
        looks_at="spec.backoffLimit",
    ),
    case(
        "job-failure-policies",
        _tried(podFailurePolicy={"rules": [{}]}),
        _tried(
            podFailurePolicy={
                "rules": [
                    {
                        "action": "Foo",
                        "onExitCodes": {"operator": "In", "values": [2, 1, 1, 0], "containerName": "z"},
                    },
                    {
                        "action": "FailIndex",
                        "onPodConditions": [{"type": "a b", "status": "x"}],
                        "onExitCodes": {"operator": "", "values": [1]},
                    },
                ]
            }
        ),
        _tried(podFailurePolicy={"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}),
        _tried(
            podFailurePolicy={"rules": [{"action": "Count", "onPodConditions": [{"type": "X"}]}]},
            template=_template(restartPolicy="OnFailure"),
            podReplacementPolicy="TerminatingOrFailed",
        ),
        looks_at="spec.podFailurePolicy",
    ),
    case(
        "job-success-policies",
        _tried(successPolicy={"rules": [{"succeededCount": 1}]}),
        _tried(completionMode="Indexed", completions=5, successPolicy={"rules": []}),
        *(
            _tried(completionMode="Indexed", completions=5, successPolicy={"rules": [rule]})
            for rule in (
                {},
                {"succeededIndexes": "1-9", "succeededCount": 6},
                {"succeededIndexes": "3,1"},
                {"succeededIndexes": "3-3"},
                {"succeededIndexes": "1-2-3"},
                {"succeededIndexes": "a"},
                {"succeededIndexes": "9" * 5000},
                {"succeededIndexes": f"0-{2**63}"},
                {"succeededIndexes": f"0-{2**63 - 1}"},
                {"succeededIndexes": f"{'0' * 5000}1"},
                {"succeededIndexes": "0-1", "succeededCount": 3},
                {"succeededIndexes": "0-1,3", "succeededCount": 3},
            )
        ),
        looks_at="spec.successPolicy",
    ),
    case(
        "job-changes",
        post(_JOBS, job()),
        _set("/spec/template/spec/containers/0/image", "y"),
        _set("/spec/parallelism", 3),
        _set("/spec/completions", 3),
        json_patch(f"{_JOBS}/a", [{"op": "remove", "path": "/spec/selector"}]),
        _set("/spec/completionMode", "Indexed"),
        _set("/spec/backoffLimitPerIndex", 1),
        _set("/spec/managedBy", "a.b/c"),
        _set("/spec/backoffLimit", 2),
        delete(f"{_JOBS}/a"),
        until(f"{_JOBS}/a", status=404),
        looks_at="metadata.generation",
    ),
    case(
        "job-changes-while-it-is-suspended",
        post(_JOBS, job(suspend=True)),
        _set("/spec/template/spec/nodeSelector", {"a": "b"}),
        _set("/spec/template/spec/tolerations", [{"key": "x", "operator": "Exists"}]),
        _set("/spec/template/spec/containers/0/resources", {"limits": {"cpu": "1"}}),
        _set("/spec/template/spec/containers/0/image", "z"),
        _set("/spec/suspend", False),
        _set("/spec/template/spec/nodeSelector", {"a": "c"}),
        looks_at="spec.template",
    ),
    case(
        "job-status",
        post(_JOBS, job()),
        _status(active=1, ready=2, startTime=_START),
        _status(active=1, startTime=_START, failed=2),
        _status(startTime=_END, failed=1),
        _status(startTime=_START, failed=2, conditions=_true("Complete")),
        _status(
            startTime=_START,
            failed=2,
            active=2,
            conditions=_true("Failed"),
            completedIndexes="1",
            failedIndexes="2",
            uncountedTerminatedPods={"failed": ["x", "x"]},
        ),
        _status(
            startTime=_START,
            failed=2,
            succeeded=1,
            completionTime=_END,
            conditions=_true("SuccessCriteriaMet", "Complete"),
        ),
        _status(startTime=_START, failed=2, succeeded=1, completionTime=_END),
        get(f"{_JOBS}?fieldSelector=status.successful=1"),
        get(f"{_JOBS}?fieldSelector=status.foo=1"),
        looks_at="status",
    ),
    case(
        "cron-job-schedules",
        *(
            _tried_cron(schedule=schedule)
            for schedule in (
                "",
                "x",
                "* * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * foo *",
                "1-2-3 * * * *",
                "*/0 * * * *",
                "5-1 * * * *",
                "1/2/3 * * * *",
                "-1 * * * *",
                "99999999999999999999 * * * *",
                f"{'9' * 5000} * * * *",
                f"-{'9' * 5000} * * * *",
                f"{'0' * 5000}1 * * * *",
                f"{2**63} * * * *",
                f"-{2**63} * * * *",
                "0 0 31 2 7",
                "a/b * * * *",
            )
        ),
    ),
    case(
        "cron-job-schedules-by-name",
        *(
            _tried_cron(schedule=schedule)
            for schedule in ("@daily", "@foo", "@every 1h30m", "@every x", "@every 5", "@every 5x", "* * * JAN-feb sun")
        ),
        looks_at="spec.schedule",
    ),
    case(
        "cron-job-time-zones",
        *(
            _tried_cron(timeZone=zone)
            for zone in ("", "Etc/UTC", "Foo", "Europe/Berlin", "Local", "local", "../x", "a b", "-x", "europe/berlin")
        ),
        _tried_cron(schedule="TZ=UTC * * * * *"),
        _tried_cron(schedule="CRON_TZ=Foo/Bar * * * * *"),
        _tried_cron(schedule="TZ=0"),
        looks_at="spec.timeZone",
    ),
    case(
        "cron-jobs",
        _tried_cron(
            concurrencyPolicy="Foo",
            startingDeadlineSeconds=-1,
            successfulJobsHistoryLimit=-1,
            failedJobsHistoryLimit=-1,
        ),
        _tried_cron(
            jobTemplate={"spec": job()["spec"] | {"selector": {"matchLabels": {"a": "b"}}, "manualSelector": True}}
        ),
        _tried_cron(jobTemplate={"spec": {"template": _template(restartPolicy="Always")}}),
        _tried_cron("x" * 53),
        _tried_cron("a.b"),
        post(f"{_CRON_JOBS}?dryRun=All", {"metadata": {"name": "a"}}),
    ),
    case(
        "cron-job-changes",
        post(_CRON_JOBS, _cron()),
        _set("/spec/schedule", "x", f"{_CRON_JOBS}/a"),
        _set("/spec/timeZone", "Foo", f"{_CRON_JOBS}/a"),
        _set("/spec/schedule", "TZ=UTC * * * * *", f"{_CRON_JOBS}/a"),
        _set("/spec/schedule", "1 * * * *", f"{_CRON_JOBS}/a"),
        merge(f"{_CRON_JOBS}/a/status", {"status": {"lastScheduleTime": _START}, "spec": {"schedule": "x"}}),
        looks_at="metadata.generation",
    ),
    case(
        "job-with-labels-of-its-pods",
        post(
            f"{_JOBS}?dryRun=All",
            changed(job(), metadata__labels={"x": "y"}, spec__template__metadata__labels={"a": "b"}),
        ),
        post(_JOBS, job(template=_template({"x": "y"}))),
        merge(f"{_JOBS}/a", {"metadata": {"annotations": {"n": "1"}}}),
        merge(f"{_JOBS}/a", {"metadata": {"labels": None}}),
        apply(f"{_JOBS}/b", {"apiVersion": "batch/v1", "kind": "Job", **job("b", template=_template({"x": "y"}))}),
        post(
            _JOBS, job("c", template=_template({"x": "y"}), manualSelector=True, selector={"matchLabels": {"x": "y"}})
        ),
        looks_at="metadata.labels",
    ),
]
