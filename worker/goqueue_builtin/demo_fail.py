"""demo.fail: fails, always or a given number of times, to see retries and the dead letter."""

from typing import Any

from goqueue_worker import JobContext, RetryPolicy, handler

SCHEMA = {
    "type": "object",
    "properties": {
        "times": {
            "type": "integer",
            "title": "Failures",
            "description": "Fail this often, then succeed. Left out: fail always.",
            "minimum": 0,
            "maximum": 1000,
        },
        "message": {
            "type": "string",
            "title": "Message",
            "description": "What the error says.",
            "maxLength": 500,
            "default": "asked to fail",
        },
    },
    "additionalProperties": False,
}


@handler("demo.fail", schema=SCHEMA, backoff=RetryPolicy(base=0.5, cap=10.0))
def fail(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Raise an error, as often as asked."""
    times = payload.get("times")
    if times is None or job.failures < times:
        job.log("about_to_fail", level="warning", failures=job.failures, times=times)
        raise RuntimeError(payload.get("message", "asked to fail"))
    return {"succeeded_after_failures": job.failures}
