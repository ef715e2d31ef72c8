"""Dramatiq on Redis, two processes of eight threads."""

import os

import dramatiq
import probe
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor(actor_name="noop")
def noop(arg):
    probe.started(arg)


submit = noop.send
