"""What handlers log about their jobs: the calls, which are methods of Client, and what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from goqueue.answers import read_value
from goqueue.transport import Request, path_word
from goqueue.values import Value, each

if TYPE_CHECKING:
    from goqueue.transport import Transport

_PAGE_LINES = 1_000
_PAUSE_SECONDS = 0.5


class LogOptions(TypedDict, total=False):
    """Which lines. attempt: of this attempt alone. level: debug, info, warning or error, of this one and graver."""

    attempt: int
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(Value):
    """A line that a handler wrote. seq: grows from line to line. at: when it was said, by its worker's clock."""

    own_readers = {  # noqa: RUF012 - a ClassVar by its base
        "at": lambda value: datetime.fromisoformat(value).astimezone(UTC)
    }

    seq: int
    attempt: int
    at: datetime
    level: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage(Value):
    """Lines in order. next_after: where the next page begins. status: of the job. complete: nothing follows."""

    own_readers = {"items": each(LogLine.from_json)}  # noqa: RUF012 - a ClassVar by its base

    items: tuple[LogLine, ...] = ()
    next_after: int
    status: str
    complete: bool


class LogCalls:
    """The part of Client that reads logs of jobs."""

    _transport: Transport

    def log_page(self, job_id: str, after: int = 0, limit: int = _PAGE_LINES, **options: Unpack[LogOptions]) -> LogPage:
        """The first lines after this place; limit: 1 to 1,000. Raises NotFound."""
        parameters = [("after", str(after)), ("limit", str(limit))]
        parameters += [(name, str(value)) for name, value in options.items() if value is not None]
        request = Request("GET", f"/jobs/{path_word(job_id)}/logs", parameters)
        return read_value(LogPage.from_json, self._transport.call(request).document)

    def logs(self, job_id: str, after: int = 0, **options: Unpack[LogOptions]) -> Iterator[LogLine]:
        """All lines that there are now; pages are fetched as they are needed. Raises NotFound."""
        while True:
            page = self.log_page(job_id, after, **options)
            yield from page.items
            if len(page.items) < _PAGE_LINES:
                return
            after = page.next_after

    def follow_logs(self, job_id: str, after: int = 0, **options: Unpack[LogOptions]) -> Iterator[LogLine]:
        """All lines, and those that come until the job has ended. Raises NotFound."""
        while True:
            page = self.log_page(job_id, after, **options)
            yield from page.items
            if page.complete:
                return
            after = page.next_after
            if len(page.items) < _PAGE_LINES:
                self._transport.sleep(_PAUSE_SECONDS)
