"""Watches: what arrives, in which order, and how they end."""

from conformance.case import YAML, case, delete, get, merge, post, put, watch
from conformance.objects import configmap, labelled

__all__ = ["CASES"]

_SINCE = "resourceVersion=${made.metadata.resourceVersion}&timeoutSeconds=60"
_MADE = post("secrets", labelled("a", app="web"), name="made")

CASES = [
    case("watch-from-a-version", _MADE,
         put("secrets/a", labelled("a", app="web") | {"stringData": {"k": "v"}}),
         post("secrets", labelled("b")), delete("secrets/a"),
         watch(f"secrets?{_SINCE}", events=3)),
    case("watch-one-object", _MADE, post("secrets", labelled("b")), delete("secrets/a"),
         watch(f"secrets?fieldSelector=metadata.name=a&{_SINCE}", events=1)),
    case("watch-by-a-label-that-changes", _MADE,
         merge("secrets/a", {"metadata": {"labels": {"app": "db"}}}),
         merge("secrets/a", {"metadata": {"labels": {"app": "web"}}}),
         merge("secrets/a", {"data": {"k": "dg=="}}),
         delete("secrets/a"),
         watch(f"secrets?labelSelector=app=web&{_SINCE}", events=4)),
    case("watch-without-a-version", _MADE, watch("secrets?timeoutSeconds=60", events=1)),
    case("watch-from-version-zero", _MADE, watch("secrets?resourceVersion=0&timeoutSeconds=60", events=1)),
    case("watch-until-the-time-is-over", _MADE,
         watch("secrets?resourceVersion=${made.metadata.resourceVersion}&timeoutSeconds=1", events=9)),
    case("watch-with-bookmarks-until-the-time-is-over", _MADE,
         watch("secrets?resourceVersion=${made.metadata.resourceVersion}&timeoutSeconds=1&allowWatchBookmarks=true",
               events=9)),
    case("watch-with-initial-events", _MADE,
         watch("secrets?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&"
               "timeoutSeconds=60", events=2)),
    case("watch-with-initial-events-without-bookmarks", _MADE,
         watch("secrets?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=60", events=1)),
    case("watch-without-initial-events", _MADE, delete("secrets/a"),
         watch("secrets?sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&"
               "resourceVersion=${made.metadata.resourceVersion}&timeoutSeconds=60", events=1)),
    case("watch-with-bad-options",
         get("secrets?watch=true&resourceVersion=x"),
         get("secrets?watch=true&resourceVersionMatch=Exact"),
         get("secrets?watch=true&sendInitialEvents=true"),
         get("secrets?watch=true&sendInitialEvents=true&resourceVersionMatch=Exact"),
         get("secrets?watch=true&labelSelector=a b"),
         get("secrets?watch=true&fieldSelector=a=b"),
         get("secrets?watch=true&timeoutSeconds=1", accept=YAML),
         get("secrets?watch=true&timeoutSeconds=1", accept=f"{YAML}, application/json"),
         get("secrets?watch=true&limit=1&continue=x")),
    case("watch-from-a-version-of-the-future", get("secrets?watch=true&resourceVersion=99999999&timeoutSeconds=1")),
    case("watch-by-the-old-path", _MADE, delete("secrets/a"),
         get("/api/v1/watch/namespaces/${ns}/secrets?resourceVersion=${made.metadata.resourceVersion}&timeoutSeconds=60",
             events=1),
         get("/api/v1/watch/namespaces/${ns}/secrets/a?resourceVersion=${made.metadata.resourceVersion}&"
             "timeoutSeconds=60", events=1)),
    case("watch-tables", _MADE, delete("secrets/a"),
         watch(f"secrets?{_SINCE}", events=1, accept="application/json;as=Table;v=v1;g=meta.k8s.io")),
    case("watch-metadata-alone", _MADE, delete("secrets/a"),
         watch(f"secrets?{_SINCE}", events=1, accept="application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")),
    case("watch-of-what-is-held-by-a-finalizer",
         post("configmaps", configmap() | {"metadata": {"name": "a", "finalizers": ["x.io/y"]}}, name="made"),
         delete("configmaps/a"), merge("configmaps/a", {"metadata": {"finalizers": None}}),
         watch(f"configmaps?{_SINCE}", events=2)),
    case("watch-all-namespaces", post("secrets", labelled("a", only="${ns}"), name="made"), delete("secrets/a"),
         watch(f"/api/v1/secrets?labelSelector=only=${{ns}}&{_SINCE}", events=1)),
    case("watch-an-unknown-kind", get("nothings?watch=true")),
]  # fmt: skip
