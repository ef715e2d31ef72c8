from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from goqueue_common.errors import SettingsError
from goqueue_common.settings import clear_errors, environment, format_check, mask_url, normalise_redis_url
from goqueue_common.store_settings import StoreSettings, normalise_database_url

VARIABLES = ("DATABASE_URL", "REDIS_URL", "GOQUEUE_PREFIX", "GOQUEUE_LOG_LEVEL", "GOQUEUE_LOG_FORMAT")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://user:pass@postgres:5432/goqueue", "postgresql+psycopg2://user:pass@postgres:5432/goqueue"),
        ("postgresql://user:pass@db/goqueue", "postgresql+psycopg2://user:pass@db/goqueue"),
        ("postgresql+psycopg2://user@db/goqueue", "postgresql+psycopg2://user@db/goqueue"),
        ("postgresql+psycopg://user@db/goqueue", "postgresql+psycopg2://user@db/goqueue"),
        ("postgres://db/goqueue?sslmode=require", "postgresql+psycopg2://db/goqueue?sslmode=require"),
        (
            "postgresql://u:p@db/q?sslmode=verify-full&sslrootcert=%2Fca.pem",
            "postgresql+psycopg2://u:p@db/q?sslmode=verify-full&sslrootcert=%2Fca.pem",
        ),
        ("postgresql://u:p%40ss%2Fw%3Ard@db/q", "postgresql+psycopg2://u:p%40ss%2Fw%3Ard@db/q"),
        ("postgresql://u:p@[::1]:5432/q", "postgresql+psycopg2://u:p@[::1]:5432/q"),
        ("postgresql:///q?host=%2Fvar%2Frun", "postgresql+psycopg2:///q?host=%2Fvar%2Frun"),
        ("  postgres://db/goqueue\n", "postgresql+psycopg2://db/goqueue"),
    ],
)
def test_a_database_url_is_normalised_to_the_driver(given: str, expected: str) -> None:
    assert normalise_database_url(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis:6379", "redis://redis:6379"),
        ("localhost:6379/1", "redis://localhost:6379/1"),
        ("cache", "redis://cache"),
        (":secret@cache:6379", "redis://:secret@cache:6379"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
        ("redis://user:secret@cache/2", "redis://user:secret@cache/2"),
        ("rediss://:secret@cache:6380/0", "rediss://:secret@cache:6380/0"),
        ("rediss://cache/0?ssl_cert_reqs=none", "rediss://cache/0?ssl_cert_reqs=none"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379/0"),
        ("  redis:6379\n", "redis://redis:6379"),
        (" redis+sentinel://:secret@a,b:26380/main/1\n", "redis+sentinel://:secret@a,b:26380/main/1"),
    ],
)
def test_a_redis_url_is_normalised_to_a_scheme(given: str, expected: str) -> None:
    assert normalise_redis_url(given) == expected


@pytest.mark.parametrize(
    "url",
    ["", "goqueue", "localhost:5432/goqueue", "mysql://root:hunter2@db/q", "postgres://u:hunter2@db:port/q", "://x",
     "u:hunter2@db:5432/q", "http://us@er:hunter2@db/q", "postgres://u:a@hunter2@db/q", "postgres://u:a@hunter2/b@db/q"],
)  # fmt: skip
def test_a_database_url_that_is_none_is_refused_in_one_line_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL=") as caught:
        normalise_database_url(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "redis://", "http://cache:6379", "redis://cache:port", "redis://cache:99999", "redis://cache:0", "redis://[::1",
     "redis://:hunter2@:6379", ":hunter2@:6379", "unix:///tmp/redis.sock", ":a@hunter2@:6379",
     "redis+sentinel://:hunter2@a:26379,b:26379", "redis+sentinel://:hunter2@a/main/x", "redis+sentinel://:hunter2@a,/main",
     "redis+sentinel://:hunter2@a:port/main", "redis+sentinel://:hunter2@a:0/main"],
)  # fmt: skip
def test_a_redis_url_that_is_none_is_refused_in_one_line_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^REDIS_URL=") as caught:
        normalise_redis_url(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://u:hunter2@db:5432/q", "postgresql://u:***@db:5432/q"),
        ("postgresql://u:hun@ter2@db/q", "postgresql://u:***@db/q"),
        ("postgresql://u:hun/ter:2@db/q", "postgresql://u:***@db/q"),
        ("postgresql://us@er:hunter2@db/q", "postgresql://us@er:***@db/q"),
        ("redis://:hunter2@cache/0", "redis://:***@cache/0"),
        (":hunter2@cache:6379", "***@cache:6379"),
        ("u:hun@ter2@cache", "***@cache"),
        ("postgresql://db/q?password=hunter2&sslmode=require", "postgresql://db/q?password=***&sslmode=require"),
        ("postgresql://db/q?sslmode=require&sslpassword=hunter2", "postgresql://db/q?sslmode=require&sslpassword=***"),
        ("redis+sentinel://:hunter2@a:1,b:1/main", "redis+sentinel://:***@a:1,b:1/main"),
        ("redis+sentinel://a/main?sentinel_password=hunter2", "redis+sentinel://a/main?sentinel_password=***"),
        ("redis://cache/0?password=hunter2", "redis://cache/0?password=***"),
        ("postgresql://db:5432/q?sslmode=require", "postgresql://db:5432/q?sslmode=require"),
        ("redis:6379", "redis:6379"),
    ],
)
def test_a_masked_url_shows_everything_but_the_password(url: str, masked: str) -> None:
    assert mask_url(url) == masked


def test_an_empty_environment_means_both_stores_on_this_machine() -> None:
    settings = StoreSettings.read(environment())
    assert settings.database_url == "postgresql+psycopg2://localhost:5432/goqueue"
    assert settings.redis_url == "redis://localhost:6379/0"
    assert (settings.prefix, settings.log_level, settings.log_format) == ("goqueue", "info", "auto")


def test_the_environment_wins_over_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(VARIABLES, ("postgres://db/q", "redis:6379", "team-7", "DEBUG", "Json"), strict=True):
        monkeypatch.setenv(name, value)
    assert StoreSettings.read(environment()) == StoreSettings(
        database_url="postgresql+psycopg2://db/q",
        redis_url="redis://redis:6379",
        prefix="team-7",
        log_level="debug",
        log_format="json",
    )


@pytest.mark.parametrize(
    ("name", "content", "field", "expected"),
    [
        ("DATABASE_URL", "postgres://u:s3cret@db/q\n", "database_url", "postgresql+psycopg2://u:s3cret@db/q"),
        ("REDIS_URL", "redis://:s3cret@cache:6379/0\n", "redis_url", "redis://:s3cret@cache:6379/0"),
    ],
)
def test_name_file_names_a_file_with_the_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: str, field: str, expected: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(content)
    monkeypatch.setenv(f"{name}_FILE", str(secret))
    assert getattr(StoreSettings.read(environment()), field) == expected


def test_a_secret_file_that_is_missing_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"^The value of DATABASE_URL_FILE must be") as caught:
        StoreSettings.read(environment())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOQUEUE_PREFIX", "with space"),
        ("GOQUEUE_PREFIX", "{tag}"),
        ("GOQUEUE_PREFIX", "x" * 33),
        ("GOQUEUE_LOG_LEVEL", "loud"),
        ("GOQUEUE_LOG_FORMAT", "xml"),
        ("DATABASE_URL", "sqlite:///q.db"),
        ("REDIS_URL", "memcached://cache"),
    ],
)
def test_nonsense_is_refused_with_the_name_of_the_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}="):
        StoreSettings.read(environment())


def test_what_is_no_number_is_refused_with_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_LEASE", "half a minute")
    with pytest.raises(SettingsError, match=r"^GOQUEUE_LEASE='half a minute': Not a valid number\.$"), clear_errors():
        environment().float("GOQUEUE_LEASE", 30.0)


@dataclass(frozen=True)
class ServiceSettings:
    stores: StoreSettings
    api_key: str | None
    queues: tuple[str, ...]
    timeout: float | None


def test_the_check_shows_every_setting_and_no_secret() -> None:
    stores = StoreSettings(
        database_url="postgresql+psycopg2://u:hunter2@db/q",
        redis_url="redis://:hunter2@cache/0",
        prefix="goqueue",
        log_level="info",
        log_format="auto",
    )
    shown = format_check(ServiceSettings(stores, "hunter2", ("a", "b"), None), secrets=frozenset({"api_key"}))
    assert "hunter2" not in shown
    assert [line.split(maxsplit=1) for line in shown.splitlines()] == [
        ["redis_url", "redis://:***@cache/0"],
        ["prefix", "goqueue"],
        ["log_level", "info"],
        ["log_format", "auto"],
        ["redact", "(none)"],
        ["database_url", "postgresql+psycopg2://u:***@db/q"],
        ["api_key", "***"],
        ["queues", "a, b"],
        ["timeout", "(none)"],
    ]
