"""The images together, on this machine's network: migrations, the API, a worker, one job from POST to its result."""

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

pytestmark = pytest.mark.timeout(300)  # the first test builds all images


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
