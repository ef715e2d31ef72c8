"""Which addresses a job may call."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network

import pytest

from goqueue_builtin.outbound import NoAnswer, Refused
from goqueue_builtin.outbound.public_addresses import checked_addresses, is_public

PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback network": "127.8.8.8",
    "this network": "0.0.0.0",
    "private 10": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "metadata": "169.254.169.254",
    "carrier": "100.64.0.1",
    "multicast": "224.0.0.251",
    "global multicast": "233.252.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "documentation": "192.0.2.1",
    "6to4 relay": "192.88.99.1",
    "metadata of Oracle": "192.0.0.192",
    "metadata of Azure": "168.63.129.16",
    "v6 loopback": "::1",
    "v6 unspecified": "::",
    "v6 link-local": "fe80::1",
    "v6 link-local with a zone": "fe80::1%1",
    "v6 unique local": "fd00:ec2::254",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "mapped": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:a9fe:a9fe",
    "compatible": "::127.0.0.1",
    "nat64": "64:ff9b::7f00:1",
    "local nat64": "64:ff9b:1::1",
    "6to4": "2002:7f00:1::",
    "teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
}
PUBLIC = {"v4": "93.184.215.14", "v6": "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "nat64": "64:ff9b::5db8:d70e"}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address), ())


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC.keys())
def test_address_is_public(address: str) -> None:
    assert is_public(ip_address(address), ())


@pytest.mark.parametrize(
    ("address", "network"),
    [("127.0.0.1", "127.0.0.1"), ("10.1.9.9", "10.1.0.0/16"), ("fd00::5", "fd00::/8"), ("::ffff:10.1.0.1", "10.1.0.0/16")],
)
def test_allowed_network_may_be_called(address: str, network: str) -> None:
    assert is_public(ip_address(address), [ip_network(network)])
    assert not is_public(ip_address("169.254.169.254"), [ip_network(network)])


def answer(*addresses: str) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answer("93.184.215.14", "127.0.0.1"))
    with pytest.raises(Refused, match=r"shop\.example is 127\.0\.0\.1, which is no public address"):
        checked_addresses("shop.example", 80, ())


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "127.1"])
def test_other_spellings_of_loopback_are_seen_through(host: str) -> None:
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        checked_addresses(host, 80, ())


def test_name_without_an_address_may_have_one_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NoAnswer, match=r"shop\.example has no address"):
        checked_addresses("shop.example", 80, ())


def test_name_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="is no host name"):
        checked_addresses("a" * 64 + ".example", 80, ())
