"""Killing, stopping, pausing and restarting the programs, and compacting the store."""

import asyncio
import json
import os
import signal
import socket
from typing import Any

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import Program, RequestError
from processes import eventually, state

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.mark.parametrize("program", ["etcd", "kube-apiserver", "kube-controller-manager"])
async def test_a_killed_program_is_gone_until_it_is_restarted(breakable: ControlPlane, program: Program) -> None:
    before = breakable.pid(program)
    await breakable.kill(program)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    await breakable.restart(program)
    await breakable.wait_until_ready()
    assert breakable.pid(program) != before
    assert (await breakable.request("GET", "/api/v1/namespaces/default"))["metadata"]["name"] == "default"


@pytest.mark.parametrize("program", ["kube-apiserver", "kube-controller-manager"])  # etcd takes its time
async def test_a_program_that_runs_is_stopped_and_restarted(breakable: ControlPlane, program: Program) -> None:
    before = breakable.pid(program)
    await breakable.restart(program)
    await breakable.wait_until_ready()
    assert breakable.pid(program) != before


async def test_what_was_stored_survives_the_kill_of_etcd(breakable: ControlPlane) -> None:
    await breakable.request("POST", CONFIG_MAPS, {"metadata": {"name": "kept"}})
    await breakable.kill("etcd")
    await breakable.restart("etcd")
    await breakable.wait_until_ready()
    assert (await breakable.request("GET", f"{CONFIG_MAPS}/kept"))["metadata"]["name"] == "kept"


async def test_the_port_is_nobody_elses_while_kube_apiserver_is_down(breakable: ControlPlane) -> None:
    await breakable.kill("kube-apiserver")
    with pytest.raises(ConnectionRefusedError):
        await breakable.request("GET", "/version")
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", int(breakable.url.rpartition(":")[2])))
    await breakable.restart("kube-apiserver")


async def test_a_paused_program_answers_when_it_is_resumed(breakable: ControlPlane) -> None:
    await breakable.pause("kube-apiserver")
    asked = asyncio.create_task(breakable.request("GET", "/version"))
    await eventually(lambda: state(breakable.pid("kube-apiserver")) == "T")
    assert not asked.done()
    await breakable.resume("kube-apiserver")
    assert (await asked)["major"] == "1"


async def test_a_paused_program_can_be_stopped(breakable: ControlPlane) -> None:
    await breakable.pause("kube-controller-manager")
    await breakable.stop("kube-controller-manager")
    await breakable.restart("kube-controller-manager")


async def test_an_unknown_program_is_named(breakable: ControlPlane) -> None:
    with pytest.raises(ValueError, match="no 'kubelet' runs here, but 'etcd', 'kube-apiserver'"):
        await breakable.kill("kubelet")  # type: ignore[arg-type]


async def test_signals_reach_only_what_is_named(breakable: ControlPlane) -> None:
    await breakable.kill("kube-controller-manager")
    os.kill(breakable.pid("etcd"), 0)
    os.kill(breakable.pid("kube-apiserver"), signal.SIGCONT)
    await breakable.restart("kube-controller-manager")


async def test_compaction_and_restart_make_old_versions_expire(breakable: ControlPlane) -> None:
    old = await _resource_version(breakable)
    for name in ("compacted-1", "compacted-2"):
        created = await breakable.request("POST", CONFIG_MAPS, {"metadata": {"name": name}})
    exact = f"{CONFIG_MAPS}?resourceVersion={old}&resourceVersionMatch=Exact"
    await breakable.request("GET", exact)

    await breakable.compact(created["metadata"]["resourceVersion"])
    await breakable.kill("kube-apiserver")
    await breakable.restart("kube-apiserver")

    with pytest.raises(RequestError, match="410"):
        await breakable.request("GET", exact)
    event = await breakable.request("GET", f"{CONFIG_MAPS}?watch=1&timeoutSeconds=5&resourceVersion={old}")
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)


async def test_compaction_of_the_future_is_refused(breakable: ControlPlane) -> None:
    with pytest.raises(RequestError, match="future revision") as caught:
        await breakable.compact(10**9)
    assert json.loads(caught.value.body)["code"] == 11


async def _resource_version(control_plane: ControlPlane) -> Any:
    return (await control_plane.request("GET", CONFIG_MAPS))["metadata"]["resourceVersion"]
