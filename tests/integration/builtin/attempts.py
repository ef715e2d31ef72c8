"""An attempt of a job, for handlers that are called as plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from goqueue_common.job import ClaimedJob
from goqueue_worker.job_context import ChildOptions, JobContext
from tests.unit.worker.claimed import claimed_job


class Recording:
    """AttemptServices, and an AttemptLog, that remember what they were told."""

    def __init__(self) -> None:
        self.progress: list[tuple[float | None, str | None]] = []
        self.log: list[tuple[str, dict[str, Any]]] = []

    def report_progress(self, _job_id: str, _attempt: int, fraction: float | None, message: str | None) -> None:
        self.progress.append((fraction, message))

    def open_log(self, _job: ClaimedJob) -> Recording:
        return self

    def write(self, _level: str, event: str, fields: Mapping[str, Any], _at: datetime | None = None) -> None:
        self.log.append((event, dict(fields)))

    def close(self) -> None:
        """Nothing is ever dropped."""

    def submit_child(self, _parent: ClaimedJob, job_type: str, _payload: Mapping[str, Any], _options: ChildOptions) -> str:
        raise AssertionError(f"no child was expected, least of all a {job_type}")


def attempt(services: Recording | None = None, **fields: Any) -> JobContext:
    """The context of an attempt; `fields` as ClaimedJob has them."""
    return JobContext(claimed_job(**fields), services or Recording())
