"""PgQueuer in batches of 100, not 10. Run by this file: its `pgq run` of 1.6.0 ends with an AttributeError."""

import asyncio
import json
import os

import asyncpg
import probe
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

URL = os.environ["DATABASE_URL"]
connection = queries = None


async def connect():
    global connection, queries
    connection = await asyncpg.connect(URL)
    queries = Queries(AsyncpgDriver(connection))


async def close():
    await connection.close()


async def setup():
    await connect()
    await queries.install()
    await close()


async def submit(arg):
    await queries.enqueue(["noop"], [json.dumps(arg).encode()], [0])


async def submit_many(args):
    await queries.enqueue(["noop"] * len(args), [json.dumps(arg).encode() for arg in args], [0] * len(args))


async def work():
    pgq = PgQueuer(AsyncpgDriver(await asyncpg.connect(URL)))

    @pgq.entrypoint("noop")
    async def noop(job):
        probe.started(json.loads(job.payload))

    await pgq.run(batch_size=100)


if __name__ == "__main__":
    asyncio.run(work())
