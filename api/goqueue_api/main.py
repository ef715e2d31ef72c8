"""`python -m goqueue_api`: serve until SIGTERM, or `--check` the settings."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

import structlog

from goqueue_api.access.start import check_access
from goqueue_api.server import Server
from goqueue_api.settings import SECRETS, ApiSettings
from goqueue_common import structured_logs
from goqueue_common.errors import SettingsError
from goqueue_common.settings import format_check

log = structlog.get_logger(__name__)


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def main(words: list[str] | None = None) -> int:
    """Exit code 2 and one line on stderr when a setting makes no sense."""
    try:
        given = vars(_arguments().parse_args(words))
        is_check = given.pop("check")
        settings = ApiSettings.read(given)
        server = None if is_check else _server(settings)
    except SettingsError as error:
        print(f"goqueue_api: {error}", file=sys.stderr)  # noqa: T201 - a command line answers on its terminal
        return 2
    if server is None:
        print(format_check(settings, secrets=SECRETS))  # noqa: T201
        return 0
    log.info("api_starting", address=settings.address, processes=settings.processes, threads=settings.threads)
    server.run()
    return 0


def _server(settings: ApiSettings) -> Server:
    stores = settings.stores
    structured_logs.configure(stores.log_level, stores.log_format, redact=stores.redact, service="api")
    server = Server(settings)
    check_access(settings)
    return server


def _arguments() -> argparse.ArgumentParser:
    parser = _Arguments(prog="python -m goqueue_api", description="The HTTP API of GoQueue.", allow_abbrev=False)
    parser.add_argument("--bind", metavar="HOST:PORT", help="GOQUEUE_API_BIND, 127.0.0.1:8080")
    parser.add_argument(
        "--dashboard-bind", metavar="HOST:PORT", help="GOQUEUE_DASHBOARD_BIND; none: the dashboard is not served"
    )
    parser.add_argument("--processes", type=int, metavar="N", help="GOQUEUE_API_PROCESSES, 2")
    parser.add_argument("--threads", type=int, metavar="N", help="GOQUEUE_API_THREADS, 8: request threads a process")
    parser.add_argument("--check", action="store_true", help="print the settings, secrets hidden, and exit")
    return parser
