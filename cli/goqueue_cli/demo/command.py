"""`goqueue demo`: starts the local stack, tells the stories, stops it."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goqueue_cli.errors import CommandError
from goqueue_cli.local.data_dir import DataDir
from goqueue_cli.local.interrupts import Interrupts
from goqueue_cli.local.log_prefix import PrefixedOutput
from goqueue_cli.local.ports import find_free_port, is_free
from goqueue_cli.local.readiness import api_is_ready, live_types
from goqueue_cli.local.service import Service, ServiceProcess
from goqueue_cli.local.stack import require_services
from goqueue_cli.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

    from goqueue import Client
    from goqueue_cli.demo.story import Story

_START_SECONDS = 120.0
_STORY_SECONDS = 120.0
_LOOK_SECONDS = 0.15
_USUAL_PORT = 8080
_USUAL_DASHBOARD_PORT = 3000
_PARTS = "PostgreSQL, Valkey, the API, a worker and a scheduler"
_PIPED_WIDTH = 200
_OF_A_SYSTEM = re.compile(r"(GOQUEUE_|DATABASE_URL|REDIS_URL|API_URL)")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Of the API; 8080 if left out, or another when that is taken.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".goqueue") / "demo",
    show_default=True,
    help="Where the demo's own stores keep their data.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def demo(port: int | None, data_dir: Path, *, as_json: bool) -> int:
    """Start everything here, run real jobs of every built-in type, and stop.

    Exit code 0: all went as it should; 1: something did not.
    """
    require_services()
    try:
        from goqueue_cli.demo.mail_server import MailServer
    except ImportError as error:
        raise CommandError(
            f"{error.name} is not installed: pip install 'goqueue[api,worker,scheduler,embedded]'"
        ) from error
    from rich.console import Console

    from goqueue import Client, GoQueueError
    from goqueue_cli.demo.stories import stories
    from goqueue_cli.demo.web_server import WebServer

    if port is not None and not is_free(port):
        raise CommandError(f"port {port} is taken: free it, or choose another by --port")
    port = port or _free_port(_USUAL_PORT)
    dashboard_port = find_free_port() if port == _USUAL_DASHBOARD_PORT else _free_port(_USUAL_DASHBOARD_PORT)
    console = Console(stderr=as_json)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    data_dir = data_dir.absolute()
    _check_free(data_dir)
    with Interrupts() as interrupts, ExitStack() as cleanup:
        mail, web = cleanup.enter_context(MailServer()), cleanup.enter_context(WebServer())
        stack = _StackProcess(port, dashboard_port, data_dir, _environment(mail.port), interrupts)
        cleanup.callback(stack.stop)
        with console.status(f"starting {_PARTS}"):
            seconds = stack.start()
        console.print(f"started {_PARTS} in {seconds:.1f} s\n")
        client = cleanup.enter_context(Client(f"http://127.0.0.1:{port}"))
        told = stories(data_dir / "media", mail, web)
        try:
            _tell(told, client, console, interrupts)
        except GoQueueError as error:
            raise CommandError(f"the demo's own API failed: {error}; its log is {stack.log_path}") from error
        with console.status("stopping"):
            stack.stop()
    is_right = all(story.row.is_right for story in told)
    if as_json:
        click.echo(json.dumps([asdict(story.row) for story in told], indent=2))
    else:
        _print_end(console, port, dashboard_port, data_dir, is_right=is_right)
    return 0 if is_right else 1


def _free_port(usual: int) -> int:
    return usual if is_free(usual) else find_free_port()


def _check_free(data_dir: Path) -> None:
    """Raises DataDirInUse now rather than when the stack has been asked to start."""
    held = DataDir(data_dir)
    held.acquire()
    held.release()


class _StackProcess:
    """`goqueue up` as a child; its lines go to a file."""

    def __init__(
        self, port: int, dashboard_port: int, data_dir: Path, environment: Mapping[str, str], interrupts: Interrupts
    ) -> None:
        self._port = port
        self._interrupts = interrupts
        self._is_hurried = False
        self.log_path = data_dir / "logs" / "demo.log"
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        self._log = self.log_path.open("w")
        words = ("up", "--port", str(port), "--dashboard-port", str(dashboard_port), "--data-dir", str(data_dir))
        argv = (sys.executable, "-P", "-m", "goqueue_cli.main", *words)
        output = PrefixedOutput(self._log, ("stack",), colour=False)
        self._process = ServiceProcess(Service("stack", argv, environment, grace_seconds=60.0), output)

    def start(self) -> float:
        """Seconds until the API was ready. Raises CommandError, with what the stack said last."""
        began = time.monotonic()
        self._process.start(self._interrupts.stop_requested)
        while not (self._process.is_running() and api_is_ready(self._port) and live_types(self._port)):
            self._give_up_if_interrupted()
            if not self._process.is_running() or time.monotonic() - began > _START_SECONDS:
                self.stop()
                said = self.log_path.read_text().strip().splitlines()
                raise CommandError(f"the stack did not start: {said[-1] if said else 'it said nothing'}")
            self._interrupts.wait(0.05)
        return time.monotonic() - began

    def stop(self) -> None:
        """In order, at once after a second signal; harmless when it has ended."""
        self._process.stop(self._hurry)
        self._log.close()

    def _hurry(self) -> bool:
        """Pass the second signal on, rather than kill what would leave the stores behind."""
        if self._interrupts.kill_requested() and not self._is_hurried and self._process.pid is not None:
            self._is_hurried = True
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self._process.pid, signal.SIGTERM)
        return False

    def _give_up_if_interrupted(self) -> None:
        if self._interrupts.stop_requested():
            raise KeyboardInterrupt


def _environment(smtp_port: int) -> dict[str, str]:
    """Nothing of the caller's own system, whose jobs and mail must not come here; a mail server, and leave to call it."""
    inherited = {name: value for name, value in read_settings().environment.items() if not _OF_A_SYSTEM.match(name)}
    return {
        **inherited,
        "GOQUEUE_SMTP_HOST": "127.0.0.1",
        "GOQUEUE_SMTP_PORT": str(smtp_port),
        "GOQUEUE_SMTP_SECURITY": "none",
        "GOQUEUE_SMTP_FROM": "GoQueue demo <demo@example.org>",
        "GOQUEUE_SUMMARY_RECIPIENTS": "grace@example.org",
        "GOQUEUE_HTTP_ALLOWED_NETWORKS": "127.0.0.1",
        "GOQUEUE_SCHEDULES": "",  # those that come with GoQueue would report in the midst of it at midnight
    }


def _tell(told: list[Story], client: Client, console: Console, interrupts: Interrupts) -> None:
    from rich.live import Live

    from goqueue_cli.demo.board import table

    def drawn(*, is_live: bool) -> Table:
        return table([story.row for story in told], is_live=is_live, width=console.width)

    deadline = time.monotonic() + _STORY_SECONDS
    for story in told:
        story.start(client)
    screen = Live(drawn(is_live=True), console=console, auto_refresh=False, transient=True)
    with screen if console.is_terminal else nullcontext():
        while any(story.row.is_right is None for story in told) and time.monotonic() < deadline:
            for story in told:
                if story.row.is_right is None:
                    story.look(client)
            screen.update(drawn(is_live=True), refresh=console.is_terminal)
            if interrupts.stop_requested():
                raise KeyboardInterrupt
            interrupts.wait(_LOOK_SECONDS)
    console.print(drawn(is_live=False))


def _print_end(console: Console, port: int, dashboard_port: int, data_dir: Path, *, is_right: bool) -> None:
    port_words = f" --port {port}" if port != _USUAL_PORT else ""
    if dashboard_port != _USUAL_DASHBOARD_PORT:
        port_words += f" --dashboard-port {dashboard_port}"
    up = f"goqueue up --data-dir {os.path.relpath(data_dir)}{port_words}"
    console.print()
    console.print(
        "everything went as it should" if is_right else "not everything went as it should: see above", highlight=False
    )
    console.print(f"files      {data_dir / 'media' / 'demo'}", highlight=False, soft_wrap=True)
    console.print(f"log        {data_dir / 'logs' / 'demo.log'}", highlight=False, soft_wrap=True)
    console.print(f"see them   {up}; then", highlight=False)
    console.print(f"           http://localhost:{dashboard_port}", highlight=False)
    console.print(f"           http://localhost:{port}/docs", highlight=False)
    console.print(f"           http://localhost:{port}/jobs", highlight=False)
