"""Whole processes on real stores: what a user starts, started as they start it, stopped by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from goqueue import Client

PATIENCE_SECONDS = 30.0


def eventually(look: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Processes:
    """An API, workers and more on one database, in `folder` and with `environment`; each ends with its test."""

    def __init__(self, database_url: str, redis_url: str, prefix: str, folder: Path) -> None:
        self.folder = folder
        self.api_url = ""
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url.replace("postgresql+psycopg2://", "postgresql://"),
            "REDIS_URL": redis_url,
            "GOQUEUE_PREFIX": prefix,
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start_api(self) -> Client:
        """A client of a new API that answers /readyz."""
        port = free_port()
        self.environment["GOQUEUE_API_BIND"] = f"127.0.0.1:{port}"
        self.start("goqueue_api")
        self.api_url = f"http://127.0.0.1:{port}"
        eventually(lambda: is_ready(self.api_url), "API ready")
        return Client(self.api_url)

    def start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A module of ours as a process."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env={**self.environment, **environment}, cwd=self.folder
        )
        self._processes.append(process)
        return process

    @property
    def newest(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        return self._processes[-1]

    @property
    def first_pid(self) -> int:
        """Of the process that was started first."""
        return self._processes[0].pid

    @property
    def running(self) -> int:
        """How many processes were started."""
        return len(self._processes)

    def close(self, keep: int = 0) -> None:
        """Stop all but the first `keep` processes: in order, so that a hanging shutdown fails the test."""
        ending, self._processes = self._processes[keep:], self._processes[:keep]
        for process in reversed(ending):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in ending:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def is_ready(url: str) -> bool:
    """Whether the service at this URL answers 200 to /readyz; a fifteenth of the work of `requests`, for who asks often."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
