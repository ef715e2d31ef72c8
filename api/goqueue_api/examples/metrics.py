"""The page of metrics, shortened."""

from __future__ import annotations

from typing import Final

PAGE: Final = """\
# HELP goqueue_jobs_enqueued_total Jobs stored: by the API, or by the handler of another job. name: their type.
# TYPE goqueue_jobs_enqueued_total counter
goqueue_jobs_enqueued_total{name="email.send",queue="emails"} 1204.0
# HELP goqueue_queue_depth Jobs that are not final; the same from every API process.
# TYPE goqueue_queue_depth gauge
goqueue_queue_depth{queue="emails",state="queued"} 17.0
# HELP goqueue_queue_oldest_seconds How long the oldest queued job has waited; 0 when none does.
# TYPE goqueue_queue_oldest_seconds gauge
goqueue_queue_oldest_seconds{queue="emails"} 2.5
"""
