"""The package's own head."""

import subprocess
import sys

import pytest

from aiokube import testing


def test_names_are_imported_when_they_are_used() -> None:
    program = """
import sys
import aiokube.testing
assert not any(name.startswith(("aiokube.testing.", "cryptography")) for name in sys.modules)
aiokube.testing.ControlPlane
assert "aiokube.testing.controlplane" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_all_names_are_there() -> None:
    assert [getattr(testing, name).__name__ for name in testing.__all__] == testing.__all__
    with pytest.raises(AttributeError, match="has no attribute 'Kubelet'"):
        _ = testing.Kubelet
