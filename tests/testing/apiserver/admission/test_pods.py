"""What pods use of quotas, where the conformance cases would wait too long to see it."""

import datetime as dt

import pytest

from aiokube.testing.apiserver.admission.pods import PodMeasure

_NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("grace_seconds", "is_overdue"), [(0, True), (5, True), (30, False), (2**33, False), (2**63 - 1, True)]
)
def test_pod_that_should_be_gone_uses_nothing_but_itself(grace_seconds: int, is_overdue: bool) -> None:
    """Go counts grace in nanoseconds of 64 bits: so long a one as no pod will ever wait is negative."""
    metadata = {"deletionTimestamp": "2025-12-31T23:59:50Z", "deletionGracePeriodSeconds": grace_seconds}
    pod = {"metadata": metadata, "spec": {"containers": []}, "status": {}}
    used = PodMeasure().usage(pod, _NOW)
    assert ("pods" not in used) is is_overdue
