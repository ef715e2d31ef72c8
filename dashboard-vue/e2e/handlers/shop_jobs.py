"""Handlers for the dashboard's tests: their payloads say what they do, and they wait for files, never for a time."""

# ruff: noqa: INP001 - a folder of modules for --app-dir, not a package
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Final

from goqueue_worker import Cancel, JobContext, Retry, RetryPolicy, handler

_GATES: Final = Path(os.environ["GOQUEUE_E2E_GATES"])
_ORDER: Final = {
    "type": "object",
    "title": "Order",
    "required": ["customer", "size", "copies"],
    "additionalProperties": False,
    "properties": {
        "customer": {"type": "string", "title": "Customer", "description": "Who gets it.", "minLength": 2, "maxLength": 40},
        "note": {"type": "string", "default": "no note"},
        "size": {"type": "string", "enum": ["small", "medium", "large"]},
        "copies": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
        "discount": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        "express": {"type": "boolean", "default": False},
        "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "address": {
            "type": "object",
            "required": ["city"],
            "properties": {"city": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
        },
        "deliver_at": {"type": "string", "format": "date-time"},
        "gift": {"type": ["string", "null"], "maxLength": 40},
        "extra": {"description": "Anything else."},
        "gate": {"type": "string", "maxLength": 60},
    },
}


class CardRefusedError(Exception):
    """The bank said no."""


@handler("shop.echo")
def echo(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Return the payload."""
    return payload


@handler("shop.hold")
def hold(payload: dict[str, Any], job: JobContext) -> None:
    """Run until the gate of the payload is opened, or the job is cancelled."""
    job.progress(message="waiting")
    _wait(payload["gate"], job)


@handler("shop.import")
def import_rows(payload: dict[str, Any], job: JobContext) -> dict[str, int]:
    """`steps` with progress and `lines` of log each; before step `hold_at` (from 0) it waits for its `gate`."""
    steps, lines = payload.get("steps", 4), payload.get("lines", 1)
    levels = payload.get("levels", ["info"])
    for step in range(steps):
        job.progress(step / steps, f"step {step + 1} of {steps}")
        if step == payload.get("hold_at"):
            _wait(payload["gate"], job)
        for line in range(lines):
            job.log("row_imported", level=levels[line % len(levels)], step=step, row=line)
    return {"rows": steps * lines}


@handler("shop.charge", max_retries=0, backoff=RetryPolicy(base=0.1, factor=1, cap=0.1))
def charge(payload: dict[str, Any], job: JobContext) -> dict[str, int]:
    """Fail with `message`: always, or `times` times; with `retry_after` (seconds) it waits so long for its next attempt."""
    if job.failures >= payload.get("times", job.failures + 1):
        return {"attempts": job.attempt}
    if "retry_after" in payload:
        raise Retry(after=payload["retry_after"])
    _ask_the_bank(payload)
    return {}


@handler("shop.order", schema=_ORDER)
def order(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Take an order; its schema has one of every kind. With a `gate` it waits there, half done."""
    if "gate" in payload:
        job.progress(0.5, "packing")
        _wait(payload["gate"], job)
    return {"ordered": payload["copies"]}


def _ask_the_bank(payload: dict[str, Any]) -> None:
    try:
        _connect(payload["message"])
    except ConnectionError as error:
        raise CardRefusedError(payload["message"]) from error


def _connect(message: str) -> None:
    raise ConnectionError(f"the bank hung up: {message}")


def _wait(gate: str, job: JobContext) -> None:
    while not (_GATES / gate).exists():
        if job.cancelled:
            raise Cancel("the gate stayed closed")
        time.sleep(0.02)
