"""GoQueue from a program: `from goqueue import Client`."""

from __future__ import annotations

from goqueue.bulk import BulkOperation, BulkOptions, BulkPreview
from goqueue.client import Client, JobChanges, JobListOptions
from goqueue.errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    FieldProblem,
    GoQueueError,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnexpectedAnswer,
    WaitTimeout,
    WrongStatus,
)
from goqueue.events import Event
from goqueue.explanation import ApiCall, Explanation, Position, Reason
from goqueue.failures import FailureFilters, FailureGroup, FailureSeries
from goqueue.filters import JobFilters
from goqueue.job_logs import LogLine, LogOptions, LogPage
from goqueue.stats import Overview, Timeseries
from goqueue.submission import JobOptions, JobRequest
from goqueue.values import (
    Attempt,
    Count,
    HandlerInfo,
    HandlerVersion,
    Job,
    JobSummary,
    KeyInfo,
    Progress,
    QueueInfo,
    Readiness,
    SubmittedJob,
)
from goqueue.version import __version__
from goqueue.workers import LimitInfo, RunningJob, WorkerInfo

__all__ = [
    "ApiCall",
    "ApiError",
    "Attempt",
    "BulkOperation",
    "BulkOptions",
    "BulkPreview",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Count",
    "Event",
    "Explanation",
    "FailureFilters",
    "FailureGroup",
    "FailureSeries",
    "FieldProblem",
    "GoQueueError",
    "HandlerInfo",
    "HandlerVersion",
    "InvalidArgument",
    "InvalidRequest",
    "Job",
    "JobChanges",
    "JobFilters",
    "JobListOptions",
    "JobOptions",
    "JobRequest",
    "JobSummary",
    "KeyInfo",
    "LimitInfo",
    "LogLine",
    "LogOptions",
    "LogPage",
    "NotFound",
    "Overview",
    "Position",
    "Progress",
    "QueueInfo",
    "Readiness",
    "Reason",
    "RunningJob",
    "ServiceUnavailable",
    "SubmittedJob",
    "Timeseries",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedAnswer",
    "WaitTimeout",
    "WorkerInfo",
    "WrongStatus",
    "__version__",
]
