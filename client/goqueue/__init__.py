"""GoQueue from a program: `from goqueue import Client`."""

from __future__ import annotations

from goqueue.client import Client, JobFilters, JobListOptions
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
from goqueue.submission import JobOptions, JobRequest
from goqueue.values import (
    Attempt,
    HandlerInfo,
    HandlerVersion,
    Job,
    JobCount,
    JobSummary,
    Progress,
    QueueInfo,
    Readiness,
    SubmittedJob,
)
from goqueue.version import __version__

__all__ = [
    "ApiError",
    "Attempt",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "FieldProblem",
    "GoQueueError",
    "HandlerInfo",
    "HandlerVersion",
    "InvalidArgument",
    "InvalidRequest",
    "Job",
    "JobCount",
    "JobFilters",
    "JobListOptions",
    "JobOptions",
    "JobRequest",
    "JobSummary",
    "NotFound",
    "Progress",
    "QueueInfo",
    "Readiness",
    "ServiceUnavailable",
    "SubmittedJob",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedAnswer",
    "WaitTimeout",
    "WrongStatus",
    "__version__",
]
