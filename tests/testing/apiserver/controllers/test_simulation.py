"""A simulated cluster, by a clock that the test moves."""

from typing import Any

import pytest

from aiokube.testing.apiserver.errors import GroupResource

_DEPLOYMENTS = GroupResource("apps", "deployments")
_REPLICA_SETS = GroupResource("apps", "replicasets")
_STATEFUL_SETS = GroupResource("apps", "statefulsets")
_DAEMON_SETS = GroupResource("apps", "daemonsets")
_JOBS = GroupResource("batch", "jobs")
_CRON_JOBS = GroupResource("batch", "cronjobs")
_SERVICES = GroupResource("", "services")
_ENDPOINTS = GroupResource("", "endpoints")
_SLICES = GroupResource("discovery.k8s.io", "endpointslices")
_CLAIMS = GroupResource("", "persistentvolumeclaims")
_PODS = GroupResource("", "pods")
_NODES = GroupResource("", "nodes")

_TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "web:1", "ports": [{"name": "http", "containerPort": 8080}]}]},
}


def _workload(kind: str, **spec: Any) -> dict[str, Any]:
    whole = {"selector": {"matchLabels": {"app": "web"}}, "template": _TEMPLATE} | spec
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": whole}


def _pod(**spec: Any) -> dict[str, Any]:
    whole = {"containers": [{"name": "a", "image": "one"}]} | spec
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": whole}


def _job(**spec: Any) -> dict[str, Any]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "one"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "job"},
        "spec": {"template": template} | spec,
    }


def _conditions(obj: Any) -> dict[str, tuple[str, str]]:
    return {c["type"]: (c["status"], c.get("reason", "")) for c in obj["status"].get("conditions", ())}


def _replicas(world: Any) -> dict[str, int]:
    """Return how many pods each ReplicaSet is to have, by the image of its template."""
    sets = world.all(_REPLICA_SETS)
    return {each["spec"]["template"]["spec"]["containers"][0]["image"]: each["spec"]["replicas"] for each in sets}


def _set_image(obj: Any) -> None:
    obj["spec"]["template"]["spec"]["containers"][0]["image"] = "web:2"


def test_node_is_ready(world: Any) -> None:
    node = world.get(_NODES, "node-1")
    assert _conditions(node)["Ready"] == ("True", "KubeletReady")
    assert "taints" not in node["spec"]


def test_pod_is_scheduled_and_starts_and_is_ready(world: Any) -> None:
    world.create(_PODS, _pod())
    assert "nodeName" not in world.get(_PODS, "pod")["spec"]
    world.advance(1)
    pod = world.get(_PODS, "pod")
    assert pod["spec"]["nodeName"] == "node-1"
    assert pod["status"]["phase"] == "Pending"
    assert pod["status"]["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert _conditions(pod)["Ready"] == ("False", "ContainersNotReady")
    world.advance(1)
    pod = world.get(_PODS, "pod")
    assert pod["status"]["phase"] == "Running"
    assert pod["status"]["podIP"].startswith("10.244.")
    assert [condition["type"] for condition in pod["status"]["conditions"]] == [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    assert {state for state, _ in _conditions(pod).values()} == {"True"}


def test_init_containers_end_and_sidecars_run(world: Any) -> None:
    init = [{"name": "init", "image": "one"}, {"name": "sidecar", "image": "one", "restartPolicy": "Always"}]
    world.create(_PODS, _pod(initContainers=init))
    world.advance(1)
    assert _conditions(world.get(_PODS, "pod"))["Initialized"][0] == "False"
    world.advance(1)
    states = [each["state"] for each in world.get(_PODS, "pod")["status"]["initContainerStatuses"]]
    assert [next(iter(state)) for state in states] == ["terminated", "running"]


def test_pod_goes_after_a_while_when_it_is_deleted(world: Any) -> None:
    world.create(_PODS, _pod())
    world.advance(2)
    world.delete(_PODS, "pod")
    assert "deletionTimestamp" in world.get(_PODS, "pod")["metadata"]
    world.advance(1)
    assert world.find(_PODS, "pod") is None


def test_deleted_pod_stays_for_its_finalizers(world: Any) -> None:
    pod = _pod()
    pod["metadata"]["finalizers"] = ["example.com/held"]
    world.create(_PODS, pod)
    world.advance(2)
    world.delete(_PODS, "pod")
    world.advance(60)
    assert world.get(_PODS, "pod")["metadata"]["deletionGracePeriodSeconds"] == 0
    world.change(_PODS, "pod", lambda found: found["metadata"].pop("finalizers"))
    assert world.find(_PODS, "pod") is None


def test_readiness_gate_keeps_a_pod_from_being_ready(world: Any) -> None:
    world.create(_PODS, _pod(readinessGates=[{"conditionType": "example.com/gate"}]))
    world.advance(2)
    assert _conditions(world.get(_PODS, "pod"))["Ready"] == ("False", "ReadinessGatesNotReady")
    gate = {"type": "example.com/gate", "status": "True"}
    world.change(_PODS, "pod", lambda pod: pod["status"]["conditions"].append(gate), "status")
    assert _conditions(world.get(_PODS, "pod"))["Ready"] == ("True", "")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"nodeSelector": {"disk": "fast"}},
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
        ),
        ({"schedulingGates": [{"name": "example.com/gate"}]}, None),
        ({"schedulerName": "another"}, None),
    ],
)
def test_pod_that_no_node_takes_waits(world: Any, spec: dict[str, Any], message: str | None) -> None:
    world.create(_PODS, _pod(**spec))
    world.advance(60)
    pod = world.get(_PODS, "pod")
    assert "nodeName" not in pod["spec"]
    found = [c["message"] for c in pod["status"].get("conditions", ()) if c.get("reason") == "Unschedulable"]
    assert found == ([message] if message else [])


def test_waiting_pod_is_scheduled_when_a_node_takes_it(world: Any) -> None:
    world.change(_NODES, "node-1", lambda node: node["spec"].update(unschedulable=True))
    world.create(_PODS, _pod())
    world.advance(1)
    assert _conditions(world.get(_PODS, "pod"))["PodScheduled"] == ("False", "Unschedulable")
    world.change(_NODES, "node-1", lambda node: node["spec"].pop("unschedulable"))
    assert _conditions(world.get(_PODS, "pod"))["PodScheduled"] == ("True", "")


def test_deployment_becomes_available(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=3))
    deployment = world.get(_DEPLOYMENTS, "web")
    assert _conditions(deployment) == {
        "Available": ("False", "MinimumReplicasUnavailable"),
        "Progressing": ("True", "ReplicaSetUpdated"),
    }
    world.advance(2)
    deployment = world.get(_DEPLOYMENTS, "web")
    assert _conditions(deployment) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }
    counts = {name: value for name, value in deployment["status"].items() if name != "conditions"}
    assert counts == {
        "observedGeneration": 1,
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "terminatingReplicas": 0,
    }
    assert deployment["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    (replica_set,) = world.all(_REPLICA_SETS)
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{digest}"
    assert {pod["metadata"]["generateName"] for pod in world.pods()} == {f"web-{digest}-"}


def test_rolling_update_stays_within_its_bounds(world: Any) -> None:
    rolling = {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 1}}
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=4, strategy=rolling))
    world.advance(2)
    world.change(_DEPLOYMENTS, "web", _set_image)
    assert _replicas(world) == {"web:1": 3, "web:2": 3}
    for _ in range(20):
        available = sum(_conditions(pod).get("Ready", ("", ""))[0] == "True" for pod in world.pods())
        alive = [pod for pod in world.pods() if "deletionTimestamp" not in pod["metadata"]]
        assert len(alive) <= 6
        assert available >= 3
        world.advance(0.5)
    assert _replicas(world) == {"web:1": 0, "web:2": 4}
    deployment = world.get(_DEPLOYMENTS, "web")
    assert deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert _conditions(deployment)["Progressing"] == ("True", "NewReplicaSetAvailable")


def test_shares_are_read_with_all_their_zeros(world: Any) -> None:
    rolling = {"rollingUpdate": {"maxSurge": f"{'0' * 5000}50%", "maxUnavailable": 0}}
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2, strategy=rolling))
    world.advance(10)
    world.change(_DEPLOYMENTS, "web", _set_image)
    assert _replicas(world) == {"web:1": 2, "web:2": 1}


def test_revision_that_is_no_number_counts_for_nothing(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment"))
    name = world.all(_REPLICA_SETS)[0]["metadata"]["name"]
    revision = {"deployment.kubernetes.io/revision": "9" * 5000}
    world.change(_REPLICA_SETS, name, lambda one: one["metadata"].update(annotations=revision))
    world.change(_DEPLOYMENTS, "web", _set_image)
    assert _replicas(world) == {"web:1": 1, "web:2": 1}


def test_pods_that_cost_less_go_first(world: Any) -> None:
    world.create(_REPLICA_SETS, _workload("ReplicaSet", replicas=2))
    world.advance(10)
    first, last = (pod["metadata"]["name"] for pod in world.pods())
    for name, cost in ((first, f"-{'0' * 5000}1"), (last, "-2")):
        annotations = {"controller.kubernetes.io/pod-deletion-cost": cost}
        world.change(_PODS, name, lambda pod, given=annotations: pod["metadata"].update(annotations=given))
    world.change(_REPLICA_SETS, "web", lambda one: one["spec"].update(replicas=1))
    world.advance(10)
    assert [pod["metadata"]["name"] for pod in world.pods()] == [first]


def test_update_stops_while_new_pods_are_not_ready(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2, progressDeadlineSeconds=30))
    world.advance(2)

    def break_it(deployment: Any) -> None:
        _set_image(deployment)
        deployment["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "fast"}

    world.change(_DEPLOYMENTS, "web", break_it)
    world.advance(20)
    assert _replicas(world) == {"web:1": 2, "web:2": 1}
    assert _conditions(world.get(_DEPLOYMENTS, "web"))["Progressing"] == ("True", "ReplicaSetUpdated")
    world.advance(20)
    assert _conditions(world.get(_DEPLOYMENTS, "web"))["Progressing"] == ("False", "ProgressDeadlineExceeded")


def test_rollback_takes_the_replica_set_that_is_there(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=1))
    world.advance(2)
    world.change(_DEPLOYMENTS, "web", _set_image)
    world.advance(10)
    world.change(_DEPLOYMENTS, "web", lambda found: found["spec"].update(template=_TEMPLATE))
    world.advance(10)
    assert _replicas(world) == {"web:1": 1, "web:2": 0}
    first = next(each for each in world.all(_REPLICA_SETS) if each["spec"]["replicas"])
    assert first["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert first["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


def test_recreate_has_never_two_templates_at_once(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2, strategy={"type": "Recreate"}))
    world.advance(2)
    world.change(_DEPLOYMENTS, "web", _set_image)
    assert _replicas(world) == {"web:1": 0}
    world.advance(1)
    assert _replicas(world) == {"web:1": 0, "web:2": 2}
    world.advance(2)
    assert _conditions(world.get(_DEPLOYMENTS, "web"))["Available"][0] == "True"


def test_paused_deployment_is_scaled_and_not_rolled(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=1))
    world.advance(2)

    def pause(deployment: Any) -> None:
        _set_image(deployment)
        deployment["spec"] |= {"paused": True, "replicas": 3}

    world.change(_DEPLOYMENTS, "web", pause)
    world.advance(5)
    assert _replicas(world) == {"web:1": 3}
    world.change(_DEPLOYMENTS, "web", lambda found: found["spec"].pop("paused"))
    world.advance(20)
    assert _replicas(world) == {"web:1": 0, "web:2": 3}


def test_history_has_a_limit(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=1, revisionHistoryLimit=1))
    for number in range(3):
        world.advance(10)
        template = {**_TEMPLATE, "metadata": {"labels": {"app": "web"}, "annotations": {"number": str(number)}}}
        world.change(_DEPLOYMENTS, "web", lambda found, new=template: found["spec"].update(template=new))
    world.advance(10)
    assert len(world.all(_REPLICA_SETS)) == 2


def test_deleted_pod_is_replaced(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2))
    world.advance(2)
    gone = world.pods()[0]["metadata"]["name"]
    world.delete(_PODS, gone)
    world.advance(3)
    names = [pod["metadata"]["name"] for pod in world.pods()]
    assert len(names) == 2
    assert gone not in names
    assert world.get(_DEPLOYMENTS, "web")["status"]["availableReplicas"] == 2


def test_pods_go_with_their_deployment(world: Any) -> None:
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2))
    world.advance(2)
    world.delete(_DEPLOYMENTS, "web", propagation="Foreground")
    assert world.find(_DEPLOYMENTS, "web")
    world.advance(1)
    assert (world.find(_DEPLOYMENTS, "web"), world.all(_REPLICA_SETS), world.pods()) == (None, [], [])


def test_pods_that_are_nobodys_are_taken_on(world: Any) -> None:
    orphan = {**_pod(), "metadata": {"name": "orphan", "labels": {"app": "web"}}}
    world.create(_PODS, orphan)
    world.create(_REPLICA_SETS, _workload("ReplicaSet", replicas=2))
    assert len(world.pods()) == 2
    assert world.get(_PODS, "orphan")["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"
    world.change(_PODS, "orphan", lambda pod: pod["metadata"].update(labels={"app": "other"}))
    assert "ownerReferences" not in world.get(_PODS, "orphan")["metadata"]
    assert len(world.pods()) == 3


def test_stateful_set_makes_pods_in_order(world: Any) -> None:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"metadata": {"name": "data"}, "spec": wanted}
    world.create(_STATEFUL_SETS, _workload("StatefulSet", replicas=2, serviceName="web", volumeClaimTemplates=[claim]))
    assert [pod["metadata"]["name"] for pod in world.pods()] == ["web-0"]
    world.advance(2)
    assert [pod["metadata"]["name"] for pod in world.pods()] == ["web-0", "web-1"]
    world.advance(2)
    assert world.get(_STATEFUL_SETS, "web")["status"]["readyReplicas"] == 2
    assert [each["metadata"]["name"] for each in world.all(_CLAIMS)] == ["data-web-0", "data-web-1"]
    world.change(_STATEFUL_SETS, "web", lambda found: found["spec"].update(replicas=1))
    world.advance(2)
    assert [pod["metadata"]["name"] for pod in world.pods()] == ["web-0"]


def test_stateful_set_replaces_pods_from_the_last(world: Any) -> None:
    world.create(_STATEFUL_SETS, _workload("StatefulSet", replicas=2, serviceName="web"))
    world.advance(4)
    before = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in world.pods()}
    world.change(_STATEFUL_SETS, "web", _set_image)
    world.advance(1)
    assert world.get(_PODS, "web-0")["metadata"]["uid"] == before["web-0"]
    world.advance(20)
    images = {pod["spec"]["containers"][0]["image"] for pod in world.pods()}
    status = world.get(_STATEFUL_SETS, "web")["status"]
    assert images == {"web:2"}
    assert status["currentRevision"] == status["updateRevision"]


def test_daemon_set_has_a_pod_on_the_node(world: Any) -> None:
    world.create(_DAEMON_SETS, _workload("DaemonSet"))
    world.advance(2)
    (pod,) = world.pods()
    assert pod["spec"]["nodeName"] == "node-1"
    assert world.get(_DAEMON_SETS, "web")["status"]["numberAvailable"] == 1
    world.change(_DAEMON_SETS, "web", _set_image)
    world.advance(10)
    (pod,) = world.pods()
    assert pod["spec"]["containers"][0]["image"] == "web:2"


def test_job_is_complete_when_its_pods_have_succeeded(world: Any) -> None:
    world.create(_JOBS, _job(completions=3, parallelism=2))
    assert len(world.pods()) == 2
    world.advance(12)
    job = world.get(_JOBS, "job")
    assert (job["status"]["succeeded"], job["status"]["active"]) == (2, 1)
    world.advance(12)
    job = world.get(_JOBS, "job")
    assert list(_conditions(job)) == ["SuccessCriteriaMet", "Complete"]
    assert job["status"]["succeeded"] == 3
    assert "completionTime" in job["status"]


def test_indexed_job_counts_its_indexes(world: Any) -> None:
    world.create(_JOBS, _job(completions=3, parallelism=3, completionMode="Indexed"))
    world.advance(12)
    assert world.get(_JOBS, "job")["status"]["completedIndexes"] == "0-2"


def test_job_fails_when_too_many_of_its_pods_do(world: Any) -> None:
    world.create(_JOBS, _job(backoffLimit=0))
    world.advance(2)
    name = world.pods()[0]["metadata"]["name"]
    world.change(_PODS, name, lambda pod: pod["status"].update(phase="Failed"), "status")
    assert _conditions(world.get(_JOBS, "job")) == {
        "FailureTarget": ("True", "BackoffLimitExceeded"),
        "Failed": ("True", "BackoffLimitExceeded"),
    }


def test_suspended_job_has_no_pods(world: Any) -> None:
    world.create(_JOBS, _job(suspend=True))
    world.advance(5)
    assert world.pods() == []
    assert _conditions(world.get(_JOBS, "job"))["Suspended"] == ("True", "JobSuspended")
    world.change(_JOBS, "job", lambda job: job["spec"].update(suspend=False))
    assert len(world.pods()) == 1


def test_job_is_deleted_some_time_after_its_end(world: Any) -> None:
    world.create(_JOBS, _job(ttlSecondsAfterFinished=100))
    world.advance(50)
    assert world.find(_JOBS, "job")
    world.advance(100)
    assert (world.find(_JOBS, "job"), world.pods()) == (None, [])


def _cron_job(**spec: Any) -> dict[str, Any]:
    template = {"spec": _job()["spec"]}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "cron"},
        "spec": {"schedule": "*/5 * * * *", "jobTemplate": template} | spec,
    }


def test_cron_job_makes_a_job_at_each_of_its_times(world: Any) -> None:
    """Of those that are over, three are kept."""
    world.create(_CRON_JOBS, _cron_job())
    world.advance(299)
    assert world.all(_JOBS) == []
    world.advance(1)
    (job,) = world.all(_JOBS)
    assert job["metadata"]["annotations"] == {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T00:05:00Z"}
    status = world.get(_CRON_JOBS, "cron")["status"]
    assert status["lastScheduleTime"] == "2026-01-01T00:05:00Z"
    assert [active["name"] for active in status["active"]] == [job["metadata"]["name"]]
    world.advance(3600)
    assert len(world.all(_JOBS)) == 3 + 1
    assert world.get(_CRON_JOBS, "cron")["status"]["lastSuccessfulTime"] == "2026-01-01T01:00:12Z"


@pytest.mark.parametrize(("policy", "minutes"), [("Allow", [5, 10]), ("Forbid", [5]), ("Replace", [10])])
def test_cron_job_whose_last_job_still_runs(world: Any, policy: str, minutes: list[int]) -> None:
    waiting = _job()["spec"]
    waiting["template"]["spec"]["nodeSelector"] = {"none": "such"}
    world.create(_CRON_JOBS, _cron_job(concurrencyPolicy=policy, jobTemplate={"spec": waiting}))
    world.advance(600)
    scheduled = [next(iter(job["metadata"]["annotations"].values())) for job in world.all(_JOBS)]
    assert scheduled == [f"2026-01-01T00:{minute:02}:00Z" for minute in minutes]


def test_suspended_cron_job_makes_none(world: Any) -> None:
    world.create(_CRON_JOBS, _cron_job(suspend=True))
    world.advance(3600)
    assert world.all(_JOBS) == []


def test_service_has_the_addresses_of_its_ready_pods(world: Any) -> None:
    ports = [{"port": 80, "targetPort": "http"}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": ports},
    }
    world.create(_SERVICES, service)
    world.create(_DEPLOYMENTS, _workload("Deployment", replicas=2))
    world.advance(2)
    addresses = sorted(pod["status"]["podIP"] for pod in world.pods())
    (subset,) = world.get(_ENDPOINTS, "web")["subsets"]
    assert [address["ip"] for address in subset["addresses"]] == addresses
    assert subset["ports"] == [{"port": 8080, "protocol": "TCP"}]
    (found,) = [each for each in world.all(_SLICES) if each["metadata"].get("generateName") == "web-"]
    assert sorted(endpoint["addresses"][0] for endpoint in found["endpoints"]) == addresses
    world.delete(_SERVICES, "web")
    assert world.find(_ENDPOINTS, "web") is None
    assert found["metadata"]["name"] not in [each["metadata"]["name"] for each in world.all(_SLICES)]
