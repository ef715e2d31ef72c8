"""How it goes with the API: learnt by every call, logged when it changes and not with every try."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from goqueue.errors import (
    ApiError,
    ConnectionFailed,
    GoQueueError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnexpectedAnswer,
)
from goqueue_common.background.runner import Pulse

log = structlog.get_logger(__name__)

AWAY: Final = (ConnectionFailed, ServiceUnavailable, TooManyRequests, UnexpectedAnswer)
"""What passes by itself: the API is away, starting, busy, or a proxy answers in its place."""
_OLD_SECONDS: Final = 8.0
_TRIES: Final = 3
"""Fewer say little: this process may have stood still meanwhile."""
_NO_KEY: Final = "set GOQUEUE_API_KEY to a key with the scope operate"
_WAYS_OUT: Final[Mapping[int, str]] = {
    401: _NO_KEY,
    403: _NO_KEY,
    404: "API_URL names no API that knows schedules: correct it, or upgrade the API",
    413: "a proxy before the API allows too little: raise its limit of a request's size",
    422: "API and scheduler may be of different releases: run the same",
}
_WAYS_OUT_OF_SYNC: Final[Mapping[int, str]] = {
    409: "give it another name in the schedules file, or delete the other one",
    422: "correct the schedules file: /schedules/0 is its first entry",
}


@dataclass(frozen=True, slots=True)
class _Trouble:
    kind: str
    since: float


class ApiReach:
    """Watches calls by name. Safe from any thread, but each name belongs to one.

    successes: how many calls were answered as they should be.
    """

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}
        self._pulse: Pulse | None = None
        self._heard = Pulse()
        self._unheard = 0
        self.successes = 0

    def is_cut_off(self, seconds: float) -> bool:
        """Whether it served nothing for so long, though it was tried: not reached, or our key refused.

        What it says of itself, or of one request, counts as served: others would hear the same.
        """
        return self._unheard >= _TRIES and self._heard.age_seconds >= seconds

    @property
    def is_answered(self) -> bool:
        """Whether it has answered lately, be it to refuse."""
        pulse = self._pulse
        return pulse is not None and pulse.age_seconds < _OLD_SECONDS

    @contextmanager
    def watched(self, call: str) -> Iterator[None]:
        """One call; what it raises passes through."""
        try:
            yield
        except AWAY as error:
            self._count(error)
            self._turn(call, "away", "api_away", error)
            raise
        except ApiError as error:
            self._count(error)
            self._pulse = Pulse()
            self._turn(call, f"{error.status} {error.code} {error.detail}", "api_refuses", error)
            raise
        self._hear()
        self.successes += 1
        self._pulse = Pulse()
        trouble = self._troubles.pop(call, None)
        if trouble is not None:
            log.info("api_answers_again", call=call, after_seconds=round(time.monotonic() - trouble.since, 1))

    def _count(self, error: GoQueueError) -> None:
        if isinstance(error, ApiError) and not isinstance(error, Unauthorized):
            self._hear()
        else:
            self._unheard += 1

    def _hear(self) -> None:
        self._heard.turn()
        self._unheard = 0

    def _turn(self, call: str, kind: str, event: str, error: GoQueueError) -> None:
        known = self._troubles.get(call)
        if known is not None and known.kind == kind:
            return
        since = known.since if known is not None else time.monotonic()
        self._troubles[call] = _Trouble(kind, since)
        if isinstance(error, ApiError) and kind != "away":
            ways_out = {**_WAYS_OUT, **_WAYS_OUT_OF_SYNC} if call == "sync" else _WAYS_OUT
            way_out = ways_out.get(error.status, "the API's log says more, by this request_id")
            log.error(event, call=call, reason=str(error), way_out=way_out, request_id=error.request_id)
        else:
            log.warning(event, call=call, reason=str(error))
