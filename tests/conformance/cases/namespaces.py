"""Namespaces: how they begin, and how they end."""

from conformance.case import case, delete, get, merge, post, put, until
from conformance.objects import configmap

__all__ = ["CASES"]

_MINE = "/api/v1/namespaces/${ns}"
_OTHER = "/api/v1/namespaces/${ns}-x"
_MADE = post("/api/v1/namespaces", {"metadata": {"name": "${ns}-x"}})

CASES = [
    case("namespace-twice", post("/api/v1/namespaces", {"metadata": {"name": "${ns}"}})),
    case("namespace-with-labels",
         post("/api/v1/namespaces", {"metadata": {"name": "${ns}-x", "labels": {"l": "1"}}}),
         merge(_OTHER, {"metadata": {"labels": {"kubernetes.io/metadata.name": "x"}}}),
         merge(_OTHER, {"metadata": {"labels": None}})),
    case("namespace-with-a-generated-name", post("/api/v1/namespaces", {"metadata": {"generateName": "${ns}-"}})),
    case("namespace-is-emptied",
         _MADE, post(f"{_OTHER}/configmaps", configmap()), delete(_OTHER), until(_OTHER, status=404),
         get(f"{_OTHER}/configmaps/a")),
    case("namespace-that-is-held",
         _MADE, post(f"{_OTHER}/configmaps", {"metadata": {"name": "a", "finalizers": ["x.io/y"]}}), delete(_OTHER),
         until(f"{_OTHER}/configmaps/a", says="deletionTimestamp"),
         post(f"{_OTHER}/configmaps", configmap("b")),
         merge(f"{_OTHER}/configmaps/a", {"metadata": {"finalizers": None}}),
         until(_OTHER, status=404)),
    case("namespace-is-finalized",
         _MADE, put(f"{_OTHER}/finalize", {"metadata": {"name": "${ns}-x"}, "spec": {"finalizers": []}}),
         delete(_OTHER), get(_OTHER)),
    case("namespace-status", merge(f"{_MINE}/status", {"status": {"conditions": [{"type": "X", "status": "True"}]}}),
         get(f"{_MINE}/status")),
    case("namespace-that-is-needed", delete("/api/v1/namespaces/kube-system"),
         delete("/api/v1/namespaces/default")),
    case("namespace-for-a-dry-run",
         post("/api/v1/namespaces?dryRun=All", {"metadata": {"name": "${ns}-y"}}), get("/api/v1/namespaces/${ns}-y")),
    case("namespace-by-fields", get("/api/v1/namespaces?fieldSelector=metadata.name=${ns}"),
         get("/api/v1/namespaces?fieldSelector=status.phase=Terminating,metadata.name=${ns}"),
         get("/api/v1/namespaces?fieldSelector=name=${ns}"),
         get("/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name=${ns}")),
]  # fmt: skip
