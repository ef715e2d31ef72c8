"""Jobs that keep coming while parts of the system are struck, and what became of each of them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

from goqueue import ApiError, Client, ConnectionFailed
from tests.deploy.containers.system import System
from tests.processes import eventually

_PASSING: Final = (502, 503, 504)  # nginx while the API is away, the API while PostgreSQL is
_PAUSE_SECONDS: Final = 0.2


class Load:
    """Submits jobs through the dashboard for the length of a `with`, each again until it is accepted.

    tag: of its jobs. accepted: their ids. Each job calls the web server outside, which so knows how often it was run.
    """

    def __init__(self, system: System, tag: str, per_second: float = 20.0) -> None:
        self.tag = tag
        self.accepted: list[str] = []
        self._system = system
        self._interval = 1.0 / per_second
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._submitting = self._threads.submit(self._submit_all)
        self.wait_for_more(40)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._threads.shutdown()
        self._submitting.result()

    def wait_for_more(self, count: int) -> None:
        """Until so many more jobs have been accepted."""
        wanted = len(self.accepted) + count
        eventually(lambda: self._submitting.done() or len(self.accepted) >= wanted, f"{count} more jobs accepted", 60.0)
        assert not self._submitting.done(), self._submitting.result()

    def attempts(self) -> dict[str, int]:
        """How often each job was begun, by id, once all are completed; none is missing, and there is none beside."""
        counted = f"SELECT count(*) FROM jobs WHERE tags @> '{{{self.tag}}}' AND status <> 'completed'"
        eventually(lambda: self._system.query(counted) == [["0"]], f"all jobs of {self.tag} completed", 120.0)
        rows = self._system.query(f"SELECT id, attempts FROM jobs WHERE tags @> '{{{self.tag}}}'")
        assert sorted(row[0] for row in rows) == sorted(self.accepted)
        return {job_id: int(attempts) for job_id, attempts in rows}

    def calls(self) -> Counter[str]:
        """How often each job was run, by id, as far as the outside noticed."""
        lines = map(json.loads, self._system.log("outside").splitlines())
        return Counter(line["key"] for line in lines if line.get("web") == f"/{self.tag}")

    def _submit_all(self) -> None:
        with Client(f"{self._system.url}/api", retries=0) as client:
            while not self._stop.wait(self._interval):
                self.accepted.append(self._insist(client, f"{self.tag}-{len(self.accepted)}"))

    def _insist(self, client: Client, key: str) -> str:
        payload = {"url": f"http://outside:8000/{self.tag}", "method": "POST", "json": {}}
        while True:
            try:
                return client.submit("http.request", payload, tags=[self.tag], idempotency_key=key).id
            except ConnectionFailed:
                pass
            except ApiError as error:
                if error.status not in _PASSING:
                    raise
            self._stop.wait(_PAUSE_SECONDS)
