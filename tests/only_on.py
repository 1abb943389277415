"""Tests of `kube_server` that run on one of the servers alone, for a reason that stands beside the mark."""

import pytest

__all__ = ["only_on_control_plane"]

only_on_control_plane = pytest.mark.parametrize("kube_server", ["control-plane"], indirect=True)
