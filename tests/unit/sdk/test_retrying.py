from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from goqueue.retrying import Patience, read_retry_after


def patience(*, retries: int = 10, deadline: float = 1e9) -> Patience:
    return Patience(retries, deadline, lambda: 0.0, lambda low, high: high)


def test_delays_double_up_to_a_ceiling():
    waited = [patience().delay_before(retry, None) for retry in range(1, 8)]
    assert waited == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_jitter_goes_down_to_nothing():
    lowest = Patience(3, 1e9, lambda: 0.0, lambda low, high: low)
    assert lowest.delay_before(3, None) == 0.0


def test_it_ends_with_the_retries_and_with_the_deadline():
    assert patience(retries=2).delay_before(3, None) is None
    assert patience(deadline=0.3).delay_before(2, None) is None


def test_what_the_api_asks_for_comes_on_top_and_is_capped():
    assert patience().delay_before(1, 4.0) == pytest.approx(4.2)
    assert patience().delay_before(1, 9999.0) == pytest.approx(30.2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("3", 3.0), ("0.5", 0.5), ("-1", 0.0), (None, None), ("soon", None), ("nan", 0.0)],
)
def test_retry_after_is_read_as_seconds(value, expected):
    assert read_retry_after(value) == expected


def test_retry_after_is_read_as_a_date():
    then = datetime.now(UTC) + timedelta(seconds=60)
    assert 55.0 < read_retry_after(format_datetime(then, usegmt=True)) <= 60.0
    assert read_retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0.0
