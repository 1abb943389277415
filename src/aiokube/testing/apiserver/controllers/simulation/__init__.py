"""A simulated cluster: one node, and controllers that make pods of what is asked for.

Its pods are scheduled, run and become ready, at a `Pace` of the server's clock; no container is ever started.
What makes pods does what it does in a cluster, with its conditions, counts and revisions, and Services have
endpoints.
"""

from collections.abc import Sequence
from functools import partial

from aiokube.testing.apiserver.controllers.runner import Make

from .cron_jobs import CronJobs
from .daemon_sets import DaemonSets
from .deployments import Deployments
from .endpoints import Endpoints
from .jobs import Jobs
from .kubelet import Kubelet
from .pace import Pace
from .replica_sets import ReplicaSets, ReplicationControllers
from .scheduler import Scheduler
from .stateful_sets import StatefulSets

__all__ = ["Pace", "simulation"]


def simulation(pace: Pace) -> Sequence[Make]:
    """Return the controllers of a simulated cluster."""
    return (
        partial(Kubelet, pace=pace),
        partial(Scheduler, pace=pace),
        Deployments,
        ReplicaSets,
        ReplicationControllers,
        StatefulSets,
        DaemonSets,
        Jobs,
        CronJobs,
        Endpoints,
    )
