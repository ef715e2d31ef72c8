"""Mail through a real server: plain, by STARTTLS and TLS, with a login, and everything that a server may refuse."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trustme

from goqueue_builtin.email_send import send_email
from goqueue_builtin.mail import Mail, Mailer, MailNotSent
from goqueue_builtin.settings import BuiltinSettings, builtin_settings
from goqueue_worker import Discard
from tests.integration.builtin.attempts import Recording, attempt
from tests.integration.builtin.mail_server import MailServer, Manners, mail_server

LETTER = Mail(to=("ada@example.org", "bob@example.org"), subject="Your order", text="It left us.")
PAYLOAD = {"to": ["ada@example.org", "Bob <bob@example.org>"], "subject": "Your order", "text": "It left us."}
Set = Callable[..., BuiltinSettings]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Set]:
    """Sets the worker's environment: GOQUEUE_SMTP_* by the ends of their names."""

    def apply(server: MailServer | None = None, **values: str) -> BuiltinSettings:
        known = {} if server is None else {"HOST": "127.0.0.1", "PORT": str(server.port)}
        for name, value in ({"SECURITY": "none", "FROM": "Shop <shop@example.org>"} | known | values).items():
            monkeypatch.setenv(f"GOQUEUE_SMTP_{name}", value)
        builtin_settings.cache_clear()
        return builtin_settings()

    yield apply
    builtin_settings.cache_clear()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The certificate of a server on 127.0.0.1."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """As the system's, but for the one authority it knows."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_mail_arrives_as_it_was_written(settings: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF\r\n.\r\n\x00\xff")
    monkeypatch.setenv("GOQUEUE_MEDIA_ROOT", str(tmp_path))
    payload = PAYLOAD | {
        "subject": "Grüße",
        "text": "Zeile\n.\n..\nFrom\n",
        "html": "<p>Grüße</p>",
        "cc": ["c@example.org"],
        "bcc": ["secret@example.org"],
        "reply_to": ["answers@example.org"],
        "attachments": [
            {"path": "invoice.pdf"},
            {"filename": "a.csv", "data": base64.b64encode(b"a;b").decode()},
        ],
    }
    with mail_server() as server:
        settings(server)
        result = send_email(payload, attempt())
    (received,) = server.received
    assert received.sender == "shop@example.org"
    assert received.recipients == ["ada@example.org", "bob@example.org", "c@example.org", "secret@example.org"]
    message = received.message
    assert message["From"] == "Shop <shop@example.org>"
    assert (message["To"], message["Cc"]) == ("ada@example.org, Bob <bob@example.org>", "c@example.org")
    assert (message["Subject"], message["Reply-To"]) == ("Grüße", "answers@example.org")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] is not None
    assert b"secret" not in received.content
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Zeile", ".", "..", "From"]
    assert html.get_content().strip() == "<p>Grüße</p>"
    files = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in message.iter_attachments()
    ]
    assert files == [
        ("invoice.pdf", "application/pdf", b"%PDF\r\n.\r\n\x00\xff"),
        ("a.csv", "text/csv", b"a;b"),
    ]
    assert result == {"message_id": message["Message-ID"], "accepted": received.recipients, "refused": {}}


def test_every_attempt_of_a_job_sends_the_same_message_id(settings: Set) -> None:
    job_id = str(uuid4())
    with mail_server() as server:
        settings(server)
        for number in (1, 2):
            send_email(PAYLOAD, attempt(id=job_id, attempt=number))
        send_email(PAYLOAD, attempt())
    first, second, other = (received.message["Message-ID"] for received in server.received)
    assert first == second == f"<{job_id}@example.org>"
    assert other != first


def test_progress_is_told_and_nothing_of_the_mail_is_logged(settings: Set) -> None:
    services = Recording()
    with mail_server() as server:
        settings(server)
        send_email(PAYLOAD, attempt(services))
    assert services.progress == [(0.0, "connecting"), (0.5, "sending"), (1.0, "sent")]
    ((event, fields),) = services.log
    assert (event, sorted(fields)) == ("mail_sent", ["recipients", "refused", "size_bytes"])
    assert all(isinstance(value, int) for value in fields.values())


def test_starttls_and_a_login_are_used(settings: Set, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with mail_server(starttls=server_tls, login=("shop", "sesame")) as server:
        Mailer(settings(server, SECURITY="starttls", USERNAME="shop", PASSWORD="sesame"), tls=client_tls).send(
            LETTER, attempt()
        )
    (received,) = server.received
    assert (received.by_starttls, received.login) == (True, "shop")


def test_tls_from_the_first_byte_is_used(settings: Set, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with mail_server(tls=server_tls) as server:
        Mailer(settings(server, SECURITY="tls"), tls=client_tls).send(LETTER, attempt())
    assert len(server.received) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(settings: Set, server_tls: ssl.SSLContext, security: str) -> None:
    with (
        mail_server(**{security: server_tls}) as server,
        pytest.raises(MailNotSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        Mailer(settings(server, SECURITY=security)).send(LETTER, attempt())
    assert server.received == []


def test_a_certificate_of_another_host_is_refused(settings: Set, authority: trustme.CA, client_tls: ssl.SSLContext) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("mail.example.org").configure_cert(context)
    with mail_server(starttls=context) as server, pytest.raises(MailNotSent, match="CERTIFICATE_VERIFY_FAILED"):
        Mailer(settings(server, SECURITY="starttls"), tls=client_tls).send(LETTER, attempt())


def test_a_server_without_starttls_gets_neither_password_nor_mail(settings: Set) -> None:
    with mail_server() as server, pytest.raises(MailNotSent, match=r"\(starttls\): STARTTLS extension not supported"):
        Mailer(settings(server, SECURITY="starttls", USERNAME="shop", PASSWORD="sesame")).send(LETTER, attempt())
    assert server.received == []


def test_a_wrong_password_may_be_mended_in_time(
    settings: Set, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with mail_server(starttls=server_tls, login=("shop", "sesame")) as server:
        wrong = settings(server, SECURITY="starttls", USERNAME="shop", PASSWORD="simsim")
        with pytest.raises(MailNotSent, match="refused the login: 535") as failure:
            Mailer(wrong, tls=client_tls).send(LETTER, attempt())
    assert "simsim" not in str(failure.value)


def test_a_recipient_that_is_refused_does_not_keep_it_from_the_others(settings: Set) -> None:
    manners = Manners(refuse={"ada@example.org": "550 5.1.1 no such user"})
    with mail_server(manners) as server:
        settings(server)
        result = send_email(PAYLOAD, attempt())
    assert (result["accepted"], result["refused"]) == (["bob@example.org"], {"ada@example.org": "550 5.1.1 no such user"})
    assert [received.recipients for received in server.received] == [["bob@example.org"]]


REFUSALS: dict[str, tuple[Manners, type[Exception], str]] = {
    "every recipient": (
        Manners(refuse={"ada@example.org": "550 no such user", "bob@example.org": "554 go away"}),
        Discard,
        "refused every recipient: ada@example.org: 550 no such user; bob@example.org: 554 go away",
    ),
    "every recipient, one for now": (
        Manners(refuse={"ada@example.org": "550 no such user", "bob@example.org": "450 try later"}),
        MailNotSent,
        "took no recipient: ada@example.org: 550 no such user; bob@example.org: 450 try later",
    ),
    "the server is closing": (
        Manners(refuse={"ada@example.org": "421 closing"}),
        MailNotSent,
        "took no recipient: ada@example.org: 421 closing",
    ),
    "the sender": (Manners(refuse_sender="550 not you"), Discard, "refused the message: 550 not you"),
    "the sender for now": (Manners(refuse_sender="451 busy"), MailNotSent, "did not take the message: 451 busy"),
    "the content": (Manners(refuse_content="554 spam"), Discard, "refused the message: 554 spam"),
    "the content for now": (Manners(refuse_content="452 full"), MailNotSent, "did not take the message: 452 full"),
}


@pytest.mark.parametrize(("manners", "error", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_for_good_or_for_now(settings: Set, manners: Manners, error: type[Exception], message: str) -> None:
    with mail_server(manners) as server:
        settings(server)
        with pytest.raises(error) as failure:
            send_email(PAYLOAD, attempt())
    assert str(failure.value) == f"the mail server {message}"
    assert server.received == []


def test_an_odd_goodbye_does_not_send_it_twice(settings: Set) -> None:
    with mail_server(Manners(goodbye="421 rather not")) as server:
        settings(server)
        assert send_email(PAYLOAD, attempt())["refused"] == {}


def test_a_server_that_is_away_is_tried_again(settings: Set) -> None:
    with socket.socket() as bound:  # not listening: whoever connects is refused
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        settings(HOST="127.0.0.1", PORT=str(port))
        with pytest.raises(MailNotSent, match=rf"^mail server 127\.0\.0\.1:{port} \(none\): .*refused"):
            send_email(PAYLOAD, attempt())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "this worker cannot send mail: set GOQUEUE_SMTP_HOST to the server that takes it"),
        ({"HOST": "127.0.0.1", "FROM": ""}, "this worker cannot send mail: set GOQUEUE_SMTP_FROM to the sender's address"),
        ({"HOST": "127.0.0.1", "FROM": "shop"}, "GOQUEUE_SMTP_FROM: 'shop' is no address"),
    ],
    ids=["no server", "no sender", "no address"],
)
def test_without_its_settings_the_job_is_discarded(settings: Set, values: dict[str, str], message: str) -> None:
    settings(**values)
    with pytest.raises(Discard) as failure:
        send_email(PAYLOAD, attempt())
    assert str(failure.value).startswith(message)


def test_what_the_schema_would_refuse_never_reaches_the_server(settings: Set) -> None:
    bad: list[dict[str, Any]] = [
        {"subject": "a\r\nBcc: evil@example.com"},
        {"bcc": ["evil@example.com>\r\nRCPT TO:<other@example.com"]},
        {"to": ["ada@example.org SIZE=1"]},
    ]
    with mail_server() as server:
        settings(server)
        for fields in bad:
            with pytest.raises(Discard):
                send_email(PAYLOAD | fields, attempt())
    assert server.received == []
