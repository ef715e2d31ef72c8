"""Which addresses a payload may make a worker call: those of the open internet, and those that an operator allows."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from goqueue_builtin.outbound.errors import NoAnswer, Refused
from goqueue_builtin.settings import Network

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: Final = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, withdrawn by RFC 7526
    IPv4Network("192.0.0.0/24"),  # RFC 6890; Oracle's metadata are at .192, which some Pythons call global
    IPv4Network("168.63.129.16/32"),  # what Azure's machines ask about themselves
)


def is_public(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it may be called, also when it is an IPv6 address that stands for an IPv4 one."""
    meant = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    if any(meant.version == network.version and meant in network for network in allowed):
        return True
    if isinstance(meant, IPv4Address):
        is_special = meant.is_multicast or meant.is_reserved or any(meant in network for network in _NOT_PUBLIC)
        return meant.is_global and not is_special
    if meant in _NAT64:
        return is_public(IPv4Address(int(meant) & 0xFFFF_FFFF), ())
    tunnelled = [*filter(None, [meant.sixtofour]), *(meant.teredo or ())]
    return meant in _GLOBAL_UNICAST and meant.is_global and all(is_public(end, ()) for end in tunnelled)


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
