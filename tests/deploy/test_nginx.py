"""The dashboard's nginx in front of a real API: the same answers as without it, streams as they come, outages that pass."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import requests

from goqueue_api.dashboard.pages import ASK_AGAIN, FOR_EVER, HEADERS
from goqueue_cli.local import LocalStores
from tests.contract.raw_http import ask
from tests.deploy.nginx_process import NGINX, Nginx, render
from tests.processes import Processes, eventually, free_port, is_ready
from tests.scratch_database import scratch_database

pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx is installed here: its configuration is not tried out")

PAGE = b"<!doctype html><title>GoQueue</title>"
SCRIPT = b"export const answer = 42\n" * 100


class Served:
    """nginx at `url`, and an API that the tests stop and start behind it."""

    def __init__(self, url: str, processes: Processes) -> None:
        self.url = url
        self._processes = processes
        self._api_url = f"http://{processes.environment['GOQUEUE_API_BIND']}"

    def start_api(self) -> None:
        self._processes.start("goqueue_api")
        eventually(lambda: is_ready(self._api_url), "API ready")

    def stop_api(self) -> None:
        self._processes.close()

    def get(self, path: str, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(self.url + path, headers=named, allow_redirects=False, timeout=10)


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "assets").mkdir()
    for name, content in {"index.html": PAGE, "assets/index-1.js": SCRIPT, "favicon.svg": b"<svg/>"}.items():
        (folder / name).write_bytes(content)
    (folder / "assets/index-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / ".vite").mkdir()
    (folder / ".vite/manifest.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def alone(
    root: Path, site: Path, stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """nginx that was started while there was no API."""
    folder, port, api_port = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    configuration = render(
        root / "dashboard-vue/nginx", folder, port=port, site=site, api_url=f"http://127.0.0.1:{api_port}"
    )
    with scratch_database(server_url, template=template) as database_url, Nginx(configuration) as nginx:
        assert "warn" not in nginx.check()
        processes = Processes(database_url, stores.redis_url, folder.name, folder)
        processes.environment |= {
            "GOQUEUE_API_BIND": f"127.0.0.1:{api_port}",
            "GOQUEUE_API_PROCESSES": "1",
            "GOQUEUE_AUTH": "none",
        }
        found = Served(f"http://127.0.0.1:{port}", processes)
        eventually(lambda: listens(port), "nginx serves")
        yield found
        processes.close()


@pytest.fixture
def served(alone: Served) -> Iterator[Served]:
    alone.start_api()
    yield alone
    alone.stop_api()


@pytest.mark.parametrize(
    ("path", "content_type", "cache"),
    [
        ("/", "text/html; charset=utf-8", ASK_AGAIN),
        ("/jobs/0199/attempts/2", "text/html; charset=utf-8", ASK_AGAIN),
        ("/queues/a.b", "text/html; charset=utf-8", ASK_AGAIN),
        ("/apis", "text/html; charset=utf-8", ASK_AGAIN),
        ("/favicon.svg", r"image/svg\+xml", ASK_AGAIN),
        ("/assets/index-1.js", r"(text|application)/javascript; charset=utf-8", FOR_EVER),
    ],
)
def test_files_come_with_the_headers_that_python_sends(alone: Served, path: str, content_type: str, cache: str) -> None:
    answer = alone.get(path)
    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == cache
    assert re.fullmatch(content_type, answer.headers["Content-Type"])
    assert "ETag" in answer.headers


@pytest.mark.parametrize("path", ["/assets/index-gone.js", "/assets/index-1.js.gz"])
def test_missing_asset_is_no_page_and_is_not_kept(alone: Served, path: str) -> None:
    answer = alone.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_manifest_of_the_build_is_not_shown(alone: Served) -> None:
    answer = alone.get("/.vite/manifest.json")
    assert (answer.status_code, answer.content) == (200, PAGE)


@pytest.mark.parametrize("path", ["/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"])
def test_nothing_outside_of_its_folder_is_read(alone: Served, path: str) -> None:
    answer = ask(alone.url, "GET", path, {})
    assert answer.status in (400, 404) or answer.body == PAGE


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None)])
def test_compressed_file_is_sent_to_who_takes_it(alone: Served, accepted: str, encoding: str | None) -> None:
    answer = alone.get("/assets/index-1.js", Accept_Encoding=accepted)
    assert (answer.headers.get("Content-Encoding"), answer.headers["Vary"]) == (encoding, "Accept-Encoding")
    assert answer.content == SCRIPT


def test_api_that_comes_goes_and_comes_again_needs_no_restart_of_nginx(alone: Served) -> None:
    assert alone.get("/api/healthz").status_code == 502
    for _ in range(2):
        alone.start_api()
        assert alone.get("/api/healthz").status_code == 200
        alone.stop_api()
        assert alone.get("/api/healthz").status_code == 502
        assert alone.get("/jobs").content == PAGE


def test_answers_of_the_api_are_its_own_below_the_prefix(served: Served) -> None:
    made = requests.post(f"{served.url}/api/jobs", json={"type": "demo"}, timeout=5)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/jobs/{made.json()['id']}")
    assert served.get(made.headers["Location"]).json() == made.json()
    for path in ("/api", "/api/"):
        answer = served.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/api/docs")
    page = served.get("/api/docs")
    assert page.raw.headers.getlist("Content-Security-Policy") == [page.headers["Content-Security-Policy"]]
    assert "default-src 'none'; script-src 'self'" in page.headers["Content-Security-Policy"]
    assert served.get("/api/static/swagger/init.js").status_code == 200
    assert served.get("/api/openapi.json").json()["servers"] == [{"url": "/api"}]


def test_api_says_itself_what_is_too_large(served: Served) -> None:
    answer = requests.post(f"{served.url}/api/jobs", json={"type": "demo", "payload": {"x": "y" * 3_000_000}}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def follow(served: Served, path: str) -> Generator[str, None, None]:
    """The types of the events of a stream, as they come; ends after ten silent seconds with an error."""
    with requests.get(served.url + path, stream=True, timeout=10) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith("event: "):
                yield line.removeprefix("event: ")


def test_events_arrive_as_they_happen(served: Served) -> None:
    job = requests.post(f"{served.url}/api/jobs", json={"type": "demo"}, timeout=5).json()
    everything = follow(served, "/api/events?topics=jobs")
    follower = follow(served, f"/api/jobs/{job['id']}/events")
    # Each is read while the stream is open, and before anything that a buffer might wait for has happened.
    assert next(everything) == "hello"
    assert "job" in (next(follower), next(follower))
    assert requests.post(f"{served.url}/api/jobs/{job['id']}/cancel", timeout=5).status_code == 200
    assert "jobs" in everything
    assert list(follower)[-1] == "end"
    everything.close()


def test_image_runs_as_nobody_in_particular_and_says_what_it_is(root: Path) -> None:
    text = (root / "dashboard-vue/Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE) == [
        ("${BUILD_IMAGE}", "build"),
        ("${BASE_IMAGE}", "dashboard"),
    ]
    for line in ("USER 101:101", "EXPOSE 3000", "HEALTHCHECK --interval=10s", 'licenses="Apache-2.0"'):
        assert line in text
