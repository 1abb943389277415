"""Lists: selectors, pages, versions, and what of them is refused."""

from conformance.case import case, delete, get, merge, post
from conformance.objects import configmap, labelled, pod

__all__ = ["CASES"]

_MADE = "${made.metadata.resourceVersion}"
_LAST = "${last.metadata.resourceVersion}"

_THREE = (
    post("secrets", labelled("a", app="web", tier="1")),
    post("secrets", labelled("b", app="db")),
    post("secrets", labelled("c", app="web", tier="2") | {"type": "example.com/x"}),
)

_LABELS = {
    "equal": "app=web",
    "equal-twice": "app==web,tier==2",
    "not-equal": "app!=web",
    "in": "app in (db,x)",
    "not-in": "tier notin (1)",
    "exists": "tier",
    "does-not-exist": "!tier",
    "greater": "tier>1",
    "less": "tier<2",
    "empty-value": "tier=",
}
_BAD_LABELS = ["a b", "a in", "a in (b", "a=b=c", "=", "a^", "a>x", "a=b^", ",", "a,,b", "!", "x/y/z", "a in (b c)"]
_BAD_LABELS += ["a>" + "1" * 4500, "a<-9223372036854775809", "a>9223372036854775807"]
_FIELDS = {
    "name": "metadata.name=a",
    "not-name": "metadata.name!=a",
    "namespace": "metadata.namespace=other",
    "type": "type=example.com/x",
    "two": "metadata.name=c,type=example.com/x",
}
_BAD_FIELDS = ["metadata.name", "metadata.name=a=b", "metadata.name=\\x", "spec.foo=1", "data.k=v", "=x"]
_KIND_FIELDS = {
    "pods": [
        "spec.nodeName=",
        "spec.restartPolicy=Always",
        "spec.schedulerName=default-scheduler",
        "spec.serviceAccountName=default",
        "spec.hostNetwork=false",
        "status.phase=Pending",
        "status.podIP=",
        "status.nominatedNodeName=",
    ],
    "services": ["spec.clusterIP=None", "spec.type=ClusterIP"],
    "events": ["involvedObject.name=x", "reason=y", "type=Normal", "reportingComponent=", "source=z"],
    "apps/v1:replicasets": ["status.replicas=0"],
    "batch/v1:jobs": ["status.successful=0"],
    "replicationcontrollers": ["status.replicas=0"],
    "apps/v1:deployments": ["metadata.name=x", "status.replicas=0"],
    "serviceaccounts": ["metadata.name=default", "type=x"],
}
_VERSIONS = {
    "now": "",
    "any": "resourceVersion=0",
    "any-not-older": "resourceVersion=0&resourceVersionMatch=NotOlderThan",
    "past": f"resourceVersion={_MADE}",
    "past-exact": f"resourceVersion={_MADE}&resourceVersionMatch=Exact",
    "past-not-older": f"resourceVersion={_MADE}&resourceVersionMatch=NotOlderThan",
    "last": f"resourceVersion={_LAST}",
}
_SELECTIONS = {
    "all": "",
    "some": "labelSelector=app=web",
    "all-but-one": "fieldSelector=metadata.name!=b",
    "one": "fieldSelector=metadata.name=b",
    "one-or-none": "fieldSelector=metadata.name=b&labelSelector=app=db",
}

CASES = [
    case("list-everything", *_THREE, get("secrets")),
    *(case(f"list-by-label-{name}", *_THREE, get(f"secrets?labelSelector={text}")) for name, text in _LABELS.items()),
    case("list-by-a-bad-label", *(get(f"secrets?labelSelector={text}") for text in _BAD_LABELS)),
    *(case(f"list-by-field-{name}", *_THREE, get(f"secrets?fieldSelector={text}")) for name, text in _FIELDS.items()),
    case("list-by-a-bad-field", *(get(f"secrets?fieldSelector={text}") for text in _BAD_FIELDS)),
    *(
        case(
            f"list-by-the-fields-of-{path.rpartition(':')[2]}",
            *((post("pods", pod()),) if path == "pods" else ()),
            *(get(f"{path}?fieldSelector={text}") for text in texts),
        )
        for path, texts in _KIND_FIELDS.items()
    ),
    case("list-of-all-namespaces",
         post("secrets", labelled("a", only="${ns}")),
         get("/api/v1/secrets?labelSelector=only=${ns}"),
         get("/api/v1/secrets?labelSelector=only=${ns}&fieldSelector=metadata.namespace=${ns}"),
         get("/api/v1/secrets?labelSelector=only=${ns}&fieldSelector=metadata.namespace=default")),
    case("list-by-pages", *_THREE,
         get("secrets?limit=2", name="first"),
         get("secrets?limit=2&continue=${first.metadata.continue}"),
         get("secrets?limit=1&labelSelector=app=web"),
         get("secrets?limit=3"),
         get("secrets?limit=100")),
    case("list-by-pages-while-objects-change", *_THREE,
         get("secrets?limit=1", name="first"),
         delete("secrets/b"),
         post("secrets", labelled("d")),
         get("secrets?limit=5&continue=${first.metadata.continue}"),
         get("secrets")),
    case("list-with-a-bad-page", *_THREE,
         get("secrets?limit=-1"),
         get("secrets?limit=x"),
         get("secrets?limit=1&continue=x"),
         get("secrets?limit=1&continue=e30"),
         get("secrets?limit=1", name="first"),
         get("secrets?limit=1&continue=${first.metadata.continue}&resourceVersion=1")),
    case("list-as-of-a-version", *_THREE,
         get("secrets", name="now"),
         get("secrets?resourceVersion=0"),
         get("secrets?resourceVersion=${now.metadata.resourceVersion}"),
         get("secrets?resourceVersion=${now.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan"),
         get("secrets?resourceVersion=${now.metadata.resourceVersion}&resourceVersionMatch=Exact")),
    case("list-as-of-a-version-that-is-past",
         post("secrets", labelled("a"), name="made"),
         post("secrets", labelled("b")),
         get("secrets?resourceVersion=${made.metadata.resourceVersion}&resourceVersionMatch=Exact")),
    case("list-some-by-pages-as-of-a-version",
         post("secrets", labelled("a", app="web")),
         post("secrets", labelled("b", app="db"), name="made"),
         post("secrets", labelled("c", app="web")),
         merge("secrets/b", labelled("b", app="web"), name="last"),
         get(f"secrets?resourceVersion={_LAST}"),  # now the cache that answers some of these has all
         *(get(f"secrets?limit=1&{version}&{selection}")
           for version in _VERSIONS.values() for selection in _SELECTIONS.values()),
         get("secrets?limit=1", name="first"),
         *(get(f"secrets?continue=${{first.metadata.continue}}&{version}&{selection}")
           for version in _VERSIONS.values() for selection in _SELECTIONS.values()),
         get("/api/v1/secrets?fieldSelector=metadata.namespace=${ns}&limit=2", name="first"),
         get("/api/v1/secrets?fieldSelector=metadata.namespace=${ns}&limit=2&continue=${first.metadata.continue}"),
         get("/api/v1/secrets?fieldSelector=metadata.namespace=${ns}&limit=3"),
         get("/api/v1/secrets?fieldSelector=metadata.namespace=${ns},metadata.name=a&limit=1"),
         get("secrets?continue=bad"),
         get(f"secrets?continue=bad&resourceVersion={_LAST}"),
         get("secrets?continue=bad&fieldSelector=metadata.name=a")),
    case("list-as-of-a-bad-version",
         get("secrets?resourceVersion=x"),
         get("secrets?resourceVersion=-1"),
         get("secrets?resourceVersionMatch=Exact"),
         get("secrets?resourceVersion=1&resourceVersionMatch=Foo"),
         get("secrets?resourceVersion=0&resourceVersionMatch=Exact"),
         get("secrets?sendInitialEvents=true"),
         get("configmaps/kube-root-ca.crt?resourceVersion=x")),
    case("get-as-of-a-version",
         post("secrets", labelled("a"), name="made"),
         get("secrets/a?resourceVersion=0"),
         get("secrets/a?resourceVersion=${made.metadata.resourceVersion}")),
    case("get-as-of-a-version-of-the-future",
         post("secrets", labelled("a")),
         get("secrets/a?resourceVersion=99999999")),
    case("list-of-nothing", get("configmaps?labelSelector=no=such"), get("networking.k8s.io/v1:ingresses")),
    case("list-of-an-unknown-kind", get("nothings"), get("apps/v1:nothings"), get("apps/v9:deployments"),
         get("/apis/no.such/v1/things"), get("/api/v2/pods"), get("/nothing")),
    case("list-with-options-that-are-unknown", get("secrets?foo=bar"), get("secrets?watch=maybe&timeoutSeconds=1"),
         get("secrets?timeoutSeconds=x"), get("secrets?allowWatchBookmarks=x")),
    case("list-of-configmaps-sorted",
         post("configmaps", configmap("b")), post("configmaps", configmap("a")), post("configmaps", configmap("a.b")),
         get("configmaps?fieldSelector=metadata.name!=kube-root-ca.crt")),
]  # fmt: skip
