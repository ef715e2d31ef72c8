"""The job types that every worker knows unless it is told otherwise, one file each."""

from goqueue_builtin import (
    demo_fail,
    demo_noop,
    demo_sleep,
    email_daily_summary,
    email_send,
    http_request,
    image_process,
    report_generate,
)

__all__ = [
    "demo_fail",
    "demo_noop",
    "demo_sleep",
    "email_daily_summary",
    "email_send",
    "http_request",
    "image_process",
    "report_generate",
]
