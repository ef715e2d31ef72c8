"""The second address of a running API: told apart by the socket, with streams that are handed over as on the first."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

import pytest
import requests

from goqueue_api.dashboard.pages import PAGE_POLICY
from goqueue_api.settings import ApiSettings
from tests.event_client import EventClient
from tests.processes import eventually, free_port, is_ready


class Served(NamedTuple):
    """Both addresses of one API."""

    api: str
    dashboard: str


def environment(settings: ApiSettings, **more: str) -> dict[str, str]:
    stores = settings.stores
    return os.environ | {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "GOQUEUE_PREFIX": stores.prefix,
        "GOQUEUE_API_PROCESSES": "1",
        "GOQUEUE_API_BIND": f"127.0.0.1:{free_port()}",
        **more,
    }


@pytest.fixture
def served(settings: ApiSettings) -> Iterator[Served]:
    asked = environment(settings, GOQUEUE_DASHBOARD_BIND=f"127.0.0.1:{free_port()}")
    process = subprocess.Popen([sys.executable, "-m", "goqueue_api"], env=asked)
    try:
        found = Served(f"http://{asked['GOQUEUE_API_BIND']}", f"http://{asked['GOQUEUE_DASHBOARD_BIND']}")
        eventually(lambda: is_ready(found.api), "API ready")
        yield found
    finally:
        process.terminate()
        assert process.wait(40) == 0


def test_the_socket_decides_what_is_served_whatever_the_host_says(served: Served) -> None:
    for claimed in served:
        host = {"Host": claimed.removeprefix("http://"), "X-Forwarded-Port": claimed.rpartition(":")[2]}
        of_the_api = requests.get(f"{served.api}/", headers=host, allow_redirects=False, timeout=5)
        assert (of_the_api.status_code, of_the_api.headers["Location"]) == (302, "/docs")
        of_the_dashboard = requests.get(f"{served.dashboard}/", headers=host, allow_redirects=False, timeout=5)
        assert of_the_dashboard.headers["Content-Security-Policy"] == PAGE_POLICY
        assert requests.get(f"{served.api}/api/healthz", headers=host, timeout=5).status_code == 404
        assert requests.get(f"{served.dashboard}/api/healthz", headers=host, timeout=5).status_code == 200


def test_made_job_is_found_where_location_says(served: Served) -> None:
    made = requests.post(f"{served.dashboard}/api/jobs", json={"type": "demo"}, timeout=5)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/jobs/{made.json()['id']}")
    assert requests.get(served.dashboard + made.headers["Location"], timeout=5).json() == made.json()
    again = requests.post(f"{served.api}/jobs", json={"type": "demo"}, timeout=5)
    assert again.headers["Location"] == f"/jobs/{again.json()['id']}"


def test_the_next_page_is_where_link_says(served: Served) -> None:
    for _ in range(2):
        requests.post(f"{served.api}/jobs", json={"type": "demo"}, timeout=5)
    for url in (f"{served.dashboard}/api/jobs?limit=1", f"{served.api}/jobs?limit=1"):
        first = requests.get(url, timeout=5)
        second = requests.get(urljoin(url, first.links["next"]["url"]), timeout=5).json()
        assert [len(first.json()["items"]), len(second["items"])] == [1, 1]
        assert first.json()["items"] != second["items"]
    refused = requests.get(f"{served.dashboard}/api/jobs?limit=no", timeout=5)
    assert refused.json()["instance"] == "/api/jobs"


def test_streams_are_handed_over_below_the_prefix(served: Served) -> None:
    job = requests.post(f"{served.dashboard}/api/jobs", json={"type": "demo"}, timeout=5).json()
    # More than there are threads: none may be held by a stream.
    streams = [EventClient(served.dashboard, "/api/events?topics=jobs") for _ in range(12)]
    follower = EventClient(served.dashboard, f"/api/jobs/{job['id']}/events")
    try:
        assert {stream.status for stream in (*streams, follower)} == {200}
        assert follower.wait("job").data["status"] == "queued"
        cancelled = requests.post(f"{served.dashboard}/api/jobs/{job['id']}/cancel", timeout=5)
        assert cancelled.status_code == 200
        assert follower.wait("end")
        for stream in streams:
            assert stream.wait("jobs")
    finally:
        for stream in (*streams, follower):
            stream.socket.close()


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/jobs"])
def test_name_of_a_stranger_is_refused_without_keys(served: Served, path: str) -> None:
    answer = requests.get(served.dashboard + path, headers={"Host": "evil.example"}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (400, "untrusted_host")


def failed(asked: dict[str, str]) -> str:
    """What an API says that does not start."""
    command = [sys.executable, "-m", "goqueue_api"]
    ended = subprocess.run(command, env=asked, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    return ended.stderr


def test_dashboard_for_other_machines_wants_a_key(settings: ApiSettings) -> None:
    bind = f"0.0.0.0:{free_port()}"
    said = failed(environment(settings, GOQUEUE_DASHBOARD_BIND=bind))
    assert f"GOQUEUE_DASHBOARD_BIND={bind} opens the API to other machines, and there is no key" in said


def test_taken_port_names_the_setting(settings: ApiSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        said = failed(environment(settings, GOQUEUE_DASHBOARD_BIND=bind))
    assert f"cannot serve at {bind}: Address already in use; set GOQUEUE_DASHBOARD_BIND to a free address" in said
