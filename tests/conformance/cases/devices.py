"""Claims for devices, the classes they name, and the slices in which drivers say what there is."""

from typing import Any

from conformance.case import Request, case, merge, post, put

__all__ = ["CASES"]

_CLAIMS = "resource.k8s.io/v1:resourceclaims"
_TEMPLATES = "resource.k8s.io/v1:resourceclaimtemplates"
_CLASSES = "/apis/resource.k8s.io/v1/deviceclasses"
_SLICES = "/apis/resource.k8s.io/v1/resourceslices"
_ONE = {"name": "r", "exactly": {"deviceClassName": "d"}}
_EITHER = {
    "name": "q",
    "firstAvailable": [{"name": "a", "deviceClassName": "d"}, {"name": "b", "deviceClassName": "d"}],
}
_OPAQUE = {"driver": "d.example.com", "parameters": {}}
_DEVICE = {"driver": "d.example.com", "pool": "p", "device": "a"}
_POOL = {"name": "p", "generation": 1, "resourceSliceCount": 1}
_CONSUMER = {"resource": "pods", "name": "p", "uid": "u"}


def _claim(*requests: dict[str, Any], **devices: Any) -> Request:
    spec = {"devices": {"requests": [*requests], **devices}}
    return post(f"{_CLAIMS}?dryRun=All", {"metadata": {"name": "a"}, "spec": spec})


def _exactly(**exactly: Any) -> Request:
    return _claim({"name": "r", "exactly": {"deviceClassName": "d"} | exactly})


def _status(**status: Any) -> Request:
    return merge(f"{_CLAIMS}/b/status", {"status": status})


def _class(**spec: Any) -> Request:
    return post(f"{_CLASSES}?dryRun=All", {"metadata": {"name": "${ns}"}, "spec": spec})


def _slice(**spec: Any) -> Request:
    base = {"driver": "d.example.com", "pool": _POOL, "allNodes": True}
    return post(f"{_SLICES}?dryRun=All", {"metadata": {"name": "${ns}"}, "spec": base | spec})


def _device(**device: Any) -> Request:
    return _slice(devices=[{"name": "a"} | device])


def _capacity(**policy: Any) -> Request:
    return _device(allowMultipleAllocations=True, capacity={"c": {"value": "8", "requestPolicy": policy}})


CASES = [
    case(
        "claims-for-devices-that-are-wrong",
        _claim(_ONE, _ONE, _EITHER | {"name": "A"}),
        _claim({"name": "r"}, _ONE | _EITHER),
        _exactly(deviceClassName="", allocationMode="X"),
        _exactly(deviceClassName="A", allocationMode="All", count=1),
        _exactly(count=-1, selectors=[{}], adminAccess=True),
        _exactly(tolerations=[{"key": "a b"}, {"operator": "Exists", "value": "v"}, {"operator": "X", "effect": "X"}]),
        _claim({"name": "q", "firstAvailable": [{"name": "a", "deviceClassName": "d"}] * 2}),
        _claim({"name": "q", "firstAvailable": [{"name": "a", "deviceClassName": "d"}] * 9}),
        _claim(*[_ONE] * 33),
        _claim(_ONE, _EITHER, constraints=[{}, {"requests": ["r", "x", "q/a", "q/x", "a/b/c"], "matchAttribute": "a"}]),
        _claim(_ONE, constraints=[{"requests": ["r", "r"], "distinctAttribute": "A_/b c"}]),
        _claim(_ONE, config=[{}, {"opaque": {}}, {"requests": ["x"], "opaque": {"driver": "A_", "parameters": 5}}]),
        post(f"{_TEMPLATES}?dryRun=All", {"metadata": {"name": "a"}, "spec": {"metadata": {"name": "x"}}}),
        post(
            f"{_TEMPLATES}?dryRun=All",
            {"metadata": {"name": "a"}, "spec": {"spec": {"devices": {"requests": [{"name": "r"}]}}}},
        ),
        _class(selectors=[{}], config=[{}, {"opaque": _OPAQUE}], extendedResourceName="gpu"),
        _class(selectors=[{}] * 33),
    ),
    case(
        "claim-for-devices-lives",
        post(_CLAIMS, {"metadata": {"name": "b"}, "spec": {"devices": {"requests": [_ONE]}}}),
        merge(f"{_CLAIMS}/b", {"spec": {"devices": {"requests": [_ONE, _EITHER]}}}),
        _status(reservedFor=[_CONSUMER]),
        _status(reservedFor=[{}], devices=[{"driver": "", "pool": "", "device": ""}]),
        _status(allocation={"devices": {"results": [{"request": "x"}], "config": [{"source": "X"}, {}]}}),
        _status(
            allocation={"devices": {"results": [_DEVICE | {"request": "r"}]}},
            reservedFor=[_CONSUMER],
            devices=[_DEVICE | {"conditions": [{"type": "A"}]}, _DEVICE, _DEVICE],
        ),
        _status(
            allocation={"devices": {"results": [_DEVICE | {"request": "r"}]}},
            reservedFor=[_CONSUMER],
            devices=[_DEVICE],
        ),
        _status(reservedFor=[_CONSUMER, _CONSUMER]),
        _status(allocation={"devices": {"results": [_DEVICE | {"request": "r", "device": "b"}]}}),
        _status(allocation=None, reservedFor=None),
        looks_at="status",
    ),
    case(
        "slices-that-are-wrong",
        _slice(driver="", pool={}, allNodes=None),
        _slice(driver="a_b", pool={"name": "a/B", "generation": -1, "resourceSliceCount": 1}, allNodes=False),
        _slice(driver="Example.com", nodeName="n", nodeSelector={}),
        _slice(allNodes=None, nodeName="", perDeviceNodeSelection=False),
        _slice(devices=[{"name": "a"}], sharedCounters=[{"name": "c", "counters": {"m": {"value": "1"}}}]),
        _slice(sharedCounters=[{}, {"name": "A", "counters": {"B": {"value": "1"}}}]),
        _slice(devices=[{"name": "a"}, {"name": "a"}, {"name": "A"}]),
        _slice(devices=[{"name": f"d{number}", "taints": [{"key": "k", "effect": "None"}]} for number in range(65)]),
        _slice(allNodes=None, perDeviceNodeSelection=True, devices=[{"name": "a"}, {"name": "b", "nodeName": ""}]),
        _device(attributes={"a b": {"string": "x" * 65}}),
        _device(attributes={"/a": {"version": "1.2"}}),
        _device(attributes={"a/": {"int": 1, "bool": True}}),
        _device(attributes={"a" * 33: {}}),
        _device(capacity={"c": {"value": "1", "requestPolicy": {}}}, nodeName="n"),
        _device(taints=[{}, {"key": "a", "value": "b c", "effect": "X"}], consumesCounters=[{}, {}]),
        _device(taints=[{"key": "a", "effect": "NoExecute"}]),
        _device(bindingConditions=["a", "a"], bindingFailureConditions=["a", "b c"]),
        _capacity(validValues=["1"], validRange={"min": "1"}),
        _capacity(validValues=["1"]),
        _capacity(default="3", validValues=["2", "1", "9", "9"]),
        _capacity(default="1", validRange={}),
        _capacity(default="1", validRange={"min": "9", "max": "7", "step": "3"}),
        _capacity(default="4", validRange={"min": "1", "max": "9", "step": "2"}),
        post(_SLICES, {"metadata": {"name": "${ns}"}, "spec": {"driver": "d", "pool": _POOL, "nodeName": "n"}}),
        put(
            f"{_SLICES}/${{ns}}",
            {"metadata": {"name": "${ns}"}, "spec": {"driver": "e", "pool": _POOL | {"name": "q"}, "nodeName": "m"}},
        ),
    ),
]
