"""openapi-python-client makes a client of openapi.json, and it runs jobs."""

from __future__ import annotations

import compileall
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.contract.conftest import Service
from tests.contract.description import OPERATIONS, PATH

PACKAGE = "generated_goqueue"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the client, generated without a warning."""
    folder = tmp_path_factory.mktemp("python client")
    settings = folder / "settings.yml"
    settings.write_text("post_hooks: []\n")  # no formatting: nobody reads it
    client = folder / PACKAGE
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(PATH), "--meta", "none"),
            *("--output-path", str(client), "--config", str(settings), "--fail-on-warning"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return client


@pytest.fixture
def modules(generated: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(generated.parent)
    return importlib.import_module(PACKAGE)


def test_it_compiles_and_knows_every_operation(generated: Path) -> None:
    assert compileall.compile_dir(generated, quiet=1)
    functions = [path.stem for path in generated.glob("api/*/*.py") if path.stem != "__init__"]
    assert len(functions) == len(OPERATIONS)


def test_it_submits_waits_lists_and_retries(working: Service, modules: ModuleType) -> None:
    def api(name: str) -> ModuleType:
        return importlib.import_module(f"{PACKAGE}.api.{name}")

    models = importlib.import_module(f"{PACKAGE}.models")
    with modules.AuthenticatedClient(base_url=working.url, token=working.admin, timeout=40) as client:
        wanted = models.JobRequest.from_dict({"type": "demo.sleep", "payload": {"seconds": 0.01}, "tags": ["generated"]})
        made = api("jobs.submit_job").sync(client=client, body=wanted, idempotency_key="generated-1")
        assert isinstance(made, models.Job)
        assert (made.type_, made.attempts) == ("demo.sleep", 0)

        done = api("jobs.get_job").sync(made.id, client=client, wait=20.0)
        assert (done.status, done.failure_reason) == (models.JobStatus.COMPLETED, None)

        page = api("job_lists.list_jobs").sync(client=client, tag=["generated"], limit=10)
        assert [job.id for job in page.items] == [made.id]
        assert page.next_cursor is None

        retried = api("job_changes.retry_job").sync(made.id, client=client)
        assert retried.status == models.JobStatus.QUEUED
        again = api("jobs.get_job").sync(made.id, client=client, wait=20.0)
        assert (again.status, again.attempts) == (models.JobStatus.COMPLETED, 2)

        refused = api("job_changes.run_job_now").sync(made.id, client=client)
        assert isinstance(refused, models.Problem)
        assert (refused.code, refused.status) == (models.ProblemCode.WRONG_STATUS, 409)
