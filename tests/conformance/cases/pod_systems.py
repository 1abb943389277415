"""Pods and the system that they run on: options of Windows, profiles of seccomp and AppArmor."""

from typing import Any

from conformance.case import Request, case, post, put
from conformance.objects import CONTAINER, changed, deployment, pod, pod_template

__all__ = ["CASES"]

_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF_C = "container.seccomp.security.alpha.kubernetes.io/c"
_APP_ARMOR_OF_C = "container.apparmor.security.beta.kubernetes.io/c"
_LOCAL = {"type": "Localhost", "localhostProfile": "p"}


def _secured(*containers: dict[str, Any], annotations: dict[str, str] | None = None, **spec: Any) -> Request:
    """Return a pod, and its containers with a security context each; one with none if none is given."""
    all_of_them = [
        CONTAINER | {"name": f"c{n or ''}", "securityContext": of} for n, of in enumerate(containers or [{}])
    ]
    metadata = {"name": "a", "annotations": annotations or {}}
    return post("pods?dryRun=All", pod(containers=all_of_them, **spec) | {"metadata": metadata})


def _options(**options: Any) -> dict[str, Any]:
    return {"windowsOptions": options}


def _windows(**context: Any) -> dict[str, Any]:
    return {"os": {"name": "windows"}, "securityContext": context}


def _annotated(annotations: dict[str, str], app_armor: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a Deployment whose template has annotations."""
    template = pod_template(securityContext={"appArmorProfile": app_armor})
    return changed(deployment("d", template=template), spec__template__metadata__annotations=annotations)


_HOST_PROCESS = _options(hostProcess=True)

CASES = [
    case(
        "pods-for-windows",
        _secured(**_windows(**_options(gmsaCredentialSpecName="A b", gmsaCredentialSpec="", runAsUserName=""))),
        *(
            _secured(_options(runAsUserName=name, gmsaCredentialSpec="x" * 65 * 1024))
            for name in (
                "a\\b\\c",
                "a\nb",
                "a\\",
                ". .",
                "a*b",
                "x" * 105,
                ".a\\b",
                "a b\\c",
                "x" * 256 + "\\c",
                "a.b\\c",
            )
        ),
        _secured(
            {"capabilities": {}, "privileged": False, "procMount": "Default", "runAsUser": 1, "runAsGroup": 1},
            {"allowPrivilegeEscalation": True, "readOnlyRootFilesystem": False, "seLinuxOptions": {}},
            hostPID=True,
            hostUsers=True,
            shareProcessNamespace=False,
            resources={"limits": {"cpu": "1"}},
            **_windows(
                fsGroup=1,
                runAsUser=1,
                sysctls=[{"name": "a", "value": "b"}],
                supplementalGroups=[1],
                seccompProfile={"type": "Unconfined"},
                appArmorProfile={"type": "Unconfined"},
            ),
        ),
        _secured(hostPID=False, **_windows(sysctls=[])),
        _secured(_HOST_PROCESS, {}, **_windows()),
        _secured(_HOST_PROCESS, _options(hostProcess=False), hostNetwork=True, **_windows(**_HOST_PROCESS)),
        _secured(_HOST_PROCESS, {}, hostNetwork=True, **_windows(**_HOST_PROCESS)),
        _secured(_HOST_PROCESS, os={"name": "linux"}, hostNetwork=True),
        _secured(annotations={_APP_ARMOR_OF_C: "unconfined"}, **_windows()),
    ),
    case(
        "pod-profiles-in-annotations",
        *(
            _secured(annotations={_SECCOMP: text, _SECCOMP_OF_C: text})
            for text in ("x", "localhost/../p", "unconfined")
        ),
        *(_secured(annotations={_APP_ARMOR_OF_C: text}) for text in ("x", "", "runtime/default", "localhost/p")),
        _secured(annotations={f"{_APP_ARMOR_OF_C}9": "unconfined"}),
        _secured(
            {"seccompProfile": {"type": "RuntimeDefault"}, "appArmorProfile": {"type": "Unconfined"}},
            annotations={_SECCOMP: "unconfined", _SECCOMP_OF_C: "unconfined", _APP_ARMOR_OF_C: "localhost/p"},
            securityContext={"seccompProfile": _LOCAL},
        ),
        _secured(
            annotations={_SECCOMP: "localhost/q", _APP_ARMOR_OF_C: "localhost/p"},
            securityContext={"seccompProfile": _LOCAL, "appArmorProfile": _LOCAL},
        ),
        _secured({"appArmorProfile": _LOCAL}, annotations={_APP_ARMOR_OF_C: "localhost/p"}),
        post("apps/v1:deployments", deployment("d")),
        put("apps/v1:deployments/d?dryRun=All", _annotated({_APP_ARMOR_OF_C: "localhost/p", _SECCOMP: "unconfined"})),
        put("apps/v1:deployments/d?dryRun=All", _annotated({_APP_ARMOR_OF_C: "localhost/p"}, _LOCAL)),
        put("apps/v1:deployments/d?dryRun=All", _annotated({_APP_ARMOR_OF_C: "unconfined"}, _LOCAL)),
    ),
]
