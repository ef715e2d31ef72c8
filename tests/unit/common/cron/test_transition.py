from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.cron.expression import parse
from goqueue_common.cron.transition import NextTransition, effect, next_transition, offset_text
from goqueue_common.cron.zones import zone

HOUR = timedelta(hours=1)


def found(name: str, after: str) -> NextTransition:
    transition = next_transition(zone(name), datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert transition
    return transition


def test_the_next_change_is_found_to_the_second() -> None:
    assert found("Europe/Berlin", "2027-01-01") == NextTransition(datetime(2027, 3, 28, 1, tzinfo=UTC), HOUR, 2 * HOUR)
    assert found("Europe/Berlin", "2027-03-28T00:59:59").at == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert found("Europe/Berlin", "2027-03-28T01:00:00").at == datetime(2027, 10, 31, 1, tzinfo=UTC)


def test_it_is_shown_in_both_offsets() -> None:
    transition = found("Europe/Berlin", "2027-01-01")
    assert transition.local_before.isoformat() == "2027-03-28T02:00:00+01:00"
    assert transition.local_after.isoformat() == "2027-03-28T03:00:00+02:00"


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Sao_Paulo"])
def test_a_zone_that_changes_no_more_has_no_next_change(name: str) -> None:
    assert next_transition(zone(name), datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_there_is_none_where_the_calendar_ends() -> None:
    assert next_transition(zone("UTC"), datetime(9999, 12, 31, tzinfo=UTC)) is None


@pytest.mark.parametrize(("hours", "text"), [(2, "+02:00"), (-3.5, "-03:30"), (0, "+00:00"), (5.75, "+05:45")])
def test_an_offset_is_written_as_in_iso_8601(hours: float, text: str) -> None:
    assert offset_text(timedelta(hours=hours)) == text


BERLIN, LOST = "Europe/Berlin", "it does not run then, and nothing is caught up."


@pytest.mark.parametrize(
    ("text", "name", "after", "sentence"),
    [
        ("30 2 * * *", BERLIN, "2027-01-01", "02:30 does not exist on 2027-03-28; it runs once at 03:00+02:00 instead."),
        (
            "0,30 2 * * *",
            BERLIN,
            "2027-01-01",
            "02:00 and 02:30 do not exist on 2027-03-28; it runs once at 03:00+02:00 instead.",
        ),
        (
            "0,9,18,27 2 * * *",
            BERLIN,
            "2027-01-01",
            "02:00 to 03:00 does not exist on 2027-03-28; it runs once at 03:00+02:00 instead.",
        ),
        ("0 */2 * * *", BERLIN, "2027-01-01", f"02:00 does not exist on 2027-03-28; {LOST}"),
        ("*/5 * * * *", BERLIN, "2027-01-01", f"02:00 to 03:00 does not exist on 2027-03-28; {LOST}"),
        ("30 4 * * *", BERLIN, "2027-01-01", "Nothing changes: it names no time from 02:00 to 03:00 on 2027-03-28."),
        ("30 2 * * MON", BERLIN, "2027-01-01", "Nothing changes: it names no time from 02:00 to 03:00 on 2027-03-28."),
        ("5 30 2 * * *", BERLIN, "2027-06-01", "02:30:05 comes twice on 2027-10-31; it runs once, at the first 02:30:05."),
        ("0,30 2 * * *", BERLIN, "2027-06-01", "02:00 and 02:30 come twice on 2027-10-31; it runs in the first pass only."),
        ("*/5 * * * *", BERLIN, "2027-06-01", "It runs in both passes of 02:00 to 03:00 on 2027-10-31."),
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2027-06-01",
            "02:15 does not exist on 2027-10-03; it runs once at 02:30+11:00 instead.",
        ),
        (
            "0 0 * * *",
            "America/Sao_Paulo",
            "2018-06-01",
            "00:00 does not exist on 2018-11-04; it runs once at 01:00-02:00 instead.",
        ),
        (
            "30 23 * * *",
            "America/Sao_Paulo",
            "2018-01-01",
            "23:30 comes twice on 2018-02-17; it runs once, at the first 23:30.",
        ),
        ("0 * * * *", "Pacific/Apia", "2011-10-01", f"00:00 to 24:00 does not exist on 2011-12-30; {LOST}"),
        ("0 0 * * *", "Pacific/Apia", "2011-10-01", f"00:00 does not exist on 2011-12-30; {LOST}"),
    ],
)
def test_the_effect_of_a_change(text: str, name: str, after: str, sentence: str) -> None:
    assert effect(parse(text), zone(name), found(name, after)) == sentence
