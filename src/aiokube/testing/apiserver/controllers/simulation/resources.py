"""The resources that a simulation is about."""

from aiokube.testing.apiserver.errors import GroupResource

__all__ = [
    "CONTROLLER_REVISIONS",
    "CRON_JOBS",
    "DAEMON_SETS",
    "DEPLOYMENTS",
    "ENDPOINTS",
    "ENDPOINT_SLICES",
    "JOBS",
    "NODES",
    "PODS",
    "REPLICATION_CONTROLLERS",
    "REPLICA_SETS",
    "SERVICES",
    "STATEFUL_SETS",
    "VOLUME_CLAIMS",
]

CONTROLLER_REVISIONS = GroupResource("apps", "controllerrevisions")
CRON_JOBS = GroupResource("batch", "cronjobs")
DAEMON_SETS = GroupResource("apps", "daemonsets")
DEPLOYMENTS = GroupResource("apps", "deployments")
ENDPOINTS = GroupResource("", "endpoints")
ENDPOINT_SLICES = GroupResource("discovery.k8s.io", "endpointslices")
JOBS = GroupResource("batch", "jobs")
NODES = GroupResource("", "nodes")
PODS = GroupResource("", "pods")
REPLICATION_CONTROLLERS = GroupResource("", "replicationcontrollers")
REPLICA_SETS = GroupResource("apps", "replicasets")
SERVICES = GroupResource("", "services")
STATEFUL_SETS = GroupResource("apps", "statefulsets")
VOLUME_CLAIMS = GroupResource("", "persistentvolumeclaims")
