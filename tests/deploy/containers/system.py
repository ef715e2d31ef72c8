"""The real docker-compose.yml in an engine: started, looked at and struck."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.deploy.containers.engine import CommandFailed, Engine
from tests.processes import eventually

API: Final = 8080
DASHBOARD: Final = 3000
WIDER_API: Final = 18080
WIDER_DASHBOARD: Final = 13000
"""Of a second project beside."""
_OVERRIDE: Final = str(Path(__file__).with_name("system.yml"))


class System:
    """The services of a project. compose: the words that run Compose; variables: those that docker-compose.yml reads."""

    def __init__(self, engine: Engine, compose: Sequence[str], name: str = "goqueue", **variables: str) -> None:
        self.engine = engine
        self._compose = [*compose, "--project-name", name, "--env-file", "/dev/null"]
        self._compose += ["--file", "docker-compose.yml", "--file", _OVERRIDE]
        self._variables = variables

    @property
    def url(self) -> str:
        """Of the dashboard."""
        return self.engine.urls[DASHBOARD]

    def compose(self, *words: str, timeout: float = 120.0) -> str:
        """What Compose prints."""
        return self.engine.run([*self._compose, *words], timeout=timeout, **self._variables)

    def up(self, *words: str) -> None:
        """Start, or change, what runs, and wait until all is well. words: options, services."""
        try:
            self.compose("up", "--detach", "--wait", "--pull", "never", "--no-build", *words)
        except CommandFailed as failure:
            failure.add_note(self.compose("logs", "--tail", "20"))
            raise

    def containers(self, service: str) -> list[str]:
        """The names of the containers of a service, those that have ended too."""
        return self.compose("ps", "--all", "--format", "{{.Name}}", service).split()

    def about(self, container: str) -> dict[str, Any]:
        """What the engine knows of a container."""
        found: dict[str, Any] = json.loads(self.engine.docker("inspect", container))[0]
        return found

    def wait_until_healthy(self, container: str) -> None:
        """Until its health check says so; for what was restarted, from its new start."""
        eventually(
            lambda: self.about(container)["State"].get("Health", {}).get("Status") == "healthy", f"{container} healthy"
        )

    def execute(self, service: str, *words: str) -> str:
        """What a command prints in a container of a service."""
        return self.compose("exec", "--no-TTY", service, *words)

    def query(self, statement: str) -> list[list[str]]:
        """The rows that PostgreSQL answers, as texts."""
        words = ["psql", "--username", "user", "--no-align", "--tuples-only", "--field-separator", "\t"]
        answer = self.execute("postgres", *words, "--dbname", "goqueue", "--command", statement)
        return [line.split("\t") for line in answer.splitlines()]

    def log(self, service: str) -> str:
        """What all containers of a service have said."""
        return self.compose("logs", "--no-log-prefix", service)
