"""Handlers that say what they do: to logs, traces and error reports."""

import logging
import os
import threading

import sentry_sdk
import structlog
from opentelemetry import trace

from goqueue_worker import JobContext, handler, on_start, worker

log = logging.getLogger(__name__)


@on_start
def started() -> None:
    log.info("hook line")


def tell(_payload: dict, job: JobContext) -> None:
    """A line by each way there is, and a span."""
    log.info("line by %s", "logging", extra={"order": 7})
    log.debug("too quiet")
    structlog.get_logger().info("line by structlog")
    job.log("line by job.log")
    with trace.get_tracer(__name__).start_as_current_span("inner"):
        pass
    beside = threading.Thread(target=log.info, args=("line by a thread",))
    beside.start()
    beside.join()


async def tell_async(payload: dict, job: JobContext) -> None:
    tell(payload, job)


worker.register("tell.thread", tell)
worker.register("tell.async", tell_async)
worker.register("tell.process", tell, isolation="process")


def fail(payload: dict, _job: JobContext) -> None:
    password = payload["password"]
    sentry_sdk.set_context("order", {"password": password, "number": 4711})
    raise LookupError("no such order")


worker.register("tell.fail", fail, max_retries=0)
worker.register("tell.fail_in_process", fail, isolation="process", max_retries=0)


@handler("tell.die", isolation="process", max_retries=0)
def die(_payload: dict, _job: JobContext) -> None:
    os._exit(3)


@handler("tell.parent")
def parent(_payload: dict, job: JobContext) -> dict:
    return {"child": job.submit("tell.thread")}
