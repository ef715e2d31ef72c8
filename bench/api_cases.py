"""What is asked of GET /jobs and GET /jobs/count: each filter with common, middling, rare and missing values, ten pairs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

Query = Mapping[str, str | Sequence[str]]

_WORKER: Final = "00000000-0000-4000-8000-{:012x}"
# Of api_jobs: a type, one of four errors and one of four functions, from common to rare.
_FINGERPRINTS: Final = [
    hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:16]
    for text in ("order.pay30", "email.send22", "report.711", "order.pay00", "no.such00")
]


def _ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat().replace("+00:00", "Z")


def cases() -> dict[str, list[Query]]:
    """By name: the filter, or the pair of filters, and the queries that are measured as one."""
    day = {"after": _ago(days=11), "before": _ago(days=10)}
    minute = {"after": _ago(days=20, minutes=1), "before": _ago(days=20)}

    def ranges(name: str) -> list[Query]:
        spans: list[dict[str, str]] = [day, minute, {"after": _ago(hours=6)}, {"before": _ago(days=29)}]
        return [{f"{name}_{end}": at for end, at in span.items()} for span in spans]

    finished_day = {f"finished_{end}": at for end, at in day.items()}
    created_day = {f"created_{end}": at for end, at in day.items()}
    return {
        "no filter": [{}, {"sort": "created"}],
        "status": [
            {"status": status} for status in ("completed", "failed", "cancelled", "queued", "retrying", "processing")
        ],
        "queue": [{"queue": queue} for queue in ("default", "team-3", "ledger", "nowhere")],
        "type": [{"type": type_} for type_ in ("order.pay", "report.7", "ledger.close", "no.such")],
        "tag": [{"tag": tag} for tag in ("beta", "customer:17", "incident-42", "nothing")],
        "worker": [{"worker": _WORKER.format(number)} for number in (8 * 12 + 3, 4095, 1, 9999)],
        "schedule": [{"schedule": name} for name in ("hourly-3", "year-end", "never")],
        "error": [{"error": text} for text in ("timeouterror", "bucket-77", "order 4242 ", "MemoryError", "no such text")],
        "fingerprint": [{"fingerprint": name} for name in _FINGERPRINTS],
        "status + fingerprint": [{"status": "failed", "fingerprint": name} for name in _FINGERPRINTS],
        "payload": [
            {"payload.region": "eu"},
            {"payload.template": "template-7"},
            {"payload.user.id": "4242"},
            {"payload": '{"region": "moon"}'},
            {"payload.user.id": "-1"},
        ],
        "created": ranges("created"),
        "run_at": [*ranges("run_at"), {"run_at_after": _ago(hours=-30)}],
        "finished": ranges("finished"),
        "attempts": [{"attempts_min": "2"}, {"attempts_min": "4"}, {"attempts_min": "9"}, {"attempts_max": "0"}],
        "duration": [{"duration_min": "1"}, {"duration_min": "60"}, {"duration_min": "3000"}, {"duration_max": "0.5"}],
        "several values": [{"status": ["failed", "cancelled"], "queue": ["team-1", "team-2", "ledger"]}],
        "status + queue": [{"status": "failed", "queue": queue} for queue in ("default", "team-3", "ledger")],
        "status + type": [{"status": "failed", "type": type_} for type_ in ("order.pay", "report.7", "ledger.close")],
        "queue + type": [
            {"queue": "default", "type": "report.7"},
            {"queue": "team-3", "type": "report.7"},
            {"queue": "ledger", "type": "order.pay"},
        ],
        "status + tag": [{"status": "failed", "tag": tag} for tag in ("beta", "customer:17", "incident-42")],
        "status + error": [{"status": "failed", "error": text} for text in ("upstream", "bucket-77", "MemoryError")],
        "status + finished": [
            {"status": "failed", **finished_day},
            {"status": "cancelled", "finished_after": _ago(days=2)},
        ],
        "type + payload": [
            {"type": "order.pay", "payload.user.id": "4242"},
            {"type": "report.7", "payload.region": "eu"},
            {"type": "ledger.close", "payload.template": "template-7"},
        ],
        "queue + finished": [{"queue": queue, **finished_day} for queue in ("default", "team-3", "ledger")],
        "tag + created": [{"tag": tag, **created_day} for tag in ("beta", "customer:17", "incident-42")],
        "type + duration": [
            {"type": "order.pay", "duration_min": "60"},
            {"type": "report.7", "duration_min": "30"},
            {"type": "ledger.close", "duration_min": "1"},
        ],
    }
