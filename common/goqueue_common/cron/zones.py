"""Time zones by name."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadZone(ValueError):
    """No zone has this name; position: index of the character that is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def zone(name: str) -> ZoneInfo:
    """The zone of this name. Raises BadZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadZone(f"{name!r:.80} is no time zone", 0) from error
