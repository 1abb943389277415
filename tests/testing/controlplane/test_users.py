"""Users: who they are, what they may do, and the files by which they sign in."""

import stat
from typing import get_args

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.users import Auth

AUTHS = get_args(Auth)


async def whoami(control_plane: ControlPlane, *arguments: str) -> dict[str, object]:
    result = await control_plane.kubectl("auth", "whoami", "-o", "json", *arguments)
    info: dict[str, object] = result.json()["status"]["userInfo"]
    return info


@pytest.mark.parametrize("auth", AUTHS)
async def test_a_user_is_known_by_certificate_and_by_token(control_plane: ControlPlane, auth: Auth) -> None:
    user = await control_plane.add_user(f"known-by-{auth}", groups=("shop", "web"))
    kubeconfig = control_plane.kubeconfig_for(user, auth=auth)
    info = await whoami(control_plane, f"--kubeconfig={kubeconfig}")
    assert info["username"] == f"known-by-{auth}"
    assert info["groups"] == ["shop", "web", "system:authenticated"]


@pytest.mark.parametrize("auth", AUTHS)
async def test_the_admin_may_do_everything(control_plane: ControlPlane, auth: Auth) -> None:
    kubeconfig = control_plane.kubeconfig_for(control_plane.admin, auth=auth)
    allowed = await control_plane.kubectl("auth", "can-i", "*", "*", f"--kubeconfig={kubeconfig}")
    assert allowed.stdout == "yes\n"


async def test_a_user_without_rights_may_do_nothing(control_plane: ControlPlane) -> None:
    user = await control_plane.add_user("without-rights")
    result = await control_plane.kubectl("get", "pods", user=user, check=False)
    assert 'pods is forbidden: User "without-rights" cannot list resource "pods"' in result.stderr


async def test_rules_allow_what_they_say_and_no_more(control_plane: ControlPlane) -> None:
    """And at once, though kube-apiserver learns of rules a moment after they are written."""
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    user = await control_plane.add_user("lists-pods", rules=rules)
    assert (await control_plane.kubectl("get", "pods", user=user)).returncode == 0
    result = await control_plane.kubectl("get", "secrets", user=user, check=False)
    assert "Forbidden" in result.stderr


async def test_a_cluster_role_that_exists_can_be_given(control_plane: ControlPlane) -> None:
    user = await control_plane.add_user("views", cluster_role="view")
    assert (await control_plane.kubectl("get", "pods", user=user)).returncode == 0
    result = await control_plane.kubectl("create", "namespace", "of-views", user=user, check=False)
    assert "Forbidden" in result.stderr


async def test_an_unknown_token_is_refused(control_plane: ControlPlane) -> None:
    token_user = control_plane.kubeconfig_for(control_plane.admin, auth="token")
    broken = token_user.read_text().replace(control_plane.admin.token, "unknown")
    token_user.with_name("broken").write_text(broken)
    result = await control_plane.kubectl("get", "pods", f"--kubeconfig={token_user.with_name('broken')}", check=False)
    assert "Unauthorized" in result.stderr


async def test_a_name_is_given_once(control_plane: ControlPlane) -> None:
    await control_plane.add_user("twice")
    with pytest.raises(ValueError, match="there is a user 'twice' already"):
        await control_plane.add_user("twice")


async def test_names_may_have_any_sign(control_plane: ControlPlane) -> None:
    user = await control_plane.add_user("../system:näme /x", rules=[{"nonResourceURLs": ["/x"], "verbs": ["get"]}])
    assert user.token_file.is_relative_to(control_plane.directory / "users")
    kubeconfig = control_plane.kubeconfig_for(user, auth="token")
    assert (await whoami(control_plane, f"--kubeconfig={kubeconfig}"))["username"] == "../system:näme /x"


async def test_a_name_that_no_certificate_can_hold_is_refused(control_plane: ControlPlane) -> None:
    with pytest.raises(ValueError, match="64"):
        await control_plane.add_user("x" * 65)


async def test_secrets_are_in_private_files_and_not_in_the_repr(control_plane: ControlPlane) -> None:
    user = await control_plane.add_user("private")
    for path, content in (
        (user.token_file, user.token),
        (user.key_file, user.key),
        (user.certificate_file, user.certificate),
    ):
        assert path.read_text() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert user.token not in repr(user)
    assert user.key not in repr(user)


async def test_configurations_differ_by_what_signs_in(control_plane: ControlPlane) -> None:
    user = await control_plane.add_user("configured")
    by_certificate = control_plane.configuration_for(user)
    by_token = control_plane.configuration_for(user, auth="token")
    assert (by_certificate.cert_file, by_certificate.api_key) == (str(user.certificate_file), {})
    assert (by_token.cert_file, by_token.api_key) == (None, {"BearerToken": f"Bearer {user.token}"})
