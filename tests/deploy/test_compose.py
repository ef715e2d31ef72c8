"""docker-compose.yml is the roadmap's phase 1, safe by default, and what Compose itself accepts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

OURS = ("api", "worker", "scheduler", "migrate")


@pytest.fixture(scope="module")
def services(root: Path) -> dict[str, Any]:
    document = yaml.safe_load((root / "docker-compose.yml").read_text())
    found: dict[str, Any] = document["services"]
    return found


def test_compose_itself_accepts_the_file(compose: Sequence[str], root: Path) -> None:
    command = [*compose, "--file", str(root / "docker-compose.yml"), "config", "--quiet"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""


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
    assert services["scheduler"]["environment"] == {"API_URL": "http://api:8080", "REDIS_URL": "redis:6379"}
    assert services["scheduler"]["depends_on"]["api"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_service_runs_without_arguments(services: dict[str, Any], name: str) -> None:
    assert not {"command", "entrypoint"} & set(services[name])


def test_api_without_keys_is_published_to_this_machine_only(services: dict[str, Any]) -> None:
    assert services["api"]["environment"]["GOQUEUE_AUTH"] == "none"
    assert services["api"]["ports"] == ["127.0.0.1:8080:8080"]
    assert services["dashboard"]["ports"] == ["127.0.0.1:3000:3000"]


def test_stores_are_not_published(services: dict[str, Any]) -> None:
    assert not any("ports" in services[name] for name in ("redis", "postgres"))


@pytest.mark.parametrize("name", [*OURS, "dashboard"])
def test_our_services_get_by_with_nothing(services: dict[str, Any], name: str) -> None:
    assert services[name]["read_only"] is True
    assert services[name]["cap_drop"] == ["ALL"]
    assert services[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["api", "dashboard", "worker", "scheduler", "redis", "postgres"])
def test_what_serves_comes_back_and_may_stop_in_order(services: dict[str, Any], name: str) -> None:
    assert services[name]["restart"] == "unless-stopped"
    assert services[name]["stop_grace_period"] == "60s"


@pytest.mark.parametrize("name", ["api", "dashboard", "redis", "postgres"])
def test_what_answers_has_a_health_check(services: dict[str, Any], name: str) -> None:
    assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert services[name]["healthcheck"]["interval"] == "2s"


@pytest.mark.parametrize("name", ["api", "worker"])
def test_services_start_after_the_migrations(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_every_target_is_a_stage_of_the_dockerfile(services: dict[str, Any], root: Path, name: str) -> None:
    stages = re.findall(r"^FROM .* AS (\S+)$", (root / "Dockerfile").read_text(), re.MULTILINE)
    assert services[name]["build"]["target"] in stages


def test_dashboard_knows_the_api_and_starts_before_it_answers(services: dict[str, Any], root: Path) -> None:
    assert services["dashboard"]["environment"] == {"API_URL": "http://api:8080"}
    assert services["dashboard"]["depends_on"] == {"api": {"condition": "service_started"}}
    assert (root / services["dashboard"]["build"]["context"] / "Dockerfile").is_file()
