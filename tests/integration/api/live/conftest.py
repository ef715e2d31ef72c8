"""A real API process of two threads, and streams of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from goqueue import Client
from tests.event_client import EventClient
from tests.processes import Processes

THREADS = 2
Open = Callable[..., EventClient]


@pytest.fixture
def processes(database_url: str, redis_url: str, prefix: str, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(database_url, redis_url, prefix, tmp_path)
    started.environment |= {
        "GOQUEUE_API_PROCESSES": "1",
        "GOQUEUE_API_THREADS": str(THREADS),
        "GOQUEUE_API_STREAMS": "60",
        "GOQUEUE_LOG_LEVEL": "error",
    }
    yield started
    started.close()


@pytest.fixture
def client(processes: Processes) -> Client:
    return processes.start_api()


@pytest.fixture
def opened(processes: Processes, client: Client) -> Iterator[Open]:
    """Opens streams of the API, and closes them."""
    with ExitStack() as stack:

        def open_stream(path: str = "/events?topics=jobs", **options: object) -> EventClient:
            return stack.enter_context(EventClient(processes.api_url, path, **options))  # type: ignore[arg-type]

        yield open_stream
