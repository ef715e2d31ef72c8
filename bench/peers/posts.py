"""Single POSTs by 16 connections that are kept alive: to GoQueue, and to Flower, the task API of Celery."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

from bench import cpu, stack
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
        _post(url + peer.http.path, 1.0, body)
        wait_until_quiet()
        servers = stores.pids(peer.stores)
        before = cpu.seconds([server.pid, *servers])
        posted = _post(url + peer.http.path, _SECONDS, body)
        used = cpu.seconds([server.pid, *servers]) - before
    row.jobs = int(posted["answered"])
    row.figures = {
        "posts_per_s": row.jobs / _SECONDS,
        "post_p50_ms": posted["p50_ms"],
        "post_p99_ms": posted["p99_ms"],
        "post_cpu_s_per_1000": used / row.jobs * 1000,
    }
    return row


def _post(url: str, seconds: float, body: str) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.posting", url, str(seconds), str(CONNECTIONS), body]
    done = subprocess.run(words, cwd=stack.ROOT, check=False, capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode != 0:
        raise RuntimeError(f"the posting process ended with {done.returncode}: {done.stderr[-1000:].strip()}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
