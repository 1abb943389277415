"""Options, as queries and bodies have them."""

from __future__ import annotations

import pytest

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.verbs.options import delete_options, flag, list_options, write_options


@pytest.mark.parametrize(("text", "on"), [("true", True), ("", True), ("x", True), ("False", False), ("0", False)])
def test_a_switch_is_on_unless_it_says_no(text: str, on: bool) -> None:
    assert flag({"watch": [text]}, "watch") is on
    assert flag({}, "watch") is None


@pytest.mark.parametrize("text", ["x", "1_0", "\u0663", "9" * 5000, str(2**63)])
def test_a_limit_that_is_none_is_a_bad_request(text: str) -> None:
    with pytest.raises(StatusError) as caught:
        list_options({"limit": [text]})
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ({"resourceVersionMatch": ["Exact"]}, "forbidden unless resourceVersion is provided"),
        ({"resourceVersionMatch": ["x"], "resourceVersion": ["1"]}, "Unsupported value"),
        ({"resourceVersionMatch": ["Exact"], "resourceVersion": ["0"]}, "forbidden for resourceVersion"),
        ({"sendInitialEvents": ["true"]}, "forbidden for list"),
        ({"watch": ["1"], "sendInitialEvents": ["true"]}, "requires setting resourceVersionMatch"),
        ({"watch": ["1"], "resourceVersionMatch": ["NotOlderThan"]}, "forbidden for watch unless"),
    ],
)
def test_options_of_a_list_that_do_not_go_together(query: dict[str, list[str]], cause: str) -> None:
    with pytest.raises(StatusError, match=cause) as caught:
        list_options(query)
    assert caught.value.code == 422


def test_a_watch_from_no_version_sends_what_is_there_first() -> None:
    assert list_options({"watch": ["1"]}).send_initial_events is True
    assert list_options({"watch": ["1"], "resourceVersion": ["5"]}).send_initial_events is None


def test_a_body_of_a_deletion_counts_instead_of_the_query() -> None:
    query = {"gracePeriodSeconds": ["7"], "dryRun": ["All"]}
    assert delete_options(query, None).gracePeriodSeconds == 7
    options = delete_options(query, {"gracePeriodSeconds": 3})
    assert (options.gracePeriodSeconds, options.dry_run) == (3, False)


def test_a_deletion_has_one_policy() -> None:
    with pytest.raises(StatusError, match="cannot be both set"):
        delete_options({"orphanDependents": ["true"], "propagationPolicy": ["Orphan"]}, None)


def test_an_apply_names_its_manager_and_others_do_not_force() -> None:
    with pytest.raises(StatusError, match="is required for apply patch"):
        write_options({}, "PatchOptions", applies=True)
    with pytest.raises(StatusError, match="may not be specified for non-apply patch"):
        write_options({"force": ["true"]}, "PatchOptions")
