"""ConfigMaps: the plain verbs on the plainest kind, and what is particular to it."""

from conformance.case import case, delete, get, merge, post, put

__all__ = ["CASES"]

CASES = [
    case(
        "configmap-lives-and-dies",
        post("configmaps", {"metadata": {"name": "a"}, "data": {"k": "v"}}, name="made"),
        get("configmaps/a"),
        put("configmaps/a", {"metadata": {"name": "a"}, "data": {"k": "w"}}),
        delete("configmaps/a"),
        get("configmaps/a"),
    ),
    case(
        "update-with-a-stale-version-is-a-conflict",
        post("configmaps", {"metadata": {"name": "a"}}, name="made"),
        put("configmaps/a", {"metadata": {"name": "a"}, "data": {"k": "v"}}),
        put("configmaps/a", {"metadata": {"name": "a", "resourceVersion": "${made.metadata.resourceVersion}"}}),
    ),
    case(
        "update-that-changes-nothing-writes-nothing",
        post("configmaps", {"metadata": {"name": "a"}, "data": {"k": "v"}}),
        put("configmaps/a", {"metadata": {"name": "a"}, "data": {"k": "v"}}),
        merge("configmaps/a", {"data": {"k": "v"}}),
    ),
]
