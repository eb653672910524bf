"""Which addresses receivers may have: every other spelling, every special network, every disguise is refused."""

from ipaddress import ip_address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.receiver.addresses import AddressRefused, check, is_public, read_allowed, read_url
from tests.notifications.webhook.addresses import SPECIAL, UNREADABLE

PUBLIC = ("8.8.8.8", "193.90.1.1", "2606:4700::1111", "2a02:c0::1")


@pytest.mark.parametrize("url", UNREADABLE)
def test_no_other_spelling_is_read(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_url(url)


@pytest.mark.parametrize("address", SPECIAL)
def test_no_address_that_is_not_public_is_connected_to(address: str) -> None:
    at = ip_address(address)
    assert not is_public(at)
    host = f"[{at}]" if at.version == 6 else str(at)
    with pytest.raises(AddressRefused):
        check(read_url(f"https://{host}/"), [at], ())
    with pytest.raises(AddressRefused):
        check(read_url("https://a.no/"), [ip_address("8.8.8.8"), at], ())


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "169.254.0.1", "fe80::1", "224.0.0.1", "ff02::1", "0.0.0.0", "::"]
)
def test_a_name_that_is_allowed_is_never_this_machine_a_link_or_many(address: str) -> None:
    named = (read_allowed("https://hook.intern:443"),)
    check(read_url("https://hook.intern/"), [ip_address("10.0.0.1")], named)
    with pytest.raises(AddressRefused):
        check(read_url("https://hook.intern/"), [ip_address(address)], named)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_one_is_over_tls_on_its_port_and_no_other(address: str) -> None:
    at = ip_address(address)
    check(read_url("https://a.example.no/hook?x=1"), [at], ())
    for url in ("http://a.example.no/", "https://a.example.no:22/", "https://a.example.no:8443/", "https://a.no:80/"):
        with pytest.raises(AddressRefused):
            check(read_url(url), [at], ())


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefused):
        check(read_url("https://a.no/"), [], ())


def test_what_is_read_is_taken_apart() -> None:
    told = read_url("https://a.example.no:8443/hook/1?x=%20y")
    assert (told.scheme, told.host, told.port, told.path) == ("https", "a.example.no", 8443, "/hook/1?x=%20y")
    assert (told.authority, told.address) == ("a.example.no:8443", None)
    assert read_url("https://a.no").path == "/"
    assert read_url("https://[2a02:c0::1]:8443/").authority == "[2a02:c0::1]:8443"
    assert read_url("https://8.8.8.8/").authority == "8.8.8.8"


def test_a_network_is_allowed_with_its_port_and_scheme_alone() -> None:
    allowed = (read_allowed("https://10.2.0.0/16:8443"),)
    check(read_url("https://hook.intern:8443/"), [ip_address("10.2.3.4")], allowed)
    for url, at in (
        ("https://hook.intern:8443/", "10.3.0.1"),
        ("https://hook.intern:8444/", "10.2.3.4"),
        ("https://hook.intern/", "10.2.3.4"),
        ("http://hook.intern:8443/", "10.2.3.4"),
        ("https://hook.intern:8443/", "8.8.8.8"),
    ):
        with pytest.raises(AddressRefused):
            check(read_url(url), [ip_address(at)], allowed)


def test_a_name_is_allowed_at_any_address_but_this_machines_own() -> None:
    allowed = (read_allowed("http://hook:9000"),)
    check(read_url("http://hook:9000/"), [ip_address("10.2.3.4")], allowed)
    for url, at in (
        ("http://hook:9000/", "127.0.0.1"),
        ("http://hook:9000/", "169.254.169.254"),
        ("http://hook:9000/", "0.0.0.0"),
        ("http://hook:9000/", "::ffff:7f00:1"),
        ("http://other:9000/", "10.2.3.4"),
        ("http://hook:9001/", "10.2.3.4"),
    ):
        with pytest.raises(AddressRefused):
            check(read_url(url), [ip_address(at)], allowed)
    check(read_url("http://hook:9000/"), [ip_address("127.0.0.1")], (read_allowed("http://127.0.0.1/32:9000"),))


@pytest.mark.parametrize(
    "entry",
    ["", "10.0.0.0/8:443", "https://10.0.0.0/8", "https://10.0.0.1:443", "ftp://a.no:21", "https://a.no:x",
     "https://10.0.0.1/8:443", "https://a.no:0", "https://a.no:٤٤٣", "https://A.no:443"],
)  # fmt: skip
def test_an_entry_that_leaves_something_open_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_allowed(entry)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_in_disguise_is_never_public(number: int) -> None:
    for disguised in (
        ip_address((0xFFFF << 32) | number),
        ip_address((0x0064FF9B << 96) | number),
        ip_address((0x2002 << 112) | (number << 80)),
    ):
        assert not is_public(disguised)


PATHS = st.text("abc.%2eE/?~", max_size=20)


@given(PATHS)
def test_what_is_registered_is_what_is_sent(path: str) -> None:
    """No path is sent otherwise than it was read."""
    url = f"https://a.no/{path}"
    try:
        target = read_url(url)
    except AddressRefused:
        return
    assert httpx.URL(f"https://a.no{target.path}").raw_path.decode() == target.path
