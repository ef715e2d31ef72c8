"""Everything that maintenance does, each duty under a lease of its own."""

from __future__ import annotations

import uuid

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.background.runner import Stepper
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.retention_store import Retention, RetentionStore
from goqueue_common.search_index_store import SearchIndexStore
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.maintenance.expirer import Expirer
from goqueue_worker.maintenance.indexer import Indexer, Reconciler
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.maintenance.pruner import JobPruner, RecordPruner
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.maintenance.rescuer import Rescuer
from goqueue_worker.maintenance.sweep import Sweep
from goqueue_worker.recovery import Recovery
from goqueue_worker.steadiness import Steadiness


def leased_duties(
    database: Database, broker: RedisBroker, recovery: Recovery, steadiness: Steadiness, retention: Retention
) -> dict[str, LeasedDuty]:
    """By name; every worker has them all, and does those whose lease it holds."""
    store = MaintenanceStore(database)
    rescuer = Rescuer(WorkerStore(database), RecoveryStore(database), recovery, steadiness)
    duties: dict[str, Stepper] = {
        "promoter": Promoter(store, Submitter(JobStore(database), broker)),
        "relay": Relay(RelayStore(database), broker),
        "rescuer": rescuer,
        "expirer": Expirer(store, broker),
        "job-pruner": JobPruner(RetentionStore(database), retention),
        "record-pruner": RecordPruner(RetentionStore(database)),
        "sweep": Sweep(store, broker),
        "indexer": Indexer(SearchIndexStore(database)),
        "reconciler": Reconciler(SearchIndexStore(database)),
    }
    holder = str(uuid.uuid4())
    return {name: LeasedDuty(duty, name, holder, store) for name, duty in duties.items()}
