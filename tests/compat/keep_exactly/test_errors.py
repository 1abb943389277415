"""Errors: the documented classes, what they are subclasses of, and what they have."""

from __future__ import annotations

import json
import pickle
from typing import Any

import kubernetes_asyncio.client
import pytest

from aiokube.client import ApiException
from aiokube.dynamic import DynamicClient
from aiokube.dynamic import exceptions as errors
from aiokube.dynamic.exceptions import (
    DynamicApiError,
    KubernetesValidateMissing,
    NotFoundError,
    ResourceNotFoundError,
    ResourceNotUniqueError,
    UnprocessibleEntityError,
    api_exception,
)
from aiokube.testing import KubeServer
from compat.keep_exactly.recorder import Recorder, configuration_of
from compat.packages import AIOKUBE, KUBERNETES_ASYNCIO, Package, connected

DOCUMENTED = {
    400: "BadRequestError",
    401: "UnauthorizedError",
    403: "ForbiddenError",
    404: "NotFoundError",
    405: "MethodNotAllowedError",
    409: "ConflictError",
    410: "GoneError",
    422: "UnprocessibleEntityError",
    429: "TooManyRequestsError",
    500: "InternalServerError",
    503: "ServiceUnavailableError",
    504: "ServerTimeoutError",
    418: "DynamicApiError",
}
STATUS = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "it is so", "reason": "ItsReason"}


@pytest.mark.parametrize("status", DOCUMENTED)
async def test_an_answer_that_is_no_success_is_raised(wire: Recorder, status: int) -> None:
    with pytest.raises(DynamicApiError) as caught:
        await wire.answered(wire.config_maps.get("one", "web"), STATUS, status=status, headers={"X-One": "1"})
    error = caught.value
    assert type(error) is getattr(errors, DOCUMENTED[status])
    assert isinstance(error, ApiException)
    assert (error.status, error.reason, error.status_reason) == (status, "Scripted", "ItsReason")
    assert error.body is not None
    assert json.loads(error.body) == STATUS
    assert error.headers is not None
    assert error.headers["X-One"] == "1"
    assert error.original_traceback is None
    assert error.summary() == "it is so"
    assert "it is so" in str(error)


@pytest.mark.parametrize("status", DOCUMENTED)
def test_api_exception_gives_the_documented_class(package: Package, status: int) -> None:
    given = package.client.ApiException(status=status, reason="for a reason")
    error = package.exceptions.api_exception(given)
    assert type(error) is getattr(package.exceptions, DOCUMENTED[status])
    assert (error.status, error.reason, error.body, error.headers) == (status, "for a reason", None, None)


def test_api_exception_takes_an_error_of_the_other_package() -> None:
    given = kubernetes_asyncio.client.ApiException(status=404, reason="Not Found")
    error = api_exception(given, "a traceback")  # type: ignore[arg-type]
    assert type(error) is NotFoundError
    assert (error.status, error.reason, error.original_traceback) == (404, "Not Found", "a traceback")


@pytest.mark.parametrize("cls", [KubernetesValidateMissing, ResourceNotFoundError, ResourceNotUniqueError])
def test_an_error_without_an_answer_is_a_plain_exception(cls: type[Exception]) -> None:
    assert cls.__bases__ == (Exception,)


@pytest.mark.parametrize(
    ("body", "content_type", "summary"),
    [
        (json.dumps(STATUS).encode(), "application/json", "it is so"),
        (json.dumps(STATUS).encode(), "application/json; charset=utf-8", "it is so"),
        (b"a text\n", "text/plain", "a text"),
        (b"", "text/plain", "403 Reason: Scripted"),
        (b"{", "application/json", "{"),
        (b'{"message": 5}', "application/json", '{"message": 5}'),
    ],
)
async def test_summary_works_for_every_body(wire: Recorder, body: bytes, content_type: str, summary: str) -> None:
    with pytest.raises(errors.ForbiddenError) as caught:
        await wire.answered(wire.config_maps.get("one", "web"), body, status=403, content_type=content_type)
    assert caught.value.summary() == summary


async def test_an_error_of_a_cluster_says_everything(kube_server: KubeServer, namespace: str) -> None:
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
        with pytest.raises(NotFoundError) as caught:
            await config_maps.get(name="none", namespace=namespace)
        error = caught.value
        assert (error.status, error.reason, error.status_reason) == (404, "Not Found", "NotFound")
        assert error.summary() == 'configmaps "none" not found'
        assert (error.headers or {})["Content-Type"] == "application/json"
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - what this test has pickled itself
        assert (type(again), str(again)) == (NotFoundError, str(error))
        with pytest.raises(UnprocessibleEntityError) as invalid:
            await config_maps.create({"metadata": {"name": "Not a name"}}, namespace)
        assert [cause["field"] for cause in invalid.value.causes] == ["metadata.name"]


async def test_errors_are_of_both_packages_when_the_api_client_is_of_the_other(kube_server: KubeServer) -> None:
    configuration: Any = configuration_of(KUBERNETES_ASYNCIO, kube_server)
    async with kubernetes_asyncio.client.ApiClient(configuration) as api, DynamicClient(api) as client:
        namespaces = await client.resources.get(api_version="v1", kind="Namespace")
        with pytest.raises(kubernetes_asyncio.client.ApiException) as caught:
            await namespaces.get(name="none")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - what this test has pickled itself
    for error in (caught.value, again):
        assert isinstance(error, NotFoundError)
        assert isinstance(error, kubernetes_asyncio.client.ApiException)
        assert (error.status, error.summary()) == (404, 'namespaces "none" not found')
