"""Every statement that services and workers use, in the order of a job's life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from goqueue_common.database import Database
from goqueue_common.job import Outcome
from goqueue_common.job_search import JobFilter
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.progress_store import ProgressStore, ProgressTick
from goqueue_common.queue_store import QueueStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.retention_store import Retention, RetentionStore
from goqueue_common.server_store import ServerStore
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import JOB_TYPE, idempotency_key, register_worker, submission

_FOREVER = timedelta(days=100)
_TYPE = JobType(
    type=JOB_TYPE, fingerprint="f1", schema=None, max_retries=3, timeout_seconds=None, isolation="thread", description=""
)
_NOBODY = "00000000-0000-4000-8000-000000000000"


def whole_life(database: Database, *, after_each: Callable[[], object]) -> None:
    """after_each: called between statements."""

    def do(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        result = call(*arguments, **named)
        after_each()
        return result

    jobs, workers = JobStore(database), WorkerStore(database)
    worker_id = do(register_worker, database)
    do(workers.publish, [_TYPE])
    do(workers.beat, [worker_id])
    ids = _submits(jobs, do)
    _runs(database, jobs, worker_id, ids, do)
    _is_looked_after(database, worker_id, ids, do)
    do(jobs.list_jobs, JobFilter(), before=None, limit=10)
    do(workers.live)
    do(workers.job_types)
    do(workers.stop, worker_id)
    database.close()


def _submits(jobs: JobStore, do: Callable[..., Any]) -> list[str]:
    keyed = [submission(key=idempotency_key(name)) for name in "ab"]
    answers = [*do(jobs.create_jobs, [submission() for _ in range(4)]), *do(jobs.create_jobs, keyed)]
    do(jobs.create_jobs, keyed)
    do(jobs.create_jobs_once, [submission(delay_seconds=60)], idempotency_key("batch"))
    return [answer.id for answer in answers]


def _runs(database: Database, jobs: JobStore, worker_id: str, ids: list[str], do: Callable[..., Any]) -> None:
    recoveries = RecoveryStore(database)
    claimed = [*do(jobs.claim, worker_id, ids[:3], None), *do(jobs.claim_waiting, worker_id, [("default", 1)], 3)]
    assert len(claimed) == 6
    do(recoveries.mark_alone, worker_id, claimed[0].id, 1)
    do(ProgressStore(database).save, worker_id, [ProgressTick(claimed[0].id, 1, 0.5, "half")])
    do(jobs.cancel, claimed[0].id)
    do(jobs.cancel_requests, [worker_id])
    do(jobs.held_by, worker_id)
    do(jobs.return_unknown, worker_id, [claimed[1]], give_up_seconds=600.0)
    do(jobs.acknowledge, worker_id, [Outcome(id=claimed[2].id, attempt=1, event=JobEvent.COMPLETE)])
    do(recoveries.held, worker_id)
    do(recoveries.orphaning_workers, 5.0)
    do(recoveries.rescue, worker_id, [(claimed[3].id, 1)], error="died")
    do(recoveries.release_all, worker_id)
    do(jobs.update_status, claimed[2].id, JobEvent.RETRY)
    assert do(jobs.get_job_by_id, claimed[2].id).status == "queued"


def _is_looked_after(database: Database, worker_id: str, ids: list[str], do: Callable[..., Any]) -> None:
    maintenance, relay, retention = MaintenanceStore(database), RelayStore(database), RetentionStore(database)
    assert do(maintenance.hold_lease, "relay", worker_id, 5.0)
    do(maintenance.give_up_lease, "relay", worker_id)
    do(maintenance.promote, 10)
    do(maintenance.expire, 10)
    do(maintenance.unsettled, [(ids[0], 1)])
    assert do(relay.waiting_lists, 0.0) == [("default", 1)]
    do(relay.missing, "default", 1, grace_seconds=0.0, limit=10)
    do(relay.places, "default", 1, ids)
    do(retention.prune, Retention(completed=_FOREVER, failed=_FOREVER, cancelled=_FOREVER), after=_NOBODY, limit=10)
    do(retention.prune_keys, 10)
    do(retention.prune_workers, 10)
    do(QueueStore(database).depths)
    do(ServerStore(database).facts)
