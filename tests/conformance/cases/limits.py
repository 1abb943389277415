"""Limit ranges: what a namespace gives, and what it does not let in.

The real server looks at copies of its own, that come a little late: after each change, a dry run is repeated until
it is answered by what is new.
"""

from typing import Any

from conformance.case import Request, apply, case, merge, post, put, strategic
from conformance.objects import claim, container, pod, pod_spec

__all__ = ["CASES"]

_RANGES = "limitranges"
_CLAIMS = "persistentvolumeclaims"
_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


def _range(*limits: dict[str, Any]) -> Request:
    return post(_RANGES, {"metadata": {"name": "a"}, "spec": {"limits": limits}})


def _limited(*limits: dict[str, Any], says: str, by: Request | None = None) -> tuple[Request, Request]:
    """Put other limits in the place of those that are there.

    Args:
        says: what the refusal of `by` says when the limits are known; `by` is a pod if nothing is given.
    """
    by = by or _pod("z")
    return (
        put(f"{_RANGES}/a", {"metadata": {"name": "a"}, "spec": {"limits": limits}}),
        post(f"{by.path}?dryRun=All", by.body, until=says),
    )


def _pod(name: str, *containers: dict[str, Any], until: str = "", **spec: Any) -> Request:
    return post("pods", pod(name, containers=list(containers) or [container()], **spec), until=until)


def _resized(name: str, **sides: dict[str, str]) -> Request:
    return strategic(f"pods/{name}/resize", {"spec": {"containers": [{"name": "c", "resources": sides}]}})


def _claim(name: str, storage: str, **spec: Any) -> Request:
    return post(_CLAIMS, claim(name, storage, **spec))


CASES = [
    case(
        "limit-range-gives-defaults",
        _range(
            {
                "type": "Container",
                "default": {"cpu": "1", "memory": "1Gi", "x.y/z": "1"},
                "defaultRequest": {"cpu": "100m"},
            }
        ),
        _pod("a", container(), container("d", limits={"cpu": "2"}), initContainers=[container("i")]),
        _pod("b", container(requests={"cpu": "1", "memory": "2Gi", "x.y/z": "2"}, limits={"x.y/z": "2"})),
        _pod("c", container(requests={"memory": "1Mi"}, limits={"cpu": "50m"})),
        _pod("d", resources={"requests": {"cpu": "1"}}),
        post("pods", pod("e") | {"metadata": {"name": "e", "annotations": {"kubernetes.io/limit-ranger": "x"}}}),
        merge("pods/a", {"metadata": {"labels": {"a": "b"}}}),
        apply("pods/f", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "f"}, "spec": pod_spec()}),
        _resized("f", limits={"cpu": "2"}),
        merge("pods/f/resize", {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c"}]}}),
        looks_at="metadata.annotations",
    ),
    case(
        "limit-range-bounds-containers",
        _range({"type": "Container", "min": {"ephemeral-storage": "1Gi"}}),
        _pod("a"),
        _pod("a", container(requests={"ephemeral-storage": "1Mi"})),
        _pod("a", container(requests={"ephemeral-storage": "512Mi"}, limits={"ephemeral-storage": "600Mi"})),
        _pod("a", initContainers=[container("i", limits={"ephemeral-storage": "1Gi"})]),
        _pod("a", container(), container("d"), priorityClassName="x"),
        _pod("A"),
        post("pods?dryRun=All", {"metadata": {"generateName": "g-"}, "spec": pod_spec()}),
        *_limited({"type": "Container", "max": {"cpu": "1"}}, says="cpu limit for container c"),
        _pod("a", container(limits={"cpu": "2"})),
        _pod("a", container(limits={"cpu": "1.001", "memory": "1"})),
        _pod("a", container(), container("d", limits={"cpu": "3"}), container("e", limits={"cpu": "4"})),
        _pod("b", container(requests={"cpu": "500m"}, limits={"cpu": "1000m"})),
        _resized("b", limits={"cpu": "2"}),
        _resized("b", requests={"cpu": "2"}),
        _resized("b", requests={"cpu": "600m"}),
        merge("pods/b", {"metadata": {"labels": {"a": "b"}}}),
        *_limited({"type": "Container", "maxLimitRequestRatio": {"memory": "2.5"}}, says="limit to request ratio"),
        _pod("c", container(requests={"memory": "0"}, limits={"memory": "1"})),
        _pod("c", container(requests={"memory": "1"})),
        _pod("c", container(requests={"memory": "300Mi"}, limits={"memory": "1Gi"})),
        _pod("c", container(requests={"memory": "512Mi"}, limits={"memory": "1Gi"})),
    ),
    case(
        "limit-range-bounds-amounts-beyond-all-measure",
        _range({"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}, "max": {"memory": "1Gi"}}),
        _pod("z", container(limits={"cpu": "1", "memory": "2Gi"}), until="1Gi"),
        _pod("a", container(requests={"cpu": "1"}, limits={"cpu": "1e310", "memory": "1"})),
        _pod("a", container(requests={"cpu": "1"}, limits={"cpu": "9E", "memory": "1"})),
        _pod("a", container(requests={"cpu": "1n"}, limits={"cpu": "1", "memory": "1"})),
        _pod("a", container(requests={"cpu": "1m"}, limits={"cpu": "1E", "memory": "1"})),
        _pod("a", container(requests={"cpu": "3"}, limits={"cpu": "10", "memory": "1E"})),
        _pod("a", container(requests={"cpu": "1"}, limits={"cpu": "99999999999999999999", "memory": "1"})),
        _pod("a", container(requests={"cpu": "1"}, limits={"cpu": "1", "memory": "10E"})),
        _pod("a", container(requests={"cpu": "1"}, limits={"cpu": "1", "memory": "99999999999999999999"})),
    ),
    case(
        "limit-range-bounds-pods-and-claims",
        _range({"type": "Pod", "max": {"cpu": "1"}}, {"type": "x.y/z", "max": {"cpu": "0"}}),
        _pod("a"),
        _pod("a", container(limits={"cpu": "600m"}), container("d", limits={"cpu": "600m"})),
        _pod("a", container(limits={"cpu": "1"}), initContainers=[container("i", limits={"cpu": "1500m"})]),
        _pod(
            "a",
            container(limits={"cpu": "600m"}),
            initContainers=[container("i", limits={"cpu": "600m"}, restartPolicy="Always")],
        ),
        _pod("a", resources={"limits": {"cpu": "2"}}),
        _pod("b", resources={"limits": {"cpu": "1"}}),
        *_limited(
            {"type": "Pod", "min": {"memory": "1Gi"}},
            {"type": "Container", "min": {"memory": "600Mi"}},
            says="usage per Pod is 1Gi",
        ),
        _pod("c", container(requests={"memory": "512Mi"}), container("d", requests={"memory": "511Mi"})),
        *_limited({"type": "Pod", "maxLimitRequestRatio": {"cpu": "3"}}, says="limit to request ratio"),
        _pod("c", container(requests={"cpu": "1"}), container("d", limits={"cpu": "4"}, requests={"cpu": "1m"})),
        *_limited(
            {"type": "PersistentVolumeClaim", "min": {"storage": "2Gi"}, "max": {"storage": "3Gi"}},
            says="minimum storage",
            by=_claim("a", "1Gi"),
        ),
        _pod("d"),
        _claim("a", "4Gi"),
        _claim("a", "4Gi", accessModes=[]),
        _claim("a", "2Gi", storageClassName="${ns}"),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "4Gi"}}}}),
        merge(f"{_CLAIMS}/a/status", {"status": {"phase": "Bound"}}),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "4Gi"}}}}),
        merge(f"{_CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "3Gi"}}}}),
        merge(f"{_CLAIMS}/a", {"metadata": {"finalizers": None}}),
    ),
]
