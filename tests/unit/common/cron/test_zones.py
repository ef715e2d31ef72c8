from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.cron.zones import names, zone
from goqueue_common.errors import BadZone


@pytest.mark.parametrize(
    ("name", "position", "message"),
    [
        ("Europe/Berln", 11, "there is no time zone 'Europe/Berln'; did you mean Europe/Berlin?"),
        ("europe/berlin", 0, "there is no time zone 'europe/berlin'; did you mean Europe/Berlin?"),
        ("Europe/Berlin ", 13, "there is no time zone 'Europe/Berlin '; did you mean Europe/Berlin?"),
        ("New York", 1, "there is no time zone 'New York'; did you mean America/New_York?"),
        ("utc", 0, "there is no time zone 'utc'; did you mean UTC?"),
        ("+02:00", 0, "there is no time zone '+02:00'; write a name of the IANA database, such as Europe/Berlin, or UTC"),
        ("", 0, "there is no time zone ''; write a name of the IANA database, such as Europe/Berlin, or UTC"),
    ],
)
def test_an_unknown_zone_is_named_where_it_goes_wrong(name: str, position: int, message: str) -> None:
    with pytest.raises(BadZone) as refused:
        zone(name)
    assert (refused.value.position, str(refused.value)) == (position, message)


@pytest.mark.parametrize(
    "name",
    [
        "../etc/passwd",
        "/etc/localtime",
        "localtime",
        "Factory",
        "Europe",
        "Europe/../UTC",
        "posix/UTC",
        "UTC\0",
        "x" * 9_999,
    ],
)
def test_a_path_is_no_zone(name: str) -> None:
    with pytest.raises(BadZone):
        zone(name)


@given(name=st.text(max_size=100))
def test_whatever_is_written_is_a_zone_or_refused_within_the_name(name: str) -> None:
    refused = refusal(name)
    if refused:
        assert 0 <= refused.position <= len(name)
        assert len(str(refused)) < 500


def refusal(name: str) -> BadZone | None:
    try:
        zone(name)
    except BadZone as refused:
        return refused
    return None


def test_every_known_zone_loads() -> None:
    noon = datetime(2027, 1, 1, 12)  # noqa: DTZ001 - a label
    assert all(isinstance(zone(name).utcoffset(noon), timedelta) for name in names())


def test_a_machine_without_a_time_zone_database_has_the_zones_of_tzdata() -> None:
    of_the_package = set(files("tzdata").joinpath("zones").read_text().split()) - {"Factory"}
    assert of_the_package <= names()
    zoneinfo.reset_tzpath([])
    try:
        assert zoneinfo.ZoneInfo.no_cache("Europe/Berlin").utcoffset(datetime(2027, 7, 1)) == timedelta(hours=2)  # noqa: DTZ001
    finally:
        zoneinfo.reset_tzpath()
