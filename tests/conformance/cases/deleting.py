"""Deleting: options, preconditions, grace, finalizers, owners, collections, namespaces."""

from conformance.case import YAML, apply, case, delete, get, merge, post, put, until
from conformance.objects import configmap, crd, deployment, labelled, pod

__all__ = ["CASES"]

_HELD = {"metadata": {"name": "a", "finalizers": ["x.io/hold"]}}
_FREE = {"metadata": {"finalizers": None}}


def _owned(name: str, owner: str, **more: object) -> dict[str, object]:
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": f"${{{owner}.metadata.uid}}"} | more
    return {"metadata": {"name": name, "ownerReferences": [reference]}}


CASES = [
    case("delete-of-what-is-not-there", delete("configmaps/a"), delete("pods/a"), delete("apps/v1:deployments/a")),
    case("delete-of-a-configmap", post("configmaps", configmap()), delete("configmaps/a"), get("configmaps/a")),
    case("delete-of-a-pod",
         post("pods", pod()), delete("pods/a"), get("pods/a")),
    case("delete-of-a-pod-that-has-a-node",
         post("pods", pod(nodeName="n")), delete("pods/a"), get("pods/a"),
         delete("pods/a?gracePeriodSeconds=5"), delete("pods/a?gracePeriodSeconds=0"), get("pods/a")),
    case("delete-of-a-pod-at-once",
         post("pods", pod(nodeName="n")), delete("pods/a", {"gracePeriodSeconds": 0}), get("pods/a")),
    case("delete-of-a-deployment", post("apps/v1:deployments", deployment()), delete("apps/v1:deployments/a")),
    case("delete-of-a-service", post("services", {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 1}]}}),
         delete("services/a"), get("services/a")),
    case("delete-of-a-definition", post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd()),
         until("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${ns}.example.com",
               says="InitialNamesAccepted"),
         delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${ns}.example.com")),
    case("delete-with-a-uid",
         post("configmaps", configmap(), name="made"),
         delete("configmaps/a", {"preconditions": {"uid": "11111111-1111-1111-1111-111111111111"}}),
         delete("configmaps/a", {"preconditions": {"uid": "${made.metadata.uid}"}})),
    case("delete-with-a-version",
         post("configmaps", configmap(), name="made"),
         delete("configmaps/a", {"preconditions": {"resourceVersion": "1"}}),
         delete("configmaps/a", {"preconditions": {"resourceVersion": "${made.metadata.resourceVersion}"}})),
    case("delete-for-a-dry-run",
         post("configmaps", configmap()), delete("configmaps/a?dryRun=All"),
         delete("configmaps/a", {"dryRun": ["All"]}), get("configmaps/a"),
         delete("configmaps/a?dryRun=x"), delete("configmaps/a", {"dryRun": ["x"]})),
    case("delete-with-bad-options",
         post("configmaps", configmap()),
         delete("configmaps/a", "{"), delete("configmaps/a", []), delete("configmaps/a", "null"),
         delete("configmaps/a", {"kind": "Foo", "apiVersion": "v1"}),
         delete("configmaps/a", {"gracePeriodSeconds": "x"}),
         delete("configmaps/a?propagationPolicy=Foo"),
         delete("configmaps/a", {"propagationPolicy": "Foo"}),
         delete("configmaps/a", {"propagationPolicy": "Orphan", "orphanDependents": True}),
         delete("configmaps/a?gracePeriodSeconds=x")),
    case("delete-with-yaml", post("configmaps", configmap()),
         delete("configmaps/a", "propagationPolicy: Background\n", content_type=YAML)),
    case("delete-with-an-unknown-type", post("configmaps", configmap()),
         delete("configmaps/a", "{}", content_type="text/plain")),
    case("delete-of-what-has-a-finalizer",
         post("configmaps", _HELD), delete("configmaps/a"), get("configmaps/a"), delete("configmaps/a"),
         merge("configmaps/a", {"metadata": {"finalizers": ["x.io/other"]}}),
         merge("configmaps/a", {"metadata": {"labels": {"still": "here"}}}),
         merge("configmaps/a", _FREE), get("configmaps/a")),
    case("delete-by-the-last-finalizer-in-an-update",
         post("configmaps", _HELD), delete("configmaps/a"),
         put("configmaps/a", {"metadata": {"name": "a"}}), get("configmaps/a")),
    case("delete-of-an-owner-in-the-background",
         post("configmaps", configmap(), name="owner"), post("configmaps", _owned("b", "owner")),
         delete("configmaps/a?propagationPolicy=Background"), until("configmaps/b", status=404)),
    case("delete-of-an-owner-in-the-foreground",
         post("configmaps", configmap(), name="owner"),
         post("configmaps", _owned("b", "owner", blockOwnerDeletion=True)),
         delete("configmaps/a?propagationPolicy=Foreground"),
         until("configmaps/b", status=404), until("configmaps/a", status=404)),
    case("delete-of-an-owner-that-leaves-orphans",
         post("configmaps", configmap(), name="owner"), post("configmaps", _owned("b", "owner")),
         delete("configmaps/a?propagationPolicy=Orphan"), until("configmaps/a", status=404), get("configmaps/b")),
    case("delete-of-an-owner-with-two-owners",
         post("configmaps", configmap(), name="owner"), post("secrets", labelled("other"), name="other"),
         post("configmaps", {"metadata": {"name": "b", "ownerReferences": [
             {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "${owner.metadata.uid}"},
             {"apiVersion": "v1", "kind": "Secret", "name": "other", "uid": "${other.metadata.uid}"}]}}),
         delete("configmaps/a"), until("configmaps/a", status=404), get("secrets/other")),
    case("delete-of-a-collection",
         post("secrets", labelled("a", app="web")), post("secrets", labelled("b", app="db")),
         delete("secrets?labelSelector=app=web"), get("secrets"), delete("secrets"), get("secrets")),
    case("delete-of-a-collection-with-finalizers",
         post("secrets", _HELD), delete("secrets"), get("secrets/a"), merge("secrets/a", _FREE)),
    case("delete-of-a-collection-for-a-dry-run",
         post("secrets", labelled("a")), delete("secrets?dryRun=All"), get("secrets/a")),
    case("delete-of-a-collection-by-a-bad-selector", delete("secrets?labelSelector=a b"),
         delete("secrets?fieldSelector=a=b"), delete("/api/v1/secrets"), delete("/api/v1/namespaces")),
    case("change-of-what-is-being-deleted",
         post("configmaps", _HELD), delete("configmaps/a"),
         merge("configmaps/a", {"data": {"k": "v"}}),
         apply("configmaps/a", {"apiVersion": "v1", "kind": "ConfigMap"} | configmap(l="w")),
         merge("configmaps/a", _FREE)),
]  # fmt: skip
