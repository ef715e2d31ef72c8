"""The commands of the pages as a test runs them: nearly all as they stand; this table has the others."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.docs.pages import Block

USUAL_URL = "http://localhost:8080"
NOT_RUN = ": not run here"


class Other(NamedTuple):
    """Lines that begin with `line` have that beginning replaced by `instead`; why, and the test that runs them whole."""

    line: str
    instead: str
    why: str
    run_by: str


OTHERS = (
    Other(r"make up\b.*", NOT_RUN, "starts servers of its own", "tests/integration/local_stack/test_up.py"),
    Other(r"make demo\b.*", NOT_RUN, "starts servers of its own", "tests/acceptance/test_demo.py"),
    Other(r"make (?:test|check)\b.*", NOT_RUN, "runs these very tests", ".ci/run"),
    Other(
        r"make faults\b.*",
        NOT_RUN,
        "takes minutes and a quiet machine; its short form is a part of make test",
        "tests/faults/test_killed_workers.py",
    ),
    Other(
        r"openapi-python-client generate\b.*",
        NOT_RUN,
        "leaves a package in the folder of the repository",
        "tests/contract/test_python_client.py",
    ),
    Other(r"npx openapi-typescript\b.*", NOT_RUN, "wants packages of npm", "tests/contract/test_typescript_client.py"),
    Other(r"docker compose\b.*", NOT_RUN, "needs a container engine", "tests/deploy/containers/test_system.py"),
    Other(r"docker build\b.*", NOT_RUN, "needs a container engine", "tests/deploy/test_images.py"),
    Other(r"(?:helm|kubectl)\b.*", NOT_RUN, "needs a cluster", "tests/deploy/chart/test_documentation.py"),
    Other(
        r"goqueue keys create\b.*",
        NOT_RUN,
        "has the API ask the blocks that follow for a key",
        "tests/integration/cli/test_keys.py",
    ),
    Other(
        r"curl -sSN(?=.*/events\?)",
        "beginning_of curl -sSN",
        "ends by Ctrl-C",
        "tests/integration/api/live/test_streams.py",
    ),
    Other(r"goqueue events\b", "beginning_of goqueue events", "ends by Ctrl-C", "tests/integration/cli/test_events.py"),
    Other(
        r"goqueue up\b",
        'until_ready goqueue up --port "$FREE_PORT" --no-dashboard --no-scheduler',
        "ends by Ctrl-C, the usual ports may be taken, and schedules of the file would stay, which nobody fires then",
        "tests/integration/local_stack/test_up.py",
    ),
    Other(
        r"goqueue scheduler\b",
        "beginning_of goqueue scheduler",
        "ends by a signal",
        "tests/acceptance/test_scheduler.py",
    ),
    Other(
        r"python -m goqueue_worker\b(?!.* --(?:check|burst))",
        "until_ready python -m goqueue_worker",
        "ends by a signal",
        "tests/acceptance/test_starting.py",
    ),
)
PLACEHOLDERS = {"put-the-id-here": "JOB_ID"}
"""What a reader replaces, and the variable that has it in the test."""

# A refusal of the API fails the block, as the reader would see that it failed.
PREAMBLE = """
curl() { command curl --fail-with-body "$@"; }
until_ready() { python "$UNTIL_READY" "$@"; }
beginning_of() { local ended=0; timeout 5 "$@" || ended=$?; test "$ended" = 124; }  # still at it, so nothing was refused
"""


def matches(other: Other, block: Block) -> bool:
    """Whether the block has lines that this row of the table is about."""
    return any(re.match(other.line, line) for line in _lines(block))


def is_tried(block: Block) -> bool:
    """Whether anything of it is left to run; modules of handlers are loaded by a test of their own."""
    if block.language == "python":
        return block.kind != "handlers"
    return any(_replaced(line) != NOT_RUN for line in _commands(block))


def needs_worker(block: Block) -> bool:
    """Whether a worker must live meanwhile: not for tests, nor for commands that start one themselves."""
    if block.language == "python":
        return block.kind == "program"
    return any(_replaced(line) == line for line in _commands(block))


def wants_id(block: Block) -> bool:
    """Whether the reader is to put the id of a job into the block."""
    return any(placeholder in block.text for placeholder in PLACEHOLDERS)


def script(block: Block, api_url: str) -> str:
    """The block for `bash -euo pipefail`."""
    text = "\n".join(map(_replaced, _lines(block))).replace(USUAL_URL, api_url)
    for placeholder, variable in PLACEHOLDERS.items():
        text = text.replace(placeholder, f'"${variable}"')
    return PREAMBLE + text


def _commands(block: Block) -> list[str]:
    return [line for line in _lines(block) if line.strip() and not line.startswith("#")]


def _lines(block: Block) -> list[str]:
    return re.split(r"(?<!\\)\n", block.text)  # one that ends in a backslash goes on


def _replaced(line: str) -> str:
    for other in OTHERS:
        if found := re.match(other.line, line, re.DOTALL):
            return other.instead + line[found.end() :]
    return line
