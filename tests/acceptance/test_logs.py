"""What API and worker log, as a log collector reads it from a pipe, and as a person on a terminal does."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from goqueue import Client
from goqueue_cli.local import LocalStores
from tests.acceptance.conftest import System
from tests.processes import PATIENCE_SECONDS, eventually
from tests.scratch_database import scratch_database

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE_ID}-b7ad6b7169203331-01"
NO_JOB = "018f0000-0000-7000-8000-000000000001"


class Overheard(System):
    """Its processes write to this descriptor; `heard` is what they wrote."""

    stderr = -1
    heard = b""

    def start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**self.environment, **environment},
            cwd=self.folder,
            stderr=self.stderr,
        )
        self._processes.append(process)
        return process

    def listen(self, end: int) -> None:
        """Until nobody writes any more."""
        while True:
            try:
                piece = os.read(end, 65536)
            except OSError:  # a terminal whose other side is closed
                return
            if not piece:
                return
            self.heard += piece

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as JSON objects."""
        return [json.loads(line) for line in self.heard.splitlines()]

    def line(self, event: str) -> dict[str, Any]:
        """The first line of this event, once it is there."""
        eventually(lambda: f'"{event}"'.encode() in self.heard and self.heard.endswith(b"\n"), f"the line {event!r}")
        return next(line for line in self.lines if line["event"] == event)


Opening = Callable[[Callable[[], tuple[int, int]]], Any]


@pytest.fixture(scope="module")
def opening(stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """A system that writes to what a call like os.pipe opens."""

    @contextmanager
    def opened(pair: Callable[[], tuple[int, int]]) -> Iterator[Overheard]:
        folder = tmp_path_factory.mktemp("overheard")
        ours, theirs = pair()
        with scratch_database(server_url, template=template) as database_url:
            system = Overheard(database_url, stores.redis_url, folder.name, folder)
            system.stderr = theirs
            listening = threading.Thread(target=system.listen, args=(ours,))
            listening.start()
            try:
                system.start_api()
                system.start_worker("--handlers", "telling_jobs", "--processes", "1", "--concurrency", "2")
                yield system
            finally:
                system.close()
                os.close(theirs)
                listening.join()
                os.close(ours)

    return opened


@pytest.fixture(scope="module")
def piped(opening: Opening) -> Iterator[Overheard]:
    with opening(os.pipe) as system:
        yield system


@pytest.mark.parametrize(
    ("job_type", "events"),
    [
        ("tell.thread", ("line by logging", "line by structlog", "line by job.log")),
        ("tell.async", ("line by logging", "line by structlog", "line by job.log")),
        ("tell.process", ("line by logging", "line by structlog", "line by job.log")),
        ("tell.fail", ("job_failed",)),
    ],
)
def test_each_line_of_a_job_says_which_and_in_which_trace(piped: Overheard, job_type: str, events: tuple[str, ...]) -> None:
    client = Client(piped.api_url)
    job = client.submit(job_type, {"password": "x"}, traceparent=CALLER)
    client.wait(job.id, timeout=PATIENCE_SECONDS)
    about = {"job_id": job.id, "type": job_type, "attempt": 1, "queue": "default", "trace_id": TRACE_ID}
    for event in events:
        eventually(
            lambda event=event: any(line["event"] == event and line.get("job_id") == job.id for line in piped.lines),
            f"{event!r} of {job_type}",
        )
        line = next(line for line in piped.lines if line["event"] == event and line.get("job_id") == job.id)
        assert line.items() >= about.items()


def test_a_handlers_own_loggers_are_heard_from_the_level_on(piped: Overheard) -> None:
    client = Client(piped.api_url)
    client.wait(client.submit("tell.thread").id, timeout=PATIENCE_SECONDS)
    line = piped.line("line by logging")
    assert (line["logger"], line["level"], line["order"]) == ("telling_jobs", "info", 7)
    assert piped.line("hook line")["level"] == "info"
    assert piped.line("line by a thread")["logger"] == "telling_jobs"
    assert "too quiet" not in {line["event"] for line in piped.lines}


def test_a_line_of_the_api_says_which_request_job_and_trace(piped: Overheard) -> None:
    headers = {"X-Request-ID": "ask-1", "traceparent": CALLER}
    with piped.unreadable_jobs():
        assert requests.get(f"{piped.api_url}/jobs/{NO_JOB}", headers=headers, timeout=5).status_code == 500
    line = piped.line("request_failed")
    assert line.items() >= {"request_id": "ask-1", "job_id": NO_JOB, "trace_id": TRACE_ID, "service": "api"}.items()
    assert "division by zero" in line["exception"]


def test_a_terminal_gets_readable_lines(opening: Opening) -> None:
    with opening(pty.openpty) as system:
        client = Client(system.api_url)
        job = client.submit("tell.thread", traceparent=CALLER)
        client.wait(job.id, timeout=PATIENCE_SECONDS)
        eventually(lambda: b"line by job.log" in system.heard, "the handler's lines")
        text = re.sub(r"\x1b\[[0-9;]*m", "", system.heard.decode())
        assert "api_starting" in text
        assert re.search(rf"info .*line by logging .*job_id={job.id}.*trace_id={TRACE_ID}", text)
        assert not [line for line in text.splitlines() if line.startswith("{")]
