"""Run a command that ends only by Ctrl-C: wait until one more worker lives at $API_URL, interrupt it, exit as it does."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from goqueue import Client

PATIENCE_SECONDS = 30.0


def live_workers(client: Client) -> int:
    return sum(handler.live_workers for handler in client.handlers())


def main() -> int:
    with Client() as client:
        before = live_workers(client)
        process = subprocess.Popen(sys.argv[1:])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while live_workers(client) <= before:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                sys.exit(f"no worker of {sys.argv[1:]} was seen; exit code {process.wait()}")
            time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    return process.wait(PATIENCE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
