"""Where traces and errors are sent, if anywhere."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from goqueue_common.errors import SettingsError

if TYPE_CHECKING:
    from environs import FileAwareEnv

SECRETS: Final = frozenset({"sentry_dsn"})
"""Settings that `--check` does not show."""
_PROTOCOL: Final = "http/protobuf"


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """otlp_endpoint: base URL of an OpenTelemetry collector. sentry_dsn: a project of Sentry. None: off."""

    otlp_endpoint: str | None = None
    sentry_dsn: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, env: FileAwareEnv) -> TelemetrySettings:
        """From OTEL_EXPORTER_OTLP_ENDPOINT and SENTRY_DSN. Raises SettingsError, also when what they need is missing.

        Whoever asks for traces and gets none without a word finds out on the day they are needed.
        """
        endpoint = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", None) or None
        dsn = env.str("SENTRY_DSN", None) or None
        if endpoint is not None:
            _require("OTEL_EXPORTER_OTLP_ENDPOINT", "otel", ("opentelemetry", "opentelemetry.sdk"))
            _check_url("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "http://localhost:4318")
            protocol = env.str("OTEL_EXPORTER_OTLP_PROTOCOL", _PROTOCOL)
            if protocol != _PROTOCOL:
                raise SettingsError(
                    f"OTEL_EXPORTER_OTLP_PROTOCOL={protocol!r}: GoQueue sends {_PROTOCOL} only; set that, and the "
                    "collector's HTTP port, usually 4318, in OTEL_EXPORTER_OTLP_ENDPOINT"
                )
        if dsn is not None:
            _require("SENTRY_DSN", "sentry", ("sentry_sdk",))
            _check_dsn(dsn)
        return cls(otlp_endpoint=endpoint, sentry_dsn=dsn)


def prefer_stable_names() -> None:
    """Have instrumentation name attributes of HTTP and databases as the stable conventions do, unless somebody chose."""
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")


def _require(name: str, extra: str, modules: tuple[str, ...]) -> None:
    if any(importlib.util.find_spec(module) is None for module in modules):
        raise SettingsError(f"{name} is set, but the extra it needs is not installed: pip install 'goqueue[{extra}]'")


def _check_url(name: str, url: str, example: str) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise SettingsError(f"{name}={url!r} is no URL: write something like {example}")


def _check_dsn(dsn: str) -> None:
    """It is a secret of sorts: never shown, not even when it is wrong."""
    try:
        parts = urlsplit(dsn)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname and parts.username and parts.path.strip("/"))
    except ValueError:
        valid = False
    if not valid:
        raise SettingsError("SENTRY_DSN is no DSN: copy it from Sentry's project settings, https://<key>@<host>/<project>")
