from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import connect
from tests.integration.model.system import System

_HERE = Path(__file__).parent
_SECONDS = 600.0
"""For the stories of `make test`, and for making a short one of a story that went wrong."""
_SECONDS_PER_EXAMPLE = 5.0
_PATIENCE_SECONDS = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--model-examples", type=int, help="how many stories the model tells, new ones each time")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seconds = _SECONDS + _SECONDS_PER_EXAMPLE * (config.getoption("model_examples", None) or 0)
    for item in items:
        if item.path.parent == _HERE:
            item.add_marker(pytest.mark.timeout(seconds))


@pytest.fixture
def model_examples(request: pytest.FixtureRequest) -> int | None:
    """None: those of `make test`. Unknown to pytest when it was not started in this folder."""
    return request.config.getoption("model_examples", None)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of workers are lost here, and each would be a line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def make_system(quiet: None, database_url: str, redis_url: str, prefix: str) -> Iterator[Callable[[], System]]:
    """Makes an empty system; the next one takes its place. A busy machine is no outage: its stores are waited for."""
    database = connect(
        database_url,
        pool_size=1,
        statement_timeout_seconds=_PATIENCE_SECONDS,
        lock_timeout_seconds=_PATIENCE_SECONDS,
        application_name="goqueue-model",
    )
    database.run("SET synchronous_commit = off")  # stays with the one connection: no story restarts the server
    broker = RedisBroker(redis_url, Keys(prefix), answer_seconds=_PATIENCE_SECONDS)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield lambda: System(database, broker, redis)
    broker.close()
    database.close()
