"""What the schema of email.send takes, and what becomes of a payload that it took."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from goqueue_builtin import email_send
from goqueue_builtin.email_send import SCHEMA, mail_of
from goqueue_builtin.mail import Attachment, Mail
from goqueue_builtin.media import Media
from goqueue_worker import Discard
from tests.unit.builtin.test_mail import CONTROLS

ACCEPTED = jsonschema_rs.validator_for(SCHEMA, offline=True)
LEAST = {"to": ["ada@example.org"], "subject": "Hello", "text": "Hi"}
DATA = base64.b64encode(b"a;b").decode()


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in LEAST.items() if key != name}


@pytest.mark.parametrize(
    "payload",
    [
        LEAST,
        without("text") | {"html": "<p>Hi"},
        LEAST | {"html": "<p>Hi", "cc": ["Ada <a@example.org>"], "bcc": ["b@example.org"], "reply_to": ["c@example.org"]},
        LEAST | {"attachments": [{"filename": "a.csv", "data": DATA}, {"path": "a/b.pdf", "content_type": "image/png"}]},
        LEAST | {"to": [f"a{number}@example.org" for number in range(100)]},
        LEAST | {"text": "two\r\nlines"},
    ],
    ids=["least", "html alone", "everybody", "attachments", "a hundred", "lines"],
)
def test_the_schema_takes(payload: dict[str, Any]) -> None:
    ACCEPTED.validate(payload)


@pytest.mark.parametrize(
    "payload",
    [
        without("to"),
        without("subject"),
        without("text"),
        LEAST | {"to": []},
        LEAST | {"to": "ada@example.org"},
        LEAST | {"to": ["ada"]},
        LEAST | {"to": [f"a{number}@example.org" for number in range(101)]},
        LEAST | {"subject": ""},
        LEAST | {"subject": "x" * 501},
        LEAST | {"from": "evil@example.org"},
        LEAST | {"attachments": [{"data": DATA}]},
        LEAST | {"attachments": [{"filename": "a", "data": DATA, "path": "a"}]},
        LEAST | {"attachments": [{"filename": "a/b", "data": DATA}]},
        LEAST | {"attachments": [{"filename": "a", "data": "not base64!"}]},
        LEAST | {"attachments": [{"filename": "a", "data": DATA, "content_type": "message/rfc822"}]},
        LEAST | {"attachments": [{"filename": "a", "data": DATA}] * 21},
    ],
)
def test_the_schema_refuses(payload: dict[str, Any]) -> None:
    assert not ACCEPTED.is_valid(payload)


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS.keys())
@pytest.mark.parametrize("field", ["subject", "to", "cc", "bcc", "reply_to", "filename", "content_type", "path"])
def test_the_schema_refuses_control_characters(field: str, text: str) -> None:
    payload: dict[str, Any] = LEAST | {field: text if field == "subject" else [f"{text} <ada@example.org>"]}
    if field in ("filename", "content_type"):
        payload = LEAST | {"attachments": [{"filename": "a", "data": DATA} | {field: text}]}
    if field == "path":
        payload = LEAST | {"attachments": [{"path": text}]}
        if text[1] > "\x1f":  # no danger in a path
            return
    assert not ACCEPTED.is_valid(payload)


def test_a_payload_becomes_a_mail(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.pdf").write_bytes(b"%PDF")
    payload = LEAST | {
        "cc": ["c@example.org"],
        "attachments": [{"filename": "a.csv", "data": DATA}, {"path": "a/b.pdf"}, {"path": "a/b.pdf", "filename": "c"}],
    }
    assert mail_of(payload, Media(tmp_path)) == Mail(
        to=("ada@example.org",),
        cc=("c@example.org",),
        subject="Hello",
        text="Hi",
        attachments=(
            Attachment("a.csv", "text/csv", b"a;b"),
            Attachment("b.pdf", "application/pdf", b"%PDF"),
            Attachment("c", "application/octet-stream", b"%PDF"),
        ),
    )


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("a.png", "image/png"),
        ("a.html", "text/html"),
        ("a.csv.gz", "application/octet-stream"),
        ("a.eml", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_content_type_is_guessed_by_the_name_unless_it_cannot_be_attached(filename: str, content_type: str) -> None:
    (attachment,) = mail_of(LEAST | {"attachments": [{"filename": filename, "data": ""}]}, Media(None)).attachments
    assert attachment.content_type == content_type


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../secret.txt", "leads outside GOQUEUE_MEDIA_ROOT"),
        ("a/../../secret.txt", "leads outside GOQUEUE_MEDIA_ROOT"),
        ("link.txt", "leads outside GOQUEUE_MEDIA_ROOT"),
        ("link/secret.txt", "leads outside GOQUEUE_MEDIA_ROOT"),
        ("/etc/hostname", "must be relative"),
        ("missing.txt", "no such file"),
        (".", "leads outside"),
    ],
)
def test_a_file_outside_the_media_root_is_never_attached(tmp_path: Path, path: str, message: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(Discard, match=message):
        mail_of(LEAST | {"attachments": [{"path": path}]}, Media(root))


def test_attachments_are_limited_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_send, "MAX_ATTACHED_BYTES", 10)
    (tmp_path / "five").write_bytes(b"12345")
    media = Media(tmp_path)
    assert len(mail_of(LEAST | {"attachments": [{"path": "five"}] * 2}, media).attachments) == 2
    with pytest.raises(Discard, match="attachments: more than 10 bytes in all"):
        mail_of(LEAST | {"attachments": [{"path": "five"}, {"filename": "six", "data": "MTIzNDU2"}]}, media)
    (tmp_path / "eleven").write_bytes(b"12345678901")
    with pytest.raises(Discard, match="larger than 10 bytes"):
        mail_of(LEAST | {"attachments": [{"path": "eleven"}]}, media)


@pytest.mark.parametrize("data", ["a", "a=b", "####", "YQ==\n"])
def test_data_that_is_not_base64_is_refused(data: str) -> None:
    with pytest.raises(Discard, match="attachments/0/data is not base64"):
        mail_of(LEAST | {"attachments": [{"filename": "a", "data": data}]}, Media(None))
