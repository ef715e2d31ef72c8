"""How failure groups and their counts age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from goqueue_common import failure_store
from goqueue_common.database import Database, run_on
from goqueue_common.failure_store import FailureMove
from goqueue_common.retention_store import RetentionStore


def seen(database: Database, name: str, *ages: timedelta) -> None:
    """A failure group, seen once at each of these ages."""
    now = datetime.now(UTC)
    for age in ages:
        minute = (now - age).replace(second=0, microsecond=0)
        moves = [FailureMove(minute, "mail", "demo", f"{name:0>16}", 1, str(uuid4()))]
        with database.transaction() as connection:
            failure_store.fold(partial(run_on, connection), moves)


def counts(database: Database) -> list[tuple[str, datetime, int]]:
    rows = database.run("SELECT ltrim(fingerprint, '0'), minute, attempts FROM failure_minutes ORDER BY 1, 2")
    return [(name, minute, attempts) for name, minute, attempts in rows]


def test_failures_that_were_not_seen_for_a_month_are_forgotten(database: Database) -> None:
    seen(database, "a", timedelta(days=31))
    seen(database, "b", timedelta(days=31), timedelta(days=29))
    assert RetentionStore(database).prune_failures(10) == (1, 2)
    assert [name for name, *_ in counts(database)] == ["b"]
    assert RetentionStore(database).prune_failures(10) == (0, 0)


@pytest.mark.parametrize(
    ("age", "width"),
    [
        (timedelta(hours=2), timedelta(minutes=1)),
        (timedelta(hours=4), timedelta(minutes=15)),
        (timedelta(hours=30), timedelta(hours=1)),
        (timedelta(days=3), timedelta(hours=3)),
        (timedelta(days=10), timedelta(hours=12)),
    ],
    ids=["young", "hours", "a day", "days", "weeks"],
)
def test_counts_of_failures_are_kept_by_longer_intervals_as_they_age(
    database: Database, age: timedelta, width: timedelta
) -> None:
    seen(database, "a", *(age + timedelta(minutes=minutes) for minutes in range(120)))
    seen(database, "b", age)
    store = RetentionStore(database)
    while store.merge_failures(50):
        pass
    found = counts(database)
    assert {int(minute.timestamp()) % int(width.total_seconds()) for _, minute, _ in found} == {0}
    assert sum(attempts for name, _, attempts in found if name == "a") == 120
    assert len(found) <= 120 / (width / timedelta(minutes=1)) + 3
    assert store.merge_failures(50) == 0
