"""What a process of the API does beside answering: each duty in a thread of its own, under a lease all processes share."""

from __future__ import annotations

from collections.abc import Sequence

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.background.runner import Runner, stop_all


class Background:
    """Duties by name. Made without a thread: gunicorn forks after import."""

    def __init__(self, duties: Sequence[tuple[str, LeasedDuty]]) -> None:
        self._duties = duties
        self._runners: list[Runner] = []

    def start(self) -> None:
        """Begin; once a process, after the fork."""
        self._runners = [Runner(duty, name).start() for name, duty in self._duties]

    def close(self) -> None:
        """End the steps in progress and let another process begin at once."""
        if not self._runners:
            return
        stop_all(self._runners)
        for _, duty in self._duties:
            duty.give_up()
