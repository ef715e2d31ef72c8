"""RQ, with a process for each job (`fork`, its default) and without (`simple`)."""

import os

import probe
from redis import Redis
from rq import Queue

queue = Queue(connection=Redis.from_url(os.environ["REDIS_URL"]))


def noop(arg):
    probe.started(arg)


def submit(arg):
    queue.enqueue("peer.noop", arg)


def submit_many(args):
    queue.enqueue_many([Queue.prepare_data("peer.noop", (arg,)) for arg in args])
