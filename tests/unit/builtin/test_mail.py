from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import getaddresses
from typing import Any

import pytest

from goqueue_builtin.mail import Address, Attachment, Mail, compose
from goqueue_worker import Discard

HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
HIDDEN_BREAK = "=?utf-8?q?x=0D=0ABcc=3A_evil=40example=2Ecom?="
CONTROLS = {
    "line feed": "a\nBcc: evil@example.com",
    "carriage return": "a\rBcc: evil@example.com",
    "both": "a\r\nBcc: evil@example.com",
    "folded": "a\r\n b",
    "at the end": "a\n",
    "NUL": "a\x00b",
    "escape": "a\x1bb",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
}


def mail(**fields: Any) -> Mail:
    return Mail(**{"to": ("ada@example.org",), "subject": "Hello", "text": "Hi"} | fields)


def composed(wanted: Mail, sender: str = "Shop <shop@example.org>") -> bytes:
    date = datetime(2026, 3, 3, 12, tzinfo=UTC)
    return compose(wanted, sender=Address.parsed(sender, "from"), message_id="<1@example.org>", date=date)


def parsed(wanted: Mail) -> EmailMessage:
    message = message_from_bytes(composed(wanted), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def decoded(header: str) -> str:
    return str(make_header(decode_header("".join(header.splitlines()))))


def test_a_text_alone_is_one_part() -> None:
    message = parsed(mail(text="Grüße\n.\nFrom here\n"))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == ["Grüße", ".", "From here"]
    assert sorted([*message.keys(), "x"]) == sorted([*HEADERS, "Content-Transfer-Encoding", "x"])
    assert (message["From"], message["To"], message["Subject"]) == ("Shop <shop@example.org>", "ada@example.org", "Hello")
    assert (message["Date"], message["Message-ID"]) == ("Tue, 03 Mar 2026 12:00:00 +0000", "<1@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"


def test_text_and_html_are_alternatives_the_html_last() -> None:
    message = parsed(mail(html="<p>Hi"))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_attachments_go_with_the_alternatives_unchanged() -> None:
    content = bytes(range(256)) * 10
    files = (Attachment("a.png", "image/png", content), Attachment("Ünï.csv", "text/csv", b"a;b\r\n"))
    message = parsed(mail(html="<p>Hi", attachments=files))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "text/csv",
    ]
    found = [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    assert found == [("a.png", content), ("Ünï.csv", b"a;b\r\n")]


def test_copies_and_replies_are_in_the_message_and_blind_copies_are_not() -> None:
    wanted = mail(cc=("b@example.org", "C <c@example.org>"), bcc=("secret@example.org",), reply_to=("r@example.org",))
    message = parsed(wanted)
    assert (message["Cc"], message["Reply-To"]) == ("b@example.org, C <c@example.org>", "r@example.org")
    assert message["Bcc"] is None
    assert b"secret" not in composed(wanted)


@pytest.mark.parametrize(
    "name",
    [
        "Müller, Jörg",
        'Ada "the" Lovelace',
        "O'Neil, Bob",
        "x@y, z",
        "back\\slash é",
        "日本語" * 60,
        "a" * 100 + ", é, " + "b" * 90,
        HIDDEN_BREAK,
        "=?utf-8?q?evil?=",
    ],
    ids=["comma", "quotes", "ascii comma", "at", "backslash", "long", "long with comma", "hidden break", "looks encoded"],
)
def test_what_people_write_comes_out_as_they_wrote_it_and_makes_no_header(name: str) -> None:
    filename = name.replace("\\", "").replace("/", "")[:80]
    content = composed(
        mail(
            to=(f"{name} <ada@example.org>", "bob@example.org"),
            subject=name,
            attachments=(Attachment(filename, "text/plain", b""),),
        )
    )
    message = message_from_bytes(content)
    assert sorted(message.keys()) == HEADERS
    assert decoded(message["Subject"]) == name
    (shown, address), other = getaddresses(["".join(message["To"].splitlines())])
    assert (decoded(shown), address, other) == (name, "ada@example.org", ("", "bob@example.org"))
    attached: Message = message.get_payload()[1]  # type: ignore[index,assignment]
    assert sorted(attached.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type", "MIME-Version"]
    assert attached.get_filename() == filename
    assert not re.search(rb"(?m)^(Bcc|evil)", content)


@pytest.mark.parametrize("subject", ["x" * 500, "é" * 500, "word " * 99 + "w"], ids=["one word", "accents", "words"])
def test_no_line_is_longer_than_a_server_takes(subject: str) -> None:
    files = (Attachment("n" * 255, "text/plain", b"x" * 5000), Attachment("é" * 127, "text/plain", b""))
    content = composed(mail(subject=subject, text="w" * 5000, html="<p>" * 3000, attachments=files))
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS.keys())
@pytest.mark.parametrize("field", ["subject", "to", "cc", "bcc", "reply_to", "filename", "content_type"])
def test_a_control_character_is_refused_wherever_it_could_end_a_header(field: str, text: str) -> None:
    match field:
        case "subject":
            wanted = mail(subject=text)
        case "filename" | "content_type":
            names = {"filename": "a.txt", "content_type": "text/plain"} | {field: text}
            wanted = mail(attachments=(Attachment(**names, content=b""),))
        case _:
            wanted = mail(**{field: (f"{text} <ada@example.org>",)})
    with pytest.raises(Discard, match=r"control character|is no address|content type"):
        _ = wanted.recipients, composed(wanted)


def test_a_sender_of_two_lines_is_refused() -> None:
    with pytest.raises(Discard, match=r"from: .* is no address"):
        composed(mail(), sender="a\nBcc: evil <shop@example.org>")


def test_each_recipient_gets_it_once() -> None:
    wanted = mail(to=("A <a@example.org>", "b@example.org"), cc=("a@example.org",), bcc=("c@example.org", "b@example.org"))
    assert wanted.recipients == ["a@example.org", "b@example.org", "c@example.org"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org,bob@example.org",
        "ada@example.org bob@example.org",
        "ada@example.org>",
        "<ada@example.org",
        "ada@example.org\n",
        "a..b@example.org",
        ".a@example.org",
        "ada@-example.org",
        "ada@exa mple.org",
        "ada@ex\u00e4mple.org",
        "Ada <ada@example.org> <bob@example.org>",
        "ada@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Discard, match=r"^to: '.*' is no address: write ada@example\.org or"):
        composed(mail(to=(address,)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.org", Address("", "ada@example.org")),
        ("a.b+c@mail.example.org", Address("", "a.b+c@mail.example.org")),
        ("root@mailhost", Address("", "root@mailhost")),
        ("Ada Lovelace <ada@example.org>", Address("Ada Lovelace", "ada@example.org")),
        ('"Lovelace, Ada" <ada@example.org>', Address("Lovelace, Ada", "ada@example.org")),
        (" <ada@example.org>", Address("", "ada@example.org")),
    ],
)
def test_an_address_may_have_a_name(text: str, expected: Address) -> None:
    assert Address.parsed(text, "to") == expected


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("../a.txt", "text/plain"),
        ("a\\b.txt", "text/plain"),
        ("", "text/plain"),
        ("é" * 128, "text/plain"),
        ("a.eml", "message/rfc822"),
        ("a", "multipart/mixed"),
        ("a", "text/plain; charset=x"),
        ("a", "text"),
    ],
)
def test_a_file_that_would_confuse_a_reader_is_refused(filename: str, content_type: str) -> None:
    with pytest.raises(Discard, match=r"^attachments: "):
        composed(mail(attachments=(Attachment(filename, content_type, b""),)))


def test_a_mail_that_says_nothing_is_refused() -> None:
    with pytest.raises(Discard, match="neither text nor html"):
        composed(mail(text=None))
