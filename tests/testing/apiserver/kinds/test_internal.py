"""What the server shows of parts that it holds in types of its own."""

import json

from aiokube.testing.apiserver.kinds import internal


def test_all_fields_are_shown_as_go_names_them() -> None:
    assert internal.shown("DeploymentStrategy", {"type": "Foo"}) == {"Type": "Foo", "RollingUpdate": None}


def test_zero_values_are_those_of_go() -> None:
    shown = internal.shown("DeploymentStrategy", {"rollingUpdate": {"maxSurge": "5%"}})
    assert shown == {"Type": "", "RollingUpdate": {"MaxUnavailable": 0, "MaxSurge": "5%"}}


def test_metadata_of_a_template_stands_beside_its_spec() -> None:
    shown = internal.shown("PodTemplateSpec", {"metadata": {"labels": {"a": "b"}}, "spec": {}})
    assert list(shown) == ["labels", "Spec"]


def test_sharing_with_the_node_is_in_the_security_context() -> None:
    shown = internal.shown("PodSpec", {"hostNetwork": True, "securityContext": {"runAsUser": 1}})
    assert shown["SecurityContext"]["HostNetwork"] is True
    assert shown["SecurityContext"]["RunAsUser"] == 1


def test_no_field_of_a_spec_is_lost() -> None:
    """Every value of a spec is found again, whatever it is called."""
    spec = {
        "dnsPolicy": "d1",
        "nodeSelector": {"k": "n1"},
        "containers": [{"tty": True, "env": [{"valueFrom": {"configMapKeyRef": {"name": "c1"}}}]}],
        "volumes": [{"cephfs": {"monitors": ["m1"]}, "iscsi": {"chapAuthSession": True, "targetPortal": "t1"}}],
        "overhead": {"cpu": "q1"},
    }
    text = json.dumps(internal.shown("PodSpec", spec))
    assert all(f'"{value}"' in text for value in ("d1", "n1", "c1", "m1", "t1", "q1"))
    assert '"TTY": true' in text
    assert '"SessionCHAPAuth": true' in text


def test_a_diff_has_three_lines_around_each_change() -> None:
    old = {"containers": [{"name": "a", "image": "x"}]}
    new = {"containers": [{"name": "a", "image": "x", "args": ["<"]}]}
    assert internal.diff("PodSpec", old, new) == (
        '@@ -6,7 +6,9 @@\n    "Name": "a",\n    "Image": "x",\n    "Command": null,\n-   "Args": null,\n'
        '+   "Args": [\n+    "\\u003c"\n+   ],\n    "WorkingDir": "",\n    "Ports": null,\n    "EnvFrom": null,\n'
    )
