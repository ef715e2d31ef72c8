from __future__ import annotations

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.search_index_store import Indexed, SearchIndexStore
from goqueue_worker.maintenance.indexer import Indexer, Reconciler
from tests.factories import job_in


class Told(SearchIndexStore):
    """Tells what is in the list, in turn, and how many batches it was asked for."""

    def __init__(self, answers: list[Indexed]) -> None:
        self.answers = answers
        self.asked: list[int] = []

    def index(self, batches: int) -> Indexed:
        self.asked.append(batches)
        return self.answers.pop(0)


def test_a_step_indexes_what_ended_and_rests_when_nothing_is_left(
    database: Database, jobs: JobStore, worker_id: str
) -> None:
    ended = job_in(JobStatus.COMPLETED, jobs, worker_id)
    assert 0.1 < Indexer(SearchIndexStore(database)).step() <= 1.0
    assert database.run("SELECT id::text FROM job_search") == [(ended,)]
    assert database.run("SELECT count(*) FROM finished_batches") == [(0,)]


def test_with_much_to_do_it_goes_on_at_once_unless_jobs_are_being_finished() -> None:
    calm = [Indexed(20, 2_000, 1, 100), Indexed(20, 2_000, 21, 100)]
    indexer = Indexer(Told(calm))
    assert indexer.step() > 0.0  # what it meets first may be new
    indexer._newest_at -= 1.0
    assert indexer.step() == 0.0


def test_it_rests_less_when_very_much_waits() -> None:
    few, many = Indexed(20, 2_000, 1, 100), Indexed(20, 2_000, 1, 10_000)
    assert Indexer(Told([]))._rest(0.0, 0) == 0.0
    for answer, rest in ((few, 9.0), (many, 3.0)):
        indexer = Indexer(Told([answer]))
        indexer.step()
        assert indexer._rest(indexer._newest_at, (answer.newest - answer.oldest) * 100) == rest


def test_it_takes_as_many_batches_as_make_a_step_of_two_thousand_jobs() -> None:
    told = Told([Indexed(20, 20, 1, 1_000), Indexed(1_000, 200_000, 21, 5_000), Indexed(10, 2_000, 1_021, 5_000)])
    indexer = Indexer(told)
    for _ in range(3):
        indexer.step()
    assert told.asked == [20, 1_000, 10]


def test_what_a_worker_of_an_older_release_ended_comes_into_the_index(
    database: Database, jobs: JobStore, worker_id: str
) -> None:
    """It neither notes what it ends nor forgets what it runs again."""
    store = SearchIndexStore(database)
    unseen, known, run_again = (job_in(JobStatus.COMPLETED, jobs, worker_id) for _ in range(3))
    store.index(100)
    database.run("DELETE FROM job_search WHERE id = %(id)s", {"id": unseen})
    database.run("UPDATE job_search SET finished_at = finished_at - interval '1 hour' WHERE id = %(id)s", {"id": run_again})
    assert Reconciler(store).step() > 600.0
    assert database.run("SELECT ids FROM finished_batches") == []  # they ended a moment ago, and may be on their way
    reconciled = store.note_missed(after="00000000-0000-0000-0000-000000000000", limit=2, grace_seconds=0.0)
    assert (reconciled.seen, reconciled.noted, reconciled.last_id) == (2, 1, known)
    assert store.note_missed(after=known, limit=2, grace_seconds=0.0) == (1, 1, run_again)
    store.index(100)
    assert {row[0] for row in database.run("SELECT id::text FROM job_search")} == {unseen, known, run_again}
    assert store.note_missed(after=known, limit=2, grace_seconds=0.0).noted == 0
