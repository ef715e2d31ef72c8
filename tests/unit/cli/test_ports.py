from __future__ import annotations

import socket

from goqueue_cli.local.ports import find_free_port, is_free


def test_a_port_that_is_listened_on_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_port_that_is_listened_on_from_all_addresses_is_not_free():
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_ports_lie_below_those_that_outgoing_connections_get():
    assert all(20_000 <= find_free_port() < 32_768 for _ in range(20))
