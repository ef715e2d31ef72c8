"""A scheduler as a process of its own, and what it says of itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from tests.processes import eventually, free_port, is_ready


class Scheduler:
    """Started at once; its log is a file. Without a setting of its own it keeps no schedules file."""

    def __init__(self, environment: Mapping[str, str], log: Path, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = log
        own = {
            "GOQUEUE_SCHEDULER_BIND": self.url.removeprefix("http://"),
            "GOQUEUE_LOG_FORMAT": "json",
            "GOQUEUE_SCHEDULES": "",
        }
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "goqueue_scheduler"],
                env={**environment, **own, **settings},
                cwd=log.parent,
                stderr=output,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ready(self) -> dict[str, Any]:
        """The document of /readyz."""
        document: dict[str, Any] = requests.get(f"{self.url}/readyz", timeout=5).json()
        return document

    def wait_until_ready(self) -> None:
        eventually(lambda: self.ended() or is_ready(self.url), "the scheduler is ready")
        assert not self.ended(), self.text()

    def wait_until_leading(self) -> None:
        eventually(lambda: is_ready(self.url) and self.ready()["role"] == "leader", "it leads")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self._process.wait(40)

    def wait(self) -> int:
        """Its exit code, when it ends by itself."""
        return self._process.wait(20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def text(self) -> str:
        """All that it has written."""
        return self._log.read_text()

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log on this."""
        lines = []
        for line in self.text().splitlines():
            with suppress(ValueError):
                lines.append(json.loads(line))
        return [line for line in lines if line["event"] == event]

    def said_at(self, event: str) -> float:
        """When it first said so, in seconds since the epoch."""
        return datetime.fromisoformat(self.said(event)[0]["timestamp"]).timestamp()
