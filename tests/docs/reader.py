"""Somebody who reads the pages from top to bottom with everything running, and tries each block."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from goqueue import Client, Job
from goqueue_cli.demo.picture import draw
from goqueue_worker.discovery import BUILTIN_MODULE, load
from tests.docs.commands import USUAL_URL, needs_worker, script, wants_id
from tests.docs.pages import EXAMPLES, Block, page_blocks
from tests.processes import Processes, eventually, free_port

MEANT_TO_FAIL = frozenset({"demo.fail"})
_BLOCK_SECONDS = 60.0
_HANDLERS = re.compile(r"--handlers[ =]([\w,.]+)")
_PICTURE = re.compile(r"[\w./-]+\.(?:jpe?g|png)")


class Reader:
    """One API, one worker at a time: with the modules that the page named last above a block, by `--handlers`."""

    def __init__(self, processes: Processes, media: Path) -> None:
        self._processes = processes
        self._media = media
        self._api_url = processes.api_url
        self._client = Client(self._api_url)
        self._others = processes.running
        self._folders: dict[Path, Path] = {}
        self._served: tuple[Path, str] | None = None
        self._builtin_types = [handler.type for handler in load([BUILTIN_MODULE], None).handlers]
        self._environment = {
            **processes.environment,
            "PATH": f"{Path(sys.executable).parent}:{processes.environment['PATH']}",
            "API_URL": self._api_url,
            "UNTIL_READY": str(Path(__file__).with_name("until_ready.py")),
        }

    def close(self) -> None:
        """Close the connections: the API waits for them when it stops."""
        self._client.close()

    def try_out(self, block: Block) -> None:
        """Run a block: commands, a program that uses the SDK, or a test of handlers. Jobs of it must not fail."""
        if block.language == "bash":
            self._draw_pictures(block)
            self._run(block, "bash", "-euo", "pipefail", "-c", script(block, self._api_url))
        elif block.kind == "test":
            self._run(block, "python", "-W", "error", "-m", "pytest", "-q", str(block.file_name))
        else:
            self._run(block, "python", "-W", "error", "-c", block.text.replace(USUAL_URL, self._api_url))

    def _draw_pictures(self, block: Block) -> None:
        for name in _PICTURE.findall(block.text):
            (self._media / name).parent.mkdir(parents=True, exist_ok=True)
            draw(self._media / name)

    def _run(self, block: Block, *words: str) -> None:
        folder = self._folder(block.page)
        job_id = self._finished_job() if wants_id(block) else ""
        if needs_worker(block):
            self._serve(folder, _handlers_above(block))
        began = datetime.now(UTC)
        ended = subprocess.run(
            words,
            cwd=folder,
            env={**self._environment, "FREE_PORT": str(free_port()), "JOB_ID": job_id},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_BLOCK_SECONDS,
        )
        assert ended.returncode == 0, f"{block.place} ended with {ended.returncode}:\n{ended.stdout}"
        failed = [job for job in self._ended(began) if job.status == "failed" and job.type not in MEANT_TO_FAIL]
        assert not failed, [(job.type, job.error) for job in failed]

    def _finished_job(self) -> str:
        """The id of a job that has just completed."""
        if self._served is None or BUILTIN_MODULE not in self._served[1].split(","):
            self._serve(self._processes.folder, BUILTIN_MODULE)
        return self._client.wait(self._client.submit("demo.noop").id, _BLOCK_SECONDS).id

    def _ended(self, since: datetime) -> list[Job]:
        """Jobs submitted since, each waited for if it is due soon."""
        soon = datetime.now(UTC) + timedelta(seconds=10)
        listed = list(self._client.jobs(created_after=since))
        due = [job for job in listed if job.run_at is None or job.run_at < soon]
        return [self._client.wait(job.id, _BLOCK_SECONDS) for job in due]

    def _folder(self, page: Path) -> Path:
        """Where the reader of a page is: with the files that it shows, or with a copy of the example."""
        if page not in self._folders:
            folder = self._processes.folder / f"page-{len(self._folders)}"
            files = {block.file_name: block.text for block in page_blocks(page) if block.file_name}
            example = EXAMPLES / "shop" if EXAMPLES not in page.parents else page.parent
            if files:
                folder.mkdir()
            else:
                shutil.copytree(example, folder, ignore=shutil.ignore_patterns("shop-data", "__pycache__", ".*"))
            for name, text in files.items():
                (folder / name).write_text(text)
            self._folders[page] = folder
        return self._folders[page]

    def _serve(self, folder: Path, modules: str) -> None:
        """Have a worker that serves these modules; with the built-in types too, unless theirs have the same names."""
        if not set(modules.split(",")) <= {BUILTIN_MODULE} and not self._has_builtin_types(folder, modules):
            modules = ",".join(dict.fromkeys([*modules.split(","), BUILTIN_MODULE]))
        wanted = (folder if modules != BUILTIN_MODULE else self._processes.folder, modules)
        if wanted == self._served:
            return
        self._processes.close(keep=self._others)
        self._served = wanted
        words = ("--handlers", modules, "--app-dir", str(wanted[0]), "--processes", "1", "--concurrency", "8")
        worker = self._processes.start("goqueue_worker", *words)
        eventually(lambda: worker.poll() is not None or self._is_served(), f"a worker of {modules} lives")
        assert worker.poll() is None, f"a worker of {modules} in {folder} did not start"

    def _is_served(self) -> bool:
        return any(handler.live_workers for handler in self._client.handlers())

    def _has_builtin_types(self, folder: Path, modules: str) -> bool:
        files = [folder / f"{name}.py" for name in modules.split(",")]
        text = "".join(file.read_text() for file in files if file.exists())
        return any(f'"{name}"' in text for name in self._builtin_types)


def _handlers_above(block: Block) -> str:
    above = [other for other in page_blocks(block.page) if other.language == "bash" and other.line <= block.line]
    named = [name for other in above for name in _HANDLERS.findall(other.text)]
    return named[-1] if named else BUILTIN_MODULE
