"""gunicorn, as this API runs on it: threads, a bounded farewell, its own log, no control socket."""

from __future__ import annotations

import contextlib
import itertools
import logging
import resource
import socket
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from goqueue_api.app import create_app
from goqueue_api.metrics.api_metrics import Seat
from goqueue_api.refusals import MAX_REQUEST_LINE, refusal, status_of
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_api.timed_socket import TimedSocket
from goqueue_common.errors import SettingsError
from goqueue_common.metrics.count_folder import CountFolder
from goqueue_common.settings import host_and_port
from goqueue_common.telemetry.telemetry import Telemetry

log = structlog.get_logger(__name__)

_GRACE_SECONDS: Final = 25
_KEEPALIVE_SECONDS: Final = 75
_LINGER_SECONDS: Final = 0.005
_FILES_BESIDE_STREAMS: Final = 1_500
"""gunicorn takes a thousand connections at once; the rest is for those to the stores, threads and libraries."""
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat files: a disk that stalls must not kill workers


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The processes behind the address of the API, and that of the dashboard."""

    def __init__(self, settings: ApiSettings) -> None:
        """Raises SettingsError."""
        self._settings = settings
        self._marks = claim_addresses(settings)
        _allow_files(settings.streams + _FILES_BESIDE_STREAMS)
        self._counts = CountFolder()
        self._seat = Seat(self._counts)
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn asks for."""
        options: dict[str, Any] = {
            "bind": list(self._settings.addresses.values()),
            "workers": self._settings.processes,
            "threads": self._settings.threads,
            "worker_class": DrainingWorker,
            "reuse_port": _listens_apart(self._settings),
            "keepalive": _KEEPALIVE_SECONDS,
            "graceful_timeout": _GRACE_SECONDS,
            "timeout": 60,
            "limit_request_line": MAX_REQUEST_LINE,
            "sendfile": False,  # TimedSocket would not see what it sends
            "logger_class": QuietLogger,
            "pre_fork": self._give_seat,
            "worker_exit": _close,
            "on_exit": self._end,
            "control_socket_disable": True,
            "proc_name": "goqueue-api",
        }
        if _SHARED_MEMORY.is_dir():
            options["worker_tmp_dir"] = str(_SHARED_MEMORY)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; called in each process after the fork, so that no connection crosses it."""
        stores = self._settings.stores
        telemetry = Telemetry.start(self._settings.telemetry, "goqueue-api", redact=stores.redact)
        app = create_app(self._settings, telemetry=telemetry, seat=self._seat)
        services = app.extensions[EXTENSION]
        services.readiness.watch_schema()
        services.background.start()
        return app

    def _give_seat(self, arbiter: Any, worker: ThreadWorker) -> None:
        """Before each fork: the lowest seat that no living process has. Who follows a dead one goes on with its counts."""
        taken = {other.seat for other in arbiter.WORKERS.values()}
        worker.seat = next(number for number in itertools.count() if number not in taken)
        self._seat = Seat(self._counts, worker.seat)

    def _end(self, _arbiter: Any) -> None:
        """At the end of the parent."""
        self._counts.remove()


def _allow_files(wanted: int) -> None:
    """As many open files as there may be connections: gunicorn's worker dies of an accept that fails for want of one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < reachable:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
    if reachable < wanted:
        log.warning("too_few_files", allowed=reachable, wanted=wanted)


def _close(_arbiter: Any, worker: ThreadWorker) -> None:
    """After the last request of a process."""
    application = _application(worker)
    if application is not None:
        application.extensions[EXTENSION].close()


def _application(worker: ThreadWorker) -> Flask | None:
    """None before a process has loaded it, and always in the parent."""
    application = getattr(worker, "wsgi", None)
    return application if isinstance(application, Flask) else None


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """Answers /readyz with 503 from SIGTERM on, while it finishes the requests it has. No client makes the others wait.

    gunicorn's own worker gives a new connection a thread for 5 s although it is silent, a request that has begun all the
    time in the world, and a connection that is to be closed up to 2 s of its main thread, in which it accepts nobody.
    """

    def init_process(self) -> None:
        """In the new process."""
        self._lingerers = threading.Semaphore(self.cfg.threads - 1)
        super().init_process()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """No HTTP, or too much of it."""
        status = status_of(exc)
        if status == 500:
            self.log.exception("request_failed")
        with contextlib.suppress(OSError):
            util.write_nonblock(client, refusal(status))

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM."""
        application = _application(self)
        if application is not None:
            services = application.extensions[EXTENSION]
            services.readiness.drain()
            services.live.stop()
        super().handle_exit(sig, frame)

    def handle(self, conn: TConn) -> Any:
        """Serve a request, in a thread, and those that follow it closely. Returns whether the connection is kept, or that
        its first byte is awaited.
        """
        if not conn.initialized:
            if not conn.wait_for_data(0):
                return gthread._DEFER  # noqa: SLF001 - to the loop that waits for all connections, and needs no thread
            conn.sock = TimedSocket.adopt(conn.sock)
        while True:
            conn.sock.expect_request()
            if not super().handle(conn):
                conn.sock.end()
                return False
            conn.sock.flush()
            if not self._lingers(conn):
                return True

    def _lingers(self, conn: TConn) -> bool:
        """Whether its next request is there, or comes at once and no other waits for a thread.

        Then the connection need not go by the main thread to another one, which costs as much as all that Flask does. One
        thread never waits so, for whoever comes anew.
        """
        if not self.alive or not self.tpool._work_queue.empty():  # noqa: SLF001 - it tells nobody else
            return False
        if conn.parser.unreader.buf.getvalue():
            return True
        if not self._lingerers.acquire(blocking=False):
            return False
        try:
            return bool(conn.sock.wait_readable(_LINGER_SECONDS)) and self.alive
        finally:
            self._lingerers.release()

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Whether the connection may be kept: not one that has become a stream, which is no concern of this worker's."""
        return super().handle_request(req, conn) and not conn.sock.is_handed_over

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """After `handle`, in the main thread. What is closed already is only counted."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's log through ours: its handlers stay off, so that records reach the root logger."""

    def setup(self, cfg: Any) -> None:
        """Instead of gunicorn's own handlers."""
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True

    def access(self, *_: Any) -> None:
        """No access log: the proxy in front has one."""


def claim_addresses(settings: ApiSettings) -> list[socket.socket]:
    """Find out before anything forks whether they can be bound; what is returned is to be kept for as long as they are.

    Raises SettingsError.
    """
    marks = []
    for name, address in settings.addresses.items():
        host, port = host_and_port(name, address, settings.port)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, place = found[0]
            if _listens_apart(settings):  # then a second service could bind it, too, and take half of the connections
                marks.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                marks[-1].bind(f"\0goqueue-api {host} {port}")
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as error:
            raise SettingsError(
                f"cannot serve at {address}: {error.strerror or error}; set {name} to a free address"
            ) from error
    return marks


def _listens_apart(settings: ApiSettings) -> bool:
    """Whether each process listens for itself, see docs/decisions/0019; elsewhere than on Linux one would get it all."""
    return sys.platform == "linux" and settings.processes > 1
