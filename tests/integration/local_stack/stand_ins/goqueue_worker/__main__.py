"""Waits to be told to end, or does what STAND_IN_WORKER says."""

import os
import signal
import sys


def bye(_number, _frame):
    sys.stdout.write("worker bye\n")
    if os.environ.get("STAND_IN_WORKER") != "stubborn":
        sys.exit(0)


if os.environ.get("STAND_IN_WORKER") == "misconfigured":
    sys.exit(2)
signal.signal(signal.SIGTERM, bye)
sys.stdout.write(" ".join(["worker up", *sys.argv[1:]]) + "\n")
while True:
    signal.pause()
