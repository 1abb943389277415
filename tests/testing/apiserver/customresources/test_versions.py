from aiokube.testing.apiserver.customresources.versions import newer_first


def test_stable_versions_come_first_and_words_last() -> None:
    versions = ["foo1", "v1", "v10beta3", "v2", "v11alpha2", "v1beta1", "v10", "foo10", "v3beta1", "v12alpha1"]
    assert newer_first(versions) == [
        "v10",
        "v2",
        "v1",
        "v10beta3",
        "v3beta1",
        "v1beta1",
        "v12alpha1",
        "v11alpha2",
        "foo1",
        "foo10",
    ]
