"""Settings of the built-in types."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from goqueue_builtin.settings import BuiltinSettings
from goqueue_common.errors import SettingsError


def test_defaults_allow_nothing() -> None:
    settings = BuiltinSettings.read()
    assert (settings.media_root, settings.smtp_host, settings.summary_recipients) == (None, None, ())
    assert settings.http_allowed_networks == ()
    assert (settings.smtp_security, settings.smtp_port) == ("starttls", 587)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_port_follows_security(environment: Callable[..., None], security: str, port: int) -> None:
    environment(GOQUEUE_SMTP_SECURITY=security)
    assert BuiltinSettings.read().smtp_port == port


def test_lists_are_read_by_commas(environment: Callable[..., None]) -> None:
    environment(GOQUEUE_HTTP_ALLOWED_NETWORKS="10.1.0.0/16, ::1", GOQUEUE_SUMMARY_RECIPIENTS="a@example.org,,b@example.org")
    settings = BuiltinSettings.read()
    assert settings.http_allowed_networks == (ip_network("10.1.0.0/16"), ip_network("::1"))
    assert settings.summary_recipients == ("a@example.org", "b@example.org")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param({"GOQUEUE_MEDIA_ROOT": "media"}, "GOQUEUE_MEDIA_ROOT='media' must be an absolute path", id="relative"),
        pytest.param({"GOQUEUE_SMTP_SECURITY": "ssl"}, "choose one of starttls, tls, none", id="security"),
        pytest.param({"GOQUEUE_SMTP_PORT": "smtp"}, "GOQUEUE_SMTP_PORT", id="port"),
        pytest.param({"GOQUEUE_SMTP_USERNAME": "me"}, "set both or neither", id="half a login"),
        pytest.param(
            {"GOQUEUE_SMTP_USERNAME": "me", "GOQUEUE_SMTP_PASSWORD": "s3cret", "GOQUEUE_SMTP_SECURITY": "none"},
            "would send GOQUEUE_SMTP_PASSWORD in clear",
            id="login in clear",
        ),
        pytest.param({"GOQUEUE_HTTP_ALLOWED_NETWORKS": "10.0.0.0/33"}, "'10.0.0.0/33' is no network", id="network"),
        pytest.param({"GOQUEUE_HTTP_ALLOWED_NETWORKS": "10.1.2.3/16"}, "has host bits set", id="host bits"),
    ],
)
def test_nonsense_is_refused(environment: Callable[..., None], values: dict[str, str], says: str) -> None:
    environment(**values)
    with pytest.raises(SettingsError, match=says) as refused:
        BuiltinSettings.read()
    assert "s3cret" not in str(refused.value)
