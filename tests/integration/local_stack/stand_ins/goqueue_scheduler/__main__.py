"""Says what it was told, and waits to be told to end."""

import os
import signal
import sys


def bye(_number, _frame):
    sys.stdout.write("scheduler bye\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, bye)
schedules = os.environ.get("GOQUEUE_SCHEDULES", "as usual")
key = os.environ.get("GOQUEUE_API_KEY", "none")
sys.stdout.write(f"scheduler up for {os.environ['API_URL']}, schedules {schedules}, key {key}\n")
while True:
    signal.pause()
