"""A steady load from outside: single jobs over HTTP, and exactly the ids that were answered with 201."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass
from typing import Final

NO_ANSWER: Final = 0
"""The status of a request that got none: reset, refused, or not within ANSWER_SECONDS."""
ANSWER_SECONDS: Final = 10.0
_SENDERS: Final = 4
_JOB_LENGTHS: Final = (0.9, 1.8, 3.0, 1.5, 12.0)
"""In intervals between two jobs, so that they keep about four slots busy at any rate."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One request. at: when it was answered, seconds: how long that took; job_id: only with 201."""

    at: float
    seconds: float
    status: int
    job_id: str | None = None
    retry_after: str | None = None

    @property
    def sent_at(self) -> float:
        """When the request was sent."""
        return self.at - self.seconds


class Loader:
    """Sends `per_second` jobs a second from `start` to `stop`, whatever happens; none to catch up after a stall."""

    def __init__(self, port: int, per_second: float) -> None:
        self.answers: list[Answer] = []
        self._port = port
        self._per_second = per_second
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send_all, name=f"load-{n}") for n in range(_SENDERS)]

    def start(self) -> None:
        """Begin."""
        self._next_at = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, with the answers to what was sent."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def accepted(self) -> dict[str, float]:
        """Id -> when it was answered with 201."""
        return {answer.job_id: answer.at for answer in list(self.answers) if answer.job_id is not None}

    def _send_all(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        while not self._stop.wait(max(0.0, self._turn() - time.monotonic())):
            number = next(self._numbers)
            seconds = _JOB_LENGTHS[number % len(_JOB_LENGTHS)] / self._per_second
            self.answers.append(_send(connection, {"n": number, "seconds": seconds}))
        connection.close()

    def _turn(self) -> float:
        with self._lock:
            turn = max(self._next_at, time.monotonic())
            self._next_at = turn + 1.0 / self._per_second
            return turn


def _send(connection: http.client.HTTPConnection, payload: dict[str, float]) -> Answer:
    body = json.dumps({"type": "fault.work", "payload": payload})
    began = time.monotonic()
    try:
        connection.request("POST", "/jobs", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return Answer(time.monotonic(), time.monotonic() - began, NO_ANSWER)
    now = time.monotonic()
    if response.status != http.client.CREATED:
        return Answer(now, now - began, response.status, retry_after=response.headers.get("Retry-After"))
    return Answer(now, now - began, response.status, str(json.loads(content)["id"]))
