"""What the chart sets is what our processes read: they start with the environment of their containers, and run a job."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.chart.helm_chart import FULL, VALUES_FILES, Object, Renderer, of_kind, one, words_of
from tests.deploy.chart.workloads import all_containers, environment, main_container, pods
from tests.processes import Processes, free_port

KEY = "key-of-the-chart-that-is-long-enough-for-all"
SECRETS = {
    "DATABASE_URL": "postgresql://goqueue:secret@db.example.org:5432/goqueue",
    "REDIS_URL": "rediss://:secret@redis.example.org:6379/0",
    "GOQUEUE_BOOTSTRAP_KEY": KEY,
    "GOQUEUE_API_KEY": KEY,
}
MODULES = {"api": "goqueue_api", "worker": "goqueue_worker", "scheduler": "goqueue_scheduler"}
# Of images that are not ours, and of the script of `helm test`.
OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PGDATA", "REDIS_PASSWORD", "REDISCLI_AUTH"}
OTHERS |= {"JOB_TYPE", "JOB_QUEUE", "JOB_PAYLOAD", "JOB_TIMEOUT"}
HANDLER = "from goqueue_worker import handler\n\n\n@handler('shop.order')\ndef order(payload, job):\n    return None\n"
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "LANG") if name in os.environ}


def resolved(container: Object, secrets: Mapping[str, str] = SECRETS) -> dict[str, str]:
    """The environment of a container, with what Secrets would hold."""
    told = environment(container)
    return {name: value if isinstance(value, str) else secrets[name] for name, value in told.items()}


def test_every_name_is_documented(everything: list[Object], root: Path) -> None:
    known = set(re.findall(r"^\| `([A-Z_]+)` \|", (root / "docs" / "configuration.md").read_text(), re.MULTILINE))
    for name, container in all_containers(everything):
        assert environment(container).keys() - known - OTHERS == set(), name


def checks() -> Iterator[Any]:
    """Each set of values with each process; the largest set is enough where little time is meant to be spent."""
    for file in VALUES_FILES:
        for name, module in MODULES.items():
            marks = () if file == FULL else pytest.mark.full
            yield pytest.param(file, module, id=f"{file.stem.removesuffix('-values')}-{name}", marks=marks)


@pytest.mark.parametrize(("file", "module"), list(checks()))
def test_a_process_accepts_its_settings(render: Renderer, tmp_path: Path, file: Path, module: str) -> None:
    (tmp_path / "shop_jobs.py").write_text(HANDLER)
    (tmp_path / "schedules.yaml").write_text("[]")
    replaced = {"GOQUEUE_APP_DIR": str(tmp_path), "GOQUEUE_SCHEDULES": str(tmp_path / "schedules.yaml")}
    for found in of_kind(render(file), "Deployment"):
        container = main_container(found)
        if MODULES.get(container["name"]) != module:
            continue
        told = resolved(container)
        told |= {name: value for name, value in replaced.items() if name in told}
        answer = subprocess.run(
            [sys.executable, "-m", module, "--check"],
            env={**BARE, **told},
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert answer.returncode == 0, f"{words_of(found)}: {answer.stderr}"
        assert answer.stderr == "", words_of(found)
        assert KEY not in answer.stdout


def test_files_that_are_mounted_are_those_that_are_read(render: Renderer) -> None:
    for found, template in pods(render(FULL)):
        for container in template["spec"]["containers"]:
            told = environment(container)
            for name in ("GOQUEUE_SCHEDULES", "GOQUEUE_APP_DIR", "GOQUEUE_MEDIA_ROOT"):
                mounts = [mount["mountPath"] for mount in container.get("volumeMounts", ())]
                assert name not in told or any(told[name].startswith(mount) for mount in mounts), words_of(found)


class TestForReal:
    """API and worker on real stores, each with its container's environment but for addresses of this machine."""

    @pytest.fixture
    def objects(self, render: Renderer) -> list[Object]:
        return render({"worker": {"pools": {"default": {"concurrency": 2, "processes": 1}}}, "test": {"timeout": 60}})

    @pytest.fixture
    def secrets(self, database_url: str, redis_url: str) -> dict[str, str]:
        database = database_url.replace("postgresql+psycopg2://", "postgresql://")
        return {**SECRETS, "DATABASE_URL": database, "REDIS_URL": redis_url}

    @pytest.fixture
    def system(
        self, objects: list[Object], secrets: dict[str, str], database_url: str, redis_url: str, prefix: str, tmp_path: Path
    ) -> Iterator[Processes]:
        processes = Processes(database_url, redis_url, prefix, tmp_path)
        processes.environment = {**BARE, **resolved(main_container(one(objects, "Deployment", "api")), secrets)}
        processes.environment["GOQUEUE_PREFIX"] = prefix
        processes.start_api()
        worker = resolved(main_container(one(objects, "Deployment", "worker-default")), secrets)
        local = {"GOQUEUE_PREFIX": prefix, "GOQUEUE_WORKER_BIND": f"127.0.0.1:{free_port()}"}
        processes.start("goqueue_worker", **{**worker, **local, "GOQUEUE_MEDIA_ROOT": str(tmp_path)})
        yield processes
        processes.close()

    def test_the_pod_of_helm_test_sees_a_job_completed(self, objects: list[Object], system: Processes) -> None:
        container = one(objects, "Pod", "test")["spec"]["containers"][0]
        told = {**BARE, **resolved(container), "API_URL": system.api_url}
        assert container["command"][0] == "python"
        answer = subprocess.run(
            [sys.executable, *container["command"][1:]], env=told, check=False, capture_output=True, text=True, timeout=90
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "of type demo.sleep ended as completed" in answer.stdout

    def test_the_pod_of_helm_test_fails_where_nobody_answers(self, objects: list[Object]) -> None:
        container = one(objects, "Pod", "test")["spec"]["containers"][0]
        told = {**BARE, **resolved(container), "API_URL": f"http://127.0.0.1:{free_port()}", "JOB_TIMEOUT": "1"}
        answer = subprocess.run(
            [sys.executable, *container["command"][1:]], env=told, check=False, capture_output=True, text=True, timeout=90
        )
        assert answer.returncode == 1
        assert answer.stderr.startswith("error: a job of type demo.sleep in queue default did not run: ")

    def test_migrations_and_who_waits_for_them_find_the_database(
        self, objects: list[Object], secrets: dict[str, str]
    ) -> None:
        (job,) = of_kind(objects, "Job")
        (waiting,) = one(objects, "Deployment", "api")["spec"]["template"]["spec"]["initContainers"]
        runs = [(main_container(job), ["-m", "goqueue_common.migrations", "upgrade"]), (waiting, waiting["command"][1:])]
        for container, words in runs:
            told = {**BARE, **resolved(container, secrets)}
            answer = subprocess.run(
                [sys.executable, *words], env=told, check=False, capture_output=True, text=True, timeout=60
            )
            assert answer.returncode == 0, answer.stderr


def test_the_payload_of_the_test_is_what_values_say(render: Renderer) -> None:
    pod = one(render({"test": {"payload": {"to": ["a@example.org"], "note": 'it\'s "so"'}}}), "Pod", "test")
    told = environment(pod["spec"]["containers"][0])
    assert json.loads(told["JOB_PAYLOAD"])["note"] == 'it\'s "so"'
