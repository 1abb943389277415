"""Quantities, held against what a real server was seen to make of them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing.apiserver.schema.quantities import Notation, Quantity, QuantityError, canonical, parse
from aiokube.testing.controlplane import ControlPlane, RequestError

# The first one is written, the second one read; of those without a second one Go keeps the text.
_FORMS = {
    "1": "1",
    "1000m": "1",
    "0.5": "500m",
    "1.5Gi": "1536Mi",
    "1024Mi": "1Gi",
    "1000": "1k",
    "0.1m": "100u",
    "0.5n": "1n",
    "-0.5n": "-1n",
    "100.500": "100.500",
    "+1": "+1",
    "1E3": "1E3",
    "1000e3": "1e6",
    "0.3Mi": "314572800m",
    "0.0000000001Ki": "103n",
    "-1.5Ki": "-1536",
    "16Ei": "9223372036854775807",
    "1000E": "1",
    "12345678901234567890": "12345678901234567890",
    "0.000Gi": "0",
    "Mi": "0",
    ".": "0",
    "-": "0",
}
_WRONG_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_ERRORS = {
    "": _WRONG_FORM,
    "abc": _WRONG_FORM,
    "1Kib": _WRONG_FORM,
    "1.5.5": _WRONG_FORM,
    "1e": "unable to parse quantity's suffix",
    "1mm": "unable to parse quantity's suffix",
    "-Pi": "unable to parse numeric part of quantity",
}


@pytest.mark.parametrize(("text", "written"), _FORMS.items())
def test_writes_what_it_has_read_as_go_does(text: str, written: str) -> None:
    assert canonical(text) == written


@pytest.mark.parametrize(("text", "error"), _ERRORS.items())
def test_refuses_what_is_no_quantity_in_go_words(text: str, error: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(text)
    assert str(caught.value) == error


@pytest.mark.parametrize("text", ["1" * 5000, f"0.{'0' * 5000}1", f"-{'9' * 5000}Gi"])
def test_refuses_more_digits_than_anything_that_is_counted_has(text: str) -> None:
    with pytest.raises(QuantityError, match="unable to parse numeric part"):
        parse(text)


@pytest.mark.parametrize("exponent", ["1" * 5000, "-" + "9" * 20])
def test_refuses_an_exponent_beyond_64_bits(exponent: str) -> None:
    with pytest.raises(QuantityError, match="suffix"):
        parse(f"1e{exponent}")


@pytest.mark.parametrize(
    ("text", "scale", "number"),
    [
        ("1500m", 1, 2),
        ("-1500m", 1000, -1500),
        ("1n", 1000, 1),
        ("9E", 1, 9 * 10**18),
        ("10E", 1, 0),
        ("9E", 1000, 0),
        ("1e310", 1, 0),
        ("99999999999999999999", 1, 7766279631452241919),
        ("-99999999999999999999", 1, -7766279631452241919),
    ],
)
def test_what_does_not_fit_64_bits_is_another_number(text: str, scale: int, number: int) -> None:
    """As tests/conformance shows that it is on a real server."""
    assert parse(text).as_int64(scale) == number


async def test_a_real_server_reads_and_writes_the_same(control_plane: ControlPlane) -> None:
    """What stands beside a quantity in blanks is no part of it, so that it is tried here only."""
    for text, written in (_FORMS | {" 5 ": "5"}).items():
        assert await _from_server(control_plane, text) == written, text
    for text, wanted in _ERRORS.items():
        with pytest.raises(RequestError) as caught:
            await _from_server(control_plane, text)
        assert json.loads(caught.value.body)["message"].endswith(f": {wanted}"), text


async def _from_server(control_plane: ControlPlane, text: str) -> str:
    pool = {"name": "p", "generation": 1, "resourceSliceCount": 1}
    devices = [{"name": "a", "capacity": {"c": {"value": text}}}]
    spec = {"driver": "d.example", "nodeName": "n", "pool": pool, "devices": devices}
    body = {"metadata": {"name": "x"}, "spec": spec}
    answer = await control_plane.request("POST", "/apis/resource.k8s.io/v1/resourceslices?dryRun=All", body)
    return f"{answer['spec']['devices'][0]['capacity']['c']['value']}"


_NUMBERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    st.integers(0, 10**20),
    st.one_of(st.just(""), st.integers(0, 10**12).map(".{:03}".format)),
    st.sampled_from(["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "e3", "E-3", "e6"]),
)


@given(_NUMBERS)
def test_what_is_written_is_read_as_the_same_amount(text: str) -> None:
    quantity = parse(text)
    if abs(quantity.amount) < 10**21:  # larger ones lose their suffix, in Go too
        assert parse(quantity.text).amount == quantity.amount
        assert canonical(quantity.text) == quantity.text


@given(_NUMBERS, _NUMBERS)
def test_a_sum_is_exact_and_written_as_its_first_part_is(one: str, other: str) -> None:
    total = parse(one) + parse(other)
    assert total.amount == parse(one).amount + parse(other).amount
    assert total.notation is (parse(one) if parse(one).amount else parse(other)).notation


def test_an_amount_is_written_in_the_notation_asked_for() -> None:
    assert Quantity.of(Fraction(2048), Notation.BINARY).text == "2Ki"
    assert Quantity.of(Fraction(2000), Notation.EXPONENT).text == "2e3"
    assert Quantity.of(Fraction(1, 4)).text == "250m"
