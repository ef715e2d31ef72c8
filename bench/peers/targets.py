"""What GoQueue is to reach beside its peers."""

from __future__ import annotations

from collections.abc import Sequence

from bench.peers.manifest import OURS, peers
from bench.peers.measure import Row
from bench.peers.report import medians
from bench.targets import Target

DRAINED_TIMES = {
    "graphile-worker-batched": 1.0,
    "bullmq": 2.0,
    "dramatiq": 5.0,
    "celery-prefork": 15.0,
    "procrastinate": 50.0,
}
"""Peer -> how many times as many jobs a second GoQueue is to drain."""
_BOUNDS = (
    ("in bulk over HTTP, jobs/s", "submit_many_per_s", 30_000, False),
    ("p50 from POST to handler, ms", "wait_p50_ms", 5, True),
    ("p99 from POST to handler, ms", "wait_p99_ms", 15, True),
)
_OURS_OVER_HTTP, _FLOWER = f"{OURS} over HTTP", "celery over HTTP"


def targets(rows: Sequence[Row]) -> list[Target]:
    """Those whose peers were measured."""
    return [*_drained(rows), *_alone(rows), *_over_http(rows), *_cpu(rows), *_once(rows)]


def _drained(rows: Sequence[Row]) -> list[Target]:
    drained = medians(rows, "drained_per_s")
    if OURS not in drained:
        return []
    return [
        Target(f"drained, times {peer}", drained[OURS] / drained[peer], times)
        for peer, times in DRAINED_TIMES.items()
        if peer in drained
    ]


def _alone(rows: Sequence[Row]) -> list[Target]:
    return [
        Target(what, found[OURS], bound, at_most)
        for what, figure, bound, at_most in _BOUNDS
        if OURS in (found := medians(rows, figure))
    ]


def _over_http(rows: Sequence[Row]) -> list[Target]:
    posts, slow = medians(rows, "posts_per_s"), medians(rows, "post_p99_ms")
    found = []
    if _OURS_OVER_HTTP in posts and _FLOWER in posts:
        found.append(Target("POSTs, times Flower", posts[_OURS_OVER_HTTP] / posts[_FLOWER], 2.0))
    if _OURS_OVER_HTTP in slow:
        found.append(Target("p99 of a POST, ms", slow[_OURS_OVER_HTTP], 25, at_most=True))
    return found


def _cpu(rows: Sequence[Row]) -> list[Target]:
    workers, servers = medians(rows, "worker_cpu_s_per_1000"), medians(rows, "server_cpu_s_per_1000")
    in_python = {peer.name for peer in peers() if not peer.is_node and not peer.is_ours}
    others = {name: workers[name] + servers[name] for name in workers if name in in_python}
    if not others or OURS not in workers:
        return []
    cheapest = min(others, key=lambda name: others[name])
    ours = workers[OURS] + servers[OURS]
    return [Target(f"CPU s of 1,000 jobs; {cheapest} has", ours, others[cheapest], at_most=True)]


def _once(rows: Sequence[Row]) -> list[Target]:
    ours = [row for row in rows if row.peer == OURS]
    return (
        [Target("share of rounds in which each job ran once", sum(row.once for row in ours) / len(ours), 1.0)]
        if ours
        else []
    )
