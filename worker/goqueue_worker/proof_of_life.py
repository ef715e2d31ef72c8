"""The proof of life: each vital loop of a child counts its turns in shared memory, and its parent looks whether they go on.

So neither an extension that holds the interpreter's lock, nor a thread that waits for ever, keeps a lease alive unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from goqueue_common.background.runner import Stepper
from goqueue_worker.slot_table import Loop, SlotTable

STORE_SECONDS: Final = 60.0
"""How much longer than a lease a loop may stand that talks to the stores: no call of theirs waits half as long."""


class ProvingDuty:
    """In the child: a duty that counts its steps, failed ones too."""

    def __init__(self, duty: Stepper, table: SlotTable, loop: Loop) -> None:
        self._duty = duty
        self._table = table
        self._loop = loop

    def step(self) -> float:
        """Count, and do what the duty does."""
        self._table.tick(self._loop)
        return self._duty.step()


class ProofOfLife:
    """In the parent: how long each loop of one child has stood still, and how long it has been ending.

    Counted in looks of the parent, not in time: when both were paused together, the child is not to blame.
    """

    def __init__(self, table: SlotTable, *, look_seconds: float, lease_seconds: float) -> None:
        self._table = table
        self._look_seconds = look_seconds
        self._seen = dict.fromkeys(Loop, 0)
        self._looks = dict.fromkeys(Loop, 0)
        self._ending_looks = 0
        self._limits = {
            Loop.WATCHDOG: lease_seconds,
            Loop.POLLER: lease_seconds + STORE_SECONDS,
            Loop.ACKNOWLEDGER: lease_seconds + STORE_SECONDS,
        }

    def look(self) -> None:
        """To be called every `look_seconds` while all loops have to turn."""
        for loop in Loop:
            ticks = self._table.ticks(loop)
            self._looks[loop] = self._looks[loop] + 1 if ticks == self._seen[loop] else 0
            self._seen[loop] = ticks

    def look_at_end(self) -> None:
        """To be called instead while the child ends: then its loops come to rest, one after the other."""
        self._looks = dict.fromkeys(Loop, 0)
        self._ending_looks += 1

    @property
    def still_seconds(self) -> Mapping[Loop, float]:
        """How long each loop has not turned, as far as the parent has looked."""
        return {loop: looks * self._look_seconds for loop, looks in self._looks.items()}

    @property
    def ending_seconds(self) -> float:
        """How long the child has been ending."""
        return self._ending_looks * self._look_seconds

    def dead_loop(self) -> Loop | None:
        """One that has stood still for too long: the child is to be killed."""
        return self._standing(1.0)

    def doubtful_loop(self) -> Loop | None:
        """One that has stood still for more than half of that."""
        return self._standing(0.5)

    def _standing(self, share: float) -> Loop | None:
        seconds = self.still_seconds
        return next((loop for loop in Loop if seconds[loop] > self._limits[loop] * share), None)
