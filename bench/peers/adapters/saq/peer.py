"""SAQ on Redis, ten jobs at a time in each of two processes."""

import asyncio
import os

import probe
from saq import Queue

queue = Queue.from_url(os.environ["REDIS_URL"])
BATCH = 100


async def noop(_context, *, arg):
    probe.started(arg)


settings = {"queue": queue, "functions": [("noop", noop)], "concurrency": 10}


async def connect():
    await queue.connect()


async def close():
    await queue.disconnect()


async def submit(arg):
    await queue.enqueue("noop", arg=arg)


async def submit_many(args):
    await asyncio.gather(*(queue.enqueue("noop", arg=arg) for arg in args))
