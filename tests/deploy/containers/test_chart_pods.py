"""The chart's pods, run as rendered: users, volumes, probes, waiting for migrations, ends. A kubelet's part alone."""

from __future__ import annotations

import base64
import copy
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from goqueue import Client
from tests.deploy.chart.helm_chart import CHART, RELEASE, Renderer, of_kind
from tests.deploy.containers.pods import CHART_DASHBOARD, Kubelet, Pod
from tests.processes import eventually

if TYPE_CHECKING:
    from tests.deploy.containers.engine import Engine

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

NAME: Final = f"{RELEASE}-goqueue"
SERVE: Final = ("api", "worker-default", "scheduler", "dashboard")
SCHEDULES: Final = f"{NAME}-scheduler-schedules"


class Release:
    """One pod of each Deployment and StatefulSet, and the migrations."""

    def __init__(self, kubelet: Kubelet) -> None:
        self.kubelet = kubelet
        starts = [(kind, f"{NAME}-{name}") for kind, name in PODS]
        migrations = [found["metadata"]["name"] for found in of_kind(kubelet.objects, "Job")]
        with ThreadPoolExecutor(len(starts) + 1) as threads:  # in whatever order, as in a cluster
            migrate = threads.submit(self._run_job, migrations[0])
            started = [threads.submit(self._start, kind, name) for kind, name in starts]
        self.migrated = migrate.result()
        self.pods = {name: pod.result() for (_, name), pod in zip(PODS, started, strict=True)}

    def start_again(self, name: str) -> None:
        """A new pod in place of one that has ended."""
        (kind,) = [kind for kind, other in PODS if other == name]
        self.pods[name] = self._start(kind, f"{NAME}-{name}")

    def _run_job(self, name: str) -> int:
        """A pod after the other until one has ended well, or as many have failed as may; how the last one ended."""
        for _ in range(1 + self.kubelet.find("Job", name)["spec"]["backoffLimit"]):
            status = self.kubelet.start("Job", name).wait()
            if status == 0:
                break
        return status

    def _start(self, kind: str, name: str) -> Pod:
        published = ("--publish", f"127.0.0.1:{CHART_DASHBOARD}:3000") if name == f"{NAME}-dashboard" else ()
        return self.kubelet.start(kind, name, *published)


PODS: Final = (
    *(("StatefulSet", name) for name in ("postgresql", "redis")),
    *(("Deployment", name) for name in SERVE),
)


@pytest.fixture(scope="module")
def release(engine: Engine, render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    folder = tmp_path_factory.mktemp("pods")
    objects = render(CHART / "ci" / "bundled-values.yaml", {"image": {"tag": "latest"}})
    found = Release(Kubelet(engine, objects, folder))
    for pod in found.pods.values():
        pod.wait_until_ready()
    yield found
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[Client]:
    """By the dashboard's pod, with the key that the chart made up."""
    key = base64.b64decode(release.kubelet.find("Secret", NAME)["data"]["bootstrap-key"]).decode()
    with Client(f"{release.kubelet.engine.urls[CHART_DASHBOARD]}/api", key) as opened:
        yield opened


def test_pods_come_up_whichever_is_started_first(release: Release) -> None:
    assert release.migrated == 0
    assert {name: pod.passes("livenessProbe") for name, pod in release.pods.items()} == dict.fromkeys(release.pods, True)


@pytest.mark.parametrize("name", [name for _, name in PODS])
def test_a_pod_may_do_nothing_that_it_need_not(release: Release, name: str) -> None:
    pod = release.pods[name]
    status = dict(line.split(":\t", 1) for line in pod.execute("cat", "/proc/1/status").splitlines() if ":\t" in line)
    user = str(pod.spec["securityContext"]["runAsUser"])
    assert set(status["Uid"].split()) == {user}
    assert (int(status["CapEff"], 16), status["NoNewPrivs"], status["Seccomp"]) == (0, "1", "2")
    assert pod.execute("sh", "-c", "touch /etc/mine 2>/dev/null || echo refused").strip() == "refused"
    assert pod.execute("sh", "-c", "touch /tmp/mine && echo written").strip() == "written"


def test_the_pod_of_helm_test_passes(release: Release) -> None:
    pod = release.kubelet.start("Pod", f"{NAME}-test")
    assert pod.wait() == 0, pod.log()
    assert "ended as completed" in pod.log()


def test_a_change_of_the_schedules_is_seen_without_a_restart(release: Release, client: Client) -> None:
    schedules = release.kubelet.find("ConfigMap", SCHEDULES)
    entry = {"name": "often", "type": "demo.noop", "cron": "* * * * * *"}
    before = copy.deepcopy(schedules["data"])
    schedules["data"]["schedules.yaml"] = yaml.safe_dump([entry])
    release.pods["scheduler"].volumes.renew()
    eventually(lambda: client.count_jobs(schedule="often").value >= 2, "the schedule fires")
    schedules["data"] = before
    release.pods["scheduler"].volumes.renew()
    eventually(lambda: client.schedule("often").paused, "the schedule is paused, for it has run")


def test_the_api_serves_while_a_cluster_forgets_its_pod_and_then_ends_well(release: Release) -> None:
    pod = release.pods["api"]
    with ThreadPoolExecutor(1) as threads:
        ending = threads.submit(pod.end)
        served = 0
        while not ending.done() and served < 20 and pod.passes("readinessProbe"):
            served += 1
        assert served >= 3
        assert ending.result() == 0, pod.log()
    release.start_again("api")
    release.pods["api"].wait_until_ready()


def test_a_worker_that_is_scaled_away_ends_its_job_first(release: Release, client: Client) -> None:
    job = client.submit("demo.sleep", {"seconds": 5})
    eventually(lambda: client.get(job.id).status == "processing", "the job runs")
    assert release.pods["worker-default"].end() == 0, release.pods["worker-default"].log()
    ended = client.get(job.id)
    assert (ended.status, ended.attempts) == ("completed", 1)
    release.start_again("worker-default")
    release.pods["worker-default"].wait_until_ready()


def test_what_serves_is_not_killed_while_the_stores_are_away_and_finds_them_again(release: Release, client: Client) -> None:
    counted = client.count_jobs().value
    stores = ("postgresql", "redis")
    assert [release.pods[name].end() for name in stores] == [0, 0]
    assert {name: release.pods[name].passes("livenessProbe") for name in SERVE} == dict.fromkeys(SERVE, True)
    for name in stores:
        release.start_again(name)
    for pod in release.pods.values():
        pod.wait_until_ready()
    assert client.count_jobs().value == counted
    assert client.wait(client.submit("demo.noop").id, timeout=60).status == "completed"
