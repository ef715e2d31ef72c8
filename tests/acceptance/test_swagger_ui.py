"""/docs in a real browser: under its strict policy everything on the page works, and its console stays empty."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from goqueue_cli.local import LocalStores
from tests.browser import Page, browser_page, installed_browser
from tests.processes import Processes, free_port
from tests.scratch_database import scratch_database

BROWSER = installed_browser()
KEY = secrets.token_urlsafe(32)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed here: nobody looks at /docs")


@pytest.fixture(scope="module")
def processes(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Processes]:
    """An API that asks for KEY, and serves the dashboard."""
    folder = tmp_path_factory.mktemp("documented")
    with scratch_database(server_url, template=template) as database_url:
        processes = Processes(database_url, stores.redis_url, folder.name, folder)
        processes.environment |= {
            "GOQUEUE_BOOTSTRAP_KEY": KEY,
            "GOQUEUE_DASHBOARD_BIND": f"127.0.0.1:{free_port()}",
        }
        try:
            processes.start_api()
            yield processes
        finally:
            processes.close()


@pytest.fixture(scope="module")
def api(processes: Processes) -> str:
    """The API's address."""
    return processes.api_url


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert BROWSER is not None
    with browser_page(BROWSER, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(chromium: Page, api: str) -> Page:
    """/docs, freshly opened and complete."""
    chromium.open(f"{api}/docs")
    chromium.eventually("document.querySelector('.models') !== null")
    return chromium


def operation_ids(api: str) -> list[str]:
    paths: dict[str, Any] = requests.get(f"{api}/openapi.json", timeout=5).json()["paths"]
    methods = ("get", "put", "post", "patch", "delete")
    return [item[method]["operationId"] for item in paths.values() for method in methods if method in item]


def unfold(page: Page, operation: str) -> str:
    """The selector of an operation that is now open."""
    block = f".opblock[id$='-{operation}']"
    page.click(f"{block} .opblock-summary-control")
    page.eventually(f'document.querySelector("{block} .execute") !== null')
    return block


def authorize(page: Page, key: str) -> None:
    page.click(".auth-wrapper > .authorize")
    page.write(".auth-container input", key)
    page.click(".auth-container button[type=submit]")
    page.eventually("document.querySelector('.auth-container input') === null")
    page.click(".btn-done")


def execute(page: Page, block: str) -> tuple[int, Any]:
    """Status and document of what the API answers to a try."""
    page.click(f"{block} .execute")
    live = f"{block} .live-responses-table .response"
    page.eventually(f'document.querySelector("{live} .response-col_description .highlight-code code") !== null')
    status = page.run(f'document.querySelector("{live} .response-col_status").innerText')
    body = page.run(f'document.querySelector("{live} .response-col_description .highlight-code code").innerText')
    return int(status), json.loads(body)


def test_every_operation_is_on_the_page_and_the_console_is_silent(page: Page, api: str) -> None:
    blocks = page.run("[...document.querySelectorAll('.opblock')].map(block => block.id)")
    assert sorted(block.rpartition("-")[2] for block in blocks) == sorted(operation_ids(api))
    assert page.complaints == []


def test_a_key_opens_what_is_tried_from_the_page(page: Page, api: str) -> None:
    block = unfold(page, "submitJob")
    authorize(page, KEY)
    status, job = execute(page, block)
    assert status == 201
    stored = requests.get(f"{api}/jobs/{job['id']}", headers={"Authorization": f"Bearer {KEY}"}, timeout=5)
    assert stored.json()["type"] == job["type"] == "demo.sleep"
    assert page.complaints == []


def test_what_is_tried_from_behind_the_dashboard_finds_the_api(chromium: Page, processes: Processes) -> None:
    api = f"http://{processes.environment['GOQUEUE_DASHBOARD_BIND']}/api"
    chromium.open(f"{api}/docs")
    chromium.eventually("document.querySelector('.models') !== null")
    block = unfold(chromium, "submitJob")
    authorize(chromium, KEY)
    status, job = execute(chromium, block)
    assert (status, job["type"]) == (201, "demo.sleep")
    assert chromium.complaints == []


def test_the_policy_stops_what_a_stranger_writes_into_the_page(page: Page) -> None:
    """Also: that the silence of the other tests means something."""
    page.run("document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=\"window.owned = 1\">')")
    page.run("document.body.append(Object.assign(document.createElement('script'), {text: 'window.owned = 2'}))")
    page.run("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    assert page.run("window.owned") is None
    violated = [json.loads(one).get("text", "") for one in page.complaints]
    for directive in ("script-src", "style-src"):
        assert any(directive in text for text in violated), violated
