"""What live events stand on, from the settings of a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from goqueue_api.live.feed import Feed
from goqueue_api.live.hub import Hub
from goqueue_api.live.job_watcher import JobWatcher
from goqueue_api.live.live import Live
from goqueue_api.live.stats_collector import StatsCollector
from goqueue_api.settings import ApiSettings
from goqueue_common.broker.event_stream import EventStream
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.job_log_store import JobLogStore
from goqueue_common.job_state_store import JobStateStore
from goqueue_common.redaction import Redactor
from goqueue_common.stats_store import StatsStore

_STATEMENT_SECONDS: Final = 2.0


def live_events(settings: ApiSettings, keys: Keys, *, is_away: Callable[[], bool]) -> tuple[Live, Database]:
    """On two connections of their own, one to look at jobs and one for the statistics: none is taken from requests."""
    database = connect(
        settings.stores.database_url,
        pool_size=2,
        statement_timeout_seconds=_STATEMENT_SECONDS,
        application_name="goqueue-api-live",
    )
    hub, statistics = Hub(), StatsStore(database)
    states = JobStateStore(database)
    watcher = JobWatcher(states, JobLogStore(database), hub, Redactor(settings.stores.redact))
    feed = Feed(EventStream(settings.stores.redis_url, keys), hub, on_jobs=watcher.hint, is_away=is_away)
    stats = StatsCollector(lambda: statistics.overview().to_dict(), hub)
    return Live(hub, feed, watcher, stats, states, most=settings.streams), database
