"""Huey on Redis, two processes."""

import os

import probe
from huey import RedisHuey

huey = RedisHuey("peer", url=os.environ["REDIS_URL"])


@huey.task()
def noop(arg):
    probe.started(arg)


submit = noop
