"""The pytest plugin, as a project that uses it has it."""

import pytest

from aiokube.testing import ControlPlane

TESTS = """
import aiokube

async def test_a_client(kube, kube_namespace):
    config_maps = await kube.resources.get(api_version="v1", kind="ConfigMap")
    await config_maps.create({"metadata": {"name": "a"}}, namespace=kube_namespace)
    assert [found.metadata.name async for found in config_maps.list(namespace=kube_namespace)][:1] == ["a"]

async def test_the_server(kube_server):
    user = await kube_server.add_user("jane", groups=["shop"])
    async with aiokube.connect(kube_server.configuration_for(user, auth="token")) as kube:
        reviews = await kube.resources.get(api_version="authentication.k8s.io/v1", kind="SelfSubjectReview")
        assert (await reviews.create({})).status.userInfo.username == "jane"

def test_without_a_loop(kube_server):
    import urllib.request, ssl, json
    context = ssl.create_default_context(cafile=kube_server.ca_file)
    context.load_cert_chain(kube_server.admin.certificate_file, kube_server.admin.key_file)
    with urllib.request.urlopen(kube_server.url + "/version", context=context) as answer:
        assert json.load(answer)["major"] == "1"
"""


@pytest.fixture
def programs(control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the runs inside find the programs that are built, for they have another home and would build them anew."""
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(control_plane.binaries.folder))


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with tests in pytest-asyncio's auto mode."""
    pytester.makepyfile(TESTS)
    pytester.makeini(ini(asyncio_mode="auto"))
    return pytester


def ini(**settings: str) -> str:
    lines = ["asyncio_default_fixture_loop_scope = function", "filterwarnings = error"]
    return "\n".join(["[pytest]", *lines, *(f"{name} = {value}" for name, value in settings.items())])


def test_tests_run_on_an_embedded_server(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("kube-server: *")


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("how", ["option", "ini"])
def test_the_same_tests_run_on_a_control_plane(project: pytest.Pytester, how: str) -> None:
    if how == "ini":
        project.makeini(ini(asyncio_mode="auto", kube_server="control-plane"))
        result = project.runpytest_subprocess()
    else:
        result = project.runpytest_subprocess("--kube-server=control-plane")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines("kube-server: control-plane")


def test_strict_mode_runs_the_client_too(pytester: pytest.Pytester) -> None:
    pytester.makeini(ini(asyncio_mode="strict"))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_a_client(kube):
            assert kube.version["kubernetes"]["major"] == "1"
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


LASTING = """
import asyncio
import pytest

urls = set()

@pytest.mark.parametrize("number", [1, 2])
async def test_one(kube_server, number):
    urls.add(kube_server.url)

def test_all():
    assert len(urls) == {servers}
"""


@pytest.mark.parametrize(("scope", "servers"), [("function", 2), ("session", 1)])
def test_a_server_lasts_as_long_as_is_wanted(pytester: pytest.Pytester, scope: str, servers: int) -> None:
    pytester.makeini(ini(asyncio_mode="auto", kube_server_scope=scope))
    pytester.makepyfile(LASTING.replace("{servers}", str(servers)))
    pytester.runpytest_subprocess().assert_outcomes(passed=3)


def test_the_server_has_the_options_that_a_project_wants(pytester: pytest.Pytester) -> None:
    pytester.makeini(ini(asyncio_mode="auto"))
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def kube_server_options():
            return {"tls": False}

        def test_it(kube_server):
            assert kube_server.url.startswith("http://")
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("setting", ["kube_server", "kube_server_scope"])
def test_settings_are_checked(pytester: pytest.Pytester, setting: str) -> None:
    pytester.makeini(ini(**{setting: "minikube"}))
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(f"*{setting} is one of *, not 'minikube'*")


def test_it_costs_nothing_who_does_not_use_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            heavy = {"aiohttp", "aiokube.dynamic", "aiokube.testing.apiserver", "aiokube.testing.controlplane"}
            assert not heavy & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
