"""The statistics, once a second for all who look, and never when nobody does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from goqueue_api.live import frames
from goqueue_api.live.hub import Hub
from goqueue_api.live.stream import Stream
from goqueue_api.live.while_wanted import WhileWanted

_SECONDS: Final = 1.0


class StatsCollector:
    """`step` collects once. overview: the document; raises StoreUnavailable, and then that second is left out."""

    def __init__(self, overview: Callable[[], Mapping[str, Any]], hub: Hub) -> None:
        self._overview = overview
        self._hub = hub
        self._latest: tuple[float, bytes] | None = None
        self._runner = WhileWanted(self, "live-stats", lambda: hub.wants_stats)

    def start(self, stream: Stream) -> None:
        """Show a stream that is in the hub what there is already."""
        self._runner.ensure()
        latest = self._latest
        if latest is not None and time.monotonic() - latest[0] < _SECONDS:
            stream.outbox.put(latest[1])

    def step(self) -> float:
        """Tell all streams that want it. Raises StoreUnavailable."""
        began = time.monotonic()
        made = frames.frame("stats", self._overview())
        self._latest = began, made
        self._hub.publish_stats(made)
        return max(0.0, began + _SECONDS - time.monotonic())

    def close(self) -> None:
        """End the thread."""
        self._runner.close()
