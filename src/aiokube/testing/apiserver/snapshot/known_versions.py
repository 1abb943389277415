"""Groups and versions that kube-apiserver has types of, served or not: what all of them share is said of each."""

from __future__ import annotations

__all__ = ["ALL", "OF_CLIENT_GO"]

_TABLE = """
admission.k8s.io v1 v1beta1
admissionregistration.k8s.io v1 v1alpha1 v1beta1
apiextensions.k8s.io v1 v1beta1
apiregistration.k8s.io v1 v1beta1
apps v1 v1beta1 v1beta2
authentication.k8s.io v1 v1alpha1 v1beta1
authorization.k8s.io v1 v1beta1
autoscaling v1 v2
batch v1 v1beta1
certificates.k8s.io v1 v1alpha1 v1beta1
coordination.k8s.io v1 v1alpha2 v1beta1
discovery.k8s.io v1 v1beta1
events.k8s.io v1 v1beta1
extensions v1beta1
flowcontrol.apiserver.k8s.io v1 v1beta1 v1beta2 v1beta3
imagepolicy.k8s.io v1alpha1
internal.apiserver.k8s.io v1alpha1
networking.k8s.io v1 v1beta1
node.k8s.io v1 v1alpha1 v1beta1
policy v1 v1beta1
rbac.authorization.k8s.io v1 v1alpha1 v1beta1
resource.k8s.io v1 v1alpha3 v1beta1 v1beta2
scheduling.k8s.io v1 v1alpha2 v1beta1
storage.k8s.io v1 v1alpha1 v1beta1
storagemigration.k8s.io v1beta1
"""
_NOT_OF_CLIENT_GO = {"admission.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "imagepolicy.k8s.io"}


def _pairs() -> tuple[tuple[str, str], ...]:
    rows = (line.split() for line in _TABLE.strip().split("\n"))
    return (("", "v1"), *((group, version) for group, *versions in rows for version in versions))


ALL = _pairs()
"""Group and version, in the order in which they are listed."""

OF_CLIENT_GO = tuple((group, version) for group, version in ALL if group not in _NOT_OF_CLIENT_GO)
"""Those that client-go knows."""
