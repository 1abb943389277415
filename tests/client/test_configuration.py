import copy
import inspect
import logging
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import kubernetes_asyncio.client
import pytest

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import CredentialsError, TokenCredentials

CANARY = "canary-7f3a"

# Generated code of kubernetes_asyncio that no program sets, and its log file.
NOT_KEPT = {"logger_file", "logger_file_handler", "logger_format", "logger_formatter", "logger_stream_handler"}


class Rotating:
    """A provider that counts what it is asked."""

    def __init__(self) -> None:
        self.generation = 1
        self.rejected: list[str | None] = []

    async def authorization(self) -> str:
        return f"Bearer {self.generation}"

    async def refresh(self, rejected: str | None) -> bool:
        self.rejected.append(rejected)
        self.generation += 1
        return True


def test_constructor_takes_what_that_of_kubernetes_asyncio_takes() -> None:
    assert shape(Configuration) == shape(kubernetes_asyncio.client.Configuration)


def shape(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


def test_has_the_fields_that_programs_set() -> None:
    theirs = {name for name in vars(kubernetes_asyncio.client.Configuration()) if not name.startswith("_")}
    assert theirs - NOT_KEPT <= set(vars(Configuration()))
    assert Configuration().host == "http://localhost"


async def test_no_credentials_no_header() -> None:
    configuration = Configuration()
    assert await configuration.authorization() is None
    assert await configuration.auth_settings() == {}
    assert not await configuration.refresh(None)


@pytest.mark.parametrize(
    ("api_key", "prefix", "value"),
    [
        ({"BearerToken": "Bearer a"}, {}, "Bearer a"),
        ({"BearerToken": "a"}, {"BearerToken": "Bearer"}, "Bearer a"),
        ({"authorization": "Bearer a"}, {}, "Bearer a"),
        ({"authorization": "a"}, {"authorization": "Bearer"}, "Bearer a"),
        ({"BearerToken": "Bearer a", "authorization": "Bearer b"}, {}, "Bearer a"),
        ({"BearerToken": ""}, {}, None),
        ({"other": "a"}, {}, None),
    ],
)
async def test_api_key(api_key: dict[str, str], prefix: dict[str, str], value: str | None) -> None:
    assert await Configuration(api_key=api_key, api_key_prefix=prefix).authorization() == value


async def test_username_and_password_are_sent() -> None:
    """kubernetes_asyncio keeps them and sends nothing."""
    assert await Configuration(username="dev", password="x").authorization() == "Basic ZGV2Ong="
    assert Configuration(username="dev").get_basic_auth_token() == "Basic ZGV2Og=="


async def test_auth_settings_describe_the_header() -> None:
    configuration = Configuration(api_key={"BearerToken": "Bearer a"})
    assert await configuration.auth_settings() == {
        "BearerToken": {"type": "api_key", "in": "header", "key": "authorization", "value": "Bearer a"}
    }


def plain(configuration: Configuration) -> None:
    count = int(configuration.api_key.get("BearerToken", "0")) + 1
    configuration.api_key["BearerToken"] = str(count)


async def coroutine(configuration: Configuration) -> None:
    plain(configuration)


@pytest.mark.parametrize("hook", [plain, coroutine])
async def test_hook_is_called_for_each_request(
    hook: Callable[[Configuration], Awaitable[None] | None],
) -> None:
    configuration = Configuration()
    configuration.refresh_api_key_hook = hook
    assert [await configuration.authorization() for _ in range(3)] == ["1", "2", "3"]
    assert await configuration.refresh("3"), "the hook gave another value"


async def test_hook_that_gives_the_same_again_is_not_worth_a_replay() -> None:
    configuration = Configuration(api_key={"BearerToken": "a"})
    configuration.refresh_api_key_hook = lambda _: None
    assert not await configuration.refresh("a")


async def test_error_of_a_hook_reaches_the_caller() -> None:
    def broken(_: Configuration) -> None:
        raise RuntimeError("no token today")

    configuration = Configuration()
    configuration.refresh_api_key_hook = broken
    with pytest.raises(RuntimeError, match="no token today"):
        await configuration.authorization()


async def test_hook_before_credentials_before_api_key_before_username() -> None:
    configuration = Configuration(username="dev", password="x")
    configuration.api_key["BearerToken"] = "Bearer of api_key"
    assert await configuration.authorization() == "Bearer of api_key"
    configuration.credentials = TokenCredentials("of credentials")
    assert await configuration.authorization() == "Bearer of credentials"
    configuration.refresh_api_key_hook = lambda _: None
    assert await configuration.authorization() == "Bearer of api_key"


async def test_credentials_are_told_what_was_rejected() -> None:
    configuration = Configuration()
    configuration.credentials = provider = Rotating()
    assert await configuration.authorization() == "Bearer 1"
    assert await configuration.refresh("Bearer 1")
    assert provider.rejected == ["Bearer 1"]
    assert await configuration.authorization() == "Bearer 2"


async def test_api_key_that_no_header_can_carry_is_refused() -> None:
    configuration = Configuration(api_key={"BearerToken": f"Bearer {CANARY}\r\nX-Remote-User: root"})
    with pytest.raises(CredentialsError) as caught:
        await configuration.authorization()
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy_is_independent_and_shares_the_provider(
    copied: Callable[[Configuration], Configuration],
) -> None:
    configuration = Configuration("https://one.example", api_key={"BearerToken": "a"})
    configuration.credentials = Rotating()
    configuration.extra = "set by a program"  # type: ignore[attr-defined]
    twin = copied(configuration)
    assert vars(twin) == vars(configuration)
    assert twin.credentials is configuration.credentials
    twin.api_key["BearerToken"] = twin.host = "b"
    assert (configuration.api_key, configuration.host) == ({"BearerToken": "a"}, "https://one.example")


def test_copy_of_a_subclass_is_of_that_class() -> None:
    class Own(Configuration):
        pass

    assert type(copy.deepcopy(Own())) is Own


@pytest.fixture
def _no_default() -> Any:
    Configuration.set_default(None)
    yield
    Configuration.set_default(None)


@pytest.mark.usefixtures("_no_default")
def test_default_is_a_copy_and_gives_copies() -> None:
    configuration = Configuration("https://one.example")
    Configuration.set_default(configuration)
    configuration.host = "changed"
    assert Configuration.get_default_copy().host == "https://one.example"
    Configuration.get_default_copy().host = "changed"
    assert Configuration.get_default_copy().host == "https://one.example"
    Configuration.get_default().host = "https://two.example"
    assert Configuration.get_default_copy().host == "https://two.example"


@pytest.mark.usefixtures("_no_default")
def test_without_a_default_there_is_a_fresh_one() -> None:
    assert Configuration.get_default_copy().host == "http://localhost"
    Configuration.get_default().host = "https://one.example"
    assert Configuration.get_default_copy().host == "https://one.example"


def secretive() -> Configuration:
    """Return a Configuration with a canary in every field that can hold a secret."""
    configuration = Configuration(f"https://u:{CANARY}@one.example", username="dev", password=CANARY)
    configuration.api_key = {"BearerToken": CANARY}
    configuration.key_data = CANARY.encode()
    configuration.credentials = TokenCredentials(CANARY)
    configuration.proxy = f"http://u:{CANARY}@proxy.example:3128"
    configuration.proxy_headers = {"Proxy-Authorization": CANARY}
    return configuration


def test_repr_shows_no_secret() -> None:
    text = repr(secretive())
    assert CANARY not in text + str(secretive()) + f"{secretive()}"
    assert "https://one.example" in text
    assert "http://proxy.example:3128" in text


@pytest.mark.parametrize("host", ["", "not a url", "https://[", "//@@"])
def test_repr_stands_any_host(host: str) -> None:
    assert repr(Configuration(host)).startswith("<Configuration host=")


def test_pickle_of_secrets_is_refused_without_showing_them() -> None:
    with pytest.raises(TypeError, match="a Configuration with secrets") as caught:
        pickle.dumps(secretive())
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("field", ["api_key", "password", "key_data", "credentials", "proxy", "host"])
def test_one_secret_is_enough_to_refuse_a_pickle(field: str) -> None:
    configuration = Configuration()
    setattr(configuration, field, getattr(secretive(), field))
    with pytest.raises(TypeError, match=field):
        pickle.dumps(configuration)


def test_pickle_without_secrets() -> None:
    configuration = Configuration("https://one.example")
    configuration.verify_ssl = False
    assert vars(pickle.loads(pickle.dumps(configuration))) == vars(configuration)  # noqa: S301 - our own


def test_debug_lets_debug_messages_through() -> None:
    logger = logging.getLogger("aiokube")
    configuration = Configuration()
    level = logger.level
    configuration.debug = True
    assert (configuration.debug, logger.level) == (True, logging.DEBUG)
    assert copy.deepcopy(configuration).debug
    configuration.debug = False
    assert (configuration.debug, logger.level) == (False, level)
