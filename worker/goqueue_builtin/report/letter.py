"""A report as the body of a mail: tables with their styles written out, since mail programs know neither SVG nor sheets of
style, and the same in plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from goqueue_builtin.report import wording
from goqueue_builtin.report.markup import document, tag
from goqueue_builtin.report.report import Report

_MOST_ROWS: Final = 10
_MOST_ERRORS: Final = 5
_FONT: Final = "font-family:Helvetica,Arial,sans-serif;"
_INK: Final = f"{_FONT}font-size:14px;line-height:20px;color:#1b2330;"
_QUIET: Final = f"{_FONT}font-size:12px;line-height:18px;color:#5d6878;"
_LINE: Final = "border-bottom:1px solid #e1e5ea;"

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Title, heads, rows; the first column holds words, the others numbers."""


def as_letter(report: Report, attached: str) -> str:
    """The mail's HTML. attached: the file name of the whole report."""
    rows = [
        _row(
            tag("h1", "Job report", style=f"{_FONT}margin:0;font-size:22px;line-height:28px;color:#1b2330;"),
            tag("p", wording.period(report.period), style=f"{_QUIET}margin:0;"),
        ),
        _row(_headline(report)),
        *(_row(_section(table)) for table in (*_tables(report), _errors(report)) if table[2]),
        _row(tag("p", _closing(attached), style=f"{_QUIET}margin:0;")),
    ]
    card = _table(*rows, width="640", bgcolor="#ffffff", style="max-width:640px;border:1px solid #e1e5ea;")
    centred = tag("tr", tag("td", card, align="center", style="padding:24px 12px;"))
    page = _table(centred, width="100%", bgcolor="#f6f7f9")
    return document("Job report", "body{margin:0;background:#f6f7f9}", [], [page])


def as_text(report: Report, attached: str) -> str:
    """The same in plain text, columns aligned."""
    parts = ["Job report", wording.period(report.period), "", *_aligned(_figures(report))]
    for title, heads, rows in _tables(report):
        if rows:
            parts += ["", title.upper(), *_aligned([heads, *rows])]
    title, _, errors = _errors(report)
    if errors:
        parts += ["", title.upper(), *(f"{jobs} x  {error}" for error, jobs in errors)]
    return "\n".join([*parts, "", _closing(attached)]) + "\n"


def _figures(report: Report) -> list[tuple[str, str]]:
    totals = report.statistics.totals
    counts = {
        "Jobs": totals.created,
        "Completed": totals.completed,
        "Failed": totals.failed,
        "Cancelled": totals.cancelled,
        "Unfinished": totals.unfinished,
    }
    return [(name, wording.number(count)) for name, count in counts.items()]


def _tables(report: Report) -> list[Table]:
    statistics = report.statistics
    types = [
        [
            item.type,
            *map(wording.number, (item.counts.created, item.counts.completed, item.counts.failed)),
            wording.duration(item.times.run_p95),
        ]
        for item in statistics.types
    ]
    queues = [
        [item.queue, *map(wording.number, (item.counts.created, item.counts.completed, item.counts.failed))]
        for item in statistics.queues
    ]
    counted = ("Jobs", "Completed", "Failed")
    return [
        ("By type", ("Type", *counted, "Run, 95 % within"), _first(types)),
        ("By queue", ("Queue", *counted), _first(queues)),
    ]


def _errors(report: Report) -> Table:
    errors = [[item.error, wording.number(item.jobs)] for item in report.statistics.errors[:_MOST_ERRORS]]
    return "Most frequent errors", ("Error", "Jobs"), errors


def _first(rows: list[list[str]]) -> list[list[str]]:
    left = len(rows) - _MOST_ROWS
    if left <= 0:
        return rows
    return [*rows[:_MOST_ROWS], [f"and {left} more", *[""] * (len(rows[0]) - 1)]]


def _closing(attached: str) -> str:
    return f"The whole report is attached: {attached}. Jobs are counted by when they were created."


def _headline(report: Report) -> Element:
    cells = [
        tag(
            "td",
            tag("span", name, style=_QUIET),
            tag("br"),
            tag("strong", value, style=f"{_FONT}font-size:20px;line-height:28px;color:{_color(name, value)};"),
            width="20%",
        )
        for name, value in _figures(report)
    ]
    return _table(tag("tr", *cells), width="100%")


def _color(name: str, value: str) -> str:
    return "#c23b28" if name == "Failed" and value != "0" else "#1b2330"


def _section(table: Table) -> Element:
    title, heads, rows = table
    body = [
        tag("tr", tag("td", tag("strong", title), colspan=len(heads), style=f"{_INK}padding:0 0 6px;")),
        tag("tr", *(_cell("th", head, number, _QUIET) for number, head in enumerate(heads))),
        *(tag("tr", *(_cell("td", text, number, _INK) for number, text in enumerate(row))) for row in rows),
    ]
    return _table(*body, width="100%")


def _cell(kind: str, text: str, column: int, style: str) -> Element:
    aligned = "left" if column == 0 else "right"
    breaks = "word-break:break-word;" if column == 0 else "white-space:nowrap;"
    padding = "padding:6px 0;" if column == 0 else "padding:6px 0 6px 12px;"
    return tag(kind, text, align=aligned, valign="top", style=f"{style}{_LINE}{breaks}{padding}font-weight:normal;")


def _row(*content: Element) -> Element:
    return tag("tr", tag("td", *content, style="padding:12px 24px;"))


def _table(*rows: Element, **attributes: str) -> Element:
    return tag("table", *rows, role="presentation", cellpadding="0", cellspacing="0", border="0", **attributes)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    ]
