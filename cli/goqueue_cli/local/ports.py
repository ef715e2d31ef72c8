"""Free TCP ports of the loopback for the local stores."""

from __future__ import annotations

import random
import socket

from goqueue_cli.errors import CommandError

# Below the range from which systems take the ports of outgoing connections (32768 up on Linux, 49152 on
# macOS). Inside it, a client that calls again and again while its server is down will one day be given the
# server's own port as its source, connect to itself, and keep the server from coming back.
_RANGE = range(20_000, 32_768)


def find_free_port() -> int:
    """A port that nothing listens on now; chosen at random, so that stacks started together seldom meet."""
    for port in random.sample(_RANGE, 200):
        if is_free(port):
            return port
    raise CommandError("no free port found between 20000 and 32767 on 127.0.0.1")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as caller:
        if caller.connect_ex(("127.0.0.1", port)) == 0:
            return False  # some systems let us bind beside a server that listens on all addresses
    with socket.socket() as probe:
        # As servers do: connections of an earlier server that are still closing do not stand in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
