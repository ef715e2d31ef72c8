"""The chart of a report: for each interval one bar of the jobs created in it, by what became of them. Plain SVG."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from goqueue_builtin.report import wording
from goqueue_builtin.report.markup import tag
from goqueue_builtin.report.report import Report
from goqueue_common.report_store import Counts, Interval

_WIDTH: Final = 960
_HEIGHT: Final = 280
_LEFT: Final = 56
_RIGHT: Final = 8
_TOP: Final = 12
_BOTTOM: Final = 28
_PLOT_WIDTH: Final = _WIDTH - _LEFT - _RIGHT
_PLOT_HEIGHT: Final = _HEIGHT - _TOP - _BOTTOM
_MOST_LABELS: Final = 12
_MOST_TICKS: Final = 5
_HOUR_STEPS: Final = (1, 2, 3, 6, 12, 24)
_WIDEST_BAR: Final = 48.0
PARTS: Final = ("completed", "failed", "other")
"""What a bar is made of, from below, and the classes of its colours."""


def chart(report: Report) -> Element:
    """The chart with its legend."""
    intervals = report.statistics.series
    top, step = scale(max(interval.counts.created for interval in intervals))
    drawing = tag(
        "svg",
        *_grid(top, step),
        *(_bar(report, number, interval, top) for number, interval in enumerate(intervals)),
        *_labels(report),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label="Jobs over time, by what became of them",
    )
    legend = tag("ul", *(tag("li", tag("i", class_=part), part) for part in PARTS), class_="legend")
    unit = "hour" if report.period.is_hourly else "day"
    return tag(
        "figure",
        tag("figcaption", tag("span", f"Jobs created in each {unit}"), legend),
        tag("div", drawing, class_="scroll"),
    )


def scale(most: int) -> tuple[int, int]:
    """The top of the axis and the distance of its ticks: 1, 2 or 5 times a power of ten, at most five of them."""
    step, factors = 1, (2, 2.5, 2)
    number = 0
    while step * _MOST_TICKS < most:
        step = int(step * factors[number % 3])
        number += 1
    return max(-(-most // step), 1) * step, step


def _parts(counts: Counts) -> tuple[int, int, int]:
    return counts.completed, counts.failed, counts.created - counts.completed - counts.failed


def _grid(top: int, step: int) -> list[Element]:
    found = []
    for value in range(0, top + 1, step):
        y = _number(_TOP + _PLOT_HEIGHT * (1 - value / top))
        found.append(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="axis" if value == 0 else "grid"))
        found.append(tag("text", wording.number(value), x=_LEFT - 8, y=y, dy="0.32em", text_anchor="end"))
    return found


def _bar(report: Report, number: int, interval: Interval, top: int) -> Element:
    slot = _PLOT_WIDTH / len(report.statistics.series)
    width = min(slot * 0.76, _WIDEST_BAR)
    x = _LEFT + slot * number + (slot - width) / 2
    bar = tag("g", tag("title", _told(report, interval)))
    below = 0
    for part, count in zip(PARTS, _parts(interval.counts), strict=True):
        if count:
            height = _PLOT_HEIGHT * count / top
            y = _TOP + _PLOT_HEIGHT * (1 - (below + count) / top)
            size = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
            bar.append(tag("rect", class_=part, **size))
        below += count
    return bar


def _told(report: Report, interval: Interval) -> str:
    since = interval.since.astimezone(report.period.zone)
    when = wording.instant(since) if report.period.is_hourly else f"{wording.day(since)} {since.year}"
    parts = ", ".join(
        f"{wording.number(count)} {part}" for part, count in zip(PARTS, _parts(interval.counts), strict=True) if count
    )
    return f"{when}: {parts or 'no job'}"


def _labels(report: Report) -> list[Element]:
    slot = _PLOT_WIDTH / len(report.statistics.series)
    starts = [interval.since.astimezone(report.period.zone) for interval in report.statistics.series]
    return [
        tag(
            "text",
            text,
            x=_number(_LEFT + slot * (number + 0.5)),
            y=_HEIGHT - 8,
            text_anchor="middle",
        )
        for number, text in (_by_hour(starts) if report.period.is_hourly else _by_day(starts))
    ]


def _by_hour(starts: list[datetime]) -> list[tuple[int, str]]:
    """At round hours; midnight says which day begins."""
    step = next((step for step in _HOUR_STEPS if len(starts) <= step * _MOST_LABELS), _HOUR_STEPS[-1])
    return [
        (number, f"{start:%H:%M}" if start.hour else wording.day(start))
        for number, start in enumerate(starts)
        if start.hour % step == 0
    ]


def _by_day(starts: list[datetime]) -> list[tuple[int, str]]:
    step = -(-len(starts) // _MOST_LABELS)
    return [(number, wording.day(start)) for number, start in enumerate(starts) if number % step == 0]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
