"""Which jobs a program means: for lists, counts and bulk operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypedDict

from goqueue.errors import InvalidArgument
from goqueue.submission import encode, encode_time

_DENIABLE = ("status", "queue", "type", "tag", "worker", "schedule")
_SPLIT_AT_COMMAS = frozenset({*_DENIABLE, *(f"not_{name}" for name in _DENIABLE), "fingerprint"})


class JobFilters(TypedDict, total=False):
    """Which jobs; several values of one filter mean any of them. The times are aware, durations are seconds.

    queue, type: `email.*` means every one that begins so. worker: who runs it, or ended its last attempt.
    error: a part of its last error, in any case of letters. fingerprint: the failure group of that error.
    payload: an object that its payload contains, or several of which it contains one.
    parent: the job whose handler submitted it. rerun_of: the job that it runs again.
    not_: jobs with one of these are left out.
    """

    status: str | Iterable[str]
    queue: str | Iterable[str]
    type: str | Iterable[str]
    tag: str | Iterable[str]
    worker: str | Iterable[str]
    schedule: str | Iterable[str]
    error: str | Iterable[str]
    fingerprint: str | Iterable[str]
    payload: Mapping[str, object] | Iterable[Mapping[str, object]]
    parent: str | Iterable[str]
    rerun_of: str | Iterable[str]
    not_status: str | Iterable[str]
    not_queue: str | Iterable[str]
    not_type: str | Iterable[str]
    not_tag: str | Iterable[str]
    not_worker: str | Iterable[str]
    not_schedule: str | Iterable[str]
    created_after: datetime
    created_before: datetime
    run_at_after: datetime
    run_at_before: datetime
    finished_after: datetime
    finished_before: datetime
    attempts_min: int
    attempts_max: int
    duration_min: float
    duration_max: float


def filter_parameters(filters: Mapping[str, object]) -> list[tuple[str, str]]:
    """The filters as a query string has them. Raises InvalidArgument."""
    parameters: list[tuple[str, str]] = []
    for name, value in filters.items():
        values = [value] if isinstance(value, str | Mapping) or not isinstance(value, Iterable) else list(value)
        if not values:
            raise InvalidArgument(f"{name} is empty: name at least one, or leave it out")  # it would mean every job
        parameters += [("limit" if name == "page_size" else name, _parameter(name, one)) for one in values]
    return parameters


def filter_document(filters: Mapping[str, object]) -> dict[str, object]:
    """The filters as the body of a request has them."""
    return {name: _member(name, value) for name, value in filters.items()}


def _parameter(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return encode_time(value)
    if isinstance(value, Mapping):
        return encode(value).decode()
    return str(value).replace(",", "\\,") if name in _SPLIT_AT_COMMAS else str(value)


def _member(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return encode_time(value)
    if name.endswith(("_min", "_max")):
        return value
    return [value] if isinstance(value, str | Mapping) or not isinstance(value, Iterable) else list(value)
