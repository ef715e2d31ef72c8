"""A child as its parent sees it: process, pipe and slot table."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from goqueue_common.job import Outcome
from goqueue_worker import process_start
from goqueue_worker.ending import EndReason
from goqueue_worker.message_pipe import Message, MessagePipe
from goqueue_worker.pool import MAX_PREFETCH
from goqueue_worker.proof_of_life import ProofOfLife
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.settler import DeadChild
from goqueue_worker.slot_table import SlotTable


class ChildProcess:
    """One started child. `on_change` is called from its reader thread whenever there is something new to look at.

    worker_id: once it is ready. ending: once it ends by itself. failure: what it said, should it have failed.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        number: int,
        on_change: Callable[[], None],
        *,
        look_seconds: float,
        counts_folder: Path | None = None,
    ) -> None:
        self.number = number
        self.worker_id: str | None = None
        self.failure: str | None = None
        self.types: list[str] = []
        self.ending: EndReason | None = None
        self.is_killed = False
        self._is_told_to_stop = False
        self._unwritten: list[Outcome] = []
        self._on_change = on_change
        slots = settings.slots_of(number)
        # Beside what is prefetched: suspects that wait for each other, and what poller and acknowledger hold between looks.
        self.table, table_descriptor = SlotTable.create(slots + 3 * MAX_PREFETCH)
        self.life = ProofOfLife(self.table, look_seconds=look_seconds, lease_seconds=settings.lease)
        self._pipe, theirs = MessagePipe.pair()
        with theirs:
            self._process = process_start.start(
                "goqueue_worker.child_main",
                [str(theirs.fileno()), str(table_descriptor), str(os.getpid())],
                [theirs.fileno(), table_descriptor],
            )
        os.close(table_descriptor)
        start: Message = {
            "settings": asdict(settings),
            "number": number,
            "slots": slots,
            "capacity": self.table.capacity,
            "counts_folder": None if counts_folder is None else str(counts_folder),
        }
        self._pipe.send(start)
        self._reader = threading.Thread(target=self._read, name=f"child-{number}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_ending(self) -> bool:
        """Whether it claims no more: told to stop, or by itself."""
        return self._is_told_to_stop or self.ending is not None

    def stop_or_kill(self) -> None:
        """In order: finish what runs, give back the rest. One that still loads holds nothing, and may load for ever."""
        self._is_told_to_stop = True
        if self.worker_id is None:
            self.kill()
        else:
            self._pipe.send({"stop": True})

    def kill(self) -> None:
        """At once."""
        self.is_killed = True
        self._process.kill()

    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def wait(self, timeout_seconds: float) -> int | None:
        """Its exit code, or None: it still runs."""
        try:
            return self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None

    def remains(self, *, shutting_down: bool) -> DeadChild | None:
        """What is left to settle after its end; None: it left nothing. Call once, when exit_code is known."""
        self._reader.join(timeout=5.0)
        held = self.table.held()
        code = self.exit_code()
        self._pipe.close()  # the table stays mapped: the heartbeat may be writing into it at this moment
        if self.worker_id is None or (code == 0 and not held and not self._unwritten):
            return None
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return DeadChild(
            worker_id=self.worker_id, held=held, unwritten=self._unwritten, how=how, shutting_down=shutting_down
        )

    def _read(self) -> None:
        for message in self._pipe.messages():
            if "ready" in message:
                self.types = message["types"]
                self.worker_id = str(message["ready"])
            elif "ending" in message:
                self.ending = EndReason(message["ending"])
            elif "failed" in message:
                self.failure = str(message["failed"])
            elif "unwritten" in message:
                self._unwritten = [Outcome.decoded(document) for document in message["unwritten"]]
            self._on_change()
        self._on_change()
