"""side_by_side.py LANE [LANE ...]: run make's targets, those of a lane one after the other, the lanes side by side.

What a target prints is shown when it ends, so that nothing is mixed. The first that fails ends all others, as does Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 60.0  # for tests to stop the servers that they have started


class Lane:
    """Targets that run one after the other."""

    def __init__(self, targets: list[str]) -> None:
        self._targets = targets
        self._start()

    @property
    def target(self) -> str:
        """What runs now."""
        return self._targets[0]

    def step(self) -> int | None:
        """Go on with the next target when one has ended well; 0: that was the last, otherwise how one failed."""
        code = self._process.poll()
        if code is None:
            return None
        self._show()
        if code == 0 and len(self._targets) > 1:
            self._targets = self._targets[1:]
            self._start()
            return None
        return code

    def interrupt(self) -> None:
        """Have it end as by Ctrl-C."""
        self._signal(signal.SIGINT)

    def end(self, deadline: float) -> None:
        """Wait until then for its end, then kill it."""
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _start(self) -> None:
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _show
        self._began = time.monotonic()
        # A group of its own: Ctrl-C reaches us alone, who say what it ends.
        self._process = subprocess.Popen(
            ["make", "--no-print-directory", self.target],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _show(self) -> None:
        with self._output:
            self._output.seek(0)
            sys.stdout.buffer.write(self._output.read())
        _say(f"{self.target}: {time.monotonic() - self._began:.0f} s")

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)


def main(words: list[str]) -> int:
    """0: all is well; otherwise the exit code of the first target that failed, or 130."""
    # Noted, not raised: an interrupt while a target is being started would lose that one, which then runs on.
    interrupts: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: interrupts.append(number))
    _say(f"side by side: {'; '.join(', then '.join(word.split()) for word in words)}")
    running = [Lane(word.split()) for word in words]
    failed, code = _run(running, interrupts)
    _stop(running)
    if failed is not None:
        _say(f"{failed} failed")
    return code


def _run(running: list[Lane], interrupts: list[int]) -> tuple[str | None, int]:
    while running and not interrupts:
        for lane in list(running):
            code = lane.step()
            if code is not None:
                running.remove(lane)
            if code:
                return lane.target, code
        time.sleep(_POLL_SECONDS)
    return None, 130 if running else 0


def _stop(lanes: list[Lane]) -> None:
    for lane in lanes:
        lane.interrupt()
    deadline = time.monotonic() + _GRACE_SECONDS
    for lane in lanes:
        lane.end(deadline)
        _say(f"{lane.target} was stopped")


def _say(text: str) -> None:
    print(f"-- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
