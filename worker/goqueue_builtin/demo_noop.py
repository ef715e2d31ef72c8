"""demo.noop: does nothing, for trying things and for measuring what everything else costs."""

from typing import Any

from goqueue_worker import JobContext, handler

SCHEMA = {"type": "object", "description": "Anything; it is not looked at."}


@handler("demo.noop", schema=SCHEMA)
def noop(_payload: dict[str, Any], _job: JobContext) -> None:
    """Do nothing."""
