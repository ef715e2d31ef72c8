"""Which addresses a payload may make a worker call: those of the open internet, and those that an operator allows."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from goqueue_builtin.outbound.errors import NoAnswer, Refused
from goqueue_builtin.settings import Network

Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: Final = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, withdrawn by RFC 7526
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a site, RFC 8215
    IPv6Network("::/96"),  # IPv4 in IPv6 as it was before RFC 4291
)


def is_public(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it may be called, also when it is an IPv6 address that stands for an IPv4 one."""
    meant = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    if any(meant.version == network.version and meant in network for network in allowed):
        return True
    if not meant.is_global or meant.is_multicast or meant.is_reserved or meant.is_unspecified:
        return False
    if any(meant.version == network.version and meant in network for network in _NOT_PUBLIC):
        return False
    return all(is_public(inner, ()) for inner in _embedded(meant))


def checked_addresses(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """What a name stands for, by one lookup. Raises Refused when any of it is not public, NoAnswer when there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NoAnswer(f"{host} has no address: {error.strerror}") from error
    except UnicodeError as error:
        raise Refused(f"{host!r} is no host name") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not is_public(ip_address(address), allowed):
            what = address if address == host else f"{host} is {address}, which"
            raise Refused(f"{what} is no public address: an operator may allow it by GOQUEUE_HTTP_ALLOWED_NETWORKS")
    return addresses


def _embedded(address: Address) -> Iterator[Address]:
    """IPv4 addresses that packets to this IPv6 address may end at."""
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFF_FFFF)
