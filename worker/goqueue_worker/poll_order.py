"""In which order the lists of Redis, or what stands for them, are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.broker.contract import QueueList
from goqueue_common.job import Priority

_ORDERS: Final = {
    3: (Priority.LOW, Priority.HIGH, Priority.NORMAL),
    7: (Priority.NORMAL, Priority.HIGH, Priority.LOW),
}
_USUAL_ORDER: Final = (Priority.HIGH, Priority.NORMAL, Priority.LOW)


def poll_order(queues: Sequence[str], poll: int) -> list[QueueList]:
    """Which list to look at first: high before normal before low, but of eight polls one starts at low and one at normal;
    queues in turn.
    """
    if not queues:
        return []
    turn = poll % len(queues)
    rotated = [*queues[turn:], *queues[:turn]]
    return [(queue, priority) for priority in _ORDERS.get(poll % 8, _USUAL_ORDER) for queue in rotated]
