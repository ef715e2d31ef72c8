"""The processes of a running API, seen from outside."""

from __future__ import annotations

import subprocess

import requests

from tests.contract.conftest import Service


class Watched:
    """Knows which processes serve, and a job that must outlive whatever is tried."""

    def __init__(self, service: Service) -> None:
        self._service = service
        made = requests.post(f"{service.url}/jobs", json={"type": "canary"}, headers=service.headers, timeout=10)
        assert made.status_code == 201
        self._job = made.json()
        self._pids = set(self._processes())

    def check(self) -> None:
        """The same processes serve, are ready, and still have the job."""
        assert set(self._processes()) == self._pids
        assert requests.get(f"{self._service.url}/readyz", timeout=5).status_code == 200
        found = requests.get(f"{self._service.url}/jobs/{self._job['id']}", headers=self._service.headers, timeout=5)
        assert found.status_code == 200
        assert found.json()["payload"] == {}

    def memory_bytes(self) -> int:
        """What all of them hold."""
        return sum(self._processes().values())

    def _processes(self) -> dict[int, int]:
        """pid -> resident bytes, of the API's first process and its children."""
        first = self._service.processes.first_pid
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], check=True, capture_output=True, text=True).stdout
        found = [tuple(map(int, line.split())) for line in listed.splitlines()]
        return {pid: kilobytes * 1024 for pid, parent, kilobytes in found if first in (pid, parent)}
