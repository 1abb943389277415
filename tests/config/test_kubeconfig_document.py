from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.config import ConfigException
from aiokube.config.kubeconfig_document import (
    Cluster,
    Context,
    Kubeconfig,
    User,
    merge,
    parse_kubeconfig,
    select,
)

DOCUMENT: dict[str, Any] = {
    "current-context": "dev",
    "clusters": [{"name": "one", "cluster": {"server": "https://one.example"}}],
    "users": [{"name": "dev", "user": {"token": "token-of-dev"}}],
    "contexts": [{"name": "dev", "context": {"cluster": "one", "user": "dev"}}],
}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"users": [{}, {}, {"name": "x", "user": {"token": 1}}]}, "users[2].user.token must be a string, not int"),
        ({"users": [{"user": {"tokenFile": True}}]}, "users[0].user.tokenFile must be a string, not bool"),
        (
            {"clusters": [{"cluster": {"insecure-skip-tls-verify": "yes"}}]},
            "clusters[0].cluster.insecure-skip-tls-verify must be a boolean, not str",
        ),
        ({"clusters": {}}, "clusters must be a list, not object"),
        ({"contexts": ["x"]}, "contexts[0] must be a mapping, not str"),
        ({"current-context": 1}, "current-context must be a string, not int"),
        ([], "the document must be a mapping, not array"),
        (
            {"users": [{"user": {"client-key-data": "canary!"}}]},
            "it is not valid base64 - at `$.users[0].user.client-key-data`",
        ),
        (
            {"users": [{"user": {"client-key-data": 5}}]},
            "it must be a base64 string - at `$.users[0].user.client-key-data`",
        ),
        ({"users": [{"name": "x"}, {"name": "x"}]}, "users has two entries named 'x'"),
        ({"kind": "Pod"}, "it is not a kubeconfig: apiVersion must be v1 and kind must be Config"),
    ],
)
def test_wrong_document_is_refused_with_its_place(document: object, problem: str) -> None:
    with pytest.raises(ConfigException) as caught:
        parse_kubeconfig(document)
    assert str(caught.value) == problem


def test_paths_start_in_the_folder_of_the_kubeconfig() -> None:
    document = {
        "clusters": [{"name": "one", "cluster": {"certificate-authority": "pki/../ca.crt"}}],
        "users": [
            {
                "name": "dev",
                "user": {"client-certificate": "/etc/dev.crt", "client-key": "dev.key", "tokenFile": "../token"},
            }
        ],
    }
    parsed = parse_kubeconfig(document, folder="/home/dev/.kube")
    assert parsed.clusters["one"] == Cluster(certificate_authority="/home/dev/.kube/ca.crt")
    assert parsed.users["dev"] == User(
        client_certificate="/etc/dev.crt",
        client_key="/home/dev/.kube/dev.key",
        token_file="/home/dev/token",
    )
    assert parse_kubeconfig(document).users["dev"].client_key == "dev.key"


def test_document_is_not_changed_and_not_referred_to() -> None:
    document = {"users": [{"name": "dev", "user": {"token": "a"}}]}
    parsed = parse_kubeconfig(document)
    document["users"][0]["user"]["token"] = "b"  # type: ignore[index]
    assert parsed.users["dev"].token == "a"


def test_repr_names_fields_and_shows_no_value() -> None:
    cluster = Cluster(server="https://one.example", proxy_url="http://u:canary@proxy.example")
    assert repr(cluster) == "<Cluster with server, proxy_url>"
    user = User(token="canary", password="canary", client_key_data=None)
    assert repr(user) == "<User with token, password>"
    assert "canary" not in repr(parse_kubeconfig({"users": [{"name": "dev", "user": {"token": "canary"}}]}))


def test_merge_takes_the_first_of_each_name_whole() -> None:
    first = Kubeconfig(users={"dev": User(token="a")})
    second = Kubeconfig(current_context="x", users={"dev": User(username="b"), "ops": User()})
    assert merge([first, second]) == Kubeconfig(current_context="x", users={"dev": User(token="a"), "ops": User()})


def test_select_without_a_user_is_anonymous() -> None:
    kubeconfig = Kubeconfig(clusters={"one": Cluster()}, contexts={"x": Context(cluster="one")})
    active = select(kubeconfig, "x")
    assert (active.user_name, active.user) == (None, User())


@pytest.mark.parametrize(
    ("change", "context", "problem"),
    [
        ({}, "ops", "there is no context 'ops'; the contexts are 'dev'"),
        ({"current-context": None}, None, "current-context is not set; the contexts are 'dev'"),
        ({"contexts": None}, "dev", "there is no context 'dev'; there are no contexts"),
        (
            {"clusters": None},
            None,
            "there is no cluster 'one', which context 'dev' names; there are no clusters",
        ),
        ({"users": []}, None, "there is no user 'dev', which context 'dev' names; there are no users"),
        ({"contexts": [{"name": "dev"}]}, None, "context 'dev' names no cluster"),
    ],
)
def test_select_says_what_is_missing(change: dict[str, Any], context: str | None, problem: str) -> None:
    with pytest.raises(ConfigException) as caught:
        select(parse_kubeconfig(DOCUMENT | change), context)
    assert str(caught.value) == problem


texts = st.none() | st.text(max_size=5)
kubeconfigs = st.builds(
    Kubeconfig,
    current_context=st.none() | st.text(min_size=1, max_size=5),
    clusters=st.dictionaries(st.text(max_size=3), st.builds(Cluster, server=texts), max_size=3),
    users=st.dictionaries(st.text(max_size=3), st.builds(User, token=texts), max_size=3),
    contexts=st.dictionaries(st.text(max_size=3), st.builds(Context, cluster=texts, user=texts), max_size=3),
)


@given(kubeconfigs)
def test_merging_with_itself_or_nothing_changes_nothing(kubeconfig: Kubeconfig) -> None:
    assert merge([kubeconfig, kubeconfig]) == kubeconfig
    assert merge([Kubeconfig(), kubeconfig, Kubeconfig()]) == kubeconfig


@given(kubeconfigs, kubeconfigs, kubeconfigs)
def test_merge_is_associative(first: Kubeconfig, second: Kubeconfig, third: Kubeconfig) -> None:
    assert merge([merge([first, second]), third]) == merge([first, merge([second, third])])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["clusters", "users", "contexts", "current-context", "name", "cluster", "user", "context"])
            | st.sampled_from(["token", "server", "exec", "as-groups", "as-user-extra", "client-key-data"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(json_values)
def test_any_document_is_parsed_or_refused(document: object) -> None:
    try:
        parsed = parse_kubeconfig(document, folder="/")
    except ConfigException:
        return
    assert isinstance(parsed, Kubeconfig)
