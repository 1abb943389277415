"""Errors of answers: the tree, the class of each status, what a summary says, and that copies are whole."""

from __future__ import annotations

import copy
import json
import pickle
import re
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from aiokube._machinery.requests import Target
from aiokube._machinery.status import TEXT_LIMIT
from aiokube.client import exceptions
from aiokube.client.exceptions import (
    AlreadyExistsError,
    ApiException,
    ConflictError,
    CredentialsError,
    DynamicApiError,
    KubernetesValidateMissing,
    NotFoundError,
    OutcomeUnknownError,
    OutcomeUnknownTimeoutError,
    ResourceNotFoundError,
    ResourceNotUniqueError,
    ServiceUnavailableError,
    api_exception,
)

TARGET = Target("get", "pods", "one", "web")
STATUS = {
    "kind": "Status",
    "message": 'pods "one" not found',
    "reason": "NotFound",
    "details": {"name": "one", "retryAfterSeconds": 2, "causes": [{"field": "a", "message": "b", "reason": "c"}]},
}
CLASSES = {
    400: "BadRequestError",
    401: "UnauthorizedError",
    403: "ForbiddenError",
    404: "NotFoundError",
    405: "MethodNotAllowedError",
    406: "NotAcceptableError",
    408: "RequestTimeoutError",
    409: "ConflictError",
    410: "GoneError",
    413: "RequestEntityTooLargeError",
    415: "UnsupportedMediaTypeError",
    422: "UnprocessibleEntityError",
    429: "TooManyRequestsError",
    500: "InternalServerError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "ServerTimeoutError",
}


def answered(status: int | None, body: bytes | str | None = None, **keywords: Any) -> DynamicApiError:
    return api_exception(ApiException(status, body=body, **keywords))


# --- the tree


def drawn_tree() -> dict[str, str]:
    """Each class in the drawing at the head of the module, and what it stands below; it has two columns."""
    drawing = (exceptions.__doc__ or "").split("Nothing secret")[0]
    parents: dict[int, str] = {-1: "Exception"}
    found: dict[str, str] = {}
    for line in drawing.splitlines():
        for branch in re.finditer(r"[├└]── ([\w.]+(?:, \w+)*)", line):
            left = line[: branch.start()]
            # The second column goes on where the first one hangs; only the first goes deeper.
            depth = 2 if "──" in left else len(left) // 4
            names = branch[1].split(", ")
            found |= dict.fromkeys(names, parents[depth - 1])
            parents[depth] = names[-1] if "──" not in left else parents[depth]
    return found


def test_the_tree_in_the_head_is_the_real_one() -> None:
    found = drawn_tree()
    named = {name for name in exceptions.__all__ if isinstance(getattr(exceptions, name), type)}
    assert found.keys() - {"aiohttp.ClientError", "ValueError"} == named
    for name, parent in found.items():
        cls = aiohttp.ClientError if "." in name else getattr(exceptions, name, ValueError)
        above = aiohttp.ClientError if "." in parent else getattr(exceptions, parent, None)
        assert issubclass(cls, above or {"Exception": Exception, "ValueError": ValueError}[parent])
        if above is not None and above is not aiohttp.ClientError:
            assert cls.__bases__[0] is above


def test_the_drawing_has_the_status_of_each_class() -> None:
    drawn = {int(status): name for name, status in re.findall(r"── (\w+Error) ?(\d{3})", exceptions.__doc__ or "")}
    assert drawn == CLASSES


def test_every_error_says_when_it_is_raised() -> None:
    for name in exceptions.__all__:
        if isinstance(cls := getattr(exceptions, name), type):
            assert (cls.__doc__ or "").startswith("Raised when "), name


# --- the class of a status


@pytest.mark.parametrize("status", [*CLASSES, *(s for s in (None, 0, 301, 402, 418, 428, 499, 501, 505, 599))])
def test_the_class_of_a_status(status: int | None) -> None:
    error = answered(status, "text", headers={"X-One": "1"}, target=TARGET)
    assert type(error).__name__ == CLASSES.get(status or 0, "DynamicApiError")
    assert (error.status, error.body, error.headers) == (status, "text", {"X-One": "1"})
    assert (error.verb, error.resource, error.name, error.namespace) == ("get", "pods", "one", "web")


@pytest.mark.parametrize(
    ("status", "reason", "cls"),
    [
        (409, "AlreadyExists", AlreadyExistsError),
        (409, "Conflict", ConflictError),
        (409, "alreadyexists", ConflictError),
        (409, None, ConflictError),
        (404, "AlreadyExists", NotFoundError),
    ],
)
def test_a_conflict_of_names_has_a_class_of_its_own(status: int, reason: str | None, cls: type) -> None:
    error = answered(status, json.dumps({"kind": "Status", "reason": reason}), target=TARGET)
    assert type(error) is cls
    assert error.verb == "get"


def test_a_conflict_of_names_is_not_advised_to_try_again() -> None:
    said = json.dumps({"kind": "Status", "message": "it exists", "reason": "AlreadyExists"})
    assert str(answered(409, said)) == (
        "it exists (409 AlreadyExists); change the one that is there, or choose another name"
    )


def test_an_error_says_what_the_status_said() -> None:
    error = answered(404, json.dumps(STATUS).encode(), target=TARGET)
    assert (error.message, error.status_reason, error.details) == (STATUS["message"], "NotFound", STATUS["details"])
    assert error.causes == [{"field": "a", "message": "b", "reason": "c"}]
    assert error.retry_after_seconds == 2.0


def test_an_error_may_be_made_from_a_response() -> None:
    response = SimpleNamespace(status=503, reason="Busy", data=b"\xff later", getheaders=lambda: {"X-One": "1"})
    error = ApiException(http_resp=response)
    assert (error.status, error.reason, error.body, error.headers) == (503, "Busy", "\ufffd later", {"X-One": "1"})


@pytest.mark.parametrize(
    ("status", "phrase"), [(404, "Not Found"), (429, "Too Many Requests"), (999, None), (0, None), (None, None)]
)
def test_the_reason_is_the_standard_one_when_none_is_given(status: int | None, phrase: str | None) -> None:
    assert ApiException(status).reason == phrase
    assert ApiException(status, "").reason == ""


# --- words


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        (json.dumps(STATUS), 'pods "one" not found'),
        (json.dumps(STATUS).encode(), 'pods "one" not found'),
        ('{"kind":"Status"}', '{"kind":"Status"}'),
        ('{"kind":"Status","message":["odd"]}', '{"kind":"Status","message":["odd"]}'),
        ('{"message":"not a Status"}', '{"message":"not a Status"}'),
        ("[1]", "[1]"),
        ("<html>\n<b>Bad Gateway</b>\n</html>\n", "<html>\n<b>Bad Gateway</b>\n</html>"),
        ("\x1b[31mred\x00", "[31mred"),
        (b"\xff\xfe no", "\ufffd\ufffd no"),
        ("\ud800", "?"),
        ("", "503 Reason: Service Unavailable"),
        (b"", "503 Reason: Service Unavailable"),
        (" \r\n\x00", "503 Reason: Service Unavailable"),
        (None, "503 Reason: Service Unavailable"),
        (b"x" * 10_000_000, "x" * TEXT_LIMIT + " …"),
        ("[" * 1_000_000, "[" * TEXT_LIMIT + " …"),
    ],
)
def test_the_summary_of_any_body(body: bytes | str | None, summary: str) -> None:
    error = answered(503, body)
    assert type(error) is ServiceUnavailableError
    assert error.summary() == summary
    assert str(error).startswith(f"{summary} (503 ")


@given(st.binary() | st.text(), st.none() | st.integers())
def test_an_answer_of_any_bytes_has_words(body: bytes | str, status: int | None) -> None:
    error = answered(status, body)
    assert error.summary()
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - pickled here


HINTED = {
    401: "check the credentials of the configuration in use",
    403: "grant the verb on the resource by a Role, or use another user",
    409: "read the object again and repeat the change, or force it where the verb allows that",
    410: "list again, and watch from the list's resourceVersion",
    415: "choose another patch_type",
}


@pytest.mark.parametrize("status", CLASSES)
def test_the_words_of_an_error(status: int) -> None:
    """What was wrong, on what, and what to do where that is not plain from the server's words."""
    said = json.dumps({"kind": "Status", "message": "it is so", "reason": "Why"})
    hint = f"; {HINTED[status]}" if status in HINTED else ""
    words = str(answered(status, said, target=TARGET))
    assert words == f"it is so ({status} Why on get pods one in namespace web){hint}"
    assert str(answered(status, "it is so")) == f"it is so ({status} {ApiException(status).reason}){hint}"


@pytest.mark.parametrize(
    ("target", "asked"),
    [(Target("create", "pods", None, "web"), "create pods in namespace web"), (None, "the request")],
)
@pytest.mark.parametrize("cls", [OutcomeUnknownError, OutcomeUnknownTimeoutError])
def test_the_words_of_an_unknown_outcome(cls: type[OutcomeUnknownError], target: Target | None, asked: str) -> None:
    error = cls(target, "connection closed")
    assert (error.target, error.why) == (target, "connection closed")
    assert str(error) == (
        f"no answer to {asked}: connection closed; it may have been carried out, read the object before trying again"
    )


def test_an_unknown_outcome_is_caught_as_what_it_is() -> None:
    for kind in (aiohttp.ClientError, aiohttp.ClientConnectionError, OutcomeUnknownError, TimeoutError):
        with pytest.raises(kind):
            raise OutcomeUnknownTimeoutError(TARGET, "no answer within 5 s")
    assert not issubclass(OutcomeUnknownError, TimeoutError)


# --- copies

HEADERS = CIMultiDictProxy(CIMultiDict({"X-One": "1"}))
ERRORS: list[Exception] = [
    ApiException(),
    ApiException(404, "Gone Fishing", body="text", headers=HEADERS, target=TARGET),
    *(answered(status, json.dumps(STATUS), headers=HEADERS, target=TARGET) for status in (*CLASSES, 418)),
    api_exception(ApiException(409, body='{"kind":"Status","reason":"AlreadyExists"}'), "a traceback"),
    OutcomeUnknownError(TARGET, "connection closed"),
    OutcomeUnknownTimeoutError(TARGET, "no answer within 5 s"),
    OutcomeUnknownError(None, "connection closed"),
    ResourceNotFoundError("no matches found for kind Foo"),
    ResourceNotUniqueError("several matches found for kind Foo"),
    KubernetesValidateMissing("install aiokube[validate]"),
    CredentialsError("the token file is empty"),
]


@pytest.mark.parametrize("error", ERRORS, ids=[type(error).__name__ for error in ERRORS])
def test_an_error_survives_being_copied(error: Exception) -> None:
    copies = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]  # noqa: S301 - pickled here
    for again in [*copies, copy.copy(error), copy.deepcopy(error)]:
        assert type(again) is type(error)
        assert (again.args, str(again)) == (error.args, str(error))
        assert vars(again) == vars(error)


def test_headers_of_a_copy_are_found_in_any_case() -> None:
    error = ApiException(404, headers=HEADERS)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301 - pickled here
        assert (again.headers or {})["x-one"] == "1"


def test_every_class_is_among_the_copied() -> None:
    """But for those of the pure floor, which are copied in their own tests."""
    named = {getattr(exceptions, name) for name in exceptions.__all__}
    ours = {cls for cls in named if isinstance(cls, type) and not issubclass(cls, ValueError)}
    assert {type(error) for error in ERRORS} == ours
