"""One replica of the scheduler, put together: its loops, how they begin, and how they end in order."""

from __future__ import annotations

import time
import uuid
from typing import Final

import structlog

from goqueue import Client
from goqueue_common.background.runner import Runner, Stepper
from goqueue_common.broker.keys import Keys
from goqueue_common.broker.lock import Lock
from goqueue_common.clock import SystemClock
from goqueue_common.probes.server import Pages, ProbeServer
from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_scheduler.api_clock import ApiClock
from goqueue_scheduler.api_reach import ApiReach
from goqueue_scheduler.election import LOCK, Election
from goqueue_scheduler.file_sync import FileSync
from goqueue_scheduler.fire_counts import FireCounts
from goqueue_scheduler.firing import Firing
from goqueue_scheduler.health import Health, Vitals
from goqueue_scheduler.housekeeping import PRESENCE_SECONDS, Housekeeping
from goqueue_scheduler.loader import Loader
from goqueue_scheduler.presence import Presence
from goqueue_scheduler.reported import Reported
from goqueue_scheduler.schedule_book import ScheduleBook
from goqueue_scheduler.schedule_file import WatchedFile
from goqueue_scheduler.settings import SchedulerSettings
from goqueue_scheduler.ticker import Ticker
from goqueue_scheduler.traced_firing import TracedFiring

log = structlog.get_logger(__name__)

_ANSWER_SECONDS: Final = 5.0
"""A replica of the API that hangs holds nothing up for longer."""
_SYNC_SECONDS: Final = 30.0
_FILE_SECONDS: Final = 1
_BATCH_SECONDS: Final = 0.5
"""So long the end of a batch is waited for before the lock is given back: what two send at once is fired once."""
_REST_SECONDS: Final = 3.0


class Replica:
    """Runs from `start` to `stop`, in threads of its own."""

    def __init__(self, settings: SchedulerSettings, telemetry: Telemetry) -> None:
        """Raises SettingsError when it cannot listen where it should."""
        self._id = str(uuid.uuid4())
        self._is_stopping = False
        clock = SystemClock()
        keys = Keys(settings.service.prefix)
        lock = Lock(settings.service.redis_url, keys, clock, name=LOCK, ttl_seconds=settings.lease)
        reach = ApiReach()
        self._election = Election(lock, clock, lease_seconds=settings.lease, is_cut_off=reach.is_cut_off)
        # Without retries: each loop tries again by itself, with what is due by then.
        self._clients = [
            Client(settings.api_url, settings.api_key, timeout=seconds, retries=0)
            for seconds in (_ANSWER_SECONDS, _ANSWER_SECONDS, _SYNC_SECONDS)
        ]
        firing, keeping, syncing = self._clients
        api_clock, self._counts = ApiClock(clock), FireCounts()
        self._book = ScheduleBook(clock)
        loader = Loader(keeping, self._book, self._election, clock=clock, reach=reach)
        ticker = Ticker(
            self._book,
            Firing(
                firing if telemetry.tracing is None else TracedFiring(firing, telemetry.tracing),
                api_clock,
                clock,
            ),
            self._election,
            api_clock=api_clock,
            clock=clock,
            reach=reach,
            counts=self._counts,
            on_stale=loader.ask,
        )
        self._presence = Presence(
            keeping,
            self._id,
            self._election,
            clock=clock,
            api_clock=api_clock,
            reach=reach,
            lag=lambda: ticker.lag_seconds,
            fired=lambda: self._counts.fired,
            trouble=self._trouble,
            on_revision=loader.tell,
        )
        tasks = {}
        self._file_sync: FileSync | None = None
        if settings.file is not None:
            self._file_sync = FileSync(
                WatchedFile(settings.file),
                syncing,
                self._election,
                clock=clock,
                reach=reach,
                on_change=loader.ask,
            )
            tasks["sync"] = (_FILE_SECONDS, self._file_sync.look)
        presence = {"presence": (PRESENCE_SECONDS, self._presence.tell)}
        loops: dict[str, Stepper] = {
            "ticker": ticker,
            "election": self._election,
            "presence": Housekeeping({}, presence, counts=self._counts, telemetry=telemetry),
            "housekeeping": Housekeeping({"load": loader.look}, tasks, counts=self._counts, telemetry=telemetry),
        }
        self._runners = {name: Runner(Reported(loop, telemetry), name) for name, loop in loops.items()}
        self._probes = self._listen(settings, reach, ticker)

    def start(self) -> None:
        """Begin."""
        for runner in self._runners.values():
            runner.start()
        if self._probes is not None:
            self._probes.start()

    def sync(self) -> None:
        """Have the schedules file synced, changed or not."""
        if self._file_sync is not None:
            self._file_sync.ask()

    def stop(self) -> None:
        """Finish the batch under way, give the lock back, say goodbye."""
        self._is_stopping = True
        for runner in self._runners.values():
            runner.ask_to_stop()
        self._runners["ticker"].stop(_BATCH_SECONDS)
        self._runners["election"].stop(_BATCH_SECONDS)
        self._election.leave()
        deadline = time.monotonic() + _REST_SECONDS
        for name in ("ticker", "presence", "housekeeping"):
            self._runners[name].stop(max(0.0, deadline - time.monotonic()))
        self._presence.leave()
        for client in self._clients:
            client.close()
        if self._probes is not None:
            self._probes.close()
        log.info("scheduler_stopped", fired=self._counts.fired)

    def _trouble(self) -> str | None:
        return None if self._file_sync is None else self._file_sync.trouble

    def _listen(self, settings: SchedulerSettings, reach: ApiReach, ticker: Ticker) -> ProbeServer | None:
        address = settings.health_address
        if address is None:
            return None
        vitals = Vitals(
            scheduler_id=self._id,
            pulses={name: runner.pulse for name, runner in self._runners.items()},
            election=self._election,
            book=self._book,
            reach=reach,
            counts=self._counts,
            lag_seconds=lambda: ticker.lag_seconds,
            file_trouble=None if self._file_sync is None else self._trouble,
            is_stopping=lambda: self._is_stopping,
        )
        health = Health(vitals)
        pages: Pages = {"/healthz": health.alive, "/readyz": health.ready, "/metrics": health.metrics}
        return ProbeServer(*address, pages, setting="GOQUEUE_SCHEDULER_BIND", name="goqueue-scheduler")
