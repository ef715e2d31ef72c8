"""A group of failures: e-mails to a server that hangs up."""

from __future__ import annotations

from typing import Any, Final

from goqueue_api.examples.jobs import FINGERPRINT, JOB_ID

GROUP: Final[dict[str, Any]] = {
    "fingerprint": FINGERPRINT,
    "type": "email.send",
    "message": "SMTPServerDisconnected: Connection unexpectedly closed",
    "frame": "shop/mail.py:send",
    "count": 312,
    "total": 4711,
    "first_seen_at": "2026-02-28T21:14:07.512000Z",
    "last_seen_at": "2026-03-02T09:31:03.332000Z",
    "queues": {"emails": 300, "letters": 12},
    "series": {"step_seconds": 1800, "t0": 1772357400, "counts": [0] * 46 + [100, 190, 22]},
    "sample_job_id": JOB_ID,
}
PAGE: Final = {
    "since": "2026-03-01T09:30:00Z",
    "until": "2026-03-02T09:31:40Z",
    "items": [GROUP],
    "next_cursor": None,
}
FAILURE: Final[dict[str, Any]] = GROUP | {
    "sample_attempt": 6,
    "traceback": "Traceback (most recent call last):\n"
    '  File "/app/shop/mail.py", line 41, in send\n'
    "    server.send_message(letter)\n"
    '  File "/usr/local/lib/python3.12/smtplib.py", line 405, in getreply\n'
    '    raise SMTPServerDisconnected("Connection unexpectedly closed")\n'
    "smtplib.SMTPServerDisconnected: Connection unexpectedly closed\n",
    "failed_now": {"value": 290, "relation": "eq"},
    "jobs": f"/jobs?fingerprint={FINGERPRINT}",
    "bulk": {
        action: {"action": action, "filter": {"fingerprint": [FINGERPRINT], "status": ["failed"]}}
        for action in ("retry", "delete")
    },
}
