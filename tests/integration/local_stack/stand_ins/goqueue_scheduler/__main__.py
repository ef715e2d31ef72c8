"""Says what it was told, and waits to be told to end."""

import os
import signal
import sys


def bye(_number, _frame):
    sys.stdout.write("scheduler bye\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, bye)
schedules = os.environ.get("GOQUEUE_SCHEDULES", "as usual")
sys.stdout.write(f"scheduler up for {os.environ['API_URL']}, schedules {schedules}\n")
while True:
    signal.pause()
