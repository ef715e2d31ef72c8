"""GoQueue from a program: `from goqueue import Client`."""

from __future__ import annotations

from goqueue.client import Client, JobFilters
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
    JobSummary,
    LimitInfo,
    Progress,
    QueueInfo,
    Readiness,
    RunningJob,
    SubmittedJob,
    WorkerInfo,
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
    "JobFilters",
    "JobOptions",
    "JobRequest",
    "JobSummary",
    "LimitInfo",
    "NotFound",
    "Progress",
    "QueueInfo",
    "Readiness",
    "RunningJob",
    "ServiceUnavailable",
    "SubmittedJob",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedAnswer",
    "WaitTimeout",
    "WorkerInfo",
    "WrongStatus",
    "__version__",
]
