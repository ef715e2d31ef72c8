"""The images hold what their process needs and no more, run as nobody in particular, and together run a job.

One file: tests are shared out by files, and images of two files would be built twice.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goqueue import Client

if TYPE_CHECKING:
    from goqueue_cli.local import LocalStores
    from tests.deploy.conftest import Images

pytestmark = pytest.mark.timeout(600)  # the first test builds all images

TARGETS = ("api", "worker", "scheduler", "migrate")
PACKAGES = {
    "api": {"goqueue", "goqueue_api", "goqueue_common"},
    "worker": {"goqueue", "goqueue_builtin", "goqueue_common", "goqueue_worker"},
    "scheduler": {"goqueue", "goqueue_common", "goqueue_scheduler"},
    "migrate": {"goqueue_common"},
}


@pytest.mark.parametrize("target", TARGETS)
def test_image_runs_as_a_number_that_is_not_root(images: Images, target: str) -> None:
    assert images.config(target)["User"] == "10001:10001"
    assert images.output(target, "python", "-c", "import os; print(os.getuid(), os.getgid())") == "10001 10001"


@pytest.mark.parametrize("target", TARGETS)
def test_image_says_what_it_is(images: Images, target: str) -> None:
    labels = images.config(target)["Labels"]
    assert labels["org.opencontainers.image.title"].startswith("GoQueue")
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert {"org.opencontainers.image.version", "org.opencontainers.image.revision"} <= set(labels)


@pytest.mark.parametrize("target", TARGETS)
def test_image_holds_the_packages_of_its_process_only(images: Images, target: str) -> None:
    with images.tree(target) as tree:
        assert {path.name for path in (tree / "opt/goqueue/src").iterdir()} == PACKAGES[target]


@pytest.mark.parametrize("target", TARGETS)
def test_image_has_no_compiler_no_pip_of_our_own_and_no_cache(images: Images, target: str) -> None:
    unwanted = (
        "usr/bin/cc",
        "usr/bin/gcc",
        "usr/bin/make",
        "opt/goqueue/bin/pip",
        "root/.cache",
        "tmp/requirements.txt",
        "tmp/extras",
    )
    with images.tree(target) as tree:
        assert [name for name in unwanted if (tree / name).exists()] == []


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_of_ours_in_the_image_can_be_written_by_its_user(images: Images, target: str) -> None:
    with images.tree(target) as tree:
        ours = [tree / "app", tree / "opt/goqueue", *(tree / "opt/goqueue").rglob("*")]
        found = [(path, path.lstat()) for path in ours if not path.is_symlink()]
        assert [str(path) for path, about in found if about.st_uid != 0 or about.st_mode & 0o022] == []


def test_flask_is_in_the_api_image_only(images: Images) -> None:
    asks = "import importlib.util; print(importlib.util.find_spec('flask') is not None)"
    assert {target: images.output(target, "python", "-c", asks) for target in TARGETS} == {
        "api": "True",
        "worker": "False",
        "scheduler": "False",
        "migrate": "False",
    }


def test_scheduler_image_brings_the_schedules_file(images: Images) -> None:
    checks = "from goqueue_scheduler.schedule_file import default_file, load; print(len(load(default_file())))"
    assert images.output("scheduler", "python", "-c", checks) == "2"


def test_extras_come_into_an_image_by_a_build_argument(images: Images) -> None:
    images.build("worker-environment", arguments=["EXTRAS=otel sentry"])
    found = {
        target: {path.name for path in libraries.iterdir()} & {"opentelemetry", "sentry_sdk"}
        for target in ("worker", "worker-environment")
        for libraries in _libraries(images, target)
    }
    assert found == {"worker": set(), "worker-environment": {"opentelemetry", "sentry_sdk"}}


def _libraries(images: Images, target: str) -> Iterator[Path]:
    with images.tree(target) as tree:
        yield from tree.glob("opt/goqueue/lib/python3*/site-packages")


def test_api_image_has_a_health_check_and_answers_outside_its_container(images: Images) -> None:
    config = images.config("api")
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]
    assert "/healthz" in config["Healthcheck"]["Test"][-1]
    assert "GOQUEUE_API_BIND=0.0.0.0:8080" in config["Env"]
    assert "8080/tcp" in config["ExposedPorts"]


def test_dashboard_image_holds_the_build_and_its_server_and_runs_as_nobody(images: Images) -> None:
    config = images.config("dashboard")
    assert config["User"] == "101:101"
    assert "3000/tcp" in config["ExposedPorts"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "wget"]
    assert config["Labels"]["org.opencontainers.image.title"] == "GoQueue dashboard"
    assert {"API_URL=http://api:8080", "NGINX_ENVSUBST_OUTPUT_DIR=/tmp"} <= set(config["Env"])
    with images.tree("dashboard") as tree:
        assert (tree / "etc/nginx/nginx.conf").is_file()
        assert (tree / "etc/nginx/templates/default.conf.template").is_file()
        built = (tree / "usr/share/nginx/html/index.html").read_text().split()
        assert {"./src/main.ts", "./vite.config.ts", "./scripts/compress.js", "./package-lock.json"} <= set(built)
        assert [name for name in built if "node_modules" in name or name.endswith(".test.ts")] == []


@pytest.fixture(scope="module")
def environment(images: Images, stores: LocalStores) -> dict[str, str]:
    """What the services are told; the images are built before the stores are started."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "GOQUEUE_AUTH": "none",
        "GOQUEUE_API_BIND": f"0.0.0.0:{port}",
    }


@pytest.fixture(scope="module")
def client(images: Images, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Of the system that the images make."""
    logs = tmp_path_factory.mktemp("logs")
    with images.running("migrate", environment, logs / "migrate") as migrate:
        assert migrate.wait(60.0) == 0, (logs / "migrate").read_text()
    port = environment["GOQUEUE_API_BIND"].rpartition(":")[2]
    with images.running("api", environment, logs / "api") as api, images.running("worker", environment, logs / "worker"):
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", api, logs / "api")
        with Client(f"http://127.0.0.1:{port}") as opened:
            yield opened


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the service answers with 200; curl asks again while it is refused."""
    command = ["curl", "--silent", "--fail", "--retry", "300", "--retry-delay", "0", "--retry-max-time", "30"]
    command += ["--retry-all-errors", "--output", "/dev/null", url]
    answered = subprocess.run(command, check=False, timeout=60)
    assert answered.returncode == 0, f"exit status of the API: {process.poll()}\n{log.read_text()[-4000:]}"


def test_job_runs_in_the_images(client: Client) -> None:
    job = client.submit("demo.sleep", {"seconds": 0.1})
    assert client.wait(job.id, timeout=30).status == "completed"
