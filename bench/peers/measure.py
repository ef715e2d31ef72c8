"""One peer, measured once: submit, drain, wait. What each figure is, README.md says."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import cpu, stack
from bench.latency import percentile
from bench.machine import DISTURBED_CORES
from bench.peers.environments import Environments
from bench.peers.manifest import Peer
from bench.peers.processes import RECORD, PeerProcesses, records_of
from bench.peers.stores import Stores

LATENCY_JOBS = 200
_SINGLES = 3_000
_TAIL_SECONDS = 1.5
_REST_SECONDS = 30.0
_PATIENCE_SECONDS = 90.0


@dataclass(slots=True)
class Row:
    """figures: by name. once: every job ran exactly once, and with GoQueue is `completed`. error: why there are none."""

    peer: str
    jobs: int
    round: int = 0
    once: bool = False
    disturbed: bool = False
    figures: dict[str, float] = field(default_factory=dict)
    error: str = ""

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measure(peer: Peer, environments: Environments, stores: Stores, scale: float) -> Row:
    """scale: of the number of jobs. Raises RuntimeError and TimeoutError when the peer does not work."""
    row = Row(peer.name, max(200, int(peer.jobs * scale)))
    wait_until_quiet()
    stores.clear()
    processes = PeerProcesses(peer, environments, stores)
    processes.submit("setup", 0, 0)
    with ExitStack() as stack_of_processes:
        ours = []
        if peer.is_ours:
            port = int(stack.free_address().rpartition(":")[2])
            ours = [stack_of_processes.enter_context(processes.server(port)).pid]
            processes.environment["API_URL"] = f"http://127.0.0.1:{port}"
            stack.until(lambda: stack.answers(f"http://127.0.0.1:{port}/readyz"))
        _submit(processes, row)
        workers = stack_of_processes.enter_context(processes.workers())
        _drain(processes, stores, row, workers, ours)
        _wait_for_each(processes, row, workers)
    return row


def _submit(processes: PeerProcesses, row: Row) -> None:
    many = processes.peer.submits_many
    singles = min(row.jobs, _SINGLES) // 2 if many else row.jobs
    _note_submits(row, "one", processes.submit("submit", 0, singles))
    if many:
        _note_submits(row, "many", processes.submit("submit_many", singles, row.jobs - singles))


def _note_submits(row: Row, kind: str, answer: dict[str, float]) -> None:
    row.figures[f"submit_{kind}_per_s"] = answer["count"] / answer["seconds"]
    row.figures[f"submit_{kind}_cpu_s_per_1000"] = answer["cpu_seconds"] / answer["count"] * 1000


def _drain(
    processes: PeerProcesses, stores: Stores, row: Row, workers: Sequence[subprocess.Popen[bytes]], ours: Sequence[int]
) -> None:
    """ours: GoQueue's API, which counts among its workers."""
    path, jobs = processes.records, row.jobs
    its = [*(worker.pid for worker in workers), *ours]
    servers = stores.pids(processes.peer.stores)
    _until(lambda: records_of(path) >= jobs // 10, processes, workers)
    first, began, before, busy = records_of(path), time.monotonic(), _used(its, servers), cpu.machine_seconds()
    _until(lambda: records_of(path) >= jobs, processes, workers)
    seconds, count = time.monotonic() - began, records_of(path) - first
    after, others = _used(its, servers), cpu.machine_seconds() - busy
    row.figures["memory_mb"] = cpu.megabytes(its)
    time.sleep(_TAIL_SECONDS)  # for what is acknowledged late, and for a job that would run twice
    tail = _used(its, servers)
    row.figures |= {
        "worker_cpu_s_per_1000": (after[0] - before[0]) / count * 1000,
        "server_cpu_s_per_1000": (after[1] - before[1]) / count * 1000,
        "tail_cpu_s": sum(tail) - sum(after),
        "other_cores": (others - sum(after) + sum(before)) / seconds,
    }
    row.disturbed = row.figures["other_cores"] > DISTURBED_CORES
    _read_starts(processes, stores, row)


def _read_starts(processes: PeerProcesses, stores: Stores, row: Row) -> None:
    """How fast it drained, and whether each job ran once."""
    records = list(RECORD.iter_unpack(processes.records.read_bytes()))
    starts = sorted(at for _, _, at in records)
    row.once = len(records) == row.jobs and {int(number) for number, _, _ in records} == set(range(row.jobs))
    ended = starts[-1]
    if processes.peer.is_ours:
        completed, last = stores.ask("SELECT count(*), max(finished_at) FROM jobs WHERE status = 'completed'")
        row.once = row.once and completed == row.jobs
        ended = last.timestamp() if last is not None else math.inf
        row.figures["started_per_s"] = (len(starts) - 1) / (starts[-1] - starts[0])
    middle = starts[len(starts) // 10 : len(starts) * 9 // 10]
    row.figures |= {
        "drained_per_s": (len(starts) - 1) / (ended - starts[0]),
        "steady_per_s": (len(middle) - 1) / (middle[-1] - middle[0]),
    }


def _wait_for_each(processes: PeerProcesses, row: Row, workers: Sequence[subprocess.Popen[bytes]]) -> None:
    """From the call that submits a job to the start of its handler, on idle workers: what a drain leaves to do is over."""
    wait_until_quiet(_REST_SECONDS)
    done = records_of(processes.records)
    processes.submit("submit_slowly", row.jobs, LATENCY_JOBS)
    _until(lambda: records_of(processes.records) >= done + LATENCY_JOBS, processes, workers)
    records = list(RECORD.iter_unpack(processes.records.read_bytes()))[done:]
    row.once = row.once and sorted(int(number) for number, _, _ in records) == list(
        range(row.jobs, row.jobs + LATENCY_JOBS)
    )
    waits = sorted((at - called_at) * 1000 for _, called_at, at in records)
    row.figures |= {"wait_p50_ms": percentile(waits, 0.5), "wait_p99_ms": percentile(waits, 0.99)}


def _used(its: Sequence[int], servers: Sequence[int]) -> tuple[float, float]:
    return cpu.seconds(its), cpu.seconds(servers)


def _until(holds: Callable[[], bool], processes: PeerProcesses, workers: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        if any(worker.poll() is not None for worker in workers):
            raise RuntimeError(f"a worker has ended by itself: {processes.log_end()}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"its jobs were not done in {_PATIENCE_SECONDS:g} s: {processes.log_end()}")
        time.sleep(0.005)


def wait_until_quiet(seconds: float = 15.0, cores: float = 0.25) -> None:
    """Until nothing else uses the machine, or for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        busy = cpu.machine_seconds()
        time.sleep(0.5)
        if (cpu.machine_seconds() - busy) / 0.5 < cores:
            return
