"""Spans of work, when they really ran, and what the API says of their queue."""

from __future__ import annotations

from goqueue import Client, JobRequest
from tests.acceptance.conftest import System

OBEYED_SECONDS = 1.0


def begun(system: System) -> list[tuple[str, float]]:
    """Ids and times of the spans that began, in order."""
    return [(words[1], float(words[2])) for words in map(str.split, system.effects("begin"))]


def most_at_once(system: System, start: float = 0.0, end: float = float("inf")) -> int:
    """How many spans ran side by side at most between two times, by what their handlers wrote."""
    ends = {words[1]: float(words[2]) for words in map(str.split, system.effects("end"))}
    spans = [(at, ends.get(job, float("inf"))) for job, at in begun(system)]
    within = [(max(start, began), ended) for began, ended in spans if began < end and ended > start]
    running, most = 0, 0
    for _, change in sorted([(began, 1) for began, _ in within] + [(ended, -1) for _, ended in within]):
        running += change
        most = max(most, running)
    return most


def submit_spans(client: Client, queue: str, count: int, seconds: float, job_type: str = "shop.span") -> None:
    """So many that take so long each."""
    client.submit_many(JobRequest(job_type, {"seconds": seconds}, queue=queue) for _ in range(count))


def processing(client: Client, queue: str) -> int:
    """How many jobs of the queue are held by workers."""
    return client.queue(queue).processing
