"""Settings that every service shares: where Redis is and how it logs. The environment is read in settings only.

A service has one frozen dataclass of its own (goqueue_api.settings and so on) that holds a StoreSettings, or where it
knows no PostgreSQL, a ServiceSettings. `NAME_FILE` may name a file that holds the value of NAME (Docker and Kubernetes
secrets).
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from environs import EnvError, EnvValidationError, FileAwareEnv

from goqueue_common.errors import SettingsError
from goqueue_common.sentinel_url import SentinelUrl, is_sentinel_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_LEVELS = ("debug", "info", "warning", "error")
_LOG_FORMATS = ("auto", "console", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Redis and logging; the URL is normalised. redact: fields of payloads whose values are not shown."""

    redis_url: str
    prefix: str
    log_level: str
    log_format: str
    redact: Sequence[str] = ()

    @classmethod
    def read(cls, env: FileAwareEnv) -> ServiceSettings:
        """From REDIS_URL, GOQUEUE_PREFIX, GOQUEUE_LOG_LEVEL, GOQUEUE_LOG_FORMAT, GOQUEUE_REDACT. Raises SettingsError."""
        with clear_errors():
            prefix = env.str("GOQUEUE_PREFIX", "goqueue")
            if not _PREFIX.fullmatch(prefix):
                raise SettingsError(f"GOQUEUE_PREFIX={prefix!r}: use 1 to 32 letters, digits, '.', '_', '-'")
            return ServiceSettings(
                redis_url=normalise_redis_url(env.str("REDIS_URL", "redis://localhost:6379/0")),
                prefix=prefix,
                log_level=_choice(env, "GOQUEUE_LOG_LEVEL", "info", _LEVELS),
                log_format=_choice(env, "GOQUEUE_LOG_FORMAT", "auto", _LOG_FORMATS),
                redact=tuple(name for part in env.str("GOQUEUE_REDACT", "").split(",") if (name := part.strip())),
            )


def environment() -> FileAwareEnv:
    """The process environment; NAME_FILE names a file with the value of NAME."""
    return FileAwareEnv(strip_whitespace=True)


def host_and_port(name: str, address: str, usual_port: int) -> tuple[str, int]:
    """`host:port` or `[IPv6]:port` of the setting `name`. Raises SettingsError, which shows the usual port."""
    host, separator, port = address.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not separator or not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise SettingsError(f"{name}={address!r} is no address: write host:port, such as 127.0.0.1:{usual_port}")
    return host, int(port)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what environs raises into one SettingsError line that names the variable and its value."""
    try:
        yield
    except EnvValidationError as error:
        name = str(error).split('"')[1]  # it says so nowhere else
        value = os.environ.get(name, os.environ.get(f"{name}_FILE"))
        raise SettingsError(f"{name}={value!r}: {' '.join(error.error_messages)}") from error
    except (EnvError, OSError, ValueError) as error:
        raise SettingsError(str(error)) from error


def _choice(env: FileAwareEnv, name: str, default: str, choices: tuple[str, ...]) -> str:
    value = str(env.str(name, default)).lower()
    if value not in choices:
        raise SettingsError(f"{name}={value!r}: choose one of {', '.join(choices)}")
    return value


def normalise_redis_url(url: str) -> str:
    """`host:port` (as in the roadmap) -> a URL with a scheme, and others as they are (see SentinelUrl).

    Raises SettingsError.
    """
    url = url.strip()
    if is_sentinel_url(url):
        return _checked_sentinel_url(url)
    full = url if "://" in url else f"redis://{url}"
    try:
        parts = urlsplit(full)
        valid = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise SettingsError(
            f"REDIS_URL={mask_url(url)!r} is no Redis URL: write redis://host:6379/0, rediss:// or host:6379"
        )
    return full


def _checked_sentinel_url(url: str) -> str:
    try:
        SentinelUrl.parse(url)
    except ValueError as error:
        raise SettingsError(
            f"REDIS_URL={mask_url(url)!r} cannot be read: write redis+sentinel://:password@host:26379,host:26379/service/0"
        ) from error
    return url


def mask_url(url: str) -> str:
    """The URL with its password, and any secret in its query, hidden."""
    hidden = re.sub(r"(://[^:/]*):.*@", r"\1:***@", url) if "://" in url else re.sub(r"^.*@", "***@", url)
    return re.sub(r"(?i)((?:^|[?&\s])[^=&\s]*(?:password|secret|key)[^=&]*=)[^&\s]*", r"\1***", hidden)


def describe(settings: object, *, secrets: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """(name, value) of every setting for `--check`, nested ones included, secrets masked."""
    lines: list[tuple[str, str]] = []
    for item in fields(settings):  # type: ignore[arg-type]  # any of our settings dataclasses
        value = getattr(settings, item.name)
        if hasattr(value, "__dataclass_fields__"):
            lines += describe(value, secrets=secrets)
        elif item.name in secrets:
            lines.append((item.name, "***" if value else "not set"))
        elif item.name.endswith("_url"):
            lines.append((item.name, mask_url(str(value))))
        else:
            lines.append((item.name, _shown(value)))
    return lines


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "(none)"
    return "(none)" if value is None else str(value)


def format_check(settings: object, *, secrets: frozenset[str] = frozenset()) -> str:
    """What `--check` prints: one aligned line a setting."""
    lines = describe(settings, secrets=secrets)
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines)
