"""Celery on Redis: without results, with them (`prefork-result`), and with what its documentation says of speed."""

import os

import probe
from celery import Celery

URL = os.environ["REDIS_URL"]
KEEPS_RESULTS = os.environ["VARIANT"] == "prefork-result"
app = Celery("peer", broker=URL, backend=URL if KEEPS_RESULTS else None)
app.conf.update(
    task_ignore_result=not KEEPS_RESULTS,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task(name="noop")
def noop(arg):
    probe.started(arg)


submit = noop.delay
