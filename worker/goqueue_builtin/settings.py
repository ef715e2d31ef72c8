"""Settings of the built-in job types: where mail goes, where files are, what may be called. Read in each worker process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final

from environs import FileAwareEnv

from goqueue_common.errors import SettingsError
from goqueue_common.settings import clear_errors, environment

Network = IPv4Network | IPv6Network

_DEFAULT_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class BuiltinSettings:
    """What a worker's environment says about the built-in types; None: that cannot be done here.

    media_root: the only folder whose files jobs may read and write.
    smtp_security: starttls (required of the server), tls (from the first byte) or none.
    http_allowed_networks: private addresses that jobs may call all the same.
    """

    media_root: Path | None
    smtp_host: str | None
    smtp_port: int
    smtp_security: str
    smtp_username: str | None
    smtp_password: str | None
    smtp_from: str | None
    summary_recipients: tuple[str, ...]
    http_allowed_networks: tuple[Network, ...]

    @classmethod
    def read(cls) -> BuiltinSettings:
        """From the environment, as docs/configuration.md says. Raises SettingsError."""
        env = environment()
        with clear_errors():
            security = env.str("GOQUEUE_SMTP_SECURITY", "starttls").lower()
            if security not in _DEFAULT_PORTS:
                raise SettingsError(f"GOQUEUE_SMTP_SECURITY={security!r}: choose one of {', '.join(_DEFAULT_PORTS)}")
            settings = cls(
                media_root=_folder(env.str("GOQUEUE_MEDIA_ROOT", "")),
                smtp_host=env.str("GOQUEUE_SMTP_HOST", "") or None,
                smtp_port=env.int("GOQUEUE_SMTP_PORT", _DEFAULT_PORTS[security]),
                smtp_security=security,
                smtp_username=env.str("GOQUEUE_SMTP_USERNAME", "") or None,
                smtp_password=env.str("GOQUEUE_SMTP_PASSWORD", "") or None,
                smtp_from=env.str("GOQUEUE_SMTP_FROM", "") or None,
                summary_recipients=_words(env.str("GOQUEUE_SUMMARY_RECIPIENTS", "")),
                http_allowed_networks=_networks(env),
            )
        if (settings.smtp_username is None) != (settings.smtp_password is None):
            raise SettingsError("GOQUEUE_SMTP_USERNAME and GOQUEUE_SMTP_PASSWORD go together: set both or neither")
        if settings.smtp_username is not None and security == "none":
            raise SettingsError(
                "GOQUEUE_SMTP_SECURITY=none would send GOQUEUE_SMTP_PASSWORD in clear: use starttls or tls, or no login"
            )
        return settings


@cache
def builtin_settings() -> BuiltinSettings:
    """This process's settings, read once. Raises SettingsError."""
    return BuiltinSettings.read()


def _folder(value: str) -> Path | None:
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_absolute():
        raise SettingsError(f"GOQUEUE_MEDIA_ROOT={value!r} must be an absolute path: workers start in different folders")
    return folder


def _networks(env: FileAwareEnv) -> tuple[Network, ...]:
    networks = []
    for word in _words(env.str("GOQUEUE_HTTP_ALLOWED_NETWORKS", "")):
        try:
            networks.append(ip_network(word))
        except ValueError as error:
            raise SettingsError(
                f"GOQUEUE_HTTP_ALLOWED_NETWORKS: {word!r} is no network: write 10.1.0.0/16 or a single address ({error})"
            ) from error
    return tuple(networks)


def _words(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
