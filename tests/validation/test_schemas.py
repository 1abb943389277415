"""validate(): by the schemas that kubernetes-validate ships."""

import copy
import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kubernetes_asyncio.client as typed
import kubernetes_asyncio.dynamic as reference
import kubernetes_validate
import pytest

from aiokube.dynamic import ResourceInstance
from aiokube.validation import validate


def deployment(**spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


def service(**port: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [port]}}


CUSTOM = {"apiVersion": "stable.example.com/v1", "kind": "CronTab", "metadata": {"name": "nightly"}, "spec": {}}
NO_SELECTOR = {**deployment(), "spec": {"template": {}}}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("definition", "version"),
    [
        (deployment(), "1.36"),
        (deployment(replicas="three"), "v1.36.3"),
        (deployment(replicas=3, foo=1), "v1.36.3+k3s1"),
        (NO_SELECTOR, "v1.30.5-gke.100"),
        ({**deployment(), "foo": 1}, "v1.31.2-eks-1234"),
        ({**deployment(), "kind": "deployment"}, "1.36"),
        (CUSTOM, "1.36"),
    ],
)
def test_says_what_kubernetes_asyncio_says(definition: dict[str, Any], version: str, strict: bool) -> None:
    """Its finding, the first, is among ours, in the same words."""
    client: Any = SimpleNamespace(version={})
    warnings, errors = reference.DynamicClient.validate(client, definition, version, strict)
    our_warnings, our_errors = validate(definition, version, strict=strict)
    assert our_warnings == warnings
    assert set(errors) <= set(our_errors)
    assert bool(our_errors) == bool(errors)


def test_finds_everything_with_its_path() -> None:
    definition = deployment(replicas="three")
    definition["metadata"]["labels"] = {"tier": 1}
    definition["spec"]["template"]["spec"]["containers"].append({"name": 2})
    definition["spec"]["template"]["spec"]["volumes"] = "x"
    warnings, errors = validate(definition, "1.36")
    assert warnings == []
    assert sorted(errors) == [
        "resource definition validation error at metadata.labels.tier: 1 is not of type 'string', 'null'",
        "resource definition validation error at spec.replicas: 'three' is not of type 'integer', 'null'",
        "resource definition validation error at spec.template.spec.containers.1.name: 2 is not of type 'string'",
        "resource definition validation error at spec.template.spec.volumes: 'x' is not of type 'array', 'null'",
    ]


def test_null_is_unset() -> None:
    """It fits all alternatives of an IntOrString, which as such is an error."""
    assert validate(service(port=80, targetPort=None, protocol=None), "1.36") == ([], [])


def test_unknown_fields_are_errors_only_if_strict() -> None:
    definition = deployment(repliccas=3)
    assert validate(definition, "1.36") == ([], [])
    _, (error,) = validate(definition, "1.36", strict=True)
    assert error.endswith(" at spec: Additional properties are not allowed ('repliccas' was unexpected)")


@pytest.mark.parametrize("version", ["1.36", "v1.36", "1.36.3", "v1.36.3", "v1.36.3+k3s1", "v1.36.3-gke.1234"])
def test_the_minor_version_counts(version: str) -> None:
    (warning,), errors = validate(CUSTOM, version)
    assert warning == (
        "Could not find schema for object kind CronTab with API version stable.example.com/v1"
        " in Kubernetes version 1.36 (possibly Custom Resource?)"
    )
    assert errors == []


@pytest.mark.parametrize("version", [None, ""])
def test_without_a_version_the_newest_is_taken(version: str | None) -> None:
    newest = ".".join(kubernetes_validate.latest_version().split(".")[:2])
    (warning,), _ = validate(CUSTOM, version)
    assert f"in Kubernetes version {newest} " in warning


@pytest.mark.parametrize("version", ["1.24", "v1.9.11", "1.99", "1.360", "2.36", "1", "latest", "v"])
def test_a_version_without_schemas_is_an_error_that_names_those_there_are(version: str) -> None:
    warnings, (error,) = validate(deployment(), version)
    assert warnings == []
    assert error.startswith(f"Kubernetes version {version} is not supported by kubernetes-validate; it knows 1.2")
    assert "1.35, 1.36" in error


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("batch.example.com/v1", "Job"),
        ("v1", "ObjectReference"),
        ("v1", "../pod"),
        ("../apps/v1", "Deployment"),
        ("v1", "P\0d"),
    ],
)
def test_a_kind_is_not_taken_for_another_one(api_version: str, kind: str) -> None:
    """The library's files are named by the first label of a group, and some hold no kind."""
    (warning,), errors = validate({"apiVersion": api_version, "kind": kind, "spec": 1}, "1.36")
    assert warning.startswith(f"Could not find schema for object kind {kind} with API version {api_version} ")
    assert errors == []


def test_without_a_kind_there_is_an_error_for_each_thing_that_is_missing() -> None:
    assert validate({"kind": 3}, "1.36") == (
        [],
        [
            "resource definition validation error at apiVersion: Required value",
            "resource definition validation error at kind: 3 is not of type 'string'",
        ],
    )


def test_what_has_no_form_in_json_is_an_error() -> None:
    _, errors = validate(deployment(replicas=float("nan")), "1.36")
    assert errors == ["resource definition validation error at spec.replicas: nan has no form in JSON"]


def test_the_definition_is_not_changed() -> None:
    definition = deployment(replicas="three", tuple=(1, 2))
    before = copy.deepcopy(definition)
    validate(definition, "1.36", strict=True)
    assert definition == before


@pytest.mark.parametrize(
    "definition",
    [
        ResourceInstance(None, {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": 1}]}}),
        ResourceInstance(None, {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": 1}]}}).attributes,
        typed.V1Pod(api_version="v1", kind="Pod", spec={"containers": [{"name": 1}]}),
    ],
    ids=["ResourceInstance", "ResourceField", "typed model"],
)
def test_takes_every_form_of_an_object(definition: Any) -> None:
    _, errors = validate(definition, "1.36")
    assert errors == ["resource definition validation error at spec.containers.0.name: 1 is not of type 'string'"]


def test_dates_are_texts_as_on_the_wire() -> None:
    """YAML reads an unquoted date as one."""
    definition = deployment()
    definition["metadata"]["creationTimestamp"] = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert validate(definition, "1.36") == ([], [])


@pytest.mark.parametrize("definition", [[1], "v1", None, 3])
def test_what_is_no_object_is_refused(definition: Any) -> None:
    with pytest.raises(TypeError, match="a definition is an object, got"):
        validate(definition, "1.36")


def run(code: str, *, path: Path | None = None) -> str:
    """Run a program with warnings as errors, and return what it prints."""
    environment = os.environ | ({"PYTHONPATH": os.pathsep.join([str(path), *sys.path])} if path else {})
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_library_is_imported_when_it_is_first_used() -> None:
    printed = run(
        "import sys, aiokube.dynamic, aiokube.validation\n"
        "print([name for name in ('kubernetes_validate', 'jsonschema', 'referencing') if name in sys.modules])\n"
        "aiokube.validation.validate({}, None)\n"
        "print('kubernetes_validate' in sys.modules)"
    )
    assert printed.split("\n") == ["[]", "True"]


def test_without_the_library_the_error_says_what_to_install() -> None:
    printed = run(
        "import sys\n"
        "sys.modules['kubernetes_validate'] = None\n"
        "from aiokube.dynamic.exceptions import KubernetesValidateMissing\n"
        "from aiokube.validation import validate\n"
        "try: validate({}, None)\n"
        "except KubernetesValidateMissing as error: print(error)"
    )
    assert "pip install 'aiokube[validate]'" in printed


def test_what_the_library_warns_of_at_its_import_is_kept_away(tmp_path: Path) -> None:
    package = tmp_path / "kubernetes_validate"
    package.mkdir()
    (package / "__init__.py").write_text("import warnings\nwarnings.warn('old', DeprecationWarning)\n")
    (package / "utils.py").write_text("def all_versions(): return ['1.2.0']\n")
    printed = run(
        "from aiokube.validation import validate\nprint(validate({'apiVersion': 'v1', 'kind': 'Pod'}, '1.3'))",
        path=tmp_path,
    )
    assert printed.endswith("it knows 1.2'])")
