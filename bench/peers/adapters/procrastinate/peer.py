"""Procrastinate, ten jobs at a time in each of two processes."""

import os

import probe
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

URL = os.environ["DATABASE_URL"]
app = App(connector=PsycopgConnector(conninfo=URL))


@app.task(name="noop")
async def noop(arg):
    probe.started(arg)


def setup():
    with App(connector=SyncPsycopgConnector(conninfo=URL)).open() as opened:
        opened.schema_manager.apply_schema()


async def connect():
    await app.open_async()


async def close():
    await app.close_async()


async def submit(arg):
    await noop.defer_async(arg=arg)


async def submit_many(args):
    await noop.batch_defer_async(*({"arg": arg} for arg in args))
