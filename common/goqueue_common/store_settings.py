"""Settings of services that have PostgreSQL too. Apart from the others, because reading its URL takes SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from goqueue_common.errors import SettingsError
from goqueue_common.settings import ServiceSettings, clear_errors, mask_url

if TYPE_CHECKING:
    from environs import FileAwareEnv

_DATABASE_URL_FORM = "postgresql://user:password@host:5432/database"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings(ServiceSettings):
    """PostgreSQL besides; its URL is normalised too."""

    database_url: str

    @classmethod
    def read(cls, env: FileAwareEnv) -> StoreSettings:
        """From DATABASE_URL and what every service reads. Raises SettingsError."""
        service = ServiceSettings.read(env)
        with clear_errors():
            return StoreSettings(
                database_url=normalise_database_url(env.str("DATABASE_URL", "postgresql://localhost:5432/goqueue")),
                redis_url=service.redis_url,
                prefix=service.prefix,
                log_level=service.log_level,
                log_format=service.log_format,
                redact=service.redact,
            )


def normalise_database_url(url: str) -> str:
    """`postgres://`, `postgresql://` or with a driver -> `postgresql+psycopg2://`. Raises SettingsError.

    SQLAlchemy 2.1 refuses postgres:// and takes postgresql:// for psycopg 3.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise SettingsError(f"DATABASE_URL={mask_url(url)!r} is no PostgreSQL URL: write {_DATABASE_URL_FORM}")
    try:
        parsed = make_url(f"postgresql+psycopg2://{rest}")
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"DATABASE_URL={mask_url(url)!r} cannot be read: write {_DATABASE_URL_FORM}") from error
    if "@" in f"{parsed.host}{parsed.database}":  # PostgreSQL would tell, with the rest of the password as a host's name
        raise SettingsError(f"DATABASE_URL={mask_url(url)!r} has an '@' in its user or password: write it as %40")
    return parsed.render_as_string(hide_password=False)
