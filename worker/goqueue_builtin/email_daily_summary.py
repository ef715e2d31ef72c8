"""email.daily_summary: what became of yesterday's jobs, by mail to the people whom the worker's settings name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from goqueue_builtin.email_send import MAIL_BACKOFF, MAIL_RETRIES
from goqueue_builtin.mail import Attachment, Mail, Mailer
from goqueue_builtin.report import wording
from goqueue_builtin.report.document import totals
from goqueue_builtin.report.letter import as_letter, as_text
from goqueue_builtin.report.page import as_html
from goqueue_builtin.report.period import Period, zone_named
from goqueue_builtin.report.report import Report
from goqueue_builtin.report.source import reports
from goqueue_builtin.report_generate import ZONE_SCHEMA
from goqueue_builtin.settings import builtin_settings
from goqueue_worker import Discard, JobContext, handler

SCHEMA: Final = {"type": "object", "properties": {"timezone": ZONE_SCHEMA}, "additionalProperties": False}
_TIMEOUT_SECONDS: Final = 420.0
"""A whole report and a mail."""


@handler("email.daily_summary", schema=SCHEMA, max_retries=MAIL_RETRIES, backoff=MAIL_BACKOFF, timeout=_TIMEOUT_SECONDS)
def send_daily_summary(payload: dict[str, Any], job: JobContext) -> dict[str, Any]:
    """Mail a report about yesterday's jobs."""
    settings = builtin_settings()
    if not settings.summary_recipients:
        raise Discard("nobody to send to: set GOQUEUE_SUMMARY_RECIPIENTS to addresses, separated by commas")
    zone = zone_named(payload.get("timezone", "UTC"))
    # By the job's own time, not the clock: a retry after midnight is still about the same day.
    yesterday = Period.named("yesterday", zone, job.scheduled_for or job.created_at)
    with reports.store() as store:
        report = Report.made(store, yesterday, datetime.now(UTC))
    sent = Mailer(settings).send(_mail(report, settings.summary_recipients), job)
    return {**sent, "since": yesterday.since.isoformat(), "until": yesterday.until.isoformat(), "totals": totals(report)}


def _mail(report: Report, recipients: tuple[str, ...]) -> Mail:
    day = report.period.since.astimezone(report.period.zone)
    attached = f"report-{day:%Y-%m-%d}.html"
    counts = report.statistics.totals
    outcome = f"{wording.number(counts.created)} jobs, {wording.number(counts.failed)} failed"
    return Mail(
        to=recipients,
        subject=f"GoQueue, {wording.day(day)} {day.year}: {outcome}",
        text=as_text(report, attached),
        html=as_letter(report, attached),
        attachments=(Attachment(attached, "text/html", as_html(report).encode()),),
    )
