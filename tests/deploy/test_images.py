"""The images hold what their process needs and no more, run as nobody in particular, and together run a job."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from goqueue import Client
from goqueue.version import __version__
from goqueue_cli.local.ports import find_free_port
from tests.docs.pages import ROOT, page_blocks

if TYPE_CHECKING:
    from goqueue_cli.local import LocalStores
    from tests.deploy.image_builds import Images

pytestmark = pytest.mark.timeout(600)  # the first test builds all images

TARGETS = ("api", "worker", "scheduler", "migrate")
PACKAGES = {
    "api": {"goqueue_api", "goqueue_common"},
    "worker": {"goqueue", "goqueue_builtin", "goqueue_common", "goqueue_worker"},
    "scheduler": {"goqueue", "goqueue_common", "goqueue_scheduler"},
    "migrate": {"goqueue_common"},
}
IMPORTED = {"worker": ["goqueue_worker", "goqueue_builtin"], "migrate": []}
HANDLERS_PAGE = page_blocks(ROOT / "docs" / "handlers.md")
PROBE = Path(__file__).with_name("image_probe.py")

Report = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def report(images: Images) -> Report:
    """Of the probe in a target's image."""

    @cache
    def found(target: str) -> dict[str, Any]:
        packages = IMPORTED.get(target, [f"goqueue_{target}"])
        said: dict[str, Any] = json.loads(images.output(target, "python", "-c", PROBE.read_text(), *packages))
        return said

    return found


@pytest.mark.parametrize("target", TARGETS)
def test_image_runs_as_a_number_that_is_not_root(images: Images, report: Report, target: str) -> None:
    assert images.config(target)["User"] == "10001:10001"
    assert report(target)["user"] == [10001, 10001]


@pytest.mark.parametrize("target", [*TARGETS, "dashboard"])
def test_image_says_what_it_is(images: Images, target: str) -> None:
    labels = images.config(target)["Labels"]
    assert labels["org.opencontainers.image.title"].startswith("GoQueue")
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.version"] == __version__
    assert labels["org.opencontainers.image.revision"] == "unknown"


@pytest.mark.parametrize("target", TARGETS)
def test_processes_in_the_image_know_their_version(report: Report, target: str) -> None:
    assert report(target)["version"] == __version__


@pytest.mark.parametrize("target", TARGETS)
def test_image_holds_the_packages_of_its_process_only(images: Images, target: str) -> None:
    found = {path.name for path in (images.tree(target) / "opt/goqueue/src").iterdir()}
    assert found == PACKAGES[target] | {"goqueue.dist-info"}


@pytest.mark.parametrize("target", TARGETS)
def test_image_has_all_that_its_process_imports(report: Report, target: str) -> None:
    assert {
        name: what for name, what in report(target)["missing"].items() if what not in ("opentelemetry", "sentry_sdk")
    } == {}


@pytest.mark.parametrize(
    ("target", "has"),
    [
        ("api", ["flask", "sqlalchemy"]),
        ("worker", ["sqlalchemy", "PIL", "requests"]),
        ("scheduler", ["requests"]),
        ("migrate", ["sqlalchemy"]),
    ],
)
def test_image_has_no_requirement_of_another(report: Report, target: str, has: list[str]) -> None:
    assert report(target)["has"] == has


@pytest.mark.parametrize(("target", "megabytes"), [("api", 80), ("worker", 90), ("scheduler", 60), ("migrate", 80)])
def test_image_adds_little_to_its_base(images: Images, target: str, megabytes: int) -> None:
    assert images.added_bytes(target) <= megabytes * 1_000_000


@pytest.mark.parametrize("target", TARGETS)
def test_image_has_nothing_to_build_with_and_no_cache(images: Images, target: str) -> None:
    unwanted = (
        "usr/bin/cc",
        "usr/bin/gcc",
        "usr/bin/make",
        "usr/bin/strip",
        "opt/goqueue/bin/pip",
        "root/.cache",
        "requirements",
    )
    tree = images.tree(target)
    assert [name for name in unwanted if (tree / name).exists()] == []
    assert list((tree / "tmp").iterdir()) == []


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_of_ours_in_the_image_can_be_written_by_its_user(images: Images, target: str) -> None:
    tree = images.tree(target)
    ours = [tree / "app", tree / "opt/goqueue", *(tree / "opt/goqueue").rglob("*")]
    found = [(path, path.lstat()) for path in ours if not path.is_symlink()]
    assert [str(path) for path, about in found if about.st_uid != 0 or about.st_mode & 0o022] == []


def test_scheduler_image_brings_the_schedules_file(images: Images, root: Path) -> None:
    brought = images.tree("scheduler") / "opt/goqueue/src/goqueue_scheduler/schedules.yaml"
    assert brought.read_text() == (root / "scheduler/schedules.yaml").read_text()


def test_extras_come_into_an_image_by_a_build_argument(images: Images) -> None:
    images.build("scheduler-environment", arguments=["EXTRAS=otel sentry"])
    found = {
        target: {path.name for path in images.tree(target).glob("opt/goqueue/lib/python3*/site-packages/*")}
        & {"opentelemetry", "sentry_sdk"}
        for target in ("scheduler", "scheduler-environment")
    }
    assert found == {"scheduler": set(), "scheduler-environment": {"opentelemetry", "sentry_sdk"}}


@pytest.mark.parametrize(
    ("target", "setting"),
    [("api", "GOQUEUE_API_BIND"), ("worker", "GOQUEUE_WORKER_BIND"), ("scheduler", "GOQUEUE_SCHEDULER_BIND")],
)
def test_image_checks_the_health_of_its_process_where_it_listens(images: Images, target: str, setting: str) -> None:
    config = images.config(target)
    port = dict(value.split("=", 1) for value in config["Env"])[setting].rpartition(":")[2]
    check = config["Healthcheck"]["Test"]
    assert check[:2] == ["CMD", "python"]
    assert f"'http://127.0.0.1:{port}/healthz'" in check[-1]


def test_api_image_answers_outside_its_container(images: Images) -> None:
    config = images.config("api")
    assert "GOQUEUE_API_BIND=0.0.0.0:8080" in config["Env"]
    assert "8080/tcp" in config["ExposedPorts"]


def test_dashboard_image_holds_the_build_and_its_server_and_runs_as_nobody(images: Images) -> None:
    config = images.config("dashboard")
    assert config["User"] == "101:101"
    assert "3000/tcp" in config["ExposedPorts"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "wget"]
    assert {"API_URL=http://api:8080", "NGINX_ENVSUBST_OUTPUT_DIR=/tmp"} <= set(config["Env"])
    tree = images.tree("dashboard")
    assert (tree / "etc/nginx/nginx.conf").is_file()
    assert (tree / "etc/nginx/templates/default.conf.template").is_file()
    built = (tree / "usr/share/nginx/html/index.html").read_text().split()
    assert {"./src/main.ts", "./vite.config.ts", "./scripts/compress.js", "./package-lock.json"} <= set(built)
    assert [name for name in built if "node_modules" in name or name.endswith(".test.ts")] == []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first handler of docs/handlers.md, which whoever a container runs as may read."""
    folder = tmp_path_factory.mktemp("shop")
    folder.chmod(0o755)
    module = next(block for block in HANDLERS_PAGE if block.file_name == "shop_jobs.py")
    (folder / "shop_jobs.py").write_text(module.text)
    return folder


@pytest.fixture(scope="module")
def shop_image(images: Images, shop: Path) -> str:
    """What the page says of an image of one's own, built on that of the worker."""
    (dockerfile,) = (block for block in HANDLERS_PAGE if block.language == "dockerfile")
    (shop / "Dockerfile").write_text(dockerfile.text)
    (shop / "requirements.txt").write_text("click\n")
    images.build_from(shop, "shop-worker")
    return "shop-worker"


@pytest.fixture(scope="module")
def environment(images: Images, shop_image: str, stores: LocalStores) -> dict[str, str]:
    """What the services are told; the images are built before the stores are started."""
    return {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "GOQUEUE_AUTH": "none",
        "GOQUEUE_API_BIND": f"0.0.0.0:{find_free_port()}",
        "GOQUEUE_PROCESSES": "1",
    }


@pytest.fixture(scope="module")
def client(
    images: Images,
    shop: Path,
    shop_image: str,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Client]:
    """Of the system that the images make: with a worker for each way to bring handlers, and a queue for each worker."""
    logs = tmp_path_factory.mktemp("logs")
    with images.running("migrate", environment, logs / "migrate") as migrate:
        assert migrate.wait(60.0) == 0, (logs / "migrate").read_text()
    port = environment["GOQUEUE_API_BIND"].rpartition(":")[2]
    made = environment | {"GOQUEUE_QUEUES": "made", "GOQUEUE_WORKER_BIND": f"127.0.0.1:{find_free_port()}"}
    mounted = environment | {"GOQUEUE_QUEUES": "mounted", "GOQUEUE_WORKER_BIND": f"127.0.0.1:{find_free_port()}"}
    (shown,) = (yaml.safe_load(block.text) for block in HANDLERS_PAGE if block.language == "yaml")
    worker = shown["services"]["worker"]
    (place,) = (volume.split(":")[1] for volume in worker["volumes"])
    with (
        images.running("api", environment, logs / "api") as api,
        images.running(shop_image, made, logs / "made"),
        images.running("worker", mounted | worker["environment"], logs / "mounted", {shop: place}),
    ):
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", api, logs / "api")
        with Client(f"http://127.0.0.1:{port}") as opened:
            yield opened


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the service answers with 200; curl asks again while it is refused."""
    command = ["curl", "--silent", "--fail", "--retry", "300", "--retry-delay", "0", "--retry-max-time", "30"]
    command += ["--retry-all-errors", "--output", "/dev/null", url]
    answered = subprocess.run(command, check=False, timeout=60)
    assert answered.returncode == 0, f"exit status of the API: {process.poll()}\n{log.read_text()[-4000:]}"


@pytest.mark.parametrize("queue", ["made", "mounted"])
def test_job_runs_in_the_images(client: Client, queue: str) -> None:
    job = client.submit("demo.sleep", {"seconds": 0.1}, queue=queue)
    assert client.wait(job.id, timeout=30).status == "completed"


@pytest.mark.parametrize("queue", ["made", "mounted"])
def test_handler_that_is_brought_as_the_page_says_runs(client: Client, queue: str) -> None:
    job = client.submit("welcome.send", {"to": "ada@example.org"}, queue=queue)
    assert client.wait(job.id, timeout=30).result == {"sent_to": "ada@example.org"}


def test_image_of_ones_own_has_requirements_of_its_own(images: Images, shop_image: str) -> None:
    assert list(images.tree(shop_image).glob("opt/goqueue/lib/python3*/site-packages/click"))
