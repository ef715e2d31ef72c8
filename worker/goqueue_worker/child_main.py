"""The process of a child: takes its settings from the parent's pipe, loads the handlers, runs, and says what went wrong."""

from __future__ import annotations

import os
import sys

import structlog
from setproctitle import setproctitle

from goqueue_common.errors import GoQueueError, StoreUnavailable
from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_worker import discovery, process_start
from goqueue_worker.child import Child
from goqueue_worker.job_counts import child_counts
from goqueue_worker.message_pipe import Message, MessagePipe
from goqueue_worker.running import configure_logs
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.slot_table import SlotTable

log = structlog.get_logger(__name__)


def main() -> None:
    """Entry point: argv is the pipe's descriptor, the slot table's, and the parent's pid."""
    pipe_descriptor, table_descriptor, parent_pid = map(int, sys.argv[1:4])
    process_start.leave_signals_to_parent()
    process_start.end_with_parent(parent_pid)
    pipe = MessagePipe.inherited(pipe_descriptor)
    start = pipe.receive()
    if start is None:
        os._exit(1)
    settings = WorkerSettings.received(start["settings"])
    configure_logs(settings.stores, settings.handlers, child=start["number"])
    setproctitle(f"goqueue-worker child {start['number']}")
    os._exit(_run(settings, start, SlotTable.open(table_descriptor, start["capacity"]), pipe))


def _run(settings: WorkerSettings, start: Message, table: SlotTable, pipe: MessagePipe) -> int:
    telemetry = Telemetry.start(settings.telemetry, "goqueue-worker", redact=settings.stores.redact)
    try:
        registry = discovery.load(settings.handlers, settings.app_dir)
        counts = None if start["counts_folder"] is None else child_counts(start["counts_folder"], start["number"])
        code = Child(settings, start["slots"], table, pipe, registry, telemetry, counts).run()
    except StoreUnavailable as error:
        log.warning("store_away_at_start", reason=str(error))
        code = 75  # EX_TEMPFAIL: the parent tries again
    except GoQueueError as error:
        pipe.send({"failed": str(error)})
        code = 2
    except Exception as error:
        log.exception("child_failed")
        pipe.send({"failed": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"})
        code = 1
    telemetry.close()
    sys.stdout.flush()
    sys.stderr.flush()
    return code
