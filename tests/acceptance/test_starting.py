"""Starting a worker: what it is told, what it refuses, and when it ends by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import SHOP, System
from tests.processes import eventually

Finished = Callable[[Job], Job]

TWICE = """
from goqueue_worker import handler
@handler("same")
def one(payload, job): ...
@handler("same")
def two(payload, job): ...
"""

FAILING_HOOK = """
from goqueue_worker import handler, on_stop
@handler("hooked")
def job(payload, job): ...
@on_stop
def broken():
    raise ValueError("broken")
"""


@pytest.fixture(scope="module")
def _worker(service: System) -> None:
    """For the tests whose jobs it leaves alone, or puts aside again and again."""
    words = ("--queues", "mine", "--processes", "1", "--concurrency", "2")
    service.start_worker(*words, "--handlers", "goqueue_builtin,shop_jobs")  # the last --handlers wins over the first


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "goqueue_worker", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("files", "arguments", "says"),
    [
        pytest.param({"jobs.py": TWICE}, ["--handlers", "jobs"], "two handlers for type 'same'", id="duplicate type"),
        pytest.param({}, ["--handlers", "nowhere"], "'nowhere' was not found", id="no such module"),
        pytest.param(
            {"jobs.py": "import nothing_of_this_name"},
            ["--handlers", "jobs"],
            "does not import: ModuleNotFoundError: No module named 'nothing_of_this_name' (jobs.py, line 1)",
            id="module that does not import",
        ),
        pytest.param({"jobs.py": "1 / 0"}, ["--handlers", "jobs"], "ZeroDivisionError", id="module that raises"),
        pytest.param({}, ["--queues", "bad name"], "queue 'bad name' is no name", id="bad queue name"),
        pytest.param({"redis.py": ""}, [], "rename it", id="a file that shadows a library of ours"),
        pytest.param({"goqueue_common/__init__.py": ""}, [], "rename it", id="a package that shadows ours"),
        pytest.param({}, ["--processes", "4", "--concurrency", "2"], "concurrency=2 is out of range", id="too few slots"),
        pytest.param(
            {"jobs.py": "from goqueue_worker import handler\n@handler\ndef f(p, j): ..."},
            ["--handlers", "jobs"],
            "is no job type",
            id="decorator without brackets",
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True], ids=["start", "check"])
def test_nonsense_is_one_clear_line_and_exit_code_2(
    system: System, tmp_path: Path, files: dict[str, str], arguments: list[str], says: str, check: bool
) -> None:
    app = tmp_path / "app"
    app.mkdir()
    for name, text in files.items():
        (app / name).parent.mkdir(exist_ok=True)
        (app / name).write_text(text)
    words = ["--processes", "1", *arguments, "--app-dir", str(app), *(["--check"] if check else [])]
    ended = subprocess.run(
        [sys.executable, "-m", "goqueue_worker", *words],
        cwd=tmp_path,
        env=system.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    errors = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert ended.returncode == 2, ended.stderr
    assert len(errors) == 1
    assert says in errors[0]
    assert "Traceback" not in ended.stderr


def test_a_library_of_ours_in_the_working_directory_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "redis.py").write_text("raise RuntimeError('imported')")
    ended = start(tmp_path, "--check")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_check_prints_settings_and_masks_secrets(tmp_path: Path, system: System) -> None:
    environment = {
        **system.environment,
        "DATABASE_URL": "postgres://user:s3cret@host:5432/goqueue",
        "REDIS_URL": "redis:6379",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "goqueue_worker", "--check", "--handlers", "shop_jobs", "--app-dir", str(SHOP)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert "postgresql+psycopg2://user:***@host:5432/goqueue" in ended.stdout
    assert "redis://redis:6379" in ended.stdout
    assert "s3cret" not in ended.stdout
    assert "shop.greet" in ended.stdout


def test_a_burst_runs_each_job_once_and_ends_when_the_queues_are_empty(system: System, client: Client) -> None:
    submitted = client.submit_many({"type": "shop.plain", "payload": {"n": n}} for n in range(2_000))
    worker = system.start_worker("--burst", "--processes", "2", "--concurrency", "8")
    assert worker.wait(60) == 0
    assert not any(queue.queued or queue.processing for queue in client.queues())
    assert {job.id for job in client.jobs(status="completed")} >= {item.id for item in submitted}
    ran = [line.split()[1] for line in system.effects("plain")]
    assert sorted(ran) == sorted(item.id for item in submitted)


@pytest.mark.usefixtures("_worker")
def test_only_the_named_queues_are_served(system: System, client: Client, finished: Finished) -> None:
    other = client.submit("shop.plain", queue="other")
    assert finished(client.submit("shop.plain", queue="mine")).status == "completed"
    assert client.get(other.id).status == "queued"
    client.cancel(other.id)


def test_a_stop_hook_that_fails_keeps_nothing_from_ending(system: System, client: Client) -> None:
    app = system.folder / "app"
    app.mkdir()
    (app / "hooked.py").write_text(FAILING_HOOK)
    job = client.submit("hooked")
    words = ("--handlers", "hooked", "--app-dir", str(app), "--processes", "1", "--burst")
    assert system.start("goqueue_worker", *words).wait(30) == 0
    assert client.get(job.id).status == "completed"


@pytest.mark.usefixtures("_worker")
def test_an_unknown_type_goes_round_uncounted_until_a_worker_knows_it(client: Client) -> None:
    job = client.submit("nobody.knows", queue="mine", max_retries=0)
    eventually(lambda: client.get(job.id).waiting_reason == "no_handler", "shown as no_handler")
    assert (seen := client.get(job.id)).failures == 0
    assert seen.status in ("scheduled", "queued", "processing")
    client.cancel(job.id)


def test_an_unknown_type_fails_when_no_worker_has_known_it_for_long(
    system: System, client: Client, finished: Finished
) -> None:
    system.start_worker(GOQUEUE_UNKNOWN_TYPE_AFTER="0.5")
    job = finished(client.submit("nobody.knows"))
    assert (job.status, job.failure_reason, job.failures) == ("failed", "unknown_type", 0)
