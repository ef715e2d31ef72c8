"""Failure groups: errors that are one problem, and how often each was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from goqueue_common.database import Run


class FailureMove(NamedTuple):
    """So many jobs failed with this fingerprint in this minute; sample_id is one of them."""

    minute: datetime
    queue: str
    type: str
    fingerprint: str
    jobs: int
    sample_id: str


def fold(run: Run, moves: Sequence[FailureMove]) -> None:
    """Add these up, in the transaction that takes them from the outbox; given in the order of fingerprint and minute."""
