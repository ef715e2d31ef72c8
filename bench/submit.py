"""Jobs per second that one program hands over by HTTP, with the SDK: one by one, and in batches."""

from __future__ import annotations

import argparse
import time

from bench import cpu, stack
from goqueue import Client, JobRequest

ONE_BY_ONE_SHARE = 25
"""A call for each job takes that many times as long as its part of a batch."""


def measure(servers: stack.Servers, options: argparse.Namespace) -> dict[str, float]:
    """One round."""
    singles = max(1, options.jobs // ONE_BY_ONE_SHARE)
    with stack.api(servers.environment) as url, Client(url) as client:
        client.submit("bench.record", stack.PAYLOAD)
        began = time.perf_counter()
        for _ in range(singles):
            client.submit("bench.record", stack.PAYLOAD)
        one_by_one = singles / (time.perf_counter() - began)
        before = cpu.seconds(servers.pids) if cpu.IS_KNOWN else 0.0
        began = time.perf_counter()
        submitted = client.submit_many(JobRequest("bench.record", stack.PAYLOAD) for _ in range(options.jobs))
        batched = options.jobs / (time.perf_counter() - began)
        after = cpu.seconds(servers.pids) if cpu.IS_KNOWN else 0.0
    figures = {
        "batched_per_s": batched,
        "one_by_one_per_s": one_by_one,
        "once": float(len({job.id for job in submitted}) == options.jobs),
    }
    if cpu.IS_KNOWN:
        figures["server_cpu_s_per_1000_batched"] = (after - before) / options.jobs * 1000
    return figures
