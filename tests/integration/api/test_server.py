"""`python -m goqueue_api`: gunicorn as users run it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
import requests
from redis import Redis

from bench import posting
from goqueue_api.settings import ApiSettings
from goqueue_common.broker.keys import Keys
from tests.factories import eventually

BUSY = 64
"""Connections, many times as many as there are threads..."""
PIPELINING = 6
"""...and a few more than there are."""


class RunningApi(NamedTuple):
    process: subprocess.Popen[str]
    url: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(settings: ApiSettings, port: int) -> dict[str, str]:
    stores = settings.stores
    return os.environ | {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "GOQUEUE_PREFIX": stores.prefix,
        "GOQUEUE_API_BIND": f"127.0.0.1:{port}",
        "GOQUEUE_API_PROCESSES": "1",
        "GOQUEUE_API_THREADS": "4",
        "GOQUEUE_LOG_FORMAT": "json",
    }


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def api(settings: ApiSettings) -> Iterator[RunningApi]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "goqueue_api"], env=environment(settings, port), stderr=subprocess.PIPE, text=True
    )
    running = RunningApi(process, f"http://127.0.0.1:{port}")
    try:
        eventually(lambda: is_ready(running.url), within_seconds=30)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_serves_keeps_connections_and_refuses_large_bodies_with_an_answer(api: RunningApi) -> None:
    with requests.Session() as session:
        made = session.post(f"{api.url}/jobs", json={"type": "demo"}, timeout=5)
        assert made.status_code == 201
        assert session.get(api.url + made.headers["Location"], timeout=5).json() == made.json()
        assert session.get(f"{api.url}/openapi.json", timeout=5).json()["info"]["title"] == "GoQueue"
        large = session.post(f"{api.url}/jobs", json={"type": "demo", "payload": {"x": "y" * 5_000_000}}, timeout=5)
        assert (large.status_code, large.headers["Content-Type"]) == (413, "application/problem+json")
        chunked = session.post(
            f"{api.url}/jobs",
            data=(b"x" * 100_000 for _ in range(50)),
            headers={"Content-Type": "application/json"},
            timeout=5,
        )
        assert chunked.status_code == 413


def test_sigterm_drains_and_ends_with_0_and_a_quiet_log(api: RunningApi, settings: ApiSettings) -> None:
    with requests.Session() as session, ThreadPoolExecutor(1) as pool:
        job_id = session.post(f"{api.url}/jobs", json={"type": "demo"}, timeout=5).json()["id"]
        waiting = pool.submit(requests.get, f"{api.url}/jobs/{job_id}", params={"wait": 20}, timeout=30)
        eventually(lambda: is_listened_to(settings))
        stopped_at = time.monotonic()
        api.process.send_signal(signal.SIGTERM)
        assert waiting.result(10).json()["status"] == "queued"
        _, errors = api.process.communicate(timeout=15)
        assert time.monotonic() - stopped_at < 10
    assert api.process.returncode == 0
    assert "Traceback" not in errors
    assert '"level":"error"' not in errors


def is_listened_to(settings: ApiSettings) -> bool:
    """Whether a request that waits for a job has subscribed."""
    channel = Keys(settings.stores.prefix).settled
    with Redis.from_url(settings.stores.redis_url, decode_responses=True) as client:
        return bool(client.pubsub_numsub(channel)[0][1])


@pytest.mark.parametrize("words", [[], ["--processes", "1"]])
def test_a_taken_port_is_one_clear_line_and_exit_code_2(settings: ApiSettings, words: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "goqueue_api", *words],
            env=environment(settings, port),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        f"goqueue_api: cannot serve at 127.0.0.1:{port}: Address already in use; set GOQUEUE_API_BIND to a free address"
    ]


def test_connections_that_never_rest_leave_threads_to_others(api: RunningApi) -> None:
    posted = posting.run(f"{api.url}/jobs", 2.0, BUSY)
    assert posted["max_ms"] < 1_000
    assert posted["fewest"] > posted["answered"] / BUSY / 10


def test_connections_that_pipeline_without_end_leave_threads_to_others(api: RunningApi) -> None:
    pipelined = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1_000
    is_over = threading.Event()

    def pipeline(_: int) -> None:
        with socket.create_connection(("127.0.0.1", int(api.url.rpartition(":")[2])), timeout=10) as connection:
            threading.Thread(target=lambda: send_until(is_over, connection, pipelined), daemon=True).start()
            while not is_over.is_set():
                assert connection.recv(65_536)

    with ThreadPoolExecutor(PIPELINING) as pool:
        pipelining = [pool.submit(pipeline, number) for number in range(PIPELINING)]
        try:
            waits = [requests.get(f"{api.url}/healthz", timeout=10).elapsed.total_seconds() for _ in range(20)]
        finally:
            is_over.set()
        assert [one.result() for one in pipelining] == [None] * PIPELINING
    assert max(waits) < 2.0


def send_until(is_over: threading.Event, connection: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        while not is_over.is_set():
            connection.sendall(data)


def test_a_second_service_at_the_same_address_is_refused_although_the_first_listens_in_each_process(
    settings: ApiSettings,
) -> None:
    port = free_port()
    words = [sys.executable, "-m", "goqueue_api", "--processes", "2"]
    first = subprocess.Popen(words, env=environment(settings, port), stderr=subprocess.PIPE, text=True)
    try:
        eventually(lambda: is_ready(f"http://127.0.0.1:{port}"), within_seconds=30)
        second = subprocess.run(
            words, env=environment(settings, port), capture_output=True, text=True, timeout=30, check=False
        )
        assert second.returncode == 2
        assert f"cannot serve at 127.0.0.1:{port}: Address already in use" in second.stderr
    finally:
        first.terminate()
        first.communicate(timeout=30)
