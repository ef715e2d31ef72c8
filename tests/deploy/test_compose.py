"""docker-compose.yml is the roadmap's phase 1, safe by default, and what Compose itself accepts."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import page_blocks

OURS = ("api", "worker", "scheduler", "migrate")
ALL = (*OURS, "dashboard", "redis", "postgres")
SERVE = tuple(name for name in ALL if name != "migrate")
KEY = "k" * 32

Config = Callable[..., subprocess.CompletedProcess[str]]


def variables_of(root: Path) -> set[str]:
    """What docker-compose.yml reads."""
    return set(re.findall(r"\$\{(\w+)", (root / "docker-compose.yml").read_text()))


@pytest.fixture(scope="module")
def config(compose: Sequence[str], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """`compose config` with these variables, and none of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("compose")
    numbers = iter(range(100))
    others = {name: value for name, value in os.environ.items() if name not in variables_of(root)}

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        file = folder / f"{next(numbers)}.env"
        file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        command = [*compose, "--file", str(root / "docker-compose.yml"), "--env-file", str(file)]
        command += ["config", "--format", "json"]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=others)

    return run


@pytest.fixture(scope="module")
def services(config: Config) -> dict[str, Any]:
    """As Compose reads them in a fresh clone."""
    answer = config()
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    found: dict[str, Any] = json.loads(answer.stdout)["services"]
    return found


def published(service: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(port["host_ip"], port["published"], port["target"]) for port in service.get("ports", [])]


def test_stores_are_those_of_the_roadmap(services: dict[str, Any]) -> None:
    assert services["redis"]["image"] == "redis:7-alpine"
    assert services["postgres"]["image"] == "postgres:15"
    assert services["postgres"]["environment"] == {
        "POSTGRES_USER": "user",
        "POSTGRES_PASSWORD": "pass",
        "POSTGRES_DB": "goqueue",
    }


@pytest.mark.parametrize("name", ["api", "worker", "migrate"])
def test_our_services_find_the_stores_as_in_the_roadmap(services: dict[str, Any], name: str) -> None:
    environment = services[name]["environment"]
    assert environment["REDIS_URL"] == "redis:6379"
    assert environment["DATABASE_URL"] == "postgres://user:pass@postgres:5432/goqueue"


def test_scheduler_knows_the_api_and_redis_and_no_database(services: dict[str, Any]) -> None:
    environment = {"API_URL": "http://api:8080", "REDIS_URL": "redis:6379", "GOQUEUE_API_KEY": ""}
    assert services["scheduler"]["environment"] == environment
    assert services["scheduler"]["depends_on"]["api"]["condition"] == "service_healthy"


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_service_runs_without_arguments_and_as_often_as_one_likes(services: dict[str, Any], name: str) -> None:
    assert not {key for key in ("command", "entrypoint", "container_name", "ports") if services[name].get(key)}


def test_api_without_keys_is_published_to_this_machine_only(services: dict[str, Any]) -> None:
    assert services["api"]["environment"]["GOQUEUE_AUTH"] == "none"
    assert published(services["api"]) == [("127.0.0.1", "8080", 8080)]
    assert published(services["dashboard"]) == [("127.0.0.1", "3000", 3000)]


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, {"GOQUEUE_AUTH", "GOQUEUE_BOOTSTRAP_KEY"}),
        ({"GOQUEUE_AUTH": "keys"}, {"GOQUEUE_BOOTSTRAP_KEY"}),
        ({"GOQUEUE_BOOTSTRAP_KEY": KEY}, {"GOQUEUE_AUTH"}),
    ],
    ids=["nothing", "no-key", "no-word-on-it"],
)
def test_who_publishes_wider_is_told_to_set_a_key(config: Config, variables: dict[str, str], missing: set[str]) -> None:
    answer = config(GOQUEUE_PUBLISH="0.0.0.0", **variables)
    assert answer.returncode != 0
    found = re.findall(r"variable (\S+) is missing a value: GOQUEUE_PUBLISH lets other machines in", answer.stderr)
    assert set(found) == missing
    assert ".env.example" in answer.stderr


def test_published_wider_the_api_asks_for_the_key_that_the_scheduler_has(config: Config) -> None:
    answer = config(GOQUEUE_PUBLISH="0.0.0.0", GOQUEUE_AUTH="keys", GOQUEUE_BOOTSTRAP_KEY=KEY, GOQUEUE_API_PORT="80")
    assert answer.returncode == 0, answer.stderr
    services = json.loads(answer.stdout)["services"]
    assert published(services["api"]) == [("0.0.0.0", "80", 8080)]
    assert services["api"]["environment"]["GOQUEUE_AUTH"] == "keys"
    assert services["api"]["environment"]["GOQUEUE_BOOTSTRAP_KEY"] == KEY
    assert services["scheduler"]["environment"]["GOQUEUE_API_KEY"] == KEY


def test_passwords_of_the_stores_reach_all_who_need_them(config: Config) -> None:
    answer = config(POSTGRES_PASSWORD="one", REDIS_PASSWORD="two")
    assert answer.returncode == 0, answer.stderr
    services = json.loads(answer.stdout)["services"]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == "one"
    assert services["redis"]["command"][-2:] == ["--requirepass", "two"]
    for name in ("api", "worker", "migrate"):
        assert services[name]["environment"]["DATABASE_URL"] == "postgres://user:one@postgres:5432/goqueue"
    for name in ("api", "worker", "migrate", "scheduler"):
        assert services[name]["environment"]["REDIS_URL"] == "redis://:two@redis:6379"


def test_example_of_settings_has_every_variable_and_changes_nothing(config: Config, root: Path) -> None:
    lines = (root / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(example) == variables_of(root)
    assert config(**example).stdout == config().stdout


def test_override_that_the_page_shows_mounts_handlers_and_keeps_the_rest(
    compose: Sequence[str], root: Path, tmp_path: Path, services: dict[str, Any]
) -> None:
    (shown,) = (block for block in page_blocks(root / "docs" / "handlers.md") if block.language == "yaml")
    override = tmp_path / "docker-compose.override.yml"
    override.write_text(shown.text)
    command = [*compose, "--file", str(root / "docker-compose.yml"), "--file", str(override), "config", "--format", "json"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    worker = json.loads(answer.stdout)["services"]["worker"]
    assert set(worker["environment"]) == {*services["worker"]["environment"], "GOQUEUE_HANDLERS"}
    mounts = {mount["target"]: (mount["source"], mount.get("read_only", False)) for mount in worker["volumes"]}
    assert mounts == {"/media": ("media", False), "/app": (str(root / "handlers"), True)}


@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_stores_are_not_published(services: dict[str, Any], name: str) -> None:
    assert published(services[name]) == []


@pytest.mark.parametrize("name", ALL)
def test_service_gets_by_with_little(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cpu_quota"] == 200_000
    assert int(service["deploy"]["resources"]["limits"]["memory"]) <= 2 * 1024**3
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}


@pytest.mark.parametrize("name", SERVE)
def test_what_serves_comes_back_and_may_stop_in_order(services: dict[str, Any], name: str) -> None:
    assert services[name]["restart"] == "unless-stopped"
    assert services[name]["stop_grace_period"] == "1m0s"


@pytest.mark.parametrize("name", SERVE)
def test_what_serves_is_asked_every_two_seconds_how_it_is(services: dict[str, Any], root: Path, name: str) -> None:
    service = services[name]
    assert service["healthcheck"]["interval"] == "2s"
    if "test" not in service["healthcheck"]:
        dockerfile = Path(service["build"]["context"]) / "Dockerfile"
        stage = dockerfile.read_text().partition(f" AS {service['build'].get('target', name)}\n")[2]
        assert "HEALTHCHECK" in stage.partition("\nFROM ")[0]


@pytest.mark.parametrize("name", ["api", "worker"])
def test_services_start_after_the_migrations(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_every_target_is_a_stage_of_the_dockerfile(services: dict[str, Any], root: Path, name: str) -> None:
    stages = re.findall(r"^FROM .* AS (\S+)$", (root / "Dockerfile").read_text(), re.MULTILINE)
    assert services[name]["build"]["target"] in stages


def test_dashboard_knows_the_api_and_starts_before_it_answers(services: dict[str, Any]) -> None:
    assert services["dashboard"]["environment"] == {"API_URL": "http://api:8080"}
    assert {name: about["condition"] for name, about in services["dashboard"]["depends_on"].items()} == {
        "api": "service_started"
    }
