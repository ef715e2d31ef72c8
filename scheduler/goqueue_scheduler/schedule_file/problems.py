"""What is wrong with a schedules file, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goqueue_common.errors import GoQueueError

# Beside control characters, those that turn the direction of writing: a file must not steer a terminal.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a schedules file.

    line, column: from 1, None where it is about the file as a whole. entry: the name of the entry, `entry 3` where it has
    none. field: of the entry; inside a payload or tags, the way down to it: payload/customer/0.
    """

    line: int | None = None
    column: int | None = None
    entry: str | None = None
    field: str | None = None
    detail: str

    def sentence(self, file: Path | None = None) -> str:
        """One line for people: schedules.yaml, line 12, emails.nightly, cron: what is wrong; None: without its name."""
        line = None if self.line is None else f"line {self.line}"
        parts = [None if file is None else str(file), line, self.entry, self.field]
        where = ", ".join(part for part in parts if part)
        return one_line(f"{where}: {self.detail}" if where else self.detail)


class InvalidScheduleFile(GoQueueError):
    """The schedules file cannot be used; `problems` says everything that is wrong with it, in the order of its lines."""

    code = "invalid_schedule_file"

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
        super().__init__("\n".join(problem.sentence(file) for problem in self.problems))


def one_line(text: str) -> str:
    """Without characters that a terminal would obey."""
    return _CONTROL.sub(" ", text)
