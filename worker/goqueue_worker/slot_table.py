"""What a child has in hand, in memory that outlives it: the parent reads here what a dead child was doing.

A header holds a counter for each vital loop (the child's proof of life), whether it claims, and the deadline of its lease
(written by the parent, read by the child before it starts or writes anything). Then one record an attempt that the child
has claimed and not yet settled.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import threading
from enum import IntEnum
from typing import Final, NamedTuple
from uuid import UUID


class Loop(IntEnum):
    """The loops without any of which a child does no work: each counts its turns."""

    WATCHDOG = 0
    POLLER = 1
    ACKNOWLEDGER = 2

    @property
    def label(self) -> str:
        """Its name in logs and answers."""
        return self.name.lower()


class Claiming(IntEnum):
    """Whether a child claims; if not, what it waits for."""

    STARTING = 0
    YES = 1
    BACKLOG = 2
    POSTGRES = 3
    FAILING = 4
    DRAINED = 5


_RECORD: Final = struct.Struct("<16siB3x")
# Words of 8 bytes: a counter for each loop, whether it claims, the deadline.
_CLAIMING_WORD: Final = len(Loop)
_DEADLINE_WORD: Final = _CLAIMING_WORD + 1
_HEADER_SIZE: Final = 8 * (_DEADLINE_WORD + 1)
_RECORD_SIZE: Final = _RECORD.size
_STATE_OFFSET: Final = 20
# How far an attempt has come; plain numbers, since every job writes three of them.
_FREE, _CLAIMED, _RUNNING, _FINISHED = 0, 1, 2, 3


class HeldAttempt(NamedTuple):
    """An attempt in hand. running: its handler was called and had not ended, so it may be what killed its process."""

    id: str
    attempt: int
    running: bool

    @property
    def field(self) -> str:
        """Its field in the broker's hash of outcomes; see Outcome.field."""
        return f"{self.id}:{self.attempt}"


class SlotTable:
    """Fixed number of records in a shared mapping. One child writes records; its parent reads them after its death."""

    def __init__(self, memory: mmap.mmap, capacity: int) -> None:
        self._memory = memory
        self.capacity = capacity
        self._free = list(range(capacity))
        self._lock = threading.Lock()
        # Views of native words are read and written in one go: the other side never sees half a number.
        header = memoryview(memory)[:_HEADER_SIZE]
        self._words = header.cast("Q")
        self._times = header.cast("d")

    @staticmethod
    def create(capacity: int) -> tuple[SlotTable, int]:
        """A new empty table and the file descriptor to hand to a child, which outlives no process."""
        with tempfile.TemporaryFile() as file:
            file.truncate(_HEADER_SIZE + capacity * _RECORD_SIZE)
            descriptor = os.dup(file.fileno())
        return SlotTable.open(descriptor, capacity), descriptor

    @staticmethod
    def open(descriptor: int, capacity: int) -> SlotTable:
        """The table behind an inherited descriptor."""
        return SlotTable(mmap.mmap(descriptor, _HEADER_SIZE + capacity * _RECORD_SIZE), capacity)

    def hold(self, job_id: str, attempt: int) -> int:
        """Note an attempt just claimed; its record's index."""
        with self._lock:
            index = self._free.pop()
        raw = bytes.fromhex(job_id.replace("-", ""))
        _RECORD.pack_into(self._memory, _HEADER_SIZE + index * _RECORD_SIZE, raw, attempt, _CLAIMED)
        return index

    def start(self, index: int) -> None:
        """The attempt's handler is about to be called."""
        self._memory[_HEADER_SIZE + index * _RECORD_SIZE + _STATE_OFFSET] = _RUNNING

    def finish(self, index: int) -> None:
        """The attempt's handler has ended; what came of it is not written yet."""
        self._memory[_HEADER_SIZE + index * _RECORD_SIZE + _STATE_OFFSET] = _FINISHED

    def settle(self, index: int) -> None:
        """The attempt is settled in PostgreSQL, or was never ours."""
        self._memory[_HEADER_SIZE + index * _RECORD_SIZE + _STATE_OFFSET] = _FREE
        with self._lock:
            self._free.append(index)

    def held(self) -> list[HeldAttempt]:
        """Everything in hand."""
        found = []
        for index in range(self.capacity):
            raw, attempt, state = _RECORD.unpack_from(self._memory, _HEADER_SIZE + index * _RECORD_SIZE)
            if state != _FREE:
                found.append(HeldAttempt(str(UUID(bytes=raw)), attempt, state == _RUNNING))
        return found

    def counts(self) -> tuple[int, int]:
        """How many attempts are in hand, and how many of them run."""
        states = self._states()
        return len(states) - states.count(_FREE), states.count(_RUNNING)

    @property
    def unwritten(self) -> int:
        """How many attempts have ended and are not settled yet."""
        return self._states().count(_FINISHED)

    def _states(self) -> bytes:
        return self._memory[_HEADER_SIZE + _STATE_OFFSET :: _RECORD_SIZE]

    def tick(self, loop: Loop) -> None:
        """This loop of the child has turned; called by its own thread only."""
        self._words[loop] += 1

    def ticks(self, loop: Loop) -> int:
        """How often it has turned."""
        return self._words[loop]

    @property
    def claiming(self) -> Claiming:
        """Whether the child claims; as its poller last found."""
        return Claiming(self._words[_CLAIMING_WORD])

    @claiming.setter
    def claiming(self, value: Claiming) -> None:
        self._words[_CLAIMING_WORD] = value

    @property
    def lease_deadline(self) -> float:
        """By Clock.boottime: past it the child starts and writes nothing until the lease is known to live."""
        return self._times[_DEADLINE_WORD]

    @lease_deadline.setter
    def lease_deadline(self, value: float) -> None:
        self._times[_DEADLINE_WORD] = value
