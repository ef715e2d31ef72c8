"""Single POSTs by 16 connections that are kept alive: to GoQueue, and to Flower, the task API of Celery."""

from __future__ import annotations

import json
import socket

from bench import cpu, posting, stack
from bench.peers.environments import Environments
from bench.peers.manifest import Peer
from bench.peers.measure import Row, wait_until_quiet
from bench.peers.processes import PeerProcesses
from bench.peers.stores import Stores

CONNECTIONS = 16
_SECONDS = 5.0


def measure(peer: Peer, environments: Environments, stores: Stores) -> Row:
    """Its server alone; no worker runs what it takes."""
    assert peer.http is not None
    row = Row(f"{peer.folder} over HTTP", 0)
    stores.clear()
    processes = PeerProcesses(peer, environments, stores)
    processes.submit("setup", 0, 0)
    port = int(stack.free_address().rpartition(":")[2])
    url = f"http://127.0.0.1:{port}"
    body = peer.http.body.replace("$ARG", json.dumps(stack.PAYLOAD))
    with processes.server(port) as server:
        stack.until(lambda: stack.answers(url + peer.http.ready) if peer.http and peer.http.ready else _listens(port))
        posting.run(url + peer.http.path, 1.0, CONNECTIONS, body)
        wait_until_quiet()
        servers = stores.pids(peer.stores)
        before = cpu.seconds([server.pid, *servers])
        posted = posting.run(url + peer.http.path, _SECONDS, CONNECTIONS, body)
        used = cpu.seconds([server.pid, *servers]) - before
    row.jobs = int(posted["answered"])
    row.figures = {
        "posts_per_s": row.jobs / _SECONDS,
        "post_p50_ms": posted["p50_ms"],
        "post_p99_ms": posted["p99_ms"],
        "post_cpu_s_per_1000": used / row.jobs * 1000,
    }
    return row


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
