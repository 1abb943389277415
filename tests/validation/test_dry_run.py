"""avalidate(): the server is asked by a dry run. Faults and answers of unusual servers come from `Answers`."""

import asyncio
import copy
import json
import secrets
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import kubernetes_asyncio.client as typed
import pytest
from multidict import CIMultiDict

from aiokube._machinery.requests import Request
from aiokube.client import ApiClient, Configuration
from aiokube.client.answer import Answer
from aiokube.client.exceptions import ApiException, api_exception
from aiokube.dynamic import DynamicClient
from aiokube.dynamic.exceptions import (
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
)
from aiokube.testing import KubeServer
from aiokube.validation import avalidate
from only_on import only_on_control_plane

AT = "resource definition validation error at"


@pytest.fixture
async def client(kube_server: KubeServer) -> AsyncIterator[DynamicClient]:
    async with ApiClient(kube_server.configuration) as api, DynamicClient(api) as client:
        yield client


class Definitions(NamedTuple):
    """Definitions in a namespace; they may be changed."""

    namespace: str

    def config_map(self, **more: Any) -> dict[str, Any]:
        metadata = {"name": "settings", "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}, **more}

    def deployment(self, *, labels: dict[str, str] | None = None, **container: Any) -> dict[str, Any]:
        labels = labels or {"app": "web"}
        containers = [{"name": "web", "image": "web:1", **container}]
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": self.namespace},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
            },
        }

    def cron_tab(self, group: str, **spec: Any) -> dict[str, Any]:
        metadata = {"name": "nightly", "namespace": self.namespace}
        return {"apiVersion": f"{group}/v1", "kind": "CronTab", "metadata": metadata, "spec": spec}


@pytest.fixture
def definitions(namespace: str) -> Definitions:
    return Definitions(namespace)


@pytest.fixture
async def group(client: DynamicClient) -> AsyncIterator[str]:
    """The group of a custom kind, CronTab, with a schema."""
    group = f"g{secrets.token_hex(4)}.example.com"
    steps = {"type": "array", "items": {"type": "object", "properties": {"run": {"type": "string"}}}}
    properties = {
        "cron": {"type": "string", "pattern": r"^\S+$"},
        "runs": {"type": "integer"},
        "to": {"type": "string"},
        "steps": steps,
    }
    spec = {"type": "object", "required": ["cron"], "properties": properties}
    spec["x-kubernetes-validations"] = [{"rule": "self.runs < 10", "message": "too many"}]
    version = {"name": "v1", "served": True, "storage": True}
    version["schema"] = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    definition = {
        "metadata": {"name": f"crontabs.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "crontabs", "singular": "crontab", "kind": "CronTab"},
            "versions": [version],
        },
    }
    crds = await client.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    await crds.create(body=definition)
    async with asyncio.timeout(60):
        while not await client.resources.search(group=group, kind="CronTab"):  # discovery follows in its own time
            client.resources.expect_change()
    yield group
    await crds.delete(name=f"crontabs.{group}")


# --- what the server says


@pytest.mark.parametrize("strict", [False, True])
async def test_a_valid_definition_has_no_findings_and_nothing_is_created(
    client: DynamicClient, definitions: Definitions, strict: bool
) -> None:
    definition = definitions.config_map()
    before = copy.deepcopy(definition)
    assert await client.avalidate(definition, strict=strict) == ([], [])
    assert definition == before
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
    with pytest.raises(NotFoundError):
        await config_maps.get(name="settings", namespace=definitions.namespace)


async def test_every_wrong_value_is_found(client: DynamicClient, definitions: Definitions) -> None:
    definition = definitions.deployment(name="Web", imagePullPolicy="Sometimes")
    definition["spec"]["replicas"] = -1
    warnings, errors = await client.avalidate(definition)
    assert warnings == []
    assert [error.split(": ")[:2] for error in sorted(errors)] == [
        [f"{AT} spec.replicas", "Invalid value"],
        [f"{AT} spec.template.spec.containers[0].imagePullPolicy", "Unsupported value"],
        [f"{AT} spec.template.spec.containers[0].name", "Invalid value"],
    ]


async def test_a_wrong_type_has_its_path(client: DynamicClient, definitions: Definitions) -> None:
    warnings, (error,) = await client.avalidate(definitions.deployment(ports="http"))
    assert warnings == []
    assert error.startswith(f"{AT} spec.template.spec.containers.ports: json: cannot unmarshal string ")


async def test_unknown_fields_are_warnings_or_if_strict_errors(client: DynamicClient, definitions: Definitions) -> None:
    """And what else is wrong is found beside them in both cases."""
    definition = definitions.deployment(imagee="web:2")
    definition["spec"] |= {"replicas": -1, "repliccas": 3}
    unknown = [
        f"{AT} spec.template.spec.containers[0].imagee: unknown field",
        f"{AT} spec.repliccas: unknown field",
    ]
    wrong = [f"{AT} spec.replicas: Invalid value: -1: must be greater than or equal to 0"]
    assert await client.avalidate(definition) == (unknown, wrong)
    assert await client.avalidate(definition, strict=True) == ([], unknown + wrong)


@only_on_control_plane  # the embedded server has no CEL
async def test_custom_kinds_are_checked_by_their_schemas(
    client: DynamicClient, definitions: Definitions, group: str
) -> None:
    assert await client.avalidate(definitions.cron_tab(group, cron="x", runs=1), strict=True) == ([], [])
    wrong = definitions.cron_tab(group, runs="two", to=1, steps=[{"run": "a"}, {"ruun": "b"}], foo=1)
    unknown = [f"{AT} spec.foo: unknown field", f"{AT} spec.steps[1].ruun: unknown field"]
    warnings, errors = await client.avalidate(wrong)
    assert warnings[:2] == unknown
    assert "some validation rules were not checked" in warnings[2]
    assert sorted(errors) == [
        f"{AT} spec.cron: Required value",
        f'{AT} spec.runs: Invalid value: "string": spec.runs in body must be of type integer: "string"',
        f'{AT} spec.to: Invalid value: "integer": spec.to in body must be of type string: "integer"',
    ]
    notes, strict_errors = await client.avalidate(wrong, strict=True)
    assert notes == warnings[2:]
    assert sorted(strict_errors) == sorted(unknown + errors)
    assert await client.avalidate(definitions.cron_tab(group, cron="x", runs=10)) == (
        [],
        [f"{AT} spec: Invalid value: too many"],
    )


async def test_the_servers_other_warnings_are_as_they_came(client: DynamicClient, definitions: Definitions) -> None:
    """And are no Python warnings, which would fail this test."""
    definition = {**definitions.config_map(), "apiVersion": "v1", "kind": "Endpoints"}
    del definition["data"]
    warnings, errors = await client.avalidate(definition, strict=True)
    assert warnings == ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
    assert errors == []


# --- objects that are there already


async def test_an_object_is_judged_by_how_an_update_would_be_taken(
    client: DynamicClient, definitions: Definitions
) -> None:
    deployments = await client.resources.get(api_version="apps/v1", kind="Deployment")
    created = await deployments.create(body=definitions.deployment())
    other = definitions.deployment(labels={"app": "other"}, image="web:2", imagee="web:2")
    immutable = f'{AT} spec.selector: Invalid value: {{"matchLabels":{{"app":"other"}}}}: field is immutable'
    unknown = f"{AT} spec.template.spec.containers[0].imagee: unknown field"
    assert await client.avalidate(other) == ([unknown], [immutable])
    assert await client.avalidate(other, strict=True) == ([], [unknown, immutable])
    assert await client.avalidate(definitions.deployment(image="web:2"), strict=True) == ([], [])
    read = await deployments.get(name="web", namespace=definitions.namespace)
    assert read.metadata.resourceVersion == created.metadata.resourceVersion


async def test_an_object_that_was_read_does_not_collide_with_itself(
    client: DynamicClient, definitions: Definitions
) -> None:
    """Creating it is refused, its address being in use; and that it is stale meanwhile says nothing about it."""
    services = await client.resources.get(api_version="v1", kind="Service")
    ports = [{"name": name, "port": 53, "protocol": name.upper()} for name in ("udp", "tcp")]
    metadata = {"name": "dns", "namespace": definitions.namespace}
    service = await services.create(body={"metadata": metadata, "spec": {"type": "NodePort", "ports": ports}})
    await services.patch(body={"metadata": {"name": "dns", "labels": {"a": "b"}}}, namespace=definitions.namespace)
    assert await client.avalidate(service, strict=True) == ([], [])


async def test_what_cannot_be_applied_has_its_path(client: DynamicClient, definitions: Definitions) -> None:
    deployments = await client.resources.get(api_version="apps/v1", kind="Deployment")
    await deployments.create(body=definitions.deployment())
    twice = definitions.deployment(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])
    (warning,), errors = await client.avalidate(twice)
    assert warning.startswith('spec.template.spec.containers[0].env[1]: hides previous definition of "A"')
    assert errors == [f'{AT} spec.template.spec.containers[name="web"].env: duplicate entries for key [name="A"]']


# --- names and namespaces


async def test_a_namespace_that_is_not_there_is_a_finding(client: DynamicClient) -> None:
    assert await client.avalidate(Definitions("nowhere").config_map()) == (
        [],
        [f'{AT} metadata.namespace: namespaces "nowhere" not found'],
    )


async def test_generate_name_is_enough(client: DynamicClient, definitions: Definitions) -> None:
    metadata = {"generateName": "settings-", "namespace": definitions.namespace}
    assert await client.avalidate(definitions.config_map(metadata=metadata), strict=True) == ([], [])
    _, (error,) = await client.avalidate(definitions.config_map(metadata=metadata, data={"a/b": "c"}))
    assert error.startswith(f"{AT} data[a/b]: Invalid value")


async def test_a_question_needs_no_name(client: DynamicClient) -> None:
    spec = {"resourceAttributes": {"verb": "get", "resource": "pods"}}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    assert await client.avalidate(review, strict=True) == ([], [])


async def test_a_kind_that_cannot_be_created_is_a_finding(client: DynamicClient) -> None:
    definition = {"apiVersion": "v1", "kind": "ComponentStatus", "metadata": {"name": "etcd-0"}}
    assert await client.avalidate(definition) == (
        [],
        [f"{AT} kind: the server does not allow this method on the requested resource"],
    )


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"apiVersion": None, "kind": ""}, ["apiVersion: Required value", "kind: Required value"]),
        ({"metadata": None}, ["metadata.name: Required value"]),
        ({"metadata": {"namespace": "x"}}, ["metadata.name: Required value"]),
        ({"metadata": "settings"}, ["metadata: 'settings' is not of type 'object'"]),
        ({"metadata": {"name": "a/b"}}, ["metadata.name: it holds a slash"]),
        ({"metadata": {"name": 1}}, ["metadata.name: expected a text, got int"]),
        ({"metadata": {"name": "a", "namespace": ".."}}, ["metadata.namespace: it means another path"]),
        ({"data": {"a": float("nan")}}, ["data.a: nan has no form in JSON"]),
        ({"kind": "Deployment"}, ["apiVersion: v1 has no Deployment; apps/v1 has"]),
    ],
)
async def test_what_cannot_be_asked_is_a_finding_without_a_request(
    client: DynamicClient, change: dict[str, Any], errors: list[str]
) -> None:
    asked = SimpleNamespace(resources=client.resources, transport=Answers())
    assert await avalidate(asked, Definitions("x").config_map(**change)) == ([], [f"{AT} {error}" for error in errors])


async def test_a_kind_that_the_server_does_not_have_is_a_finding(client: DynamicClient) -> None:
    warnings, (error,) = await client.avalidate({"apiVersion": "v1", "kind": "Pood", "metadata": {"name": "x"}})
    assert warnings == []
    assert error.startswith(f"{AT} kind: No matches found for ")


async def test_a_list_is_no_definition(client: DynamicClient) -> None:
    with pytest.raises(TypeError, match="a definition is an object, got list"):
        await client.avalidate([])


async def test_takes_every_form_of_an_object(client: DynamicClient, definitions: Definitions) -> None:
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
    created = await config_maps.create(body=definitions.config_map())
    created.immutable = "no"
    metadata = typed.V1ObjectMeta(name="settings", namespace=definitions.namespace)
    model = typed.V1ConfigMap(api_version="v1", kind="ConfigMap", metadata=metadata)
    model.immutable = "no"
    for definition in (created, created.attributes, created.to_dict(), model):
        _, (error,) = await client.avalidate(definition)
        assert error.startswith(f"{AT} immutable: json: cannot unmarshal string ")


# --- who asks


@only_on_control_plane  # the embedded server does not admit by the standards of pod security
async def test_admission_is_a_finding(client: DynamicClient, kube_server: KubeServer, definitions: Definitions) -> None:
    labels = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    await kube_server.request(
        "PATCH", f"/api/v1/namespaces/{definitions.namespace}", labels, content_type="application/merge-patch+json"
    )
    template = definitions.deployment(securityContext={"privileged": True})["spec"]["template"]
    metadata = {"name": "web", "namespace": definitions.namespace}
    warnings, (error,) = await client.avalidate(
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    )
    assert warnings == []
    assert error.startswith(f'{AT} : pods "web" is forbidden: violates PodSecurity "restricted:latest"')


async def test_a_user_who_may_not_ask_is_refused(kube_server: KubeServer, definitions: Definitions) -> None:
    user = await kube_server.add_user(f"nobody-{definitions.namespace}")
    async with ApiClient(kube_server.configuration_for(user)) as api, DynamicClient(api) as client:
        with pytest.raises(
            ForbiddenError, match=f"on validate configmaps settings in namespace {definitions.namespace}"
        ):
            await client.avalidate(definitions.config_map())


async def test_a_user_who_may_only_create_is_told_what_creating_says(
    kube_server: KubeServer, definitions: Definitions
) -> None:
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]}]
    user = await kube_server.add_user(f"creator-{definitions.namespace}", rules=rules)
    async with ApiClient(kube_server.configuration_for(user)) as api, DynamicClient(api) as client:
        _, (error,) = await client.avalidate(definitions.config_map(data={"a/b": "c"}))
    assert error.startswith(f"{AT} data[a/b]: Invalid value")


async def test_a_user_whom_the_server_does_not_know_is_refused(client: DynamicClient, kube_server: KubeServer) -> None:
    configuration = Configuration(host=kube_server.url)
    configuration.ssl_ca_cert = str(kube_server.ca_file)
    configuration.api_key = {"BearerToken": "wrong"}
    configuration.api_key_prefix = {"BearerToken": "Bearer"}
    async with ApiClient(configuration) as api:
        with pytest.raises(UnauthorizedError):
            await avalidate(SimpleNamespace(resources=client.resources, transport=api), Definitions("x").config_map())


# --- servers that are unusual


def status(code: int, message: str, *causes: dict[str, str], reason: str = "") -> ApiException:
    """What is raised for a Status."""
    details = {"causes": list(causes)}
    body = {"kind": "Status", "code": code, "message": message, "reason": reason, "details": details}
    return api_exception(ApiException(code, body=json.dumps(body), headers=CIMultiDict()))


class Answers:
    """A transport that gives answers in turn, and keeps the requests."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


ACCEPTED = Answer(201, "Created", CIMultiDict(), b"{}")
TAKEN = status(409, "it is there", reason="AlreadyExists")


async def ask(*answers: Answer | Exception, strict: bool = False) -> tuple[tuple[list[str], list[str]], list[Request]]:
    """Return the findings on a Deployment, and the requests, of a server that answers like this."""
    kind = SimpleNamespace(
        group_version="apps/v1",
        qualified_name="deployments.apps",
        namespaced=True,
        verbs=["create", "get", "patch"],
        path=lambda name, namespace: f"/{namespace}/deployments" + (f"/{name}" if name else ""),
    )

    async def get(*, api_version: str, kind: str, found: Any = kind) -> Any:
        return found

    transport = Answers(*answers)
    definition = Definitions("").deployment(imagee="web:2")
    found = await avalidate(
        SimpleNamespace(resources=SimpleNamespace(get=get), transport=transport), definition, strict=strict
    )
    assert not transport.answers
    return found, transport.requests


async def test_a_definition_without_a_namespace_is_checked_in_default() -> None:
    _, (request,) = await ask(ACCEPTED)
    assert (request.method, request.path) == ("POST", "/default/deployments")


async def test_all_requests_are_dry_runs_of_a_manager_of_their_own() -> None:
    unknown = status(
        400, 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "a"'
    )
    _, requests = await ask(unknown, TAKEN, ACCEPTED, strict=True)
    assert [request.method for request in requests] == ["POST", "POST", "PATCH"]
    assert all(request.query.startswith("dryRun=All&fieldManager=aiokube-validate&") for request in requests)


async def test_unknown_fields_are_errors_even_where_warnings_are_dropped() -> None:
    """By a proxy, say."""
    text = 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "a"'
    found, _ = await ask(status(400, text), ACCEPTED, strict=True)
    assert found == ([], [f"{AT} a: unknown field"])


async def test_an_update_leaves_unknown_fields_out() -> None:
    headers = CIMultiDict([("Warning", r'299 - "unknown field \"spec.template.spec.containers[0].imagee\""')])
    taken = status(409, "it is there", reason="AlreadyExists")
    taken.headers = headers
    (warnings, errors), (_, update) = await ask(taken, ACCEPTED)
    assert warnings == [f"{AT} spec.template.spec.containers[0].imagee: unknown field"]
    assert errors == []
    (container,) = json.loads(update.body or b"")["spec"]["template"]["spec"]["containers"]
    assert container == {"name": "web", "image": "web:1"}


async def test_servers_that_do_not_mind_unknown_fields_apply_none_either() -> None:
    """An aggregated one may not know fieldValidation; server-side apply tells then."""
    typed_error = status(
        500,
        "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): errors:\n"
        "  .spec.a: field not declared in schema\n"
        '  .spec.b[name="x"]: expected map, got string',
    )
    unknown, wrong = f"{AT} spec.a: unknown field", f'{AT} spec.b[name="x"]: expected map, got string'
    assert (await ask(TAKEN, typed_error))[0] == ([unknown], [wrong])
    assert (await ask(TAKEN, typed_error, strict=True))[0] == ([], [unknown, wrong])


@pytest.mark.parametrize(
    "answer",
    [
        status(404, "no such object"),
        status(415, "no such patch"),
        status(403, 'deployments.apps "web" is forbidden: User "x" cannot patch resource'),
    ],
    ids=repr,
)
async def test_where_nothing_can_be_applied_creating_decides(answer: ApiException) -> None:
    refused = status(422, "invalid", {"field": "spec.replicas", "message": "Required value"})
    assert (await ask(refused, answer))[0] == ([], [f"{AT} spec.replicas: Required value"])


async def test_a_refusal_of_a_type_keeps_what_creating_says() -> None:
    """It is the same, in better words; server-side apply often stops half way."""
    refused = status(422, "invalid", {"field": "spec.replicas", "message": "Invalid value: must be an integer"})
    typed_error = status(500, "failed to create typed patch object (x): .spec.replicas: expected numeric, got string")
    assert (await ask(refused, typed_error))[0] == ([], [f"{AT} spec.replicas: Invalid value: must be an integer"])


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (
            status(400, 'admission webhook "x.y.z" denied the request: no'),
            ': admission webhook "x.y.z" denied the request: no',
        ),
        (status(413, "Request entity too large: limit is 3145728"), ": Request entity too large: limit is 3145728"),
        (status(422, "policy denied it"), ": policy denied it"),
        (status(422, "invalid", {"field": "<nil>", "message": "Invalid value: null"}), ": Invalid value: null"),
        (
            status(403, "forbidden", {"field": "metadata.namespace", "message": "namespace x is being terminated"}),
            "metadata.namespace: namespace x is being terminated",
        ),
    ],
)
async def test_a_refusal_is_a_finding(refusal: ApiException, error: str) -> None:
    final = refusal.status == 413
    assert (await ask(refusal) if final else await ask(refusal, refusal))[0] == ([], [f"{AT} {error}"])


@pytest.mark.parametrize(
    "strict_error",
    ['unknown field "a", json: odd, unknown field "b"', 'json: odd, unknown field "a", unknown field "b"'],
)
async def test_what_else_is_in_a_strict_decoding_error_is_kept(strict_error: str) -> None:
    text = f"Deployment in version v1 cannot be handled as a Deployment: strict decoding error: {strict_error}"
    found, _ = await ask(status(400, text))
    assert found == ([], [f"{AT} : strict decoding error: {strict_error}"])


@pytest.mark.parametrize(
    "failure",
    [
        status(500, "failed calling webhook"),
        status(503, "etcd is away"),
        status(429, "later"),
        status(409, "Operation cannot be fulfilled on resourcequotas", reason="Conflict"),
        api_exception(ApiException(404, body="404 page not found", headers=CIMultiDict())),
        api_exception(ApiException(403, body="<html>", headers=CIMultiDict())),
        api_exception(ApiException(400, body="<html>", headers=CIMultiDict())),
        aiohttp.ClientConnectionError("lost"),
        TimeoutError("late"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("before", [[], [TAKEN]], ids=["creating", "applying"])
async def test_what_says_nothing_of_the_definition_is_raised(before: list[Exception], failure: Exception) -> None:
    with pytest.raises(type(failure)) as raised:
        await ask(*before, failure)
    assert raised.value is failure
