"""From what was seen of schedules under faults to rows of their table, with every rule that was broken. Pure: no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from tests.faults.observer import Instant, Run
from tests.faults.verdict import percentile

TOTAL: Final = "in all"
_FAR: Final = 2**40


class Said(NamedTuple):
    """A line that a replica logged. at: seconds since the epoch; fired: jobs that it made by it."""

    at: float
    replica: str
    event: str
    level: str
    fired: int = 0

    @property
    def is_take_over(self) -> bool:
        """Whether the replica fires from here on."""
        return self.event in ("leader_elected", "firing_without_redis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A fault that was done. at: when it began, in seconds since the epoch; victim: the replica that it struck.

    leads_within: seconds within which another replica must lead, None: none need; late_by: the most that an instant may be.
    """

    fault: str
    at: float
    late_by: float
    victim: str | None = None
    leads_within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What there was afterwards. first: of each schedule, the first second that it had to fire; until: the last."""

    first: Mapping[str, int]
    until: int
    runs: Sequence[Run]
    jobs: Counter[Instant]
    said: Sequence[Said]
    strikes: Sequence[Strike]


@dataclass(frozen=True, slots=True)
class FireRow:
    """One line of the table: all strikes of one kind, with the instants from each of them to the next. Times in seconds.

    take_over: until another replica led, the longest. problems: rules that were broken.
    """

    fault: str
    times: int
    take_over: float | None
    take_over_allowed: float | None
    late_p50: float | None
    late_p99: float | None
    late_max: float | None
    late_allowed: float | None
    instants: int
    jobs: int
    twice: int
    missing: int
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class _Window(NamedTuple):
    """The instants that a strike could touch: those of the second in which it began, and later."""

    begins: int
    ends: int
    strike: Strike | None

    def holds(self, second: int) -> bool:
        return self.begins <= second < self.ends


def judge(seen: Seen) -> list[FireRow]:
    """A row for each kind of fault, in the order in which they came first, and one of everything."""
    windows = list(_windows(seen))
    kinds = dict.fromkeys(window.strike.fault for window in windows if window.strike is not None)
    rows = [_row(seen, fault, [one for one in windows if one.strike and one.strike.fault == fault]) for fault in kinds]
    rows.append(_row(seen, TOTAL, [_Window(0, seen.until + 1, None)]))
    rows[-1].problems.extend(_problems_of_all(seen))
    return rows


def _windows(seen: Seen) -> Iterator[_Window]:
    strikes = sorted(seen.strikes, key=lambda strike: strike.at)
    for strike, after in pairwise([*strikes, None]):
        assert strike is not None
        yield _Window(int(strike.at), int(after.at) if after else seen.until + 1, strike)


def _row(seen: Seen, fault: str, windows: Sequence[_Window]) -> FireRow:
    due = {instant for instant in _due(seen) if any(window.holds(instant[1]) for window in windows)}
    lateness = [run.fired_at - run.instant[1] for run in seen.runs if run.instant in due]
    missing = sorted(due - {run.instant for run in seen.runs} | {one for one in due if not seen.jobs[one]})
    twice = sorted(instant for instant in due if seen.jobs[instant] > 1)
    strikes = [window.strike for window in windows if window.strike is not None]
    leads = [_seconds_until(seen, strike, "leads") for strike in strikes if strike.leads_within is not None]
    row = FireRow(
        fault=fault,
        times=len(strikes),
        take_over=None if None in leads else max((took for took in leads if took is not None), default=None),
        take_over_allowed=max((one.leads_within for one in strikes if one.leads_within is not None), default=None),
        late_p50=percentile(lateness, 0.5),
        late_p99=percentile(lateness, 0.99),
        late_max=max(lateness, default=None),
        late_allowed=max((strike.late_by for strike in strikes), default=None),
        instants=len(due),
        jobs=sum(seen.jobs[instant] for instant in due),
        twice=len(twice),
        missing=len(missing),
    )
    if leads:
        batches = [_seconds_until(seen, strike, "fires") for strike in strikes]
        row.remarks.append(f"another led after {_listed(leads)} s, and fired after {_listed(batches)}")
    row.problems.extend(_problems(row, missing, twice, windows, seen))
    return row


def _problems(
    row: FireRow, missing: list[Instant], twice: list[Instant], windows: Sequence[_Window], seen: Seen
) -> Iterator[str]:
    if missing:
        yield f"{len(missing)} instants have no run or no job, such as {_named(missing[0])}"
    if twice:
        yield f"{len(twice)} instants have more jobs than one, such as {_named(twice[0])}"
    for strike in (window.strike for window in windows if window.strike is not None):
        took = _seconds_until(seen, strike, "leads")
        if strike.leads_within is not None and (took is None or took > strike.leads_within):
            after = "never" if took is None else f"after {took:.2f} s"
            yield f"another led {after}, allowed {strike.leads_within:g}"
    if row.late_allowed is not None and (row.late_max or 0.0) > row.late_allowed:
        yield f"an instant was {row.late_max:.2f} s late, allowed {row.late_allowed:g}"


def _problems_of_all(seen: Seen) -> Iterator[str]:
    due = set(_due(seen))
    early = [run.instant for run in seen.runs if run.instant[1] < seen.first.get(run.instant[0], _FAR)]
    if early:
        yield f"{len(early)} runs that no schedule asked for, such as {_named(early[0])}"
    jobless = [run.instant for run in seen.runs if not run.has_job]
    if jobless:
        yield f"{len(jobless)} instants were skipped, such as {_named(jobless[0])}"
    unrecorded = set(seen.jobs) - {run.instant for run in seen.runs} - due
    if unrecorded:
        yield f"{len(unrecorded)} jobs of instants without a run, such as {_named(min(unrecorded))}"
    if told := sum(run.missed for run in seen.runs):
        yield f"{told} instants were left out as missed"
    errors = Counter(said.event for said in seen.said if said.level in ("error", "critical"))
    for event, count in errors.items():
        yield f"replicas logged {event} as an error, {count} times"


def _due(seen: Seen) -> Iterator[Instant]:
    return ((name, second) for name, first in seen.first.items() for second in range(first, seen.until + 1))


def _seconds_until(seen: Seen, strike: Strike, what: str) -> float | None:
    """Until a replica other than the victim leads, or fires after it does; None: none has."""
    others = sorted(said for said in seen.said if said.at >= strike.at and said.replica != strike.victim)
    lead = next((said for said in others if said.is_take_over), None)
    if lead is None or what == "leads":
        return None if lead is None else lead.at - strike.at
    return next((said.at - strike.at for said in others if said.at >= lead.at and said.fired), None)


def _listed(seconds: Sequence[float | None]) -> str:
    return ", ".join("never" if took is None else f"{took:.2f}" for took in seconds)


def _named(instant: Instant) -> str:
    return f"{instant[0]} at {instant[1]}"
