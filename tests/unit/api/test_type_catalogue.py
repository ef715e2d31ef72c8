from __future__ import annotations

import threading
from typing import Any

import pytest

from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_common.errors import StoreUnavailable
from goqueue_common.worker_store import JobType

NUMBER = {"type": "object", "properties": {"x": {"type": "integer"}}}
TEXT = {"type": "object", "properties": {"x": {"type": "string"}}}


def version(fingerprint: str, schema: dict[str, Any] | None, *, live: int = 0, max_retries: int = 3) -> JobType:
    return JobType(
        type="demo",
        fingerprint=fingerprint,
        schema=schema,
        max_retries=max_retries,
        timeout_seconds=None,
        isolation="thread",
        description="",
        live_workers=live,
    )


class Workers:
    """Published types that a test changes; counts how often they are read, and may be away."""

    def __init__(self, *types: JobType) -> None:
        self.types = list(types)
        self.readings = 0
        self.away = False

    def job_types(self) -> list[JobType]:
        self.readings += 1
        if self.away:
            raise StoreUnavailable("PostgreSQL: gone")
        return self.types


class Watch:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def accepts(catalogue: TypeCatalogue, payload: object) -> bool:
    known = catalogue.get("demo")
    return known is None or not known.problems(payload)


def test_while_two_versions_live_what_either_takes_is_taken() -> None:
    catalogue = TypeCatalogue(Workers(version("new", NUMBER, live=1), version("old", TEXT, live=2)))
    assert accepts(catalogue, {"x": 1})
    assert accepts(catalogue, {"x": "1"})
    assert not accepts(catalogue, {"x": None})


def test_a_version_that_no_worker_has_any_more_does_not_count() -> None:
    catalogue = TypeCatalogue(Workers(version("new", NUMBER), version("old", TEXT, live=1, max_retries=8)))
    assert not accepts(catalogue, {"x": 1})
    known = catalogue.get("demo")
    assert known is not None
    assert known.max_retries == 8


def test_with_no_live_worker_the_latest_published_version_counts() -> None:
    catalogue = TypeCatalogue(Workers(version("new", NUMBER), version("old", TEXT)))
    assert accepts(catalogue, {"x": 1})
    assert not accepts(catalogue, {"x": "1"})


def test_a_version_without_schema_takes_everything() -> None:
    catalogue = TypeCatalogue(Workers(version("new", NUMBER, live=1), version("old", None, live=1)))
    assert accepts(catalogue, {"x": None})


def test_types_are_read_once_a_second() -> None:
    workers, watch = Workers(version("new", NUMBER, live=1)), Watch()
    catalogue = TypeCatalogue(workers, watch)
    catalogue.get("demo")
    watch.seconds += 0.9
    catalogue.get("demo")
    assert workers.readings == 1
    workers.types = [version("newer", TEXT, live=1)]
    watch.seconds += 0.1
    assert accepts(catalogue, {"x": "1"})
    assert workers.readings == 2


def test_the_old_view_serves_while_postgres_is_away() -> None:
    workers, watch = Workers(version("new", NUMBER, live=1)), Watch()
    catalogue = TypeCatalogue(workers, watch)
    catalogue.get("demo")
    workers.away = True
    watch.seconds += 5
    assert not accepts(catalogue, {"x": "1"})
    assert not accepts(catalogue, {"x": "1"})
    assert workers.readings == 2  # an absent store is asked once a second, too


def test_before_the_first_reading_an_absent_postgres_is_an_error() -> None:
    workers = Workers()
    workers.away = True
    with pytest.raises(StoreUnavailable):
        TypeCatalogue(workers).get("demo")


def test_requests_go_on_with_the_old_view_while_one_refreshes() -> None:
    entered, go_on, watch = threading.Event(), threading.Event(), Watch()

    class SlowWorkers(Workers):
        def job_types(self) -> list[JobType]:
            types = super().job_types()
            if self.readings == 2:
                entered.set()
                assert go_on.wait(10)
            return types

    workers = SlowWorkers(version("new", NUMBER, live=1))
    catalogue = TypeCatalogue(workers, watch)
    catalogue.get("demo")
    watch.seconds += 5
    refreshing = threading.Thread(target=catalogue.get, args=("demo",))
    refreshing.start()
    assert entered.wait(10)
    assert catalogue.get("demo") is not None
    assert workers.readings == 2
    go_on.set()
    refreshing.join(10)
