"""Services and what is behind them."""

from conformance.case import case, delete, get, merge, post, put, until
from conformance.objects import changed, service

__all__ = ["CASES"]

_LOAD_BALANCER = service(type="LoadBalancer")
_SLICE = {
    "metadata": {"name": "a"},
    "addressType": "IPv4",
    "endpoints": [{"addresses": ["192.0.2.7"]}],
    "ports": [{"port": 80}],
}

CASES = [
    case(
        "service-lives-and-dies",
        post("services", service(), name="made"),
        get("services/a"),
        merge("services/a", {"spec": {"ports": [{"port": 81}]}}),
        delete("services/a"),
        get("services/a"),
    ),
    case(
        "service-is-created-by-an-update",
        put("services/a", service()),
        put("services/a", service(selector={"app": "a"})),
        looks_at="spec.clusterIP",
    ),
    case(
        "service-without-ports",
        post("services", service(ports=[])),
        post("services", service(ports=[{"port": 0}])),
        post("services", service(ports=[{"port": 80, "protocol": "X"}])),
        post("services", service(ports=[{"port": 80, "name": "A"}])),
        post("services", service(ports=[{"port": 80, "targetPort": "--"}])),
        post("services", service(ports=[{"port": 80, "appProtocol": "a b"}])),
    ),
    case(
        "service-with-two-ports-alike",
        post("services", service(ports=[{"port": 80}, {"port": 80}])),
        post("services", service(ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "a"}])),
    ),
    case(
        "service-of-unknown-type",
        post("services", service(type="X")),
        post("services", service(sessionAffinity="X")),
        post("services", service(internalTrafficPolicy="X")),
        post("services", service(trafficDistribution="X")),
    ),
    case(
        "service-address-may-not-change",
        post("services", service(), name="made"),
        put("services/a", service(clusterIP="10.0.0.250")),
        merge("services/a", {"spec": {"clusterIP": "None"}}),
        merge("services/a", {"spec": {"clusterIPs": ["10.0.0.250"]}}),
    ),
    case(
        "service-address-out-of-range",
        post("services", service(clusterIP="10.9.9.9")),
        post("services", service(clusterIP="10.0.0.0")),
        post("services", service(clusterIP="10.0.0.1")),
        post("services", service(clusterIP="abc")),
        post("services", service(clusterIP="010.0.0.9")),
    ),
    case(
        "service-address-is-an-object",
        post("services", service(clusterIP="10.0.0.248")),
        until("/apis/networking.k8s.io/v1/ipaddresses/10.0.0.248", status=200),
        post("endpoints", {"metadata": {"name": "a"}}),
        delete("services/a"),
        until("/apis/networking.k8s.io/v1/ipaddresses/10.0.0.248", status=404),
        until("endpoints/a", status=404),
        looks_at="spec.parentRef",
    ),
    case(
        "service-headless",
        post("services", service(clusterIP="None", selector={"app": "a"})),
        post("services", service("b", clusterIP="None")),
        post("services", service("c", clusterIP="None", ports=[])),
        post("services", service("d", clusterIP="None", type="NodePort")),
        merge("services/a", {"spec": {"clusterIP": "10.0.0.251"}}),
    ),
    case(
        "service-external-name",
        post("services", service(type="ExternalName", externalName="example.com", ports=[])),
        post("services", service("b", type="ExternalName")),
        post("services", service("b", type="ExternalName", externalName="a_b")),
        post("services", service("b", type="ExternalName", externalName="b.example.com", clusterIP="10.0.0.9")),
        post("services", service("c", externalName="c.example.com")),
    ),
    case(
        "service-to-external-name-and-back",
        post("services", service()),
        merge("services/a", {"spec": {"type": "ExternalName", "externalName": "example.com"}}),
        merge("services/a", {"spec": {"type": "ClusterIP", "clusterIP": "10.0.0.249"}}),
        looks_at="spec.type",
    ),
    case(
        "service-node-ports",
        post("services", service(type="NodePort")),
        post("services", service("b", type="NodePort", ports=[{"port": 80, "nodePort": 3}])),
        post("services", service("c", ports=[{"port": 80, "nodePort": 30555}])),
        merge("services/a", {"spec": {"type": "ClusterIP"}}),
        looks_at="spec.ports[0].nodePort",
    ),
    case(
        "service-load-balancer",
        post("services", _LOAD_BALANCER, name="made"),
        merge("services/a/status", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.5"}]}}}),
        merge("services/a/status", {"status": {"loadBalancer": {"ingress": [{"ip": "x"}]}}}),
        merge("services/a/status", {"status": {"loadBalancer": {"ingress": [{"hostname": "192.0.2.5"}]}}}),
        merge("services/a", {"spec": {"loadBalancerClass": "example.com/a"}}),
        merge("services/a", {"spec": {"type": "ClusterIP"}}),
    ),
    case(
        "service-with-fields-of-load-balancers",
        post("services", service(loadBalancerClass="example.com/a")),
        post("services", service(allocateLoadBalancerNodePorts=True)),
        post("services", service(loadBalancerSourceRanges=["10.0.0.0/8"])),
        post("services", service(externalTrafficPolicy="Local")),
        post("services", service(healthCheckNodePort=30556)),
        post("services", changed(_LOAD_BALANCER, spec__loadBalancerSourceRanges=["10.0.0.1/8"])),
    ),
    case(
        "service-session-affinity",
        post("services", service(sessionAffinity="ClientIP")),
        post(
            "services",
            service("b", sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 86401}}),
        ),
        post("services", service("c", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 5}})),
    ),
    case(
        "service-dual-stack-on-a-single-stack-cluster",
        post("services", service(ipFamilies=["IPv6"])),
        post("services", service(ipFamilyPolicy="RequireDualStack")),
        post("services", service(ipFamilies=["IPv4", "IPv6"])),
        post("services", service(ipFamilies=["IPv4", "IPv4"])),
        post("services", service(ipFamilyPolicy="X")),
        post("services", service(ipFamilyPolicy="PreferDualStack")),
    ),
    case(
        "service-external-ips",
        post("services", service(externalIPs=["127.0.0.1"])),
        post("services", service(externalIPs=["a"])),
        post("services", service(externalIPs=["192.0.2.9"])),
    ),
    case(
        "service-names",
        post("services", service("1a")),
        post("services", service("a.b")),
        post("services", service("A")),
    ),
    case(
        "services-by-fields",
        post("services", service(type="NodePort")),
        post("services", service("b", clusterIP="None")),
        get("services?fieldSelector=spec.type=NodePort"),
        get("services?fieldSelector=spec.clusterIP=None"),
        get("services?fieldSelector=spec.selector=a"),
    ),
    case(
        "service-selector",
        post("services", service(selector={"a b": "c"})),
        post("services", service(selector={"a": "c d"})),
    ),
    case(
        "endpoints-are-deprecated",
        post("endpoints", {"metadata": {"name": "a"}, "subsets": [{"addresses": [{"ip": "192.0.2.7"}]}]}),
        get("endpoints/a"),
        put("endpoints/b", {"metadata": {"name": "b"}, "subsets": [{"addresses": [{"ip": "192.0.2.7"}]}]}),
    ),
    case(
        "endpoints-that-are-wrong",
        post("endpoints", {"metadata": {"name": "a"}, "subsets": [{}]}),
        post("endpoints", {"metadata": {"name": "a"}, "subsets": [{"addresses": [{"ip": "127.0.0.1"}]}]}),
        post(
            "endpoints",
            {"metadata": {"name": "a"}, "subsets": [{"addresses": [{"ip": "192.0.2.7"}], "ports": [{"port": 0}]}]},
        ),
    ),
    case(
        "endpoint-slice",
        post("discovery.k8s.io/v1:endpointslices", _SLICE),
        merge("discovery.k8s.io/v1:endpointslices/a", {"metadata": {"labels": {"a": "b"}}}),
        merge("discovery.k8s.io/v1:endpointslices/a", {"addressType": "IPv6"}),
        looks_at="metadata.generation",
    ),
    case(
        "endpoint-slice-that-is-wrong",
        post("discovery.k8s.io/v1:endpointslices", _SLICE | {"addressType": "X"}),
        post("discovery.k8s.io/v1:endpointslices", _SLICE | {"addressType": None}),
        post("discovery.k8s.io/v1:endpointslices", _SLICE | {"endpoints": [{"addresses": []}]}),
        post("discovery.k8s.io/v1:endpointslices", _SLICE | {"endpoints": [{"addresses": ["fd00::1"]}]}),
        post("discovery.k8s.io/v1:endpointslices", _SLICE | {"ports": [{"port": 1, "protocol": "X"}]}),
    ),
]
