"""References to images: their tags, by which the server decides how they are pulled."""

import pytest

from aiokube.testing.apiserver.kinds import images


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", "latest"),
        ("nginx:1.2", "1.2"),
        ("r.io:5000/nginx", "latest"),
        ("r.io:5000/a/b:v1_2", "v1_2"),
        ("localhost/a", "latest"),
        (f"a@sha256:{'0' * 64}", ""),
        (f"a:x@sha256:{'0' * 64}", "x"),
        ("index.docker.io/nginx:x", "x"),
        ("A/b:x", "x"),
        ("a/B:x", ""),
        ("0" * 64, ""),
        ("", ""),
        ("a b", ""),
        ("a:", ""),
        (f"a:{'x' * 129}", ""),
        (f"a@sha256:{'0' * 63}", ""),
        (f"{'a/' * 130}b", ""),
    ],
)
def test_tags_are_found(image: str, tag: str) -> None:
    assert images.tag(image) == tag


def test_what_may_change_is_pulled_always() -> None:
    assert [images.pull_policy(image) for image in ("a", "a:latest", "a:1", "?")] == [
        "Always",
        "Always",
        "IfNotPresent",
        "IfNotPresent",
    ]
