from __future__ import annotations

import pytest

from tests.factories import FrozenClock
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.redis_model import RedisModel
from tests.unit.scheduler.rig import Rig


@pytest.fixture
def clock() -> FrozenClock:
    """It has no time of day: whoever asks for that fails."""
    return FrozenClock()


@pytest.fixture
def api(clock: FrozenClock) -> ApiModel:
    """It is noon, UTC."""
    return ApiModel(clock)


@pytest.fixture
def redis(clock: FrozenClock) -> RedisModel:
    return RedisModel(clock)


@pytest.fixture
def rig(api: ApiModel, redis: RedisModel, clock: FrozenClock) -> Rig:
    """The only replica."""
    return Rig(api, redis, clock)
