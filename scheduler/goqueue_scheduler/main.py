"""`python -m goqueue_scheduler`: the command line of a scheduler, and its signals."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final

import structlog

from goqueue_common.errors import GoQueueError
from goqueue_common.settings import format_check
from goqueue_common.structured_logs import configure
from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_scheduler.replica import Replica
from goqueue_scheduler.schedule_file import load
from goqueue_scheduler.settings import SECRETS, SchedulerSettings

log = structlog.get_logger(__name__)

_KILLED: Final = 128
_LOOK_SECONDS: Final = 1.0


def main(argv: list[str] | None = None) -> int:
    """0 stopped in order, 2 a setting, an argument or the schedules file makes no sense."""
    arguments = vars(_parser().parse_args(argv))
    check = arguments.pop("check")
    try:
        settings = SchedulerSettings.read(arguments)
        if settings.file is not None:
            load(settings.file)
        if check:
            print(format_check(settings, secrets=SECRETS))  # noqa: T201 - a command line speaks by print
            return 0
        configure(settings.service.log_level, settings.service.log_format, redact=settings.service.redact)
        telemetry = Telemetry.start(settings.telemetry, "goqueue-scheduler", redact=settings.service.redact)
        replica = Replica(settings, telemetry)
    except GoQueueError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    _run(replica, settings)
    telemetry.close()
    return 0


def _run(replica: Replica, settings: SchedulerSettings) -> None:
    """Until SIGTERM or SIGINT; a second one ends it at once, without giving the lock back."""
    # No Event wakes the loop: a handler that runs while its own thread holds an Event's lock would wait for itself.
    wake: SimpleQueue[int] = SimpleQueue()
    received: list[int] = []

    def on_stop(number: int, _frame: FrameType | None) -> None:
        if received:
            os._exit(_KILLED + number)
        received.append(number)
        wake.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_stop)
    signal.signal(signal.SIGHUP, lambda _number, _frame: replica.sync())
    log.info("scheduler_starting", api=settings.api_url, lease=settings.lease, schedules=settings.schedules or None)
    replica.start()
    while not received:
        with suppress(Empty):  # a wait without end would be deaf to signals on some systems
            wake.get(timeout=_LOOK_SECONDS)
    replica.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="goqueue scheduler",
        description="Fire the jobs of schedules when they are due. Start two or three: one leads, the others take over.",
        epilog="Everything has an environment variable too; docs/configuration.md lists them.",
    )
    parser.add_argument("--schedules", metavar="FILE", help="file whose schedules to keep; empty: none (GOQUEUE_SCHEDULES)")
    parser.add_argument("--bind", metavar="HOST:PORT", help="answer probes and /metrics here (GOQUEUE_SCHEDULER_BIND)")
    parser.add_argument("--check", action="store_true", help="print the settings, read the file, start nothing")
    return parser
