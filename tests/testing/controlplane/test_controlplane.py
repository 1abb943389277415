"""One control plane: what it serves, what it says when it does not come up, and two of them."""

import asyncio
import json
import stat
import tempfile
from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import ControlPlaneError, KubectlError, ProgramError, RequestError
from processes import eventually, processes_in


async def test_serves_the_version_that_kubectl_has(control_plane: ControlPlane) -> None:
    versions = (await control_plane.kubectl("version", "-o", "json")).json()
    assert versions["serverVersion"]["gitVersion"] == versions["clientVersion"]["gitVersion"]
    assert versions["serverVersion"]["minor"].isdigit()


async def test_kubectl_reads_what_it_is_given(control_plane: ControlPlane, namespace: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}, "data": {"a": "ä"}}
    created = await control_plane.kubectl("-n", namespace, "create", "-f", "-", input=json.dumps(manifest))
    assert str(created) == "configmap/shop created\n"
    shop = await control_plane.kubectl("-n", namespace, "get", "configmap", "shop", "-o", "json")
    assert shop.json()["data"] == {"a": "ä"}


async def test_kubectl_failure_is_an_error_with_what_it_printed(control_plane: ControlPlane) -> None:
    with pytest.raises(KubectlError, match=r"kubectl get pod none ended with 1: .*not found") as caught:
        await control_plane.kubectl("get", "pod", "none")
    assert (caught.value.arguments, caught.value.returncode) == (("get", "pod", "none"), 1)


async def test_kubectl_failure_is_a_result_if_wanted(control_plane: ControlPlane) -> None:
    result = await control_plane.kubectl("get", "pod", "none", check=False)
    assert result.returncode == 1
    assert "NotFound" in result.stderr
    assert result.stdout == ""


async def test_kubectl_ends_when_its_time_is_over(control_plane: ControlPlane) -> None:
    assert "etcd" in processes_in(control_plane.directory)
    with pytest.raises(TimeoutError):
        await control_plane.kubectl("get", "namespaces", "--watch", timeout_seconds=0.5)
    await eventually(lambda: "kubectl" not in processes_in(control_plane.directory))
    assert not list(control_plane.directory.glob("kubectl-*"))


async def test_a_request_that_is_refused_is_an_error(control_plane: ControlPlane) -> None:
    with pytest.raises(RequestError, match="GET /api/v1/namespaces/none was answered with 404") as caught:
        await control_plane.request("GET", "/api/v1/namespaces/none")
    assert json.loads(caught.value.body)["reason"] == "NotFound"


async def test_a_pod_gets_the_default_service_account(control_plane: ControlPlane) -> None:
    """Which needs the controller that makes the account and the admission that sets it."""
    pod = {
        "metadata": {"generateName": "shop-"},
        "spec": {"containers": [{"name": "shop", "image": "shop"}]},
    }
    created = await control_plane.request("POST", "/api/v1/namespaces/default/pods?dryRun=All", pod)
    assert created["spec"]["serviceAccountName"] == "default"


async def test_a_deleted_namespace_goes_away(control_plane: ControlPlane, namespace: str) -> None:
    await control_plane.kubectl("delete", "namespace", namespace, "--wait", "--timeout=60s")
    with pytest.raises(RequestError, match="404"):
        await control_plane.request("GET", f"/api/v1/namespaces/{namespace}")


async def test_nobody_else_can_enter_its_directory(control_plane: ControlPlane) -> None:
    assert stat.S_IMODE(control_plane.directory.stat().st_mode) == 0o700


async def test_configuration_names_the_files_of_the_admin(control_plane: ControlPlane) -> None:
    configuration = control_plane.configuration
    assert configuration.host == control_plane.url
    assert configuration.ssl_ca_cert == str(control_plane.ca_file)
    assert configuration.cert_file == str(control_plane.admin.certificate_file)
    assert configuration.key_file == str(control_plane.admin.key_file)
    assert configuration is not control_plane.configuration


async def test_two_at_once_know_nothing_of_each_other(control_plane: ControlPlane, namespace: str) -> None:
    async with ControlPlane(controllers="none") as other:
        assert other.url != control_plane.url
        names = (await other.kubectl("get", "namespaces", "-o", "name")).stdout
        assert f"namespace/{namespace}" not in names
        await other.request("POST", "/api/v1/namespaces", {"metadata": {"name": "only-here"}})
        with pytest.raises(RequestError, match="404"):
            await control_plane.request("GET", "/api/v1/namespaces/only-here")


async def test_a_program_that_does_not_come_up_shows_its_log() -> None:
    control_plane = ControlPlane(api_server_flags=["--no-such-flag"])
    with pytest.raises(ProgramError, match="unknown flag: --no-such-flag") as caught:
        await control_plane.start()
    assert (caught.value.program, caught.value.returncode) == ("kube-apiserver", 1)
    assert "kube-apiserver ended before it was ready (exit code 1)" in str(caught.value)


async def test_a_program_that_is_never_ready_shows_its_log() -> None:
    control_plane = ControlPlane(etcd_flags=["--listen-client-urls=unix://elsewhere"], start_timeout_seconds=1)
    with pytest.raises(ProgramError, match="etcd was not ready after 1 s; the end of its log:") as caught:
        await control_plane.start()
    assert caught.value.returncode is None


async def test_a_start_that_is_cancelled_leaves_nothing() -> None:
    directory = Path(tempfile.mkdtemp(), "plane")  # tmp_path is too long for sockets
    start = asyncio.create_task(ControlPlane(directory=directory).start())
    await eventually((directory / "kube-apiserver.log").exists)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    directory.parent.rmdir()  # which works only if it is empty


async def test_one_that_does_not_run_says_so() -> None:
    control_plane = ControlPlane()
    with pytest.raises(ControlPlaneError, match="not running: use `async with`"):
        _ = control_plane.url
    await control_plane.close()


async def test_one_that_runs_is_not_started_again(control_plane: ControlPlane) -> None:
    with pytest.raises(ControlPlaneError, match="running already"):
        await control_plane.start()


async def test_a_directory_that_exists_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        await ControlPlane(directory=tmp_path).start()
    tmp_path.rmdir()


async def test_a_path_too_long_for_sockets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControlPlaneError, match="too long for unix sockets"):
        await ControlPlane(directory=tmp_path / ("x" * 100)).start()
