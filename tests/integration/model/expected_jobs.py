"""What a job must look like, kept by docs/job-lifecycle.md alone: nothing here knows the code under test."""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.common.expected_lifecycle import expected_target

MAX_RESCUES = 3
REQUEUED_BY = ("promote", "run_now", "retry")


@dataclass(slots=True, kw_only=True)
class ExpectedJob:
    """One job. holder: the worker that its row names. is_due: `run_at` has come. is_expired: so has `expires_at`.

    goes_to_the_end: it has just become due, so its place in the order of dispatch must be a new one.
    """

    id: str
    queue: str
    priority: int
    status: str
    max_retries: int
    expires: bool
    attempts: int = 0
    failures: int = 0
    rescues: int = 0
    holder: str | None = None
    reason: str | None = None
    cancel_requested: bool = False
    alone_attempt: int | None = None
    is_due: bool = False
    is_expired: bool = False
    goes_to_the_end: bool = False

    @property
    def is_final(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")

    @property
    def may_start(self) -> bool:
        return self.status == "queued" and not self.is_expired

    @property
    def field(self) -> str:
        """Where the broker keeps the outcome of its present attempt."""
        return f"{self.id}:{self.attempts}"

    @property
    def counts_when_its_worker_is_lost(self) -> bool:
        """Nobody knows what had started: the first time it counts, later only if it ran alone."""
        return self.rescues == 0 or self.alone_attempt == self.attempts

    def happens(self, event: str, *, holder: str | None = None, reason: str | None = None) -> str | None:
        """The status that follows; None: it must be refused and change nothing."""
        target = expected_target(event, self.status, cancel_requested=self.cancel_requested)
        if target is None:
            return None
        self._count(event, reason)
        self.goes_to_the_end |= event in REQUEUED_BY
        self.status = target
        self.reason = reason if target == "failed" else None
        if event == "claim":
            self.holder = holder
        elif target != "processing":
            self.holder = None
        return target

    def dies(self) -> None:
        """It had started, and its process is gone."""
        self.happens("poison" if self.rescues >= MAX_RESCUES else "rescue", reason="poison")

    def seen(self) -> tuple[object, ...]:
        """What must be found in its row."""
        counted = (self.attempts, self.failures, self.rescues, self.max_retries)
        return (self.status, *counted, self.holder, self.reason, self.cancel_requested)

    def _count(self, event: str, reason: str | None) -> None:
        if event == "claim":
            self.attempts += 1
        elif event in ("retry_later", "fail"):
            self.failures += reason != "unknown_type"
        elif event in ("rescue", "poison"):
            self.rescues += 1
        elif event in ("cancel", "request_cancel"):
            self.cancel_requested = True
        elif event == "retry":
            self.rescues, self.cancel_requested = 0, False
            self.max_retries = max(self.max_retries, self.failures + 1)
            self.expires, self.is_expired = self.expires and not self.is_expired, False
        if event in ("retry_later", "snooze"):
            self.is_due = False
