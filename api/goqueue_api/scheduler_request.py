"""What PUT /schedulers/{id} is sent: what a scheduler says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from goqueue_api.errors import InvalidRequest
from goqueue_common.errors import FieldError, pointer_word
from goqueue_common.json_values import Unreadable, kind, read_boolean, read_integer
from goqueue_common.scheduler_store import Presence

MAX_PID: Final = 2**31 - 1
MAX_COUNT: Final = 2**53
"""Terms, fires and seconds of lag: what a float counts exactly."""
TEXT_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,255}$"
TROUBLE_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,500}$"
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_MAX_TEXT: Final = 255
_MAX_TROUBLE: Final = 500


def read_presence(scheduler_id: str, document: Mapping[str, Any]) -> Presence:
    """Raises InvalidRequest with everything that is wrong."""
    values: dict[str, Any] = {"trouble": None, "ended": False}
    problems: list[FieldError] = []
    for name, value in document.items():
        reader = READERS.get(name)
        pointer = f"/{pointer_word(name[:80])}"
        if reader is None:
            problems.append(FieldError(pointer, f"is no member of a scheduler's report; those are {', '.join(READERS)}"))
            continue
        try:
            values[name] = reader(value)
        except Unreadable as error:
            problems.append(FieldError(pointer, str(error)))
    problems += [FieldError(f"/{name}", "is missing") for name in READERS if name not in document and name not in values]
    if problems:
        raise InvalidRequest(problems)
    values["lag_seconds"] = values.pop("lag")
    return Presence(id=scheduler_id, **values)


def _text(value: object, longest: int = _MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"must be a string, not {kind(value)}")
    if _TEXT.fullmatch(value) is None or len(value) > longest:
        raise Unreadable(f"is 1 to {longest} printable characters")
    return value


def _integer(value: object, least: int, most: int) -> int:
    number = read_integer(value)
    if number is None:
        raise Unreadable("must be an integer, not null")
    if not least <= number <= most:
        raise Unreadable(f"{number} is out of range: {least} to {most}")
    return number


def _seconds(value: object) -> float:
    if type(value) not in (int, float):
        raise Unreadable(f"must be a number of seconds, not {kind(value)}")
    seconds = float(value)  # type: ignore[arg-type]  # narrowed by the lines above
    if not 0 <= seconds <= MAX_COUNT:
        raise Unreadable(f"{value} is out of range: 0 to {MAX_COUNT}")
    return seconds


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "host": _text,
    "pid": lambda value: _integer(value, 1, MAX_PID),
    "version": _text,
    "leads": read_boolean,
    "term": lambda value: None if value is None else _integer(value, 0, MAX_COUNT),
    "lag": _seconds,
    "fired": lambda value: _integer(value, 0, MAX_COUNT),
    "trouble": lambda value: None if value is None else _text(value, _MAX_TROUBLE),
    "ended": read_boolean,
}
"""The members of a report, and how each is read."""
