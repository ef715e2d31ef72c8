"""A mail server on a free port of this machine that answers as a test wants and keeps what it accepts."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Received:
    """One accepted mail: its envelope, its bytes, whether they came after STARTTLS, and as whom."""

    sender: str
    recipients: list[str]
    content: bytes
    by_starttls: bool
    login: str | None

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Manners:
    """What the server answers; an answer left out is the usual 250."""

    refuse: Mapping[str, str] = field(default_factory=dict)
    refuse_sender: str | None = None
    refuse_content: str | None = None
    goodbye: str | None = None


class MailServer:
    """aiosmtpd's callbacks."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.received: list[Received] = []
        self.port = 0

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.manners.refuse_sender is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.manners.refuse_sender or "250 sender ok"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.manners.refuse.get(address, "250 recipient ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.manners.refuse_content is not None:
            return self.manners.refuse_content
        login = session.auth_data.decode() if session.auth_data else None
        received = Received(envelope.mail_from, envelope.rcpt_tos, envelope.content, session.ssl is not None, login)
        self.received.append(received)
        return "250 kept"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.manners.goodbye or "221 bye"


@contextmanager
def mail_server(
    manners: Manners | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[MailServer]:
    """Serves until the end of the block. login: (name, password) that must be given after STARTTLS."""
    server = MailServer(manners or Manners())
    loop = asyncio.new_event_loop()

    def connection() -> SMTP:
        return SMTP(
            server,
            loop=loop,
            hostname="127.0.0.1",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=_authenticator(login),
            auth_required=login is not None,
        )

    listening = loop.run_until_complete(loop.create_server(connection, "127.0.0.1", 0, ssl=tls))
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _authenticator(login: tuple[str, str] | None) -> Any:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False, auth_data=data.login)

    return authenticate


async def _stop(listening: asyncio.Server) -> None:
    listening.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
