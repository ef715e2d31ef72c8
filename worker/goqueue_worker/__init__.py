"""Write handlers and run them: `from goqueue_worker import handler, JobContext`.

Here a handler is a job function, called as `fn(payload, job)`. What this package exports is what handlers may use; the
processes that run them live in its other modules.
"""

from goqueue_common.quick_start import uncollected

with uncollected():
    from goqueue_common.retry_policy import RetryPolicy
    from goqueue_worker import worker
    from goqueue_worker.handler import handler, on_start, on_stop, register
    from goqueue_worker.job_context import JobContext
    from goqueue_worker.verdicts import Cancel, Discard, Retry, Snooze

__all__ = [
    "Cancel",
    "Discard",
    "JobContext",
    "Retry",
    "RetryPolicy",
    "Snooze",
    "handler",
    "on_start",
    "on_stop",
    "register",
    "worker",
]
