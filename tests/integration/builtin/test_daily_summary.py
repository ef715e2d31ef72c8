"""The summary of a day, from the jobs in a real PostgreSQL to the mail in a real mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from goqueue_builtin.email_daily_summary import send_daily_summary
from goqueue_builtin.mail import MailNotSent
from goqueue_common.database import Database
from goqueue_worker import Discard
from tests.integration.builtin.attempts import attempt
from tests.integration.builtin.mail_server import MailServer, Manners, mail_server
from tests.stored_jobs import store_job
from tests.unit.builtin.page_reader import PageReader
from tests.unit.builtin.some_report import EVIL

SetEnvironment = Callable[..., None]

MORNING = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
YESTERDAY = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def configured(worker_environment: SetEnvironment, server: MailServer, **values: str) -> None:
    worker_environment(
        **{
            "GOQUEUE_SMTP_HOST": "127.0.0.1",
            "GOQUEUE_SMTP_PORT": str(server.port),
            "GOQUEUE_SMTP_SECURITY": "none",
            "GOQUEUE_SMTP_FROM": "GoQueue <jobs@example.org>",
            "GOQUEUE_SUMMARY_RECIPIENTS": "ada@example.org, Bob <bob@example.org>",
        }
        | values
    )


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_yesterday_is_mailed_to_the_people_of_the_settings(worker_environment: SetEnvironment, database: Database) -> None:
    store_job(database, YESTERDAY, type_="mail", wait=0.0, run=2.0)
    store_job(database, YESTERDAY, "failed", type_="mail", wait=0.0, error="broken")
    store_job(database, MORNING, type_="today")
    with mail_server() as server:
        configured(worker_environment, server)
        result = send_daily_summary({}, attempt(created_at=MORNING))
    (received,) = server.received
    message = received.message
    assert received.recipients == result["accepted"] == ["ada@example.org", "bob@example.org"]
    assert (message["To"], message["From"]) == ("ada@example.org, Bob <bob@example.org>", "GoQueue <jobs@example.org>")
    assert message["Subject"] == "GoQueue, 3 Mar 2026: 2 jobs, 1 failed"
    assert message["Message-ID"] == result["message_id"]
    assert (result["totals"]["created"], result["totals"]["failed"], result["refused"]) == (2, 1, {})
    assert (result["since"], result["until"]) == ("2026-03-03T00:00:00+00:00", "2026-03-04T00:00:00+00:00")

    letter = PageReader(body(message, "html"))
    assert ["mail", "2", "1", "1", "2.0 s"] in letter.rows
    assert letter.outside_references() == []
    assert not letter.names & {"svg", "script", "div"}
    assert "1 x  broken" in body(message, "plain").splitlines()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("report-2026-03-03.html", "text/html")
    whole = attached.get_payload(decode=True)
    assert isinstance(whole, bytes)
    page = PageReader(whole.decode())
    assert "svg" in page.names
    assert ["mail", "2", "1", "1", "0", "0", "0"] in page.rows


@pytest.mark.parametrize(
    ("payload", "job", "since", "until"),
    [
        ({}, {"created_at": MORNING}, "2026-03-03T00:00:00+00:00", "2026-03-04T00:00:00+00:00"),
        ({"timezone": "Europe/Zurich"}, {"created_at": MORNING}, "2026-03-02T23:00:00+00:00", "2026-03-03T23:00:00+00:00"),
        (
            {"timezone": "America/Los_Angeles"},
            {"created_at": MORNING},
            "2026-03-02T08:00:00+00:00",
            "2026-03-03T08:00:00+00:00",
        ),
        (
            {},
            {"created_at": MORNING, "scheduled_for": MORNING - timedelta(days=5), "schedule": "daily"},
            "2026-02-26T00:00:00+00:00",
            "2026-02-27T00:00:00+00:00",
        ),
    ],
    ids=["UTC", "east", "west", "fired late by a schedule"],
)
def test_yesterday_is_a_day_of_the_zone_before_the_job_came_to_be(
    worker_environment: SetEnvironment,
    payload: dict[str, Any],
    job: dict[str, Any],
    since: str,
    until: str,
) -> None:
    with mail_server() as server:
        configured(worker_environment, server)
        result = send_daily_summary(payload, attempt(**job))
    assert (result["since"], result["until"]) == (since, until)


def test_a_later_attempt_is_about_the_same_day_under_the_same_id(
    worker_environment: SetEnvironment, database: Database
) -> None:
    store_job(database, YESTERDAY)
    job = {"id": "018f0000-0000-7000-8000-000000000001", "created_at": MORNING}
    with mail_server(Manners(refuse_content="451 later")) as server:
        configured(worker_environment, server)
        with pytest.raises(MailNotSent, match="451 later"):
            send_daily_summary({}, attempt(**job))
        server.manners.refuse_content = None
        result = send_daily_summary({}, attempt(**job, attempt=2, failures=1))
    (received,) = server.received
    assert received.message["Message-ID"] == result["message_id"] == f"<{job['id']}@example.org>"
    assert result["totals"]["created"] == 1


def test_a_job_s_name_cannot_write_html_into_the_mail(worker_environment: SetEnvironment, database: Database) -> None:
    store_job(database, YESTERDAY, "failed", type_=EVIL, queue=EVIL, error=EVIL)
    with mail_server() as server:
        configured(worker_environment, server)
        send_daily_summary({}, attempt(created_at=MORNING))
    letter = PageReader(body(server.received[0].message, "html"))
    assert "script" not in letter.names
    assert [row[0] for row in letter.rows].count(EVIL) == 3


def test_a_day_without_jobs_is_mailed_too(worker_environment: SetEnvironment) -> None:
    with mail_server() as server:
        configured(worker_environment, server)
        send_daily_summary({}, attempt(created_at=MORNING))
    assert server.received[0].message["Subject"] == "GoQueue, 3 Mar 2026: 0 jobs, 0 failed"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"GOQUEUE_SUMMARY_RECIPIENTS": ""},
            "nobody to send to: set GOQUEUE_SUMMARY_RECIPIENTS to addresses, separated by commas",
        ),
        ({"GOQUEUE_SUMMARY_RECIPIENTS": "ada"}, "'ada' is no address"),
        ({"GOQUEUE_SMTP_HOST": ""}, "set GOQUEUE_SMTP_HOST"),
    ],
    ids=["nobody", "no address", "no server"],
)
def test_without_its_settings_the_job_is_discarded(
    worker_environment: SetEnvironment,
    values: dict[str, str],
    message: str,
) -> None:
    with mail_server() as server:
        configured(worker_environment, server, **values)
        with pytest.raises(Discard, match=message):
            send_daily_summary({}, attempt(created_at=MORNING))
    assert server.received == []


def test_an_unknown_zone_is_discarded(worker_environment: SetEnvironment) -> None:
    with mail_server() as server:
        configured(worker_environment, server)
        with pytest.raises(Discard, match="timezone 'Mars/Olympus' is not known"):
            send_daily_summary({"timezone": "Mars/Olympus"}, attempt())
