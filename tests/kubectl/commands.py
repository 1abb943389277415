"""What kubectl is told, one command after the other, on both servers.

`{ns}` is the namespace of the run. Each command sees what those before it left behind; all of them send JSON.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMANDS", "Command"]


class Command(NamedTuple):
    """One call of kubectl.

    Attributes:
        arguments: separated by blanks.
        input: what it reads from standard input.
        awaited: whether it is said again until it succeeds; a real server takes a moment to publish what is new, and
            kubectl does not wait for conditions where there are none at all yet.
    """

    arguments: str
    input: str = ""
    awaited: bool = False


CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: blue, size: small}
"""
CHANGED = CONFIG_MAP.replace("blue", "green").replace(", size: small", "")
SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {user: jane}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.29", ports: [{containerPort: 80}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, name: http}]}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: one}}
spec: {containers: [{name: main, image: "busybox:1"}]}
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1"}]}}}
"""
DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kettles.kubectl.example.com}
spec:
  group: kubectl.example.com
  scope: Namespaced
  names: {plural: kettles, singular: kettle, kind: Kettle, shortNames: [kt], categories: [kitchen]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.cups, statusReplicasPath: .status.cups}
    additionalPrinterColumns:
    - {name: Cups, type: integer, jsonPath: .spec.cups, description: How many it fills}
    schema:
      openAPIV3Schema:
        description: Boils water.
        type: object
        properties:
          spec:
            description: What is wanted.
            type: object
            required: [cups]
            properties:
              cups: {type: integer, minimum: 1, description: How many cups it fills.}
              color: {type: string, default: red}
          status: {type: object, properties: {cups: {type: integer}}}
"""
KETTLE = """
apiVersion: kubectl.example.com/v1
kind: Kettle
metadata: {name: big}
spec: {cups: 8}
"""
WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndata: {a: b}\ndatum: {a: b}\n"
INVALID = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER}\n"

LIST = """
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: listed}
  data: {a: b}
- apiVersion: v1
  kind: Service
  metadata: {name: listed}
  spec: {ports: [{port: 80}]}
"""

COMMANDS: tuple[Command, ...] = (
    Command("version -o json --client=false"),
    Command("api-versions"),
    Command("api-resources --sort-by=name"),
    Command("api-resources --api-group=apps -o wide --no-headers"),
    Command("api-resources --namespaced=false --verbs=list,create -o name"),
    Command("explain configmap"),
    Command("explain deployment.spec.strategy --recursive"),
    Command("explain pod.spec.containers.resources"),
    Command("explain nothing"),
    Command("apply -f - -n {ns}", CONFIG_MAP),
    Command("apply -f - -n {ns}", CONFIG_MAP),
    Command("diff -f - -n {ns}", CHANGED),
    Command("apply -f - -n {ns}", CHANGED),
    Command("apply -f - -n {ns} --dry-run=server -o yaml", CONFIG_MAP),
    Command("apply view-last-applied configmap/settings -n {ns}"),
    Command("get configmap settings -n {ns} -o yaml"),
    Command("get configmap settings -n {ns} -o jsonpath={{.data.color}}"),
    Command("get configmaps -n {ns} -o name"),
    Command("get configmaps -n {ns} -l app=web --show-labels"),
    Command("get configmaps -n {ns} --field-selector metadata.name=settings"),
    Command("get configmaps -n {ns} -l app=none"),
    Command("get configmap none -n {ns}"),
    Command("get nothing -n {ns}"),
    Command("apply --server-side -f - -n {ns}", SECRET),
    Command("apply --server-side --field-manager=other -f - -n {ns}", SECRET.replace("jane", "joe")),
    Command("apply --server-side --field-manager=other --force-conflicts -f - -n {ns}", SECRET.replace("jane", "joe")),
    Command("get secret keys -n {ns} -o yaml --show-managed-fields"),
    Command("create -f - -n {ns}", DEPLOYMENT),
    Command("create -f - -n {ns}", DEPLOYMENT),
    Command("get deployments -n {ns} -o wide"),
    Command("get deployment web -n {ns} -o yaml"),
    Command("scale deployment web -n {ns} --replicas=3"),
    Command("scale deployment web -n {ns} --replicas=4 --current-replicas=2"),
    Command("get deployment web -n {ns} -o jsonpath={{.spec.replicas}}"),
    Command("set image deployment/web web=nginx:1.30 -n {ns}"),
    Command("rollout pause deployment/web -n {ns}"),
    Command("label deployment web tier=front -n {ns}"),
    Command("label deployment web tier=back -n {ns}"),
    Command("label deployment web tier=back --overwrite -n {ns}"),
    Command("label deployment web tier- -n {ns}"),
    Command("annotate deployment web note=one -n {ns}"),
    Command('patch deployment web -n {ns} -p {{"spec":{{"replicas":5}}}}'),
    Command('patch deployment web -n {ns} --type=merge -p {{"metadata":{{"labels":{{"a":"b"}}}}}}'),
    Command('patch deployment web -n {ns} --type=json -p [{{"op":"replace","path":"/spec/replicas","value":1}}]'),
    Command('patch deployment web -n {ns} --type=json -p [{{"op":"test","path":"/spec/replicas","value":9}}]'),
    Command('patch deployment web -n {ns} -p {{"spec":{{"selector":{{"matchLabels":{{"app":"x"}}}}}}}}'),
    Command('patch deployment web -n {ns} --subresource=scale --type=merge -p {{"spec":{{"replicas":2}}}}'),
    Command("replace -f - -n {ns}", DEPLOYMENT.replace("replicas: 2", "replicas: 6")),
    Command("create -f - -n {ns}", SERVICE),
    Command("get service web -n {ns} -o jsonpath={{.spec.ports}}"),
    Command("create -f - -n {ns}", POD),
    Command("get pods -n {ns} -o wide"),
    Command("get pod one -n {ns} -o yaml"),
    Command("wait pod one -n {ns} --for=jsonpath={{.status.phase}}=Pending --timeout=10s"),
    Command("wait pod one -n {ns} --for=condition=Ready --timeout=3s"),
    Command("create -f - -n {ns}", JOB),
    Command("get all -n {ns} -o name"),
    Command("create -f -", DEFINITION),
    Command("wait crd kettles.kubectl.example.com --for=condition=Established --timeout=20s", awaited=True),
    Command("explain kettle.spec", awaited=True),
    Command("create -f - -n {ns}", KETTLE),
    Command("create -f - -n {ns}", KETTLE.replace("big", "none").replace("8", "0")),
    Command("get kt -n {ns}"),
    Command("get kitchen -n {ns} -o name"),
    Command("scale kettle big -n {ns} --replicas=9"),
    Command('patch kettle big -n {ns} --type=merge --subresource=status -p {{"status":{{"cups":9}}}}'),
    Command('patch kettle big -n {ns} -p {{"spec":{{"cups":9}}}} --type=strategic'),
    Command("get kettle big -n {ns} -o yaml"),
    Command("describe configmap settings -n {ns}"),
    Command("describe kettle big -n {ns}"),
    Command("create -f - -n {ns}", WRONG),
    Command("create -f - -n {ns} --validate=warn", WRONG),
    Command("create -f - -n {ns}", INVALID),
    Command("create -f - -n nowhere", CONFIG_MAP),
    Command(
        "get configmaps -n {ns} -l app=web --sort-by=metadata.name -o custom-columns=NAME:.metadata.name,DATA:.data"
    ),
    Command("get configmaps -n {ns} --watch --request-timeout=5s --no-headers -o name"),
    Command("get configmaps -n {ns} --chunk-size=1 -o name"),
    Command("delete kettle big -n {ns}"),
    Command("delete crd kettles.kubectl.example.com"),
    Command("delete deployment web -n {ns} --cascade=orphan"),
    Command("delete job once -n {ns} --cascade=foreground"),
    Command("delete service web -n {ns} --cascade=background"),
    Command("delete pod one -n {ns} --now"),
    Command("delete configmaps -n {ns} -l app=web"),
    Command("delete configmap none -n {ns}"),
    Command("delete configmap none -n {ns} --ignore-not-found"),
    Command("get secrets -n {ns} --no-headers"),
    Command("delete secrets --all -n {ns}"),
    Command("get --raw /readyz"),
    Command("get --raw /api/v1/namespaces/{ns}/nothings"),
    Command("create -f - -n {ns}", LIST),
    Command("apply -f - -n {ns}", LIST.replace("a: b", "a: c")),
    Command("apply -f - -n {ns}", LIST.replace("data", "dat").replace("port: 80", "port: x, pot: 1")),
    Command("get -f - -n {ns} -o name", LIST),
    Command("delete -f - -n {ns}", LIST),
)
