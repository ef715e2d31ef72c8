"""`python -m goqueue_worker`: the command line of a worker."""

from __future__ import annotations

import argparse
import sys

from goqueue_common.errors import GoQueueError
from goqueue_common.settings import format_check
from goqueue_common.structured_logs import configure
from goqueue_common.telemetry.settings import SECRETS
from goqueue_worker import discovery
from goqueue_worker.parent import Parent
from goqueue_worker.settings import WorkerSettings


def main(argv: list[str] | None = None) -> int:
    """0 stopped in order, 2 a setting, argument or handler module makes no sense."""
    arguments = vars(_parser().parse_args(argv))
    check = arguments.pop("check")
    try:
        settings = WorkerSettings.read(arguments)
        if check:
            registry = discovery.load(settings.handlers, settings.app_dir)
            types = ", ".join(handler.type for handler in registry.handlers) or "(none)"
            print(format_check(settings, secrets=SECRETS) + f"\ntypes: {types}")  # noqa: T201 - a command line speaks by print
            return 0
    except GoQueueError as error:
        return _refuse(str(error))
    configure(settings.stores.log_level, settings.stores.log_format, redact=settings.stores.redact)
    try:
        parent = Parent(settings)
    except GoQueueError as error:
        return _refuse(str(error))
    code = parent.run()
    return _refuse(parent.failure) if parent.failure is not None else code


def _refuse(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)  # noqa: T201
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="goqueue worker",
        description="Run jobs. Without arguments: every queue, the built-in types.",
        epilog="Everything has an environment variable too; docs/configuration.md lists them.",
    )
    parser.add_argument("--handlers", metavar="MODULE,...", help="modules that declare handlers (GOQUEUE_HANDLERS)")
    parser.add_argument("--queues", metavar="NAME,...", help="queues to serve; default: all (GOQUEUE_QUEUES)")
    parser.add_argument("--concurrency", type=int, metavar="N", help="jobs at once, over all processes; default 16")
    parser.add_argument("--processes", type=int, metavar="N", help="child processes; default 2")
    parser.add_argument("--app-dir", metavar="FOLDER", help="where your modules are; put at the end of the Python path")
    parser.add_argument("--max-jobs", type=int, metavar="N", help="replace a child process after N jobs; default: never")
    parser.add_argument("--max-memory", type=int, metavar="MIB", help="replace a child process that occupies more")
    parser.add_argument("--bind", metavar="HOST:PORT", help="answer probes and /metrics here (GOQUEUE_WORKER_BIND)")
    parser.add_argument("--burst", action="store_true", help="end when the queues are empty")
    parser.add_argument(
        "--reload", action="store_true", help="load the handlers again when their files change (development)"
    )
    parser.add_argument("--check", action="store_true", help="print the settings, load the handlers, start nothing")
    return parser
