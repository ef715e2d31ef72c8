"""Live events by the client: a stream that comes again by itself when it was cut, and goes on where it was."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from goqueue.errors import ApiError, ConnectionFailed, GoQueueError
from goqueue.transport import Request, Transport, path_word

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIVE_UP_SECONDS = 300.0
_LONGEST_PAUSE_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 0.5
_SILENCE_SECONDS = 40.0  # the API says something each 15
_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Event:
    """type: `hello`, a topic, `job`, `log`, `end`, or `resync`: something was missed, read anew what you show.

    id: where to go on after it; None: the event has no place of its own.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


class EventReader:
    """Takes the lines of a stream. last_event_id: where to go on after what has been read."""

    def __init__(self, last_event_id: str | None) -> None:
        self.last_event_id = last_event_id
        self._id: str | None = None
        self._type = "message"
        self._data: list[str] = []

    def read(self, line: str) -> Event | None:
        """The event that this line completes. Raises ValueError when its data is no JSON object."""
        if line:
            name, _, value = line.partition(":")
            self._take(name, value.removeprefix(" "))
            return None
        identity, kind, data = self._id, self._type, "\n".join(self._data)
        self._id, self._type, self._data = None, "message", []
        if identity is not None:
            self.last_event_id = identity
        if not data:
            return None
        document = json.loads(data)
        if not isinstance(document, dict):
            raise TypeError(f"the data of an event {kind!r} is no JSON object")
        return Event(kind, document, identity)

    def _take(self, name: str, value: str) -> None:
        if name == "id":
            self._id = value
        elif name == "event":
            self._type = value
        elif name == "data":
            self._data.append(value)


class EventCalls:
    """The part of Client for what happens, while it happens."""

    _transport: Transport

    def events(self, topics: str | Iterable[str], last_event_id: str | None = None) -> Iterator[Event]:
        """What happens, without an end; closing the iterator closes the stream.

        topics: stats, jobs, queue, worker, bulk, schedule, or job:<id>; 20 at most. last_event_id: the id of the last event
        that was had, and what has come since is first. When the connection is lost it is made anew, with a `hello` of
        its own; when the API is away for five minutes, raises ConnectionFailed. Raises InvalidRequest, NotFound.
        """
        wanted = [topics] if isinstance(topics, str) else list(topics)
        return self._events("/events", [("topics", ",".join(wanted))], last_event_id)

    def job_events(self, job_id: str, last_event_id: str | None = None) -> Iterator[Event]:
        """A job until it has ended: `job`, its state, now and whenever it changes, `log`, a line, and `end`, the last.

        last_event_id: the id of the last log line that was had. Raises NotFound.
        """
        for event in self._events(f"/jobs/{path_word(job_id)}/events", [], last_event_id):
            yield event
            if event.type == "end":
                return

    def _events(self, path: str, parameters: list[tuple[str, str]], last_event_id: str | None) -> Iterator[Event]:
        reader = EventReader(last_event_id)
        pauses = _Pauses(self._transport)
        while True:
            try:
                request = Request("GET", path, parameters, held_seconds=_SILENCE_SECONDS)
                for line in self._transport.lines(request, reader.last_event_id):
                    event = reader.read(line)
                    pauses.heard()
                    if event is not None:
                        yield event
            except (ApiError, ConnectionFailed) as error:
                pauses.wait_or_raise(error)
            else:
                pauses.wait_or_raise(ConnectionFailed("the API has ended the stream"))
            reader = EventReader(reader.last_event_id)


class _Pauses:
    """Before a stream is opened again: ever longer, with jitter, since all its clients were cut off at once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._heard_at: float | None = None
        self._tries = 0
        self._began_at = transport.monotonic()

    def heard(self) -> None:
        """The stream is open."""
        self._heard_at = self._transport.monotonic()
        self._tries = 0

    def wait_or_raise(self, error: GoQueueError) -> None:
        """Wait; or raise what cannot pass, or has not for long. One that never was open is tried as any call is."""
        if isinstance(error, ApiError) and error.status not in _PASSING:
            raise error
        self._tries += 1
        never_open = self._heard_at is None
        since = self._began_at if self._heard_at is None else self._heard_at
        if (never_open and self._tries > self._transport.retries) or (
            self._transport.monotonic() - since > _GIVE_UP_SECONDS
        ):
            raise error
        ceiling = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** (self._tries - 1))
        asked = error.retry_after if isinstance(error, ApiError) else None
        self._transport.sleep(min(asked or 0.0, _LONGEST_PAUSE_SECONDS) + random.uniform(0.0, ceiling))  # noqa: S311 - no secret
