"""Cron expressions for property tests: valid ones that fire."""

from __future__ import annotations

from hypothesis import strategies as st

_SPECIAL_DAYS = ("L", "LW", "1W", "15W", "30W", "?")
_SPECIAL_WEEKDAYS = ("MON", "FRI-7", "5L", "SUNL", "MON#2", "TUE#L", "3#5", "1-5", "0,6", "*/2", "?")


def _field(lowest: int, highest: int) -> st.SearchStrategy[str]:
    number = st.integers(lowest, highest)
    ends = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.integers(1, highest + 5)
    return st.one_of(
        st.just("*"),
        number.map(str),
        st.lists(st.one_of(number.map(str), ends), min_size=1, max_size=3).map(",".join),
        st.builds("{}/{}".format, st.one_of(st.just("*"), number.map(str), ends), step),
    )


_days = st.one_of(st.just("*"), _field(1, 28), st.sampled_from(_SPECIAL_DAYS))
_weekdays = st.one_of(st.just("*"), _field(0, 7), st.sampled_from(_SPECIAL_WEEKDAYS))
_dates = st.one_of(st.tuples(_days, st.just("*")), st.tuples(st.sampled_from(("*", "?", "1-28")), _weekdays))

expressions = st.builds(
    lambda second, minute, hour, date, month: " ".join([*second, minute, hour, date[0], month, date[1]]),
    st.one_of(st.just([]), _field(0, 59).map(lambda field: [field])),
    _field(0, 59),
    _field(0, 23),
    _dates,
    st.one_of(st.just("*"), st.sampled_from(("JAN", "MAR,OCT", "1-6", "*/3", "NOV"))),
)
