"""How much of the figures is read for many queues and types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from goqueue_common import queue_store, stats_store
from goqueue_common.database import Database

QUEUES = 200
TYPES = 20
MANY = f"""
INSERT INTO queues (name) SELECT 'queue' || q FROM generate_series(1, {QUEUES}) AS q;
INSERT INTO job_counts SELECT 'queue' || q, 'type' || t, 'completed', 1
FROM generate_series(1, {QUEUES}) AS q, generate_series(1, {TYPES}) AS t;
ANALYZE job_counts, queues
"""


@pytest.fixture
def many(database: Database) -> Database:
    """A database with counts of many queues and types."""
    database.run(MANY)
    return database


def rows(database: Database, sql: str, params: dict[str, Any]) -> int:
    """How many rows all steps of the statement together look at."""
    ((plan,),) = database.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
    return sum(_rows(plan[0]["Plan"]))


def _rows(node: dict[str, Any]) -> Iterator[int]:
    yield int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    for child in node.get("Plans", []):
        yield from _rows(child)


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        pytest.param(queue_store._DEPTHS, {"queue": None}, id="queues"),
        pytest.param(stats_store._DEPTHS, {}, id="overview"),
    ],
)
def test_depths_of_all_queues_are_one_pass_over_the_counts(many: Database, sql: str, params: dict[str, Any]) -> None:
    assert rows(many, sql, params) < 10 * QUEUES * TYPES


def test_the_depth_of_one_queue_is_read_without_the_counts_of_others(many: Database) -> None:
    assert rows(many, queue_store._DEPTHS, {"queue": "queue7"}) < 20 * TYPES
