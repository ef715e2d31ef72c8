"""What a job that e-mails has logged."""

from __future__ import annotations

from typing import Any, Final

PAGE: Final[dict[str, Any]] = {
    "items": [
        {
            "seq": 80_412,
            "attempt": 1,
            "at": "2026-03-02T09:30:00.140000Z",
            "level": "info",
            "message": "connecting",
            "fields": {"host": "mail.example.com"},
        },
        {
            "seq": 80_413,
            "attempt": 1,
            "at": "2026-03-02T09:30:00.905000Z",
            "level": "warning",
            "message": "greylisted",
            "fields": {"code": 451, "recipient": "ada@example.com"},
        },
    ],
    "next_after": 80_413,
    "status": "processing",
    "complete": False,
}
