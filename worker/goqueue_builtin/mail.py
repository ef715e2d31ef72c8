"""Mail: composing a message out of what a payload says, and handing it to the one server that the settings name.

Nothing of a payload becomes a header as it is: a character that could end a header is refused, what is not plain is encoded
here, and the newer header classes of the standard library are not used, because they decode `=?utf-8?q?=0A?=` into the line
break that it hides (CVE-2024-6923). Addresses, subjects and bodies are never logged.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Any, Final, NamedTuple

from goqueue_builtin.settings import BuiltinSettings
from goqueue_common.errors import GoQueueError
from goqueue_worker import Discard, JobContext

_CONTROL: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SPEC: Final = rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"

_ADDRESS: Final = rf"^(?:[^{_CONTROL}<>]{{1,200}}<{_SPEC}>|{_SPEC})$"
ADDRESS_PATTERN: Final = rf"^(?:[^{_CONTROL}<>]+<)?[!-;=?A-~]+@[A-Za-z0-9.-]+>?$"
"""For a schema: wider than what Address takes, since a refusal shows the pattern, and this one can be read."""
ONE_LINE_PATTERN: Final = rf"^[^{_CONTROL}]+$"
FILENAME_PATTERN: Final = rf"^[^{_CONTROL}/\\]+$"
CONTENT_TYPE_PATTERN: Final = r"^(?:application|audio|font|image|model|text|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$"

_SOCKET_SECONDS: Final = 30.0
_WIRE: Final = compat32.clone(linesep="\r\n", mangle_from_=False)
_BODY: Final = Charset("utf-8")
_BODY.body_encoding = QP


class MailNotSent(GoQueueError):
    """The server could not be reached, or would not take the mail now; the message says what it answered."""

    code = "mail_not_sent"


class Address(NamedTuple):
    """Somebody's name, which may be empty, and address."""

    name: str
    spec: str

    @classmethod
    def parsed(cls, text: str, where: str) -> Address:
        """From `Name <address>` or an address. Raises Discard."""
        if not _matches(_ADDRESS, text):
            raise Discard(f"{where}: {text!r} is no address: write ada@example.org or Ada Lovelace <ada@example.org>")
        name, _, spec = text.rpartition("<")
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1]
        return cls(name, spec.removesuffix(">"))

    @property
    def header(self) -> str:
        """As it stands in a header, pure ASCII."""
        if _is_plain(self.name):
            return formataddr((self.name, self.spec))
        return f"{_encoded(self.name)} <{self.spec}>"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What shall be sent. Addresses as `Address.parsed` takes them; text and html are the same said in two ways."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str
    text: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def recipients(self) -> list[str]:
        """Every address it goes to, each once. Raises Discard."""
        named = {"to": self.to, "cc": self.cc, "bcc": self.bcc}
        return list(dict.fromkeys(Address.parsed(text, field).spec for field, texts in named.items() for text in texts))


class Mailer:
    """The server and the sender of all mail. Each mail takes a connection of its own: any thread may send.

    tls: instead of the system's certificate authorities, for servers that these do not know.
    """

    def __init__(self, settings: BuiltinSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = tls or ssl.create_default_context()

    def send(self, mail: Mail, job: JobContext) -> dict[str, Any]:
        """Send one mail, under a Message-ID that is the same for all attempts of a job.

        Returns {"message_id", "accepted": [address], "refused": {address: the server's words}}. Raises Discard when trying
        again is useless, else MailNotSent.
        """
        if self._settings.smtp_host is None:
            raise Discard("this worker cannot send mail: set GOQUEUE_SMTP_HOST to the server that takes it")
        if self._settings.smtp_from is None:
            raise Discard("this worker cannot send mail: set GOQUEUE_SMTP_FROM to the sender's address")
        sender = Address.parsed(self._settings.smtp_from, "GOQUEUE_SMTP_FROM")
        message_id = f"<{job.id}@{sender.spec.rpartition('@')[2]}>"
        document = compose(mail, sender=sender, message_id=message_id, date=datetime.now(UTC))
        recipients = mail.recipients
        job.progress(0.0, "connecting")
        refused = self._deliver(sender.spec, recipients, document, job)
        job.progress(1.0, "sent")
        job.log("mail_sent", recipients=len(recipients), refused=len(refused), size_bytes=len(document))
        accepted = [address for address in recipients if address not in refused]
        return {"message_id": message_id, "accepted": accepted, "refused": refused}

    def _deliver(self, sender: str, recipients: list[str], document: bytes, job: JobContext) -> dict[str, str]:
        try:
            with self._session(self._settings.smtp_host or "") as server:
                job.progress(0.5, "sending")
                return _in_words(server.sendmail(sender, recipients, document))
        except smtplib.SMTPRecipientsRefused as error:
            words = "; ".join(f"{address}: {reply}" for address, reply in _in_words(error.recipients).items())
            if all(_is_permanent(code) for code, _ in error.recipients.values()):
                raise Discard(f"the mail server refused every recipient: {words}") from error
            raise MailNotSent(f"the mail server took no recipient: {words}") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            words = _reply(error.smtp_code, error.smtp_error)
            if _is_permanent(error.smtp_code):
                raise Discard(f"the mail server refused the message: {words}") from error
            raise MailNotSent(f"the mail server did not take the message: {words}") from error
        except smtplib.SMTPAuthenticationError as error:
            raise MailNotSent(f"the mail server refused the login: {_reply(error.smtp_code, error.smtp_error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self._settings.smtp_host}:{self._settings.smtp_port} ({self._settings.smtp_security})"
            raise MailNotSent(f"mail server {where}: {error}") from error

    @contextmanager
    def _session(self, host: str) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        server = (
            smtplib.SMTP_SSL(host, settings.smtp_port, timeout=_SOCKET_SECONDS, context=self._tls)
            if settings.smtp_security == "tls"
            else smtplib.SMTP(host, settings.smtp_port, timeout=_SOCKET_SECONDS)
        )
        try:
            if settings.smtp_security == "starttls":
                server.starttls(context=self._tls)
            if settings.smtp_username is not None and settings.smtp_password is not None:
                server.login(settings.smtp_username, settings.smtp_password)
            yield server
            # The mail is accepted: whatever becomes of the goodbye must not send it once more.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


def compose(mail: Mail, *, sender: Address, message_id: str, date: datetime) -> bytes:
    """The message as it goes over the wire; bcc is not in it. Raises Discard for what cannot stand in a header."""
    if not _matches(ONE_LINE_PATTERN, mail.subject):
        raise Discard("subject: empty, or a control character is in it")
    message = _body(mail)
    if mail.attachments:
        message, body = MIMEMultipart("mixed"), message
        for part in (body, *map(_attached, mail.attachments)):
            message.attach(part)
    message["From"] = sender.header
    message["To"] = _listed("to", mail.to)
    if mail.cc:
        message["Cc"] = _listed("cc", mail.cc)
    if mail.reply_to:
        message["Reply-To"] = _listed("reply_to", mail.reply_to)
    message["Subject"] = _encoded(mail.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes(policy=_WIRE)


def _body(mail: Mail) -> Message:
    parts = [_text(text, subtype) for text, subtype in ((mail.text, "plain"), (mail.html, "html")) if text is not None]
    if not parts:
        raise Discard("the mail has neither text nor html: give one of them, or both")
    return parts[0] if len(parts) == 1 else MIMEMultipart("alternative", _subparts=parts)


def _text(text: str, subtype: str) -> Message:
    part = MIMENonMultipart("text", subtype)
    part.set_payload("\n".join(text.splitlines()) + "\n", _BODY)
    return part


def _attached(attachment: Attachment) -> Message:
    # 255 bytes, as on a disk: encoded they still fit a line of 998 characters, which no server has to take more of.
    if not _matches(FILENAME_PATTERN, attachment.filename) or len(attachment.filename.encode()) > 255:
        raise Discard(
            f"attachments: {attachment.filename!r} is no file name: at most 255 bytes, no control character, / or \\ in it"
        )
    if not _matches(CONTENT_TYPE_PATTERN, attachment.content_type):
        raise Discard(
            f"attachments: {attachment.content_type!r} is no content type that can be attached, such as image/png"
        )
    part = MIMENonMultipart(*attachment.content_type.split("/"))
    part.set_payload(attachment.content)
    encode_base64(part)
    name = attachment.filename
    part.add_header("Content-Disposition", "attachment", filename=name if _is_plain(name) else ("utf-8", "", name))
    return part


def _listed(where: str, addresses: tuple[str, ...]) -> str:
    return ", ".join(Address.parsed(text, where).header for text in addresses)


def _matches(pattern: str, text: str) -> bool:
    # fullmatch: in Python, $ would let a line break at the end pass
    return re.fullmatch(pattern, text) is not None


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded(text: str) -> str:
    # Shorter lines than a header may have: its name goes before the first one.
    return text if _is_plain(text) else Header(text, "utf-8", maxlinelen=64).encode()


def _is_permanent(code: int) -> bool:
    return 500 <= code < 600


def _in_words(replies: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    return {address: _reply(*reply) for address, reply in replies.items()}


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:500]
