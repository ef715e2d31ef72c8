"""`goqueue schedules check FILE`: what a schedules file says, or everything that is wrong with it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone
from goqueue_common.schedule import Definition
from goqueue_common.schedule_definition import read_definition
from goqueue_scheduler.schedule_file.loading import load
from goqueue_scheduler.schedule_file.problems import InvalidScheduleFile

_COLUMNS: Final = ("NAME", "TYPE", "QUEUE", "CRON", "IN WORDS", "ZONE", "NEXT RUN")


def main(argv: list[str] | None = None) -> int:
    """0: the file can be used. 2: it cannot, or the arguments make no sense; why is on stderr, one line each."""
    arguments = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # names of files may be no text
    try:
        return _check(arguments.file, as_json=arguments.json)
    except OSError as error:  # a disk that is full
        _discard(sys.stdout)
        _print(error.strerror or str(error), sys.stderr)
        return 2


def _check(file: Path, *, as_json: bool) -> int:
    try:
        found = [read_definition(entry) for entry in load(file)]
    except InvalidScheduleFile as error:
        if as_json:
            _print(_json(file, [], error))
        else:
            _print(str(error), sys.stderr)
        return 2
    _print(_json(file, found, None) if as_json else _table(found))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="goqueue schedules check", description="Say what is wrong with a schedules file.")
    parser.add_argument("file", metavar="FILE", type=Path, help="a file of schedules, in YAML or JSON")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _print(text: str, stream: TextIO | None = None) -> None:
    try:
        # Flushed now, while what that raises is caught.
        print(text, file=stream, flush=True)
    except BrokenPipeError:  # whoever reads, such as head, has seen enough
        _discard(stream or sys.stdout)


def _discard(stream: TextIO) -> None:
    """What is left of it, so that the end of the process does not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _table(found: Sequence[Definition]) -> str:
    rows = [_COLUMNS, *(_row(definition) for definition in found)] if found else []
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))] if rows else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    count = f"{len(found):,} schedule{'' if len(found) == 1 else 's'}, no errors"
    return "\n".join([*lines, *([""] if lines else []), count])


def _row(definition: Definition) -> tuple[str, ...]:
    next_run = _next_run(definition)
    shown = "paused" if definition.paused else "never again" if next_run is None else f"{next_run:%Y-%m-%d %H:%M:%S %z}"
    words = parse(definition.cron).words()
    cron = " ".join(definition.cron.split())
    return definition.name, definition.type, definition.queue, cron, words, definition.timezone, shown


def _next_run(definition: Definition) -> datetime | None:
    """In its own zone."""
    its_zone = zone(definition.timezone)
    now = datetime.now(UTC)
    found = instants(parse(definition.cron), its_zone, now, starts_at=definition.starts_at, ends_at=definition.ends_at)
    first = next(found, None)
    return None if first is None else first.astimezone(its_zone)


def _json(file: Path, found: Sequence[Definition], error: InvalidScheduleFile | None) -> str:
    schedules = [
        {
            **definition.to_document(),
            "paused": definition.paused,
            "words": parse(definition.cron).words(),
            "next_at": None if definition.paused else _next_run(definition),
        }
        for definition in found
    ]
    problems = [
        {
            "line": problem.line,
            "column": problem.column,
            "entry": problem.entry,
            "field": problem.field,
            "detail": problem.detail,
        }
        for problem in (() if error is None else error.problems)
    ]
    document = {"file": str(file), "schedules": schedules, "problems": problems}
    return json.dumps(document, indent=2, default=_time_text)


def _time_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{value!r} is no JSON")
