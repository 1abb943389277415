"""Content: what is accepted, what is sent, and what is not allowed at all."""

from conformance.case import YAML, case, get, post, send
from conformance.objects import configmap

__all__ = ["CASES"]

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
_OBJECT = post("configmaps", configmap(k="v"))
_MINE = "configmaps?fieldSelector=metadata.name=a"

CASES = [
    case("accept-yaml", _OBJECT, get("configmaps/a", accept=YAML), get(_MINE, accept=YAML)),
    case("accept-anything", _OBJECT, get("configmaps/a", accept="*/*"), get("configmaps/a", accept="application/*"),
         get("configmaps/a", accept="")),
    case("accept-several", _OBJECT, get("configmaps/a", accept="text/html, application/yaml;q=0.5, application/json"),
         get("configmaps/a", accept="application/vnd.foo, */*;q=0.1")),
    case("accept-what-there-is-not", _OBJECT, get("configmaps/a", accept="text/html"), get(_MINE, accept="image/png"),
         get("configmaps/a", accept="application/json;as=Foo;v=v1;g=meta.k8s.io"),
         get("configmaps/a", accept="application/json;as=Table;v=v9;g=meta.k8s.io")),
    case("accept-a-table-or-json", _OBJECT, get("configmaps/a", accept=f"{_TABLE},application/json")),
    case("accept-metadata", _OBJECT, get("configmaps/a", accept=_METADATA), get(_MINE, accept=_METADATA_LIST),
         get(_MINE, accept=_METADATA), post("configmaps", configmap("b"), accept=_METADATA)),
    case("answer-in-lines", _OBJECT, get("configmaps/a?pretty=true"), get("configmaps/a?pretty=0"),
         get("configmaps/b?pretty=1"), get("configmaps/a?pretty=x")),
    case("send-what-is-not-read", post("configmaps", "<a/>", content_type="text/xml"),
         post("configmaps", "x", content_type="application/vnd.foo"),
         send("PUT", "configmaps/a", "x", content_type="text/plain")),
    case("send-without-a-type", post("configmaps", '{"metadata":{"name":"a"}}', content_type=None)),
    case("send-json-with-a-charset", post("configmaps", configmap(), content_type="application/json; charset=utf-8")),
    case("send-too-much", post("configmaps", b'{"a":"' + b"x" * (3 * 1024 * 1024) + b'"}')),
    case("verbs-that-are-not-allowed", send("PUT", "configmaps", {}), send("PATCH", "configmaps", {}),
         send("POST", "configmaps/a", {}), send("OPTIONS", "configmaps"),
         send("DELETE", "/api/v1/nodes/a/status"), send("PUT", "/api/v1/namespaces", {})),
    case("verbs-that-a-kind-does-not-have", get("bindings"), send("DELETE", "bindings/a"), get("bindings/a"),
         get("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"), get("/api/v1/componentstatuses/x"),
         send("DELETE", "/api/v1/componentstatuses/x")),
    case("head-of-an-object", _OBJECT, send("HEAD", "configmaps/a"), send("HEAD", "configmaps/b")),
    case("paths-that-lead-nowhere", get("/api/v1/namespaces/${ns}/configmaps/a/b"), get("/api/v1/"),
         get("/apis/apps/v1/namespaces/${ns}/deployments/a/nothing"), get("/api/v1/namespaces/${ns}/"),
         get("/apis/apps/"), get("/foo/bar")),
    case("method-that-is-none", send("FOO", "configmaps")),
    case("compressed-when-asked-and-large",
         post("configmaps", configmap(k="x" * 200_000)),
         get("configmaps/a?fieldSelector=x", headers={"Accept-Encoding": "identity"})),
    case("errors-in-yaml", get("configmaps/a", accept=YAML)),
    case("errors-in-tables", get("configmaps/a", accept=_TABLE)),
    case("anonymous-is-somebody", get("/version", anonymous=True), get("/healthz", anonymous=True)),
]  # fmt: skip
