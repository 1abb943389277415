"""Discovery and documents: what the server says that it serves."""

from conformance.case import case, get, send, until

__all__ = ["CASES"]

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_BETA = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"

_GROUP_VERSIONS = [
    "admissionregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1",
    "apiregistration.k8s.io/v1",
    "apps/v1",
    "authentication.k8s.io/v1",
    "authorization.k8s.io/v1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "certificates.k8s.io/v1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "events.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1",
    "networking.k8s.io/v1",
    "node.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
    "resource.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
]

CASES = [
    case("discovery-of-the-core-group", get("/api"), get("/api/v1")),
    case("discovery-aggregated-of-the-core-group", get("/api", accept=_AGGREGATED)),
    case("discovery-aggregated-in-beta-alone", get("/api", accept=_BETA), get("/apis", accept=_BETA)),
    case("discovery-aggregated-or-not", get("/api", accept=f"{_AGGREGATED},application/json"),
         get("/api", accept=f"application/json,{_AGGREGATED}"), get("/api", accept=f"{_BETA},{_AGGREGATED}")),
    *(
        case(f"discovery-of-{name.replace('/', '-').replace('.', '-')}",
             get(f"/apis/{name}"), get(f"/apis/{name.partition('/')[0]}"))
        for name in _GROUP_VERSIONS
    ),
    case("discovery-of-what-is-not-served", get("/apis/apps/v1beta1"), get("/apis/no.such"), get("/api/v2")),
    case("version", get("/version"), get("/version/")),
    case("health", get("/healthz"), get("/livez"), get("/readyz"), get("/healthz/ping"), get("/readyz/ping"),
         get("/livez/nothing")),
    case("openapi-of-what-is-not-served", get("/openapi/v3/apis/no.such/v1"), get("/openapi/v3/nothing")),
    case("openapi-of-the-version", get("/openapi/v3/version")),
    case("openapi-v2-in-a-form-that-it-has-not", get("/openapi/v2", accept="text/html"),
         get("/openapi/v2", accept="application/yaml"), get("/openapi/v2/nothing")),
    case("issuer-of-tokens", *(
        request
        for path in ("/.well-known/openid-configuration", "/openid/v1/jwks/")
        for request in (get(path, accept="text/html"), send("POST", path, None), send("HEAD", path, None))
    ), get("/.well-known"), get("/openid/v1")),
    case("openapi-of-leases", get("/openapi/v3/apis/coordination.k8s.io/v1")),
    case("openapi-of-policies", get("/openapi/v3/apis/policy/v1")),
    case("the-root", until("/", lacks=".example.com")),  # custom kinds of other cases may be there for a while
]  # fmt: skip
