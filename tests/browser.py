"""A real Chromium without a window, driven over its DevTools protocol by a pipe: no port, no web socket."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 15.0
_FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync"),
)
_COMPLAINTS = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")


def installed_browser() -> str | None:
    """The path of a Chromium, if this machine has one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


class DevTools:
    """Commands to a browser, answers and events from it: JSON documents that end with a NUL."""

    def __init__(self, commands: int, events: int) -> None:
        self.complaints: list[str] = []
        self._commands, self._events = commands, events
        self._numbers = itertools.count(1)
        self._unread = b""

    def send(self, method: str, parameters: dict[str, Any], **session: str) -> dict[str, Any]:
        """What it answers to a command; what it complains of in between is kept."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (answer := self._next(deadline)).get("id") != number:
            self._note(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._events], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._events, 1 << 20)
            assert more, "the browser has ended"
            self._unread += more
        first, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") not in _COMPLAINTS:
            return
        told = event["params"].get("entry") or event["params"]
        if (told.get("level") or told.get("type", "error")) in ("warning", "error", "assert"):
            self.complaints.append(json.dumps(told))


class Page:
    """One page of it."""

    def __init__(self, tools: DevTools) -> None:
        self._tools = tools
        target = tools.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = tools.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._tools.send(method, parameters, sessionId=self._session)

    @property
    def complaints(self) -> list[str]:
        """What its console has said since it was opened, warnings and worse: violations of its policy are among them."""
        self.run("new Promise(resolve => setTimeout(resolve))")
        return self._tools.complaints

    def open(self, url: str) -> None:
        """Go there; complaints begin anew."""
        self._tools.complaints.clear()
        answer = self._send("Page.navigate", url=url)
        assert "errorText" not in answer, answer["errorText"]
        self.eventually("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of an expression on the page."""
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def eventually(self, script: str) -> Any:
        """The value of an expression once it is true."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, f"never true on the page: {script}; it says {self.complaints}"
            time.sleep(0.02)
        return value

    def click(self, selector: str) -> None:
        """Click what the selector finds, once it is there."""
        self.eventually(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def write(self, selector: str, text: str) -> None:
        """Type into a field, in place of what it holds, as from a keyboard."""
        self.eventually(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self._send("Input.insertText", text=text)


@contextlib.contextmanager
def browser_page(browser: str, profile: Path) -> Iterator[Page]:
    """A page of a browser of its own, which keeps all it keeps in `profile` and ends with the block."""
    theirs_in, ours_out = _pipe()
    ours_in, theirs_out = _pipe()
    flags = [*_FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    process = subprocess.Popen(
        ["bash", "-c", f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}', browser, *flags],
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Page(DevTools(ours_out, ours_in))
    finally:
        os.close(ours_out)  # this ends it
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(ours_in)


def _pipe() -> tuple[int, int]:
    """(end to read, end to write), neither of them 3 or 4, which Chromium wants for itself."""
    ends = os.pipe()
    reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return reading, writing
