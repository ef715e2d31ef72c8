from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A bare client, to look at what replicas left in Redis."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
