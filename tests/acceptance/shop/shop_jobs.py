"""Handlers of a small shop, beside packages of its own called common and api."""

import asyncio
import os
import signal
import time
from pathlib import Path

from api import PRICE
from common import GREETING
from goqueue_worker import Cancel, Discard, JobContext, Retry, Snooze, handler, on_start, on_stop, worker

EFFECTS = Path(os.environ["SHOP_EFFECTS"])


def effect(line: str) -> None:
    """One line in a file that outlives every process: what really ran, seen from outside."""
    with EFFECTS.open("a") as file:
        file.write(line + "\n")


@on_start
def started() -> None:
    effect("started")


@on_stop
def stopped() -> None:
    effect("stopped")


@handler("shop.greet", schema={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
def greet(payload: dict, job: JobContext) -> dict:
    return {"greeting": f"{GREETING}, {payload['name']}", "price": PRICE, "attempt": job.attempt}


def plain(payload: dict, job: JobContext) -> dict:
    effect(f"plain {job.id} {payload.get('n')}")
    return {"plain": True}


worker.register("shop.plain", plain)


@handler("shop.brief")
def brief(payload: dict, job: JobContext) -> None:
    effect(f"brief {job.id}")
    time.sleep(payload.get("seconds", 0))


def span(payload: dict, job: JobContext) -> None:
    """When it ran, by a clock that all processes of a machine share."""
    effect(f"begin {job.id} {time.monotonic()}")
    time.sleep(payload["seconds"])
    effect(f"end {job.id} {time.monotonic()}")


worker.register("shop.span", span)
worker.register("shop.scarce_span", span)


@handler("shop.pid")
def pid(_payload: dict, job: JobContext) -> None:
    effect(f"pid {job.id} {os.getpid()}")


HOARD: list[bytes] = []


@handler("shop.hoard")
def hoard(payload: dict, job: JobContext) -> None:
    """Leak so many MiB, as a careless library would."""
    effect(f"hoard {job.id} {os.getpid()}")
    HOARD.append(b"x" * payload["mib"] * 1024 * 1024)


@handler("shop.verdict", max_retries=1)
def verdict(payload: dict, job: JobContext) -> None:
    if payload["say"] == "retry" and job.attempt == 1:
        raise Retry(0.2, "come again")
    if payload["say"] == "snooze" and job.attempt == 1:
        raise Snooze(0.2)
    if payload["say"] == "discard":
        raise Discard("useless")
    if payload["say"] == "cancel":
        raise Cancel("nobody wants it")
    if payload["say"] == "exit":
        raise SystemExit(3)


@handler("shop.nap", timeout=0.5, max_retries=0)
def nap(_payload: dict, job: JobContext) -> None:
    effect(f"nap {job.id}")
    while True:
        time.sleep(0.01)


@handler("shop.async_nap", timeout=0.5, max_retries=0)
async def async_nap(payload: dict, job: JobContext) -> dict:
    effect(f"async_nap {job.id}")
    await asyncio.sleep(payload.get("seconds", 60))
    return {"slept": True}


@handler("shop.isolated", isolation="process", timeout=3.0, max_retries=0)
def isolated(payload: dict, job: JobContext) -> dict:
    effect(f"isolated {job.id} {os.getpid()}")
    job.progress(0.5, "half")
    if payload.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if payload.get("hang"):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.Signals)
        time.sleep(600)
    child = job.submit("shop.plain", {"n": "child"}, name="only") if payload.get("submit") else None
    return {"pid": os.getpid(), "child": child}


@handler("shop.deaf", timeout=0.3, max_retries=0)
def deaf(_payload: dict, job: JobContext) -> None:
    """One call into C that no interruption reaches."""
    effect(f"deaf {job.id}")
    time.sleep(600)


@handler("shop.wait")
def wait(payload: dict, job: JobContext) -> dict:
    """Run until the file named in the payload exists, or it is cancelled."""
    effect(f"wait {job.id} {job.attempt}")
    while not Path(payload["file"]).exists():
        if job.cancelled:
            raise Cancel("seen the flag")
        time.sleep(0.01)
    return {"attempt": job.attempt}


@handler("shop.kill", max_retries=0)
def kill(payload: dict, job: JobContext) -> None:
    """Take the whole process down, as a crashing C extension would."""
    effect(f"kill {job.id} {job.attempt}")
    if job.attempt <= payload.get("times", 1000):
        os.kill(os.getpid(), signal.SIGKILL)


def talk(payload: dict, job: JobContext) -> None:
    """Two lines, then what the payload wants."""
    job.log("began", level="debug", attempt=job.attempt, at=Path("shop"))
    job.log("said", words=["a", {"b": None}])
    if payload.get("die"):
        while not Path(payload["die"]).exists():
            time.sleep(0.01)
        if job.attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    if payload.get("retry") and job.attempt == 1:
        raise Retry(after=0)


handler("shop.talk", max_retries=1)(talk)
handler("shop.isolated_talk", max_retries=1, isolation="process")(talk)


@handler("shop.async_talk", max_retries=1)
async def async_talk(payload: dict, job: JobContext) -> None:
    talk(payload, job)


@handler("shop.babble")
def babble(payload: dict, job: JobContext) -> None:
    for number in range(payload["lines"]):
        job.log(f"line {number}")


@handler("shop.parent")
def parent(_payload: dict, job: JobContext) -> dict:
    return {"children": [job.submit("shop.plain", {"n": n}, name="same") for n in (1, 2)]}


@handler("shop.bad_result", max_retries=0)
def bad_result(_payload: dict, _job: JobContext) -> object:
    return {"set": {1, 2, 3}}
