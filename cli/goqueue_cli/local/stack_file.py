"""stack.json in the data directory: where a running stack is, for other commands and our own next start."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goqueue_cli.local.data_dir import write_private
from goqueue_cli.local.processes import birth, stop_orphan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RunningStack:
    """Where a stack is that runs now; the stores' addresses hold passwords."""

    database_url: str
    redis_url: str
    api_url: str


@dataclass(frozen=True, slots=True)
class StackFile:
    """The file of one data directory. It is there while the stack runs, and after a supervisor was killed."""

    path: Path

    def write(self, *, database_url: str, redis_url: str, api_url: str, pids: Mapping[str, int]) -> None:
        """Say where the stack is; readable by its owner only, for the addresses hold passwords."""
        births = {name: birth(pid) for name, pid in pids.items()}
        document = {
            "database_url": database_url,
            "redis_url": redis_url,
            "api_url": api_url,
            "pids": dict(pids),
            "births": births,
        }
        write_private(self.path, json.dumps(document, indent=2) + "\n")

    def running(self) -> RunningStack | None:
        """The stack that the file tells of; None when there is none, or its API lives no more."""
        try:
            document = json.loads(self.path.read_text())
            pid, born = int(document["pids"]["api"]), document["births"]["api"]
            stack = RunningStack(document["database_url"], document["redis_url"], document["api_url"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not there, not ours to read, or cut short
        return stack if born is not None and birth(pid) == born else None

    def remove(self) -> None:
        """Say that nothing runs."""
        self.path.unlink(missing_ok=True)

    def stop_orphans(self, names: tuple[str, ...]) -> list[str]:
        """End services that a killed supervisor left, in the order given; for the holder of the data directory.

        Returns the names of those that still ran. The stores find theirs by themselves.
        """
        try:
            document = json.loads(self.path.read_text())
            pids, births = document["pids"], document["births"]
            left = {name: (int(pids[name]), births[name]) for name in pids}
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError):
            left = {}  # cut short or not ours; there is nothing in it to go by
        self.remove()
        return [name for name in names if name in left and _stop_service(*left[name])]


def _stop_service(pid: int, born: str | None) -> bool:
    # Not by its command line, which services change to show what they are doing.
    if born is None or birth(pid) != born:
        return False
    return stop_orphan(pid, (), stop_signal=signal.SIGTERM, grace_seconds=_GRACE_SECONDS)
