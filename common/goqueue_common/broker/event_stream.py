"""Reading the stream of live events. It is capped: what is older than its first entry is gone, and after a flush all is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Self

from goqueue_common.broker.connection import BLOCKING_MARGIN_SECONDS, connect, translated
from goqueue_common.broker.keys import Keys

LONGEST_WAIT_SECONDS: Final = 1.0
_PAGE: Final = 1_000
POSITION_PATTERN: Final = r"[0-9]{1,19}-[0-9]{1,19}"
"""Every such text is below Redis's bound of 64 bits, which it comes to in hundreds of millions of years."""
_BEGINNING: Final = "beginning"


class Position(NamedTuple):
    """The id of an entry: it grows, whatever happens to the stream, as long as Redis's clock goes forward."""

    milliseconds: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None: it is no id."""
        return cls(*map(int, text.split("-"))) if re.fullmatch(POSITION_PATTERN, text) else None

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.number}"


class Entry(NamedTuple):
    """One hint. news: JSON text."""

    position: Position
    topic: str
    news: str


class EventStream:
    """Every method raises BrokerUnavailable. One thread may wait in `read` while others use the rest."""

    def __init__(self, url: str, keys: Keys) -> None:
        self._key = keys.events
        self._client = connect(url)
        self._waiting = connect(url, answer_seconds=LONGEST_WAIT_SECONDS + BLOCKING_MARGIN_SECONDS)

    def end(self) -> Position:
        """The position of the last entry. A stream without one gets one: what comes later is then after it."""
        bounds = self.bounds()
        if bounds is not None:
            return bounds[1]
        with translated():
            made: Any = self._client.execute_command("XADD", self._key, "*", "topic", _BEGINNING, "news", "{}")  # type: ignore[no-untyped-call]
        return _position(made)

    def bounds(self) -> tuple[Position, Position] | None:
        """The positions of the first and the last entry that it has; None: it has none."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            pipeline.xrange(self._key, count=1)
            pipeline.xrevrange(self._key, count=1)
            first, last = pipeline.execute()
        return (_position(first[0][0]), _position(last[0][0])) if first and last else None

    def read(self, after: Position, wait_seconds: float) -> list[Entry]:
        """Entries after this one, as soon as there are any; none after `wait_seconds`, which is cut to a second."""
        wait_ms = max(1, round(min(wait_seconds, LONGEST_WAIT_SECONDS) * 1000))
        with translated():
            found: Any = self._waiting.xread({self._key: str(after)}, count=_PAGE, block=wait_ms)
        # One stream was asked for; RESP3 answers with a map, RESP2 with pairs.
        pages = found.values() if isinstance(found, dict) else [page for _, page in found or ()]
        return [entry for page in pages for entry in _entries(page)]

    def between(self, after: Position, until: Position) -> Iterator[Entry]:
        """Entries after the one, up to the other and with it."""
        while after < until:
            with translated():
                found: Any = self._client.xrange(self._key, f"({after}", str(until), count=_PAGE)
            if not found:
                return
            yield from _entries(found)
            after = _position(found[-1][0])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._waiting.close()


def _entries(page: Any) -> Iterator[Entry]:
    # RESP3 wraps the page of a stream in a list.
    for identity, fields in page[0] if page and isinstance(page[0], list) else page:
        if fields and fields.get("topic") != _BEGINNING and "news" in fields:
            yield Entry(_position(identity), fields["topic"], fields["news"])


def _position(identity: str) -> Position:
    milliseconds, _, number = identity.partition("-")
    return Position(int(milliseconds), int(number))
