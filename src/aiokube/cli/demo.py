"""aiokube demo: the main job in a few seconds, on a server inside the process or on a cluster."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from typing import Annotated, NamedTuple

import aiohttp
import typer

from aiokube.client import Configuration
from aiokube.client.exceptions import ApiException
from aiokube.config import ConfigException, configuration_from
from aiokube.dynamic import DynamicClient
from aiokube.testing import APIServer
from aiokube.testing.apiserver.controllers.simulation import Pace

from .demo_screen import Screen
from .demo_tour import Tour
from .output import fail
from .recorder import Recorder

__all__ = ["demo"]


class _Manner(NamedTuple):
    """How fast things go.

    Attributes:
        pace: of the simulated pods.
        pause_seconds: after each step.
    """

    pace: Pace
    pause_seconds: float


_FOR_PEOPLE = _Manner(Pace(schedule_seconds=0.2, start_seconds=0.6), 0.5)
_FOR_PIPES = _Manner(Pace(), 0.0)

_PATIENCE_SECONDS = 10
_CLUSTERS_PATIENCE_SECONDS = 15


def demo(
    cluster: Annotated[
        bool, typer.Option("--cluster", help="On the kubeconfig's current context, in a namespace of its own.")
    ] = False,
    context: Annotated[str | None, typer.Option(help="On this context of the kubeconfig instead.")] = None,
) -> None:
    """See aiokube at work: discover, apply, scale, watch, resolve a conflict, validate.

    Runs on an API server inside the process, so that no cluster is needed. With --cluster on a real one, where it
    makes a namespace and a custom kind, and removes both at the end.
    """
    screen = Screen()
    try:
        asyncio.run(_demo(screen, cluster=cluster or context is not None, context=context))
    except (ApiException, ConfigException, aiohttp.ClientError, OSError) as error:
        fail(error)


async def _demo(screen: Screen, *, cluster: bool, context: str | None) -> None:
    manner = _FOR_PEOPLE if screen.is_alive else _FOR_PIPES
    async with AsyncExitStack() as stack:
        if cluster:
            configuration = await configuration_from(context=context)
        else:
            server = await stack.enter_async_context(APIServer(simulate=manner.pace))
            configuration = server.configuration
        screen.say(_where(configuration, cluster=cluster))
        api = await stack.enter_async_context(Recorder(configuration))
        kube = await stack.enter_async_context(DynamicClient(api))
        tour = Tour(
            kube,
            screen,
            namespace=f"aiokube-demo-{secrets.token_hex(3)}",
            patience_seconds=_CLUSTERS_PATIENCE_SECONDS if cluster else _PATIENCE_SECONDS,
            pause_seconds=manner.pause_seconds,
        )
        await tour.run()
        screen.summary(api.sent, tour.events)


def _where(configuration: Configuration, *, cluster: bool) -> str:
    return f"aiokube on {configuration.host}, {'your cluster' if cluster else 'an API server inside this process'}"
