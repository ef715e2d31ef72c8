"""What a scrape asks PostgreSQL for."""

from __future__ import annotations

from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.queue_store import QueueStore
from goqueue_common.scrape_store import Levels, ScrapeStore
from tests.factories import register_worker, submission


def test_an_empty_system_has_no_levels_but_empty_outboxes(database: Database) -> None:
    assert ScrapeStore(database).levels() == Levels({}, {}, {}, {"search": 0, "stats": 0})


def test_queues_due_jobs_and_outboxes(database: Database) -> None:
    store = JobStore(database)
    store.create_jobs([submission(queue="a", delay_seconds=0.001), submission(queue="b", delay_seconds=3600)])
    store.create_jobs([submission(queue="b")])
    QueueStore(database).pause("b", Actor("tests"))
    database.run("UPDATE jobs SET run_at = now() - interval '1 s' WHERE queue = 'a' AND status = 'scheduled'")
    levels = ScrapeStore(database).levels()
    assert levels.paused == {"a": 0, "b": 1}
    assert levels.due == {"a": 1}
    assert levels.outboxes["stats"] > 0


def test_workers_by_state(database: Database) -> None:
    _alive, draining, silent, lost, stopped, long_lost = (register_worker(database) for _ in range(6))
    later = "now() - interval '40 s'"
    database.run("UPDATE workers SET drain_requested_at = now() WHERE id = %(id)s", {"id": draining})
    database.run(f"UPDATE workers SET beat_at = {later} WHERE id = %(id)s", {"id": silent})
    for state, worker, at in (
        ("lost", lost, later),
        ("stopped", stopped, later),
        ("lost", long_lost, "now() - interval '2 h'"),
    ):
        database.run(f"UPDATE workers SET state = '{state}', ended_at = {at} WHERE id = %(id)s", {"id": worker})
    assert ScrapeStore(database).levels().workers == {"alive": 1, "draining": 1, "lost": 2}
