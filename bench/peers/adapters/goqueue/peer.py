"""GoQueue as users run it: jobs come in over HTTP by the SDK, two worker processes run them, all safeguards are on."""

import os

import probe

from goqueue import Client, JobRequest
from goqueue_common import migrations
from goqueue_common.store_settings import normalise_database_url
from goqueue_worker import handler

BATCH = 20_000  # submit_many cuts what it is given into requests of 2,000, and sends two at a time
client = None


@handler("noop")
def noop(arg, _job):
    probe.started(arg)


def setup():
    migrations.upgrade(normalise_database_url(os.environ["DATABASE_URL"]))


def connect():
    global client
    client = Client(os.environ["API_URL"])


def close():
    client.close()


def submit(arg):
    client.submit("noop", arg)


def submit_many(args):
    client.submit_many(JobRequest("noop", arg) for arg in args)
