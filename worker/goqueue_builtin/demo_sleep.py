"""demo.sleep: takes its time and says how far it is."""

import time
from typing import Any

from goqueue_worker import Cancel, JobContext, handler

SCHEMA = {
    "type": "object",
    "properties": {
        "seconds": {
            "type": "number",
            "title": "Seconds",
            "description": "How long to sleep.",
            "minimum": 0,
            "maximum": 3600,
            "default": 1,
        }
    },
    "additionalProperties": False,
}
_TICK_SECONDS = 0.1


@handler("demo.sleep", schema=SCHEMA)
def sleep(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Sleep for a while, with progress; stops when it is cancelled."""
    seconds = float(payload.get("seconds", 1))
    began = time.monotonic()
    job.log("sleeping", seconds=seconds)
    while (passed := time.monotonic() - began) < seconds:
        if job.cancelled:
            raise Cancel(f"cancelled after {passed:.1f} s")
        job.progress(passed / seconds, f"{passed:.1f} of {seconds:g} s")
        time.sleep(min(_TICK_SECONDS, seconds - passed))
    job.progress(1.0)
    return {"slept_seconds": round(time.monotonic() - began, 3)}
