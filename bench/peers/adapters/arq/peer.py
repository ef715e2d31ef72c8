"""arq; `tuned` polls each 20 ms, not 500, and runs 100 jobs at a time, not 10."""

import asyncio
import logging
import os

import probe
from arq import create_pool
from arq.connections import RedisSettings

SETTINGS = RedisSettings.from_dsn(os.environ["REDIS_URL"])
logging.getLogger("arq.worker").disabled = True
BATCH = 100
pool = None


async def noop(_context, arg):
    probe.started(arg)


class WorkerSettings:
    functions = (noop,)
    redis_settings = SETTINGS
    if os.environ["VARIANT"] == "tuned":
        poll_delay, max_jobs = 0.02, 100


async def connect():
    global pool
    pool = await create_pool(SETTINGS)


async def submit(arg):
    await pool.enqueue_job("noop", arg)


async def submit_many(args):
    await asyncio.gather(*(pool.enqueue_job("noop", arg) for arg in args))
