"""A report for people: one page of HTML that needs nothing but itself, no script and no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Final
from xml.etree.ElementTree import Element

from goqueue_builtin.report import wording
from goqueue_builtin.report.chart import chart
from goqueue_builtin.report.markup import document, tag
from goqueue_builtin.report.report import Report
from goqueue_common.report_store import Counts, Times
from goqueue_common.version import version

_STYLE: Final = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
_COUNT_HEADS: Final = ("Jobs", "Completed", "Failed", "Cancelled", "Unfinished", "Failed attempts")
_TIME_HEADS: Final = ("Run, average", "Run, median", "Run, 95 % within", "Wait, average", "Wait, 95 % within")
# Nothing can be loaded or run even if something foreign should ever get into the page.
_POLICY: Final = tag(
    "meta",
    http_equiv="Content-Security-Policy",
    content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
)
_VIEWPORT: Final = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
_SCHEMES: Final = tag("meta", name="color-scheme", content="light dark")


def as_html(report: Report) -> str:
    """The whole page."""
    title = f"Job report, {wording.period(report.period)}"
    return document(title, _STYLE, [_POLICY, _VIEWPORT, _SCHEMES], [tag("main", *_sections(report))])


def _sections(report: Report) -> Iterable[Element]:
    yield tag("header", tag("h1", "Job report"), tag("p", wording.period(report.period)), *_restrictions(report))
    yield _headline(report.statistics.totals)
    yield chart(report)
    yield _by_type(report)
    yield _by_queue(report)
    yield _times_by_type(report)
    yield _errors(report)
    made_at = wording.instant(report.made_at.astimezone(report.period.zone))
    yield tag("footer", f"Jobs by when they were created, as they stood on {made_at}. GoQueue {version()}")


def _restrictions(report: Report) -> Iterable[Element]:
    for what, names in (("Queues", report.queues), ("Types", report.types)):
        if names:
            yield tag("p", f"{what}: {', '.join(names)}")


def _headline(totals: Counts) -> Element:
    figures = (
        ("Jobs", totals.created, ""),
        ("Completed", totals.completed, wording.share(totals.completed, totals.created)),
        ("Failed", totals.failed, wording.share(totals.failed, totals.created)),
        ("Cancelled", totals.cancelled, wording.share(totals.cancelled, totals.created)),
        ("Unfinished", totals.unfinished, wording.share(totals.unfinished, totals.created)),
        ("Failed attempts", totals.failures, ""),
    )
    return tag(
        "dl",
        *(
            tag("div", tag("dt", name), tag("dd", tag("b", wording.number(count)), tag("span", of_all)))
            for name, count, of_all in figures
        ),
        class_="headline",
    )


def _by_type(report: Report) -> Element:
    rows = [[item.type, *_counts(item.counts)] for item in report.statistics.types]
    return _table("By type", ("Type", *_COUNT_HEADS), rows)


def _by_queue(report: Report) -> Element:
    rows = [[item.queue, *_counts(item.counts)] for item in report.statistics.queues]
    return _table("By queue", ("Queue", *_COUNT_HEADS), rows)


def _times_by_type(report: Report) -> Element:
    rows = [[item.type, *_times(item.times)] for item in report.statistics.types]
    return _table("How long jobs ran and waited", ("Type", *_TIME_HEADS), rows)


def _errors(report: Report) -> Element:
    rows = [[item.error, wording.number(item.jobs)] for item in report.statistics.errors]
    return _table("Most frequent errors", ("Error", "Jobs"), rows, kind="errors")


def _counts(counts: Counts) -> list[str]:
    numbers = (counts.created, counts.completed, counts.failed, counts.cancelled, counts.unfinished, counts.failures)
    return [wording.number(count) for count in numbers]


def _times(times: Times) -> list[str]:
    seconds = (times.run_average, times.run_p50, times.run_p95, times.wait_average, times.wait_p95)
    return [wording.duration(value) for value in seconds]


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "figures") -> Element:
    """The first column holds words, the others numbers."""
    if not rows:
        return tag("section", tag("h2", title), tag("p", "None in this period.", class_="none"))
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    body = [tag("tr", tag("th", first, scope="row"), *(tag("td", text) for text in rest)) for first, *rest in rows]
    table = tag("table", tag("thead", head), tag("tbody", *body), class_=kind)
    return tag("section", tag("h2", title), tag("div", table, class_="scroll"))
