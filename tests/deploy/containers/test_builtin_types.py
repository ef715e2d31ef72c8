"""A job of each type that GoQueue brings, submitted and followed through the dashboard's port until it has completed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from goqueue import Client, Job
from tests.deploy.containers.system import System
from tests.processes import eventually

pytestmark = pytest.mark.timeout(900)  # the first test builds all images

PAYLOADS: Final[dict[str, dict[str, object]]] = {
    "demo.noop": {},
    "demo.sleep": {"seconds": 0.5},
    "demo.fail": {"times": 1},
    "email.send": {"to": ["ada@example.org"], "subject": "Your order", "text": "It left us this morning."},
    "email.daily_summary": {},
    "http.request": {"url": "http://outside:8000/orders", "method": "POST", "json": {"order": 1815}},
    "image.process": {"path": "picture.png", "resize": {"width": 40}, "format": "webp", "output": "small.webp"},
    "report.generate": {"format": "html", "output": "report.html"},
}
_DRAWS: Final = "from PIL import Image; Image.new('RGB', (120, 80)).save('/media/picture.png')"


@pytest.fixture(scope="module")
def jobs(system: System, client: Client) -> dict[str, Job]:
    """One of each type, as it was at its end; each was followed from before it was due."""
    system.execute("worker", "python", "-c", _DRAWS)
    with ThreadPoolExecutor(len(PAYLOADS)) as pool:
        return dict(zip(PAYLOADS, pool.map(lambda kind: follow(client, kind), PAYLOADS), strict=True))


def follow(client: Client, kind: str) -> Job:
    """A job of this type, which its stream of events shows from before it is due until it has completed."""
    job = client.submit(kind, PAYLOADS[kind], delay=2)
    events = [event for event in client.job_events(job.id) if event.type in ("job", "end")]
    statuses = [event.data["status"] for event in events if event.type == "job"]
    assert (statuses[0] != "completed", statuses[-1], events[-1].type) == (True, "completed", "end"), f"{kind}: {statuses}"
    return client.get(job.id)


def test_every_type_was_tried(client: Client) -> None:
    eventually(lambda: {handler.type for handler in client.handlers()} == set(PAYLOADS), "all types are tried")


@pytest.mark.parametrize("kind", PAYLOADS)
def test_job_is_completed_and_seen_live(jobs: dict[str, Job], kind: str) -> None:
    assert (jobs[kind].status, jobs[kind].attempts) == ("completed", 2 if kind == "demo.fail" else 1)


@pytest.mark.parametrize("kind", ["email.send", "email.daily_summary"])
def test_mail_has_arrived(jobs: dict[str, Job], system: System, kind: str) -> None:
    arrived(system, {"mail": result(jobs[kind])["message_id"]})


def test_web_server_was_called(jobs: dict[str, Job], system: System) -> None:
    call = {"web": "/orders", "key": jobs["http.request"].id, "sent": {"order": 1815}}
    arrived(system, call)
    assert result(jobs["http.request"])["json"] == call["sent"]


def test_files_of_jobs_stay_in_their_volume(jobs: dict[str, Job], system: System) -> None:
    asks = "from PIL import Image; found = Image.open('/media/small.webp'); print(found.format, *found.size)"
    assert system.execute("worker", "python", "-c", asks).split() == ["WEBP", "40", "27"]
    assert "<svg" in system.execute("worker", "cat", "/media/report.html")


def arrived(system: System, wanted: dict[str, Any]) -> None:
    """Wait until the outside says that it was sent this."""
    eventually(lambda: wanted in map(json.loads, system.log("outside").splitlines()), f"outside: {wanted}")


def result(job: Job) -> dict[str, Any]:
    assert isinstance(job.result, dict)
    return job.result
