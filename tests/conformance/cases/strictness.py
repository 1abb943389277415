"""Field validation: what is unknown, or stands twice, is ignored, warned of or refused."""

from typing import Any

from conformance.case import YAML, Case, apply, case, merge, post, put
from conformance.objects import configmap, deployment, pod

__all__ = ["CASES"]

_UNKNOWN = {"metadata": {"name": "a", "foo": 1}, "data": {}, "bar": {"x": 1}}
_TWICE = '{"metadata":{"name":"a","name":"a"},"data":{"k":"v","k":"w"}}'
_YAML_TWICE = "metadata:\n  name: a\n  name: a\ndata:\n  k: v\n  k: w\nfoo: 1\n"
_DEEP = deployment() | {
    "spec": deployment()["spec"]
    | {
        "foo": 1,
        "template": {
            "metadata": {"labels": {"app": "a"}},
            "spec": {"containers": [{"name": "c", "image": "x", "bar": []}], "baz": {}},
        },
    }
}
_MISSPELT = {"Metadata": {"name": "a"}, "metadata": {"name": "a", "Labels": {"a": "b"}}}
_APPLIED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "foo": 1}

_BODIES: dict[str, tuple[str, Any, str]] = {
    "unknown": ("configmaps", _UNKNOWN, "application/json"),
    "twice": ("configmaps", _TWICE, "application/json"),
    "twice-in-yaml": ("configmaps", _YAML_TWICE, YAML),
    "deep": ("apps/v1:deployments", _DEEP, "application/json"),
    "misspelt": ("configmaps", _MISSPELT, "application/json"),
}


def _case(name: str, level: str) -> Case:
    path, body, content_type = _BODIES[name]
    query = f"?fieldValidation={level}" if level else ""
    request = post(f"{path}{query}", body, content_type=content_type)
    return case(f"fields-{name}-{level.lower() or 'by-default'}", request)


CASES = [
    *(_case(name, level) for name in _BODIES for level in ("", "Ignore", "Warn", "Strict")),
    case("fields-with-an-unknown-level", post("configmaps?fieldValidation=Foo", configmap())),
    case("fields-unknown-in-an-update", post("configmaps", configmap()), put("configmaps/a", _UNKNOWN),
         put("configmaps/a?fieldValidation=Strict", _UNKNOWN)),
    case("fields-unknown-in-an-apply", apply("configmaps/a", _APPLIED),
         apply("configmaps/a?fieldValidation=Strict", _APPLIED)),
    case("fields-twice-in-an-apply",
         apply("configmaps/a", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n  k: w\n"),
         apply("configmaps/a?fieldValidation=Strict",
               "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n  k: w\n")),
    case("fields-unknown-in-a-patch", post("pods", pod()), merge("pods/a", {"spec": {"foo": 1}}),
         merge("pods/a?fieldValidation=Strict", {"metadata": {"foo": 1}})),
    case("warnings-of-what-is-old",
         post("pods", pod(nodeSelector={"beta.kubernetes.io/os": "linux"}, serviceAccount="default")),
         post("endpoints", {"metadata": {"name": "a"}}),
         post("pods", {"metadata": {"name": "b", "annotations": {
             "seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}}, "spec": pod()["spec"]}),
         post("services",
              {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 1}], "externalIPs": ["10.0.0.001"]}})),
]  # fmt: skip
