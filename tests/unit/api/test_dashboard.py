"""The dashboard beside the API: which socket leads where, what is sent with each file, and what is never sent."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from goqueue_api.app import create_app
from goqueue_api.dashboard import files
from goqueue_api.dashboard.pages import ASK_AGAIN, FOR_EVER, HEADERS
from goqueue_api.settings import ApiSettings

SCRIPT = "assets/index-61mZDD34.js"
CONTENTS = {
    "index.html": b"<!doctype html><title>GoQueue</title>",
    "favicon.svg": b"<svg/>",
    "inter.woff2": b"wOF2",
    "inter-license.txt": b"SIL",
    SCRIPT: b"export const answer = 42\n" * 100,
    "assets/index-1.css": b"body{}",
    ".vite/manifest.json": b"{}",
}
OF_THE_API = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a build, beside a file that is none of its."""
    folder = tmp_path / "site"
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / f"{SCRIPT}.gz").write_bytes(gzip.compress(CONTENTS[SCRIPT]))
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(files, "FOLDERS", (folder,))
    return folder


@pytest.fixture
def settings(settings: ApiSettings) -> ApiSettings:
    return replace(settings, dashboard_host="127.0.0.1", dashboard_port=3000)


class Browser:
    """Asks by the dashboard's socket."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def ask(self, path: str, method: str = "GET", host: str = "localhost:3000", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        socket = {"SERVER_PORT": "3000", "HTTP_HOST": host}
        return self._client.open(path, method=method, headers=named, environ_overrides=socket, buffered=True)


@pytest.fixture
def browser(client: FlaskClient, build: Path) -> Browser:
    return Browser(client)


@pytest.mark.parametrize(
    ("path", "content_type", "cache"),
    [
        ("/", "text/html; charset=utf-8", ASK_AGAIN),
        ("/index.html", "text/html; charset=utf-8", ASK_AGAIN),
        ("/jobs/0199/attempts/2", "text/html; charset=utf-8", ASK_AGAIN),
        ("/queues/a.b", "text/html; charset=utf-8", ASK_AGAIN),
        ("/apis", "text/html; charset=utf-8", ASK_AGAIN),
        ("/favicon.svg", "image/svg+xml", ASK_AGAIN),
        ("/inter.woff2", "font/woff2", ASK_AGAIN),
        ("/inter-license.txt", "text/plain; charset=utf-8", ASK_AGAIN),
        (f"/{SCRIPT}", "text/javascript; charset=utf-8", FOR_EVER),
        ("/assets/index-1.css", "text/css; charset=utf-8", FOR_EVER),
    ],
)
def test_file_comes_with_its_type_and_how_long_it_is_good(
    browser: Browser, path: str, content_type: str, cache: str
) -> None:
    answer = browser.ask(path)
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        200,
        content_type,
        cache,
    )
    assert answer.data == CONTENTS.get(path.removeprefix("/"), CONTENTS["index.html"])
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/assets/index-gone.js", "/assets/", f"/{SCRIPT}.gz", f"/{SCRIPT}.map"])
def test_missing_asset_is_no_page(browser: Browser, path: str) -> None:
    answer = browser.ask(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == OF_THE_API


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/../index.html",
        "/.vite/manifest.json",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/..%5csecret.txt",
        "/index.html%00.js",
        pytest.param(f"/{'a' * 5000}", id="long name"),
    ],
)
def test_nothing_outside_of_the_build_is_sent(browser: Browser, path: str) -> None:
    answer = browser.ask(path)
    assert answer.status_code == 404 or answer.data == CONTENTS["index.html"]


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [("gzip, deflate, br, zstd", True), ("gzip;q=0, br", False), ("identity", False), ("", False)],
)
def test_compressed_file_is_sent_to_who_takes_it(browser: Browser, accepted: str, is_compressed: bool) -> None:
    answer = browser.ask(f"/{SCRIPT}", Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == ("gzip" if is_compressed else None)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (gzip.decompress(answer.data) if is_compressed else answer.data) == CONTENTS[SCRIPT]


def test_unchanged_page_is_not_sent_again_and_a_new_build_is(browser: Browser, build: Path) -> None:
    tag = browser.ask("/").headers["ETag"]
    again = browser.ask("/jobs", If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", ASK_AGAIN)
    (build / "index.html").write_bytes(CONTENTS["index.html"].replace(b"GoQueue", b"Goqueue"))
    assert browser.ask("/jobs", If_None_Match=tag).status_code == 200


def test_head_is_answered_and_nothing_is_changed_by_other_methods(browser: Browser) -> None:
    answer = browser.ask("/jobs", "HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len(CONTENTS["index.html"])
    refused = browser.ask("/jobs", "POST")
    assert (refused.status_code, set(refused.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "OPTIONS"})


def test_the_api_is_behind_the_same_origin(browser: Browser) -> None:
    answer = browser.ask("/api/healthz")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Content-Security-Policy"] == OF_THE_API
    assert browser.ask("/api/nothing").get_json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_root_of_the_api_leads_to_its_documentation(browser: Browser, path: str) -> None:
    answer = browser.ask(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/api/docs")


def test_documentation_works_below_the_prefix_with_its_own_policy(browser: Browser) -> None:
    page = browser.ask("/api/docs")
    assert page.status_code == 200
    assert "default-src 'none'; script-src 'self'" in page.headers["Content-Security-Policy"]
    assert b'"/static' not in page.data
    for name in ("init.js", "swagger-ui.css"):
        assert browser.ask(f"/api/static/swagger/{name}").status_code == 200


def test_description_says_where_the_api_is(browser: Browser, client: FlaskClient) -> None:
    own = client.get("/openapi.json")
    assert "servers" not in json.loads(own.data)
    assert json.loads(browser.ask("/api/openapi.json").data) == {**json.loads(own.data), "servers": [{"url": "/api"}]}


@pytest.mark.parametrize(
    ("prefix", "servers"),
    [
        ("/api", [{"url": "/api"}]),
        ("/tools/queue", [{"url": "/tools/queue"}]),
        ("//evil.example", None),
        ("https://evil.example", None),
        ("/api/", None),
        ("/", None),
    ],
)
def test_proxy_says_where_the_api_is(client: FlaskClient, prefix: str, servers: Any) -> None:
    told = client.get("/openapi.json", headers={"X-Forwarded-Prefix": prefix}).get_json()
    assert told.get("servers") == servers


@pytest.mark.parametrize("host", ["localhost:3000", "localhost"])
def test_host_does_not_choose_the_socket(client: FlaskClient, build: Path, host: str) -> None:
    answer = client.get("/", headers={"Host": host}, environ_overrides={"SERVER_PORT": "8080"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs")


def test_without_a_build_a_page_says_how_to_get_one_and_the_api_goes_on(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FOLDERS", (tmp_path,))
    browser = Browser(client)
    answer = browser.ask("/jobs")
    assert (answer.status_code, answer.content_type) == (503, "text/html; charset=utf-8")
    assert b"make dashboard" in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.ask("/api/healthz").status_code == 200


@pytest.fixture
def local_browser(settings: ApiSettings, build: Path) -> Iterator[Browser]:
    """Of a system that asks for keys once there are any; its database cannot be asked."""
    with create_app(replace(settings, auth="keys")).test_client() as opened:
        yield Browser(opened)


@pytest.mark.parametrize("path", ["/", f"/{SCRIPT}", "/api/healthz", "/api/docs"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:3000", 200),
        ("127.0.0.1:3000", 200),
        ("[::1]:3000", 200),
        ("a.localhost", 200),
        ("evil.example:3000", 400),
    ],
)
def test_no_page_of_a_stranger_reaches_a_system_without_keys(
    local_browser: Browser, path: str, host: str, status: int
) -> None:
    answer = local_browser.ask(path, host=host)
    assert answer.status_code == status
    assert status == 200 or json.loads(answer.data)["code"] == "untrusted_host"
