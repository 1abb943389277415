import pytest

from aiokube.testing.apiserver.kinds import ip_addresses


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("010.000.00.1", "10.0.0.1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("FD00:0::0001", "fd00::1"),
    ],
)
def test_addresses_are_read_however_they_are_spelled(text: str, meant: str) -> None:
    assert str(ip_addresses.parse(text)) == meant


@pytest.mark.parametrize("text", ["", "a", "1.2.3", "1.2.3.256", "fe80::1%eth0", "10.0.0.1/8", " 10.0.0.1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert ip_addresses.parse(text) is None
    assert ip_addresses.address(text) == ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("010.0.0.1", "must not have leading 0s"),
        ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
    ],
)
def test_addresses_that_can_be_read_in_two_ways_are_refused(text: str, words: str) -> None:
    assert ip_addresses.address(text) == [words]


def test_only_one_spelling_is_canonical() -> None:
    assert ip_addresses.canonical("fd00::1") == []
    assert ip_addresses.canonical("FD00::1") == ['must be in canonical form ("fd00::1")']
    assert ip_addresses.address("FD00::1") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.0/8", []),
        ("10.0.0.1/8", ["must not have bits set beyond the prefix length"]),
        ("10.0.0.0/08", ["must not have leading 0s in IP or prefix length"]),
        ("10.0.0.0/255.0.0.0", ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]),
        ("10.0.0.0", ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]),
        ("10.0.0.0/33", ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]),
    ],
)
def test_networks(text: str, words: list[str]) -> None:
    assert ip_addresses.network(text) == words


@pytest.mark.parametrize("text", ["::", "127.0.0.1", "::1", "169.254.1.1", "224.0.0.1", "ff02::1", "x"])
def test_nobody_is_reached_by_special_addresses(text: str) -> None:
    assert len(ip_addresses.endpoint(text)) == 1


@pytest.mark.parametrize("text", ["192.0.2.1", "fd00::1", "239.0.0.1"])
def test_endpoints_have_common_addresses(text: str) -> None:
    assert ip_addresses.endpoint(text) == []


def test_odd_spellings_are_warned_of() -> None:
    assert ip_addresses.warnings("f", "010.0.0.1") == [
        'f: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"'
    ]
    assert ip_addresses.warnings("f", "10.0.0.1") == []
