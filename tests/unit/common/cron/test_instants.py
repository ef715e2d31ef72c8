"""Instants around changes of the clock, held against every real minute and second; and corners that others get wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone
from tests.cron_oracle import changes, expected, matcher, ticks
from tests.unit.common.cron.expressions import expressions

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YEARS = {
    "America/New_York": 2027,
    "Europe/Berlin": 2027,
    "Australia/Lord_Howe": 2027,
    "America/Sao_Paulo": 2018,
    "Pacific/Apia": 2011,
    "Africa/Cairo": 2024,
}
AROUND = [
    *(
        pytest.param(name, at, id=f"{name} {at:%Y-%m-%d}")
        for name, year in YEARS.items()
        for at in changes(ZoneInfo(name), year)
    ),
    pytest.param("UTC", datetime(2027, 3, 1, tzinfo=UTC), id="UTC"),
]
BY_MINUTE = (
    *("* * * * *", "*/30 * * * *", "15 * * * *", "*/7 1-3 * * *", "0 */2 * * *", "20 */1 * * *", "0,30 * * * *"),
    *("30 2 * * *", "0 2,3 * * *", "30 1 * * *", "15 2 * * *", "45 1 * * *", "0 0 * * *", "0,30 0-3 * * *", "59 23 * * *"),
    *("10-20/5 2 * * *", "5 1-23/2 * * *", "0 3 * * SUN", "30 1 1,15 * 0", "0 0 */5 * 1", "30 0 15W * ?", "0 1 * * 5L"),
    *("0 2 LW,26-28 MAR,OCT FRI-7", "0 2 ? * SUN#2,SUN#L", "30 23 L * *", "@hourly", "@daily", "@weekly"),
)
BY_SECOND = (
    *("* * * * * *", "*/15 0 * * * *", "30 */20 * * * *", "59 59 * * * *"),
    *("0 30 2 * * *", "30 30 1 * * *", "10,50 0,59 0-3 * * *", "* 30 0-2 * * *", "0 0 2 * * *", "0 15 2 * * SUN"),
)


def run(text: str, name: str, start: datetime, end: datetime) -> list[datetime]:
    return list(instants(parse(text), zone(name), start - SECOND, ends_at=end - SECOND))


@pytest.mark.parametrize(("name", "change"), AROUND)
def test_every_minute_of_three_days_around_a_change_is_right(name: str, change: datetime) -> None:
    walked = ticks(zone(name), change - 4 * DAY, change + 3 * DAY, MINUTE)
    start = change - 3 * DAY
    for text in BY_MINUTE:
        wanted = [at for at in expected(text, walked, MINUTE) if at >= start]
        assert run(text, name, start, change + 3 * DAY) == wanted, text


@pytest.mark.parametrize(("name", "change"), AROUND)
def test_every_second_of_two_hours_around_a_change_is_right(name: str, change: datetime) -> None:
    walked = ticks(zone(name), change - 2 * HOUR, change + 2 * HOUR, SECOND)
    for text in BY_SECOND:
        assert run(text, name, change - 2 * HOUR, change + 2 * HOUR) == expected(text, walked, SECOND), text


@pytest.mark.parametrize(("name", "change"), AROUND)
def test_a_start_anywhere_around_a_change_goes_on_with_the_same_instants(name: str, change: datetime) -> None:
    for text in BY_MINUTE:
        whole = run(text, name, change - 3 * HOUR, change + 2 * DAY)
        for start in (change + minutes * MINUTE for minutes in range(-170, 171, 20)):
            following = next((at for at in whole if at > start), None)
            assert next(instants(parse(text), zone(name), start, ends_at=change + 2 * DAY - SECOND), None) == following, (
                text
            )


def local(text: str, name: str, start: str, count: int) -> list[str]:
    """So many instants after a local time, as local times without year and seconds, with the offset."""
    after = datetime.fromisoformat(start).astimezone(UTC)
    found = islice(instants(parse(text), zone(name), after), count)
    return [at.astimezone(zone(name)).strftime("%m-%d %H:%M%z") for at in found]


NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"
SPRING, AUTUMN = "2027-03-14T00:00-05:00", "2027-11-07T00:00-04:00"


@pytest.mark.parametrize(
    ("text", "name", "start", "wanted"),
    [
        pytest.param("30 2 * * *", NEW_YORK, SPRING, ["03-14 03:00-0400", "03-15 02:30-0400"], id="skipped time runs once"),
        pytest.param("0 2,3 * * *", NEW_YORK, SPRING, ["03-14 03:00-0400", "03-15 02:00-0400"], id="and once only"),
        pytest.param(
            "*/30 * * * *",
            NEW_YORK,
            "2027-03-14T01:15-05:00",
            ["03-14 01:30-0500", "03-14 03:00-0400", "03-14 03:30-0400"],
            id="interval goes on",
        ),
        pytest.param("0 */2 * * *", NEW_YORK, SPRING, ["03-14 04:00-0400", "03-14 06:00-0400"], id="02:00 left out"),
        pytest.param("30 1 * * *", NEW_YORK, AUTUMN, ["11-07 01:30-0400", "11-08 01:30-0500"], id="first pass only"),
        pytest.param(
            "*/30 * * * *",
            NEW_YORK,
            "2027-11-07T00:45-04:00",
            ["11-07 01:00-0400", "11-07 01:30-0400", "11-07 01:00-0500", "11-07 01:30-0500", "11-07 02:00-0500"],
            id="interval in both passes",
        ),
        pytest.param(
            "15 * * * *",
            NEW_YORK,
            AUTUMN,
            ["11-07 00:15-0400", "11-07 01:15-0400", "11-07 01:15-0500"],
            id="hourly in both",
        ),
        pytest.param(
            "30 1 * * *", NEW_YORK, "2027-11-07T01:10-05:00", ["11-08 01:30-0500"], id="started in the second pass"
        ),
        pytest.param(
            "15 2 * * *", LORD_HOWE, "2027-10-03T00:00+10:30", ["10-03 02:30+1100", "10-04 02:15+1100"], id="half an hour"
        ),
        pytest.param(
            "45 1 * * *", LORD_HOWE, "2027-04-04T00:00+11:00", ["04-04 01:45+1100", "04-05 01:45+1030"], id="first half"
        ),
        pytest.param(
            "0 */2 * * *", LORD_HOWE, "2027-04-04T00:00+11:00", ["04-04 02:00+1030", "04-04 04:00+1030"], id="not lost"
        ),
        pytest.param("0 30 2 * * *", NEW_YORK, SPRING, ["03-14 03:00-0400", "03-15 02:30-0400"], id="six fields in spring"),
        pytest.param("0 30 1 * * *", NEW_YORK, AUTUMN, ["11-07 01:30-0400", "11-08 01:30-0500"], id="six fields in autumn"),
        pytest.param(
            "0 0 * * *",
            "America/Sao_Paulo",
            "2018-11-03T12:00-03:00",
            ["11-04 01:00-0200", "11-05 00:00-0200"],
            id="midnight",
        ),
        pytest.param("0 12 * * *", "Pacific/Apia", "2011-12-29T13:00-10:00", ["12-31 12:00+1400"], id="a lost day is lost"),
        pytest.param(
            "0 0 1,15 * 1",
            NEW_YORK,
            "2027-06-01T12:00-04:00",
            ["06-07 00:00-0400", "06-14 00:00-0400", "06-15 00:00-0400"],
            id="either day",
        ),
        pytest.param(
            "0 0 */5 * 1", NEW_YORK, "2027-06-01T12:00-04:00", ["06-21 00:00-0400", "07-26 00:00-0400"], id="both days"
        ),
    ],
)
def test_the_rule_of(text: str, name: str, start: str, wanted: list[str]) -> None:
    assert local(text, name, start, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30 1 7 11 *", ["11-07 01:30-0400"]),
        ("*/30 1 7 11 *", ["11-07 01:00-0400", "11-07 01:30-0400", "11-07 01:00-0500"]),
    ],
)
def test_a_repeated_hour_is_not_missed_from_the_winter_before(text: str, wanted: list[str]) -> None:
    assert local(text, NEW_YORK, "2027-02-01T00:00-05:00", len(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("0 0 1W * *", ["01-01", "02-01", "03-01", "04-01", "05-03", "06-01"]),
        ("0 0 31W * *", ["01-29", "03-31", "05-31", "07-30"]),
    ],
    ids=["a Saturday the 1st is Monday the 3rd", "it never leaves the month"],
)
def test_the_nearest_weekday(text: str, months: list[str]) -> None:
    assert [day[:5] for day in local(text, "UTC", "2026-12-31T12:00+00:00", len(months))] == months


def test_a_range_of_one_number_is_that_number_whatever_its_step() -> None:
    assert local("0 12 5-5/2 * *", "UTC", "2027-01-01T00:00+00:00", 2) == ["01-05 12:00+0000", "02-05 12:00+0000"]


@pytest.mark.parametrize("text", ["0 0 29 2 MON#5", "0 0 29 2 */7", "* * * * * *"])
@pytest.mark.parametrize(
    "after", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)], ids=["first", "last"]
)
def test_the_ends_of_the_calendar_are_no_trouble(text: str, after: datetime) -> None:
    for name in ("America/New_York", "Pacific/Apia", "UTC"):
        assert all(at > after for at in islice(instants(parse(text), zone(name), after), 2))


def test_instants_end_with_the_calendar() -> None:
    found = list(instants(parse("0 0 1 * *"), zone("Europe/Berlin"), datetime(9999, 10, 15, tzinfo=UTC)))
    assert [at.month for at in found] == [10, 11]


def test_starts_at_and_ends_at_belong_to_the_stretch() -> None:
    start, end = datetime(2027, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, 2, tzinfo=UTC)
    found = list(instants(parse("* * * * *"), zone("UTC"), start - DAY, starts_at=start, ends_at=end))
    assert found == [start, start + MINUTE, end]


def test_a_fraction_of_a_second_is_not_rounded_away() -> None:
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    half = noon + timedelta(milliseconds=500)
    assert next(instants(parse("* * * * * *"), zone("UTC"), half)) == noon + SECOND
    assert next(instants(parse("* * * * * *"), zone("UTC"), noon - DAY, starts_at=half)) == noon + SECOND
    assert list(instants(parse("* * * * * *"), zone("UTC"), noon - SECOND, ends_at=half)) == [noon]


def test_two_walks_of_one_expression_do_not_disturb_each_other() -> None:
    cron, noon = parse("0 * * * *"), datetime(2027, 1, 1, 12, tzinfo=UTC)
    one, other = instants(cron, zone("UTC"), noon), instants(cron, zone("UTC"), noon + DAY)
    assert [next(one), next(other), next(one)] == [noon + HOUR, noon + DAY + HOUR, noon + 2 * HOUR]


moments = st.one_of(
    st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - hypothesis wants it so
    st.builds(
        lambda name, hours: next(iter(changes(zone(name), YEARS[name]))).replace(tzinfo=None) + timedelta(hours=hours),
        st.sampled_from([*YEARS]),
        st.floats(-30, 30),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))


@given(text=expressions, name=st.sampled_from([*YEARS, "UTC", "Africa/Casablanca", "Asia/Kathmandu"]), after=moments)
def test_instants_rise_and_match_wherever_one_starts(text: str, name: str, after: datetime) -> None:
    cron, where, matches = parse(text), zone(name), matcher(text)
    found = list(islice(instants(cron, where, after), 12))
    assert all(one < other for one, other in pairwise([after, *found]))
    for at in found:
        label, earlier = at.astimezone(where), (at - SECOND).astimezone(where)
        jumped = (label.utcoffset() or timedelta()) > (earlier.utcoffset() or timedelta())
        assert at.tzinfo is UTC
        assert at.microsecond == 0
        assert matches(label.replace(tzinfo=None)) or jumped
    for index, at in enumerate(found[:-1]):
        assert next(instants(cron, where, at)) == found[index + 1]
        assert next(instants(cron, where, at + (found[index + 1] - at) / 2)) == found[index + 1]
