"""The pruners on real stores: step by step, over what is kept, and again from the beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.retention_store import PrunedPage, Retention, RetentionStore
from goqueue_worker.maintenance import pruner as pruner_module
from goqueue_worker.maintenance.pruner import JobPruner, RecordPruner
from tests.factories import idempotency_key, submission
from tests.stored_jobs import store_job

DAY = timedelta(days=1)
RETENTION = Retention(completed=7 * DAY, failed=30 * DAY, cancelled=30 * DAY)
NOTHING = Retention(completed=0 * DAY, failed=0 * DAY, cancelled=0 * DAY)
A_LONG_REST = 60.0


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruner_module, "_PAGE", 4)


def ended(database: Database, status: str, ago: timedelta) -> str:
    return store_job(database, datetime.now(UTC) - ago, status)


def left(database: Database) -> set[str]:
    return {row[0] for row in database.run("SELECT id::text FROM jobs")}


def test_it_walks_past_what_is_kept_and_deletes_no_more_than_a_page_a_step(database: Database) -> None:
    kept = {ended(database, "failed", 29 * DAY + number * timedelta(minutes=1)) for number in range(9)}
    for number in range(10):
        ended(database, "completed", 20 * DAY - number * timedelta(minutes=1))
    pruner = JobPruner(RetentionStore(database), RETENTION)
    gone = []
    while (pause := pruner.step()) < A_LONG_REST:
        assert pause > 0
        gone.append(19 - len(left(database)))
    assert gone == [0, 0, 3, 7]
    assert left(database) == kept


def test_after_its_rest_it_begins_with_the_oldest_again(database: Database) -> None:
    pruner = JobPruner(RetentionStore(database), RETENTION)
    for days in (8, 9):
        ended(database, "completed", days * DAY)
        assert pruner.step() >= A_LONG_REST
        assert left(database) == set()


def test_nothing_is_deleted_within_a_minute_of_its_end(database: Database) -> None:
    young = ended(database, "completed", timedelta(seconds=30))
    ended(database, "completed", timedelta(seconds=90))
    JobPruner(RetentionStore(database), NOTHING).step()
    assert left(database) == {young}


def test_many_records_go_in_small_steps_with_pauses(database: Database, jobs: JobStore) -> None:
    jobs.create_jobs([submission(key=idempotency_key(str(number))) for number in range(10)])
    database.run("UPDATE idempotency_keys SET created_at = now() - interval '2 days'")
    pruner = RecordPruner(RetentionStore(database))
    pauses = [pruner.step() for _ in range(3)]
    assert [0 < pause < A_LONG_REST for pause in pauses] == [True, True, False]
    assert database.run("SELECT count(*) FROM idempotency_keys") == [(0,)]


def page(*, late: float | None, finished: int) -> PrunedPage:
    return PrunedPage(2_000, 2_000, "an id", late, finished)


def test_while_jobs_are_being_finished_it_rests_much_longer(database: Database) -> None:
    pruner = JobPruner(RetentionStore(database), RETENTION)
    busy, busier, calm = (pruner._pause_per_second(page(late=300.0, finished=number)) for number in (7, 8, 8))
    assert busy == busier == 5 * calm


def test_it_does_not_rest_longer_when_jobs_become_old_more_quickly_than_it_deletes_them(database: Database) -> None:
    pruner = JobPruner(RetentionStore(database), RETENTION)
    lates = (86_400.0, 80_000.0, None, 86_405.0, 86_500.0, 86_300.0)
    pauses = [pruner._pause_per_second(page(late=late, finished=number)) for number, late in enumerate(lates, 1)]
    assert [pause == pauses[0] for pause in pauses] == [True, True, True, True, False, True]


def test_how_late_it_is_is_said(database: Database) -> None:
    for hours in (1, 3):
        ended(database, "completed", 7 * DAY + timedelta(hours=hours))
    ended(database, "failed", 29 * DAY)
    found = RetentionStore(database).prune(RETENTION, after=pruner_module._FIRST, limit=10)
    assert found.late_seconds == pytest.approx(2 * 3_600, abs=60)
