"""taskiq-redis with its list broker, which loses what a killed worker held, and with its stream broker."""

import asyncio
import os

import probe
from taskiq_redis import ListQueueBroker, RedisStreamBroker

URL = os.environ["REDIS_URL"]
BATCH = 100
broker = RedisStreamBroker(URL, consumer_id="0") if os.environ["VARIANT"] == "stream" else ListQueueBroker(URL)


@broker.task(task_name="noop")
async def noop(arg: dict) -> None:
    probe.started(arg)


async def connect():
    await broker.startup()


async def close():
    await broker.shutdown()


async def submit(arg):
    await noop.kiq(arg)


async def submit_many(args):
    await asyncio.gather(*(noop.kiq(arg) for arg in args))
