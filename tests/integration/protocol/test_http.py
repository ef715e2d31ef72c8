"""Rules 26 and 27 of the protocol: requests that wait leave threads to those that do not.

Streams of events, and the figures by which workers are scaled (rule 27), have no feature yet.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from flask import Flask
from redis import Redis
from werkzeug.test import TestResponse

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from tests.factories import eventually, start, submit

REQUESTS = 10
HALF_OF_THE_THREADS = 2


def ask(app: Flask, pool: ThreadPoolExecutor, job_id: str) -> list[Future[TestResponse]]:
    """Many requests at once that all want to wait for one job."""
    return [pool.submit(app.test_client().get, f"/jobs/{job_id}?wait=30") for _ in range(REQUESTS)]


def test_requests_that_wait_never_take_the_last_threads(
    app: Flask, jobs: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    job_id = submit(jobs)
    with ThreadPoolExecutor(REQUESTS) as pool:
        began = time.monotonic()
        requests = ask(app, pool, job_id)
        eventually(lambda: sum(request.done() for request in requests) == REQUESTS - HALF_OF_THE_THREADS)
        assert time.monotonic() - began < 5.0
        sent_away = [request.result() for request in requests if request.done()]
        assert {(answer.status_code, answer.headers.get("Retry-After")) for answer in sent_away} == {(200, "1")}
        outcome = Outcome(id=job_id, attempt=start(jobs, worker_id, job_id).attempt, event=JobEvent.COMPLETE)
        jobs.save_result(worker_id, outcome)
        broker.ack(outcome.field, job_id)
        statuses = [request.result(10).get_json()["status"] for request in requests]
    assert sorted(statuses) == ["completed"] * HALF_OF_THE_THREADS + ["queued"] * (REQUESTS - HALF_OF_THE_THREADS)


def test_those_who_wait_do_not_hold_a_connection_and_a_thread_to_redis_each(
    app: Flask, jobs: JobStore, broker: RedisBroker, redis_client: Redis, worker_id: str
) -> None:
    ids = [submit(jobs) for _ in range(HALF_OF_THE_THREADS)]
    with ThreadPoolExecutor(len(ids)) as pool:
        requests = [pool.submit(app.test_client().get, f"/jobs/{job_id}?wait=30") for job_id in ids]
        eventually(lambda: redis_client.pubsub_numsub(broker.keys.settled)[0][1])
        assert redis_client.pubsub_numsub(broker.keys.settled)[0][1] == 1
        assert sum(thread.name == "settled-listener" for thread in threading.enumerate()) == 1
        for job_id in ids:
            start(jobs, worker_id, job_id)
            jobs.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE))
        broker.ack_many([], ids)
        assert [request.result(10).get_json()["status"] for request in requests] == ["completed"] * len(ids)
