"""schemathesis on the running service: what openapi.json says holds for whatever is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.contract.conftest import Service
from tests.factories import register_worker

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(600)
def test_whatever_is_sent_the_service_answers_as_it_is_described(service: Service, tmp_path: Path) -> None:
    """All checks on positive and negative data, and on chains of requests; with a key that may do everything."""
    register_worker(service.database, lease_seconds=3600.0)
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS)),
            *("run", f"{service.url}/openapi.json", "--no-color"),
        ],
        env=os.environ
        | {
            "GOQUEUE_KEY": service.admin,
            "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-2_000:]
    assert requests.get(f"{service.url}/readyz", timeout=5).status_code == 200
