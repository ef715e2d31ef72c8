from __future__ import annotations

import re
from datetime import timedelta

import pytest

from goqueue_builtin.report.chart import scale
from goqueue_builtin.report.letter import as_letter, as_text
from goqueue_builtin.report.page import as_html
from goqueue_common.new_job import MAX_DOCUMENT_BYTES
from goqueue_common.report_store import Counts, QueueFigures, Times, TypeFigures
from tests.unit.builtin.page_reader import PageReader
from tests.unit.builtin.some_report import EVIL, empty_report, evil_report, some_report


def bars(page: PageReader) -> list[tuple[str | None, float, float]]:
    """(part, top, bottom) of each piece of a bar."""
    return [
        (at["class"], float(at["y"] or 0), float(at["y"] or 0) + float(at["height"] or 0))
        for name, at in page.elements
        if name == "rect"
    ]


def test_the_page_shows_every_figure() -> None:
    page = PageReader(as_html(some_report(zone="Europe/Zurich")))
    assert ("h1", "Job report") in page.texts
    assert ("p", "3 Mar 2026, 13:00 to 3 Mar 2026, 15:00 (Europe/Zurich)") in page.texts
    assert [text for name, text in page.texts if name == "b"] == ["14", "9", "2", "0", "3", "0"]
    assert ["mail", "11", "9", "2", "0", "0", "5"] in page.rows
    assert ["image", "3", "0", "0", "0", "3", "0"] in page.rows
    assert ["default", "14", "9", "2", "0", "3", "5"] in page.rows
    assert ["mail", "123 ms", "200 ms", "12.0 s", "10 ms", "1 min 30 s"] in page.rows
    assert ["image", "–", "–", "–", "–", "–"] in page.rows
    assert ["broken", "2"] in page.rows


def test_a_restricted_report_says_so() -> None:
    report = some_report()
    object.__setattr__(report, "queues", ("mails", "bulk"))
    assert ("p", "Queues: mails, bulk") in PageReader(as_html(report)).texts


def test_bars_are_stacked_to_scale() -> None:
    page = PageReader(as_html(some_report()))
    (good, top, bottom), (bad, bad_top, bad_bottom), (_, later_top, later_bottom), (other, other_top, other_bottom) = bars(
        page
    )
    assert (good, bad, other) == ("completed", "failed", "other")
    assert (bad_bottom, other_bottom) == (pytest.approx(top, abs=0.02), pytest.approx(later_top, abs=0.02))
    # 10 jobs reach the top of the axis: 8 of them completed
    assert (bottom - top) / (bottom - bad_top) == pytest.approx(0.8, abs=0.001)
    assert (later_bottom - later_top) / (bottom - bad_top) == pytest.approx(0.1, abs=0.001)
    assert (other_bottom - other_top) / (bottom - bad_top) == pytest.approx(0.3, abs=0.001)


def test_the_chart_has_ticks_labels_and_a_legend() -> None:
    page = PageReader(as_html(some_report()))
    texts = [text for name, text in page.texts if name == "text"]
    assert texts == ["0", "2", "4", "6", "8", "10", "12:00", "13:00"]
    assert [text for name, text in page.texts if name == "li"] == ["completed", "failed", "other"]
    assert ("title", "3 Mar 2026, 12:00: 8 completed, 2 failed") in page.texts
    assert ("span", "Jobs created in each hour") in page.texts


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        (24, ["12:00", "14:00", "16:00", "18:00", "20:00", "22:00", "4 Mar", "02:00", "04:00", "06:00", "08:00", "10:00"]),
        (48, ["12:00", "18:00", "4 Mar", "06:00", "12:00", "18:00", "5 Mar", "06:00"]),
        (96, ["3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar"]),
    ],
)
def test_labels_are_at_round_hours_or_days(hours: int, labels: list[str]) -> None:
    page = PageReader(as_html(empty_report(length=timedelta(hours=hours))))
    assert [text for name, text in page.texts if name == "text"][2:] == labels


@pytest.mark.parametrize("days", [1, 30, 366])
def test_labels_never_crowd(days: int) -> None:
    page = PageReader(as_html(empty_report(length=timedelta(days=days))))
    assert len([text for name, text in page.texts if name == "text"][2:]) <= 12


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, (1, 1)),
        (1, (1, 1)),
        (5, (5, 1)),
        (6, (6, 2)),
        (11, (15, 5)),
        (26, (30, 10)),
        (999, (1000, 200)),
        (1001, (1500, 500)),
    ],
)
def test_the_axis_has_round_ticks_at_most_six(most: int, expected: tuple[int, int]) -> None:
    assert scale(most) == expected


def test_an_empty_period_is_a_whole_page() -> None:
    page = PageReader(as_html(empty_report()))
    assert bars(page) == []
    assert [text for name, text in page.texts if text == "None in this period."] == ["None in this period."] * 4
    assert page.rows == []


@pytest.mark.parametrize("html", [as_html(evil_report()), as_letter(evil_report(), EVIL)], ids=["page", "letter"])
def test_what_jobs_are_called_and_say_stays_text(html: str) -> None:
    page = PageReader(html)
    assert "script" not in page.names
    assert [row[0] for row in page.rows].count(EVIL) >= 3


@pytest.mark.parametrize("html", [as_html(some_report()), as_letter(some_report(), "report.html")], ids=["page", "letter"])
def test_nothing_outside_is_referred_to(html: str) -> None:
    assert PageReader(html).outside_references() == []
    assert not re.search(r"url\(|@import|http:|https:", html)


def test_the_page_forbids_scripts_and_knows_the_dark() -> None:
    html = as_html(some_report())
    page = PageReader(html)
    policy = next(at["content"] for name, at in page.elements if at.get("http-equiv") == "Content-Security-Policy")
    assert (policy or "").startswith("default-src 'none'; ")
    assert "prefers-color-scheme: dark" in html
    assert html.startswith('<!doctype html>\n<html lang="en">')


def test_a_year_of_many_types_fits_into_a_result() -> None:
    counts = [Counts(completed=1234, failed=56, queued=7)] * 366
    types = [TypeFigures(f"some.job.type.{number}", Counts(completed=1), Times()) for number in range(100)]
    assert len(as_html(some_report(length=timedelta(days=365), series=counts, types=types)).encode()) < MAX_DOCUMENT_BYTES


def test_the_letter_is_made_of_tables_and_says_what_the_text_says() -> None:
    report = some_report()
    page, text = PageReader(as_letter(report, "report-2026-03-03.html")), as_text(report, "report-2026-03-03.html")
    assert not page.names & {"svg", "div", "figure", "dl", "section"}
    lines = [re.split(" {2,}", line) for line in text.splitlines()]
    for row in (["mail", "11", "9", "2", "12.0 s"], ["image", "3", "0", "0", "–"], ["default", "14", "9", "2"]):
        assert row in page.rows
        assert row in lines
    assert ["broken", "2"] in page.rows
    assert "2 x  broken" in text.splitlines()
    assert "The whole report is attached: report-2026-03-03.html." in text


def test_the_columns_of_the_text_are_aligned() -> None:
    lines = as_text(some_report(), "a.html").splitlines()
    head, mail, image = lines[lines.index("BY TYPE") + 1 :][:3]
    assert len(head) == len(mail) == len(image)
    assert (mail[:7], image[:7]) == ("mail   ", "image  ")


def test_the_letter_shows_ten_types_and_counts_the_others() -> None:
    types = [TypeFigures(f"type{number:02}", Counts(completed=1), Times()) for number in range(12)]
    report = some_report(types=types, queues=[QueueFigures("q", Counts())])
    rows = PageReader(as_letter(report, "a.html")).rows
    assert ["type09", "1", "1", "0", "–"] in rows
    assert ["and 2 more", "", "", "", ""] in rows
    assert not [row for row in rows if row[:1] == ["type10"]]


def test_the_letter_of_a_day_without_jobs_says_so() -> None:
    assert ["Jobs", "0"] in [line.split() for line in as_text(empty_report(), "a.html").splitlines()]
    assert "BY TYPE" not in as_text(empty_report(), "a.html")
