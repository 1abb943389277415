"""What requests are about, by their method, path and query alone."""

import pytest

from aiokube.testing.apiserver.access.request_info import RequestInfo, request_info

CASES: list[tuple[str, str, dict[str, list[str]], RequestInfo]] = [
    ("GET", "/", {}, RequestInfo(verb="get", is_resource=False)),
    ("GET", "/healthz", {}, RequestInfo(verb="get", is_resource=False)),
    ("GET", "/api/v1", {}, RequestInfo(verb="get", is_resource=False)),
    ("GET", "/apis/apps/v1", {}, RequestInfo(verb="get", is_resource=False)),
    ("OPTIONS", "/foo", {}, RequestInfo(verb="options", is_resource=False)),
    ("GET", "/api/v1/pods", {}, RequestInfo(verb="list", version="v1", resource="pods")),
    ("HEAD", "/api/v1/nodes/a", {}, RequestInfo(verb="get", version="v1", resource="nodes", name="a")),
    ("GET", "/api/v1/pods", {"watch": ["1"]}, RequestInfo(verb="watch", version="v1", resource="pods")),
    ("GET", "/api/v1/pods", {"watch": ["false"]}, RequestInfo(verb="list", version="v1", resource="pods")),
    ("GET", "/api/v1/watch/pods", {}, RequestInfo(verb="watch", version="v1", resource="pods")),
    (
        "GET",
        "/api/v1/namespaces/a",
        {},
        RequestInfo(verb="get", version="v1", resource="namespaces", namespace="a", name="a"),
    ),
    (
        "PUT",
        "/api/v1/namespaces/a/finalize",
        {},
        RequestInfo(
            verb="update", version="v1", resource="namespaces", namespace="a", name="a", subresource="finalize"
        ),
    ),
    (
        "DELETE",
        "/apis/apps/v1/namespaces/a/deployments/",
        {"labelSelector": ["x=y"]},
        RequestInfo(
            verb="deletecollection",
            group="apps",
            version="v1",
            resource="deployments",
            namespace="a",
            label_selector="x=y",
        ),
    ),
    (
        "PATCH",
        "/apis/apps/v1/namespaces/a/deployments/b/scale",
        {},
        RequestInfo(
            verb="patch",
            group="apps",
            version="v1",
            resource="deployments",
            namespace="a",
            name="b",
            subresource="scale",
        ),
    ),
    (
        "GET",
        "/api/v1/pods",
        {"fieldSelector": ["spec.nodeName=n,metadata.name=b"]},
        RequestInfo(
            verb="list", version="v1", resource="pods", name="b", field_selector="spec.nodeName=n,metadata.name=b"
        ),
    ),
    (
        "GET",
        "/api/v1/pods",
        {"fieldSelector": ["metadata.name!=b"]},
        RequestInfo(verb="list", version="v1", resource="pods", field_selector="metadata.name!=b"),
    ),
    ("POST", "/apis/a.io/v1/things", {}, RequestInfo(verb="create", group="a.io", version="v1", resource="things")),
]


@pytest.mark.parametrize(("method", "path", "query", "expected"), CASES)
def test_a_request_says_what_it_is_about(
    method: str, path: str, query: dict[str, list[str]], expected: RequestInfo
) -> None:
    assert vars(request_info(method, path, query)) == vars(expected) | {"path": path}
