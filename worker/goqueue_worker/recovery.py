"""Taking back what a dead worker held: apply recorded outcomes, rescue what may have killed it, give back the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.errors import BrokerUnavailable, GoQueueError
from goqueue_common.job import Outcome, Settled
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.live_events import Topic, jobs_news, tell
from goqueue_common.recovery_store import RecoveryStore
from goqueue_worker.slot_table import HeldAttempt

log = structlog.get_logger(__name__)

_FENCE_SECONDS: Final = 3600.0


class TakenBack(NamedTuple):
    """How many jobs. applied: their outcome had been recorded; rescued: run again, counted; released: uncounted.

    left: somebody holds their rows.
    """

    applied: int
    rescued: int
    released: int
    left: int


class Recovery:
    """For the parent of a dead child, which knows what had started, and for the rescuer, which does not.

    count: told of attempts whose outcomes were applied, and of those that were rescued.
    """

    def __init__(
        self,
        jobs: JobStore,
        store: RecoveryStore,
        broker: RedisBroker,
        count: Callable[[Sequence[Settled], Sequence[Settled]], None] | None = None,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._broker = broker
        self._count = count

    def take_back(
        self, worker_id: str, held: Sequence[HeldAttempt], *, error: str | None, unwritten: Sequence[Outcome] = ()
    ) -> TakenBack:
        """Its row must no longer be alive: then it claims nothing more, and with the fence records nothing more.

        held: what is known of its attempts. error: what a rescued job is told, None: nothing is counted. unwritten:
        outcomes that only the end of its process made true. Rows that somebody holds are left: to be repeated while any
        are. Raises StoreUnavailable; then it may be repeated, too.
        """
        outcomes = {outcome.field: outcome for outcome in unwritten} | self._recorded(worker_id, held)
        applied, refused = self._apply(worker_id, list(outcomes.values()))
        rows = {(row.id, row.attempt) for row in self._store.held(worker_id)}
        # Their end is known: what was not written now is somebody's at this moment, and must not run again for that.
        ended = [o.id for field, o in outcomes.items() if (o.id, o.attempt) in rows and field not in refused]
        started = [(item.id, item.attempt) for item in held if item.running and (item.id, item.attempt) in rows]
        suspects = [attempt for attempt in started if attempt[0] not in ended] if error else []
        rescued = self._store.rescue(worker_id, suspects, error=error) if error and suspects else []
        if self._count is not None:
            self._count(applied, rescued)
        released = self._store.release_all(worker_id, but_for=[*ended, *(job_id for job_id, _ in suspects)])
        written = [f"{item.id}:{item.attempt}" for item in applied]
        self._announce([*written, *refused], [*applied, *rescued, *released])
        return TakenBack(len(applied), len(rescued), len(released), len(self._store.held(worker_id)))

    def tell_lost(self, worker_id: str) -> None:
        """Let people who look on know of a worker that was declared lost."""
        tell(self._broker, Topic.WORKER, id=worker_id, state="lost")

    def leave_word(self, worker_id: str, uncounted: Sequence[HeldAttempt], unwritten: Sequence[Outcome]) -> None:
        """Record what only its parent knows of a dead process, for whoever takes its jobs back if the parent cannot.

        uncounted: attempts that its death is not held against; unwritten: as for take_back. What it had recorded itself
        stays. Nothing is said when Redis is away, too: then all of them count as started.
        """
        ends = {item.field: Outcome(id=item.id, attempt=item.attempt, event=JobEvent.RELEASE) for item in uncounted}
        ends |= {outcome.field: outcome for outcome in unwritten}
        try:
            self._broker.record_missing({field: outcome.encoded() for field, outcome in ends.items()})
        except BrokerUnavailable as error:
            log.warning("no_word_left", worker_id=worker_id, jobs=len(ends), reason=str(error))

    def _recorded(self, worker_id: str, held: Sequence[HeldAttempt]) -> dict[str, Outcome]:
        """Outcomes that it had recorded in Redis but perhaps not written; none when Redis is away."""
        try:
            self._broker.fence(worker_id, _FENCE_SECONDS)
            found = self._broker.recorded([item.field for item in held])
        except BrokerUnavailable as error:
            log.warning("recorded_outcomes_unknown", worker_id=worker_id, reason=str(error))
            return {}
        return {field: outcome for field, value in found.items() if (outcome := _decoded(field, value)) is not None}

    def _apply(self, worker_id: str, outcomes: list[Outcome]) -> tuple[list[Settled], list[str]]:
        """What was written, and the fields of what PostgreSQL refuses: those jobs run again."""
        try:
            return (self._jobs.acknowledge_free(worker_id, outcomes) if outcomes else []), []
        except GoQueueError:
            raise
        except Exception as error:  # noqa: BLE001 - one row PostgreSQL refuses must not keep the others from being rescued
            if len(outcomes) == 1:
                log.error("recorded_outcome_refused", job_id=outcomes[0].id, reason=type(error).__name__)  # noqa: TRY400
                return [], [outcomes[0].field]
        parts = [self._apply(worker_id, [outcome]) for outcome in outcomes]
        return [item for written, _ in parts for item in written], [field for _, refused in parts for field in refused]

    def _announce(self, fields: list[str], settled: Sequence[Settled]) -> None:
        try:
            self._broker.ack_many(fields, [item.id for item in settled], jobs_news(settled))
            self._broker.give_back([item.ref for item in settled if item.status == JobStatus.QUEUED])
        except BrokerUnavailable as error:
            log.warning("push_failed", jobs=len(settled), reason=str(error))


def _decoded(field: str, value: bytes) -> Outcome | None:
    try:
        return Outcome.decoded(value)
    except (ValueError, TypeError, KeyError) as error:  # of another version, or not of ours
        log.error("recorded_outcome_unreadable", field=field, reason=str(error))  # noqa: TRY400 - the reason says it all
        return None
