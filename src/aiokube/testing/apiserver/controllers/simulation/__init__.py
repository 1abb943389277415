"""A simulated cluster: one node, and controllers that make pods of what is asked for.

Its pods are scheduled, run and become ready, at a `Pace` of the server's clock; no container is ever started.
Deployments, ReplicaSets and ReplicationControllers do what they do in a cluster, with its conditions, counts and
revisions.
"""

from collections.abc import Sequence
from functools import partial

from aiokube.testing.apiserver.controllers.runner import Make

from .deployments import Deployments
from .kubelet import Kubelet
from .pace import Pace
from .replica_sets import ReplicaSets, ReplicationControllers
from .scheduler import Scheduler

__all__ = ["Pace", "simulation"]


def simulation(pace: Pace) -> Sequence[Make]:
    """Return the controllers of a simulated cluster."""
    return (
        partial(Kubelet, pace=pace),
        partial(Scheduler, pace=pace),
        Deployments,
        ReplicaSets,
        ReplicationControllers,
    )
