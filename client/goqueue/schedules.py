"""Cron schedules by the client: the calls of people and programs that keep them, which are methods of Client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Unpack

from goqueue.answers import read_items, read_value
from goqueue.errors import UnexpectedAnswer
from goqueue.retrying import Repeatable
from goqueue.schedule_values import (
    NextRun,
    PreviewOptions,
    Schedule,
    ScheduleChanges,
    ScheduleOptions,
    SchedulePreview,
    ScheduleRun,
    Source,
)
from goqueue.submission import encode
from goqueue.transport import Answer, Request, Transport, path_word
from goqueue.values import Job

_PAGE_ITEMS = 200  # the most that the API gives at once


class ScheduleCalls:
    """The part of Client for cron schedules."""

    _transport: Transport

    def schedules(
        self,
        *,
        paused: bool | None = None,
        source: Source | None = None,
        next: int = 0,  # noqa: A002 - its name in the API
        runs: int = 0,
    ) -> Iterator[Schedule]:
        """All schedules that match, by name; pages are fetched as they are needed.

        next, runs: how many of its next instants and newest runs each is to have, 20 at most.
        """
        parameters = [] if paused is None else [("paused", "true" if paused else "false")]
        parameters += [] if source is None else [("source", source)]
        parameters += [(name, str(n)) for name, n in (("next", next), ("runs", runs)) if n]
        for page in read_pages(self._transport, "/schedules", parameters):
            yield from read_items(Schedule.from_json, page)

    def schedule(self, name: str) -> Schedule:
        """One schedule. Raises NotFound."""
        return self._schedule(Request("GET", _path(name)))

    def create_schedule(
        self,
        type: str,  # noqa: A002 - its name in the API
        cron: str,
        *,
        name: str | None = None,
        **options: Unpack[ScheduleOptions],
    ) -> Schedule:
        """Have a job of this type submitted whenever the cron says; name: by default the type.

        cron: of 5 fields, of 6 with seconds first, or such as @daily. Made again only if it surely was not created.
        Raises Conflict (there is one of this name), InvalidRequest (its `errors` point at the character).
        """
        definition = {"type": type, "cron": cron, **options} | ({} if name is None else {"name": name})
        request = Request("POST", "/schedules", body=encode(definition), repeatable=Repeatable.IF_NOT_DONE)
        return self._schedule(request)

    def replace_schedule(
        self,
        schedule: Schedule | str,
        type: str,  # noqa: A002 - its name in the API
        cron: str,
        **options: Unpack[ScheduleOptions],
    ) -> Schedule:
        """Define a schedule anew; what is left out gets its default, but `paused` stays as it is.

        schedule: as it was read, then nobody's change in between is overwritten; by its name: however it is now.
        Raises Conflict (it was changed since, comes from a file, or is not there), InvalidRequest.
        """
        return self._write("PUT", schedule, {"type": type, "cron": cron, **options})

    def edit_schedule(self, schedule: Schedule | str, **changes: Unpack[ScheduleChanges]) -> Schedule:
        """Change what is given of a schedule.

        schedule: as it was read, then nobody's change in between is overwritten; by its name: however it is now.
        Raises Conflict (it was changed since, or comes from a file), NotFound, InvalidRequest.
        """
        return self._write("PATCH", schedule, changes)

    def delete_schedule(self, schedule: Schedule | str) -> None:
        """Delete a schedule; its jobs stay. schedule: as for edit_schedule. Raises Conflict, NotFound."""
        name, etag = _known(schedule)
        self._transport.call(Request("DELETE", _path(name), if_match=etag, repeatable=Repeatable.IF_NOT_DONE))

    def pause_schedule(self, name: str) -> Schedule:
        """Have it fire nothing until it is resumed; what falls between is dropped. Raises NotFound."""
        return self._schedule(Request("POST", f"{_path(name)}/pause"))

    def resume_schedule(self, name: str) -> Schedule:
        """Have it fire again, from now on. Raises NotFound, Conflict (its file has it no more)."""
        return self._schedule(Request("POST", f"{_path(name)}/resume"))

    def run_schedule(self, name: str) -> Job:
        """Submit its job now, whether or not it is paused; its other runs stay as they are. Raises NotFound."""
        answer = self._transport.call(Request("POST", f"{_path(name)}/run", idempotency_key=str(uuid.uuid4())))
        return read_value(Job.from_json, {"etag": answer.etag, **answer.document})

    def next_runs(self, name: str, n: int = 10) -> list[NextRun]:
        """When it will run next, as if it were not paused; n: 1 to 100. Raises NotFound."""
        document = self._transport.call(Request("GET", f"{_path(name)}/next", [("n", str(n))])).document
        found = document.get("next")
        if not isinstance(found, list):
            raise UnexpectedAnswer("the answer has no list of next runs")
        return [read_value(NextRun.from_json, item) for item in found]

    def preview_schedule(self, cron: str, timezone: str = "UTC", **options: Unpack[PreviewOptions]) -> SchedulePreview:
        """What a cron means, when it would run, and what it does when the zone's clocks change. Raises InvalidRequest."""
        request = Request("POST", "/schedules/preview", body=encode({"cron": cron, "timezone": timezone, **options}))
        return read_value(SchedulePreview.from_json, self._transport.call(request).document)

    def schedule_runs(self, name: str) -> Iterator[ScheduleRun]:
        """Its runs, the newest first; pages are fetched as they are needed. Raises NotFound."""
        for page in read_pages(self._transport, f"{_path(name)}/runs"):
            yield from read_items(ScheduleRun.from_json, page)

    def _write(self, method: str, schedule: Schedule | str, document: Mapping[str, object]) -> Schedule:
        name, etag = _known(schedule)
        # By its name alone, writing it twice is the same as once.
        repeatable = Repeatable.IF_NOT_DONE if etag else Repeatable.ALWAYS
        return self._schedule(
            Request(method, _path(name), body=encode(document), if_match=etag or "*", repeatable=repeatable)
        )

    def _schedule(self, request: Request) -> Schedule:
        return read_value(Schedule.from_json, self._transport.call(request).document)


def read_pages(transport: Transport, path: str, parameters: Sequence[tuple[str, str]] = ()) -> Iterator[Answer]:
    """The answers of a list, page by page, each when it is needed."""
    parameters = [*parameters, ("limit", str(_PAGE_ITEMS))]
    page: Sequence[tuple[str, str]] = parameters
    while True:
        answer = transport.call(Request("GET", path, page))
        yield answer
        cursor = answer.document.get("next_cursor")
        if not isinstance(cursor, str):
            return
        page = [*parameters, ("cursor", cursor)]


def _known(schedule: Schedule | str) -> tuple[str, str | None]:
    return (schedule.name, schedule.etag) if isinstance(schedule, Schedule) else (schedule, None)


def _path(name: str) -> str:
    return f"/schedules/{path_word(name)}"
