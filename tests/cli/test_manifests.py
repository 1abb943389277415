"""Reading manifests and sending them to a server."""

from pathlib import Path

import pytest

import aiokube
from aiokube.cli.manifests import ManifestError, load, read_manifests
from aiokube.testing import APIServer

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"

CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec:
  group: example.com
  names: {kind: Shop, plural: shops}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def write(folder: Path, text: str, name: str = "manifest.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def config_maps(*names: str) -> str:
    return "---\n".join(CONFIG_MAP.format(name=name) for name in names)


def test_a_file_has_many_documents(tmp_path: Path) -> None:
    path = write(tmp_path, f"# first\n---\n{config_maps('a', 'b')}---\n# nothing\n--- # end\n{config_maps('c')}")
    found = read_manifests([path])
    assert [(manifest.body["metadata"]["name"], manifest.number) for manifest in found] == [
        ("a", 1),
        ("b", 2),
        ("c", 4),
    ]
    assert found[0].place == f"{path}, document 1 (ConfigMap a)"


def test_json_and_lists_are_read(tmp_path: Path) -> None:
    body = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "n"}}'
    path = write(tmp_path, f'{{"apiVersion": "v1", "kind": "List", "items": [{body}]}}', "list.json")
    (found,) = read_manifests([path])
    assert found.place == f"{path}, document 1 (ConfigMap n/a)"


def test_kinds_and_namespaces_come_first(tmp_path: Path) -> None:
    shop = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: s, namespace: web}\n"
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
    write(tmp_path, "---\n".join([shop, config_maps("a"), space]), "1.yaml")
    write(tmp_path, CRD, "2.yml")
    write(tmp_path, "no manifest", "README.md")
    kinds = [manifest.body["kind"] for manifest in read_manifests([tmp_path])]
    assert kinds == ["CustomResourceDefinition", "Namespace", "Shop", "ConfigMap"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "document 1: "),
        (f"{config_maps('a')}---\nkind: Pod\n", "document 2: it has no apiVersion"),
        ("apiVersion: v1\nmetadata: {name: a}\n", "document 1: it has no kind"),
        ("apiVersion: v1\nkind: Pod\n", "document 1: the Pod has no metadata.name"),
        ("- a\n", "document 1: an object was expected, not list"),
    ],
)
def test_what_is_no_object_is_named_by_its_document(tmp_path: Path, text: str, problem: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ManifestError) as caught:
        read_manifests([path])
    assert str(caught.value).startswith(f"{path}, {problem}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.yaml: No such file"):
        read_manifests([tmp_path / "none.yaml"])


async def test_a_server_gets_them_all(tmp_path: Path) -> None:
    shop = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: s, namespace: web}\n"
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
    default = "apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {a: b}}\n"
    path = write(tmp_path, "---\n".join([shop, space, default, CRD, config_maps("a")]))
    async with APIServer() as server, aiokube.connect(server.configuration) as kube:
        assert await load(kube, read_manifests([path])) == 5
        assert (await server.request("GET", "/apis/example.com/v1/namespaces/web/shops/s"))["kind"] == "Shop"
        assert (await server.request("GET", "/api/v1/namespaces/default"))["metadata"]["labels"]["a"] == "b"
        assert await server.request("GET", "/api/v1/namespaces/default/configmaps/a")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_}\n", "(ConfigMap A_): "),
        ("apiVersion: v1\nkind: Nothing\nmetadata: {name: a}\n", "(Nothing a): the server has no kind Nothing in v1"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: gone}\n", "(ConfigMap gone/a): "),
    ],
)
async def test_the_first_that_is_refused_is_named(tmp_path: Path, body: str, problem: str) -> None:
    path = write(tmp_path, f"{config_maps('a')}---\n{body}")
    async with APIServer() as server, aiokube.connect(server.configuration) as kube:
        with pytest.raises(ManifestError) as caught:
            await load(kube, read_manifests([path]))
    assert str(caught.value).startswith(f"{path}, document 2 {problem}")
