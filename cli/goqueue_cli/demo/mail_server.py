"""A mail server of this machine that keeps what it is sent, so that the demo can read it back."""

from __future__ import annotations

import warnings
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Self

from goqueue_cli.local.ports import find_free_port

with warnings.catch_warnings():
    # It imports names that newer Pythons deprecate.
    warnings.simplefilter("ignore", DeprecationWarning)
    from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from email.message import EmailMessage
    from types import TracebackType


class MailServer:
    """Serves SMTP on 127.0.0.1 for the length of a `with`."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self._messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._controller.stop()

    def received(self, message_id: str) -> EmailMessage | None:
        """The message with this Message-ID, if it came."""
        return next((message for message in self._messages if message["Message-ID"] == message_id), None)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message; called by aiosmtpd."""
        self._messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"
