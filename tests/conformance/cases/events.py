"""Events, in both groups."""

from typing import Any

from conformance.case import case, delete, get, merge, post, put, watch

__all__ = ["CASES"]

_NEW = "events.k8s.io/v1:events"
_ABOUT = {"kind": "Pod", "namespace": "${ns}", "name": "x", "apiVersion": "v1"}
_TIME = "2026-01-01T00:00:00.000000Z"


def _old(name: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "involvedObject": _ABOUT,
        "reason": "r",
        "message": "m",
        "type": "Normal",
    } | more


def _event(name: str = "a", **more: Any) -> dict[str, Any]:
    base = {"regarding": _ABOUT, "reason": "r", "note": "n", "type": "Normal", "action": "act", "eventTime": _TIME}
    return {"metadata": {"name": name}} | base | {"reportingController": "a/b", "reportingInstance": "i"} | more


CASES = [
    case(
        "event-in-the-core-group",
        post("events", _old(count=3, firstTimestamp="2026-01-01T00:00:00Z", source={"component": "c"})),
        get(f"{_NEW}/a"),
        merge("events/a", {"count": 4}),
        delete("events/a"),
    ),
    case(
        "event-in-its-own-group",
        post(_NEW, _event()),
        get("events/a"),
        merge(f"{_NEW}/a", {"series": {"count": 2, "lastObservedTime": _TIME}}),
        merge(f"{_NEW}/a", {"note": "other"}),
        merge(f"{_NEW}/a", {"regarding": {"name": "y"}}),
        looks_at="note",
    ),
    case(
        "event-of-another-namespace",
        post("events", _old(involvedObject={"namespace": "other", "name": "x"})),
        post("events", _old(involvedObject={"name": "x"})),
        post("events", _old(eventTime=_TIME)),
    ),
    case(
        "event-that-is-wrong",
        post(_NEW, _event(eventTime=None)),
        post(_NEW, _event(type="X")),
        post(_NEW, _event(action="")),
        post(_NEW, _event(reportingController="a b")),
        post(_NEW, _event(note="x" * 1025)),
        post(_NEW, _event(series={"count": 1})),
        post(_NEW, _event(deprecatedCount=4)),
    ),
    case("event-is-created-by-an-update", put("events/a", _old()), put(f"{_NEW}/b", _event("b"))),
    case(
        "events-by-fields",
        post("events", _old()),
        post("events", _old("b", reason="s", type="Warning")),
        get("events?fieldSelector=reason=s"),
        get("events?fieldSelector=involvedObject.name=x,type=Warning"),
        get(f"{_NEW}?fieldSelector=regarding.name=x,type=Normal"),
        get("events?fieldSelector=regarding.name=x"),
        get(f"{_NEW}?fieldSelector=involvedObject.name=x"),
    ),
    # Events are the one built-in kind that the real server keeps in no cache.
    case(
        "events-by-pages",
        post("events", _old(), name="made"),
        post("events", _old("b")),
        *(
            get(f"{path}?limit=1&{version}", name="first")
            for path in ("events", _NEW)
            for version in (
                "",
                "resourceVersion=0",
                "resourceVersion=0&resourceVersionMatch=NotOlderThan",
                "resourceVersion=${made.metadata.resourceVersion}",
                "resourceVersion=${made.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan",
            )
        ),
        get(f"{_NEW}?limit=1&resourceVersion=0&continue=${{first.metadata.continue}}"),
    ),
    case(
        "events-are-watched",
        post("events", _old(), name="made"),
        watch("events?resourceVersion=0&timeoutSeconds=60", events=1),
        watch("events?timeoutSeconds=60", events=1),
        watch(
            "events?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=60",
            events=2,
        ),
        watch("events?sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=1", events=1),
        watch(
            "events?resourceVersion=${made.metadata.resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=3",
            events=2,
        ),
    ),
]
