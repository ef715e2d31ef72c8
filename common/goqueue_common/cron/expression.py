"""Cron expressions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cronsim import CronSim, CronSimError


class BadCron(ValueError):
    """What is wrong with an expression; position: index of the character that is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression; text: as it was written."""

    text: str

    def words(self) -> str:
        """In English."""
        return str(CronSim(self.text, datetime(2026, 1, 1)).explain())  # noqa: DTZ001 - a label


def parse(text: str) -> Cron:
    """Raises BadCron."""
    try:
        CronSim(text, datetime(2026, 1, 1))  # noqa: DTZ001 - a label
    except CronSimError as error:
        raise BadCron(str(error), 0) from error
    return Cron(text)
