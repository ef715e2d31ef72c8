"""The stories of the demo, one for every built-in type and for what a queue is for: waiting, failing, trying again."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goqueue import Job, JobRequest
from goqueue_cli.demo import picture
from goqueue_cli.demo.schedule_story import ScheduleStory
from goqueue_cli.demo.story import BatchStory, JobStory, NotAsPromised, RetriedByHand, Story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goqueue_cli.demo.mail_server import MailServer
    from goqueue_cli.demo.web_server import WebServer

_BATCH = 1000
_BATCH_QUEUE = "demo-batch"
_PICTURE = "demo/landscape.jpg"
_WANTED = (1200, 800)


def stories(media: Path, mail: MailServer, web: WebServer) -> list[Story]:
    """Everything to show. media: the media root of the worker; a picture is drawn into it."""
    (media / "demo").mkdir(exist_ok=True)
    picture.draw(media / _PICTURE)
    image = {"path": _PICTURE, "resize": {"width": _WANTED[0]}, "format": "webp", "output": "demo/landscape-small.webp"}
    letter = {"to": ["ada@example.org"], "subject": "Your order is on its way", "text": "It left us this morning."}
    report = {"format": "html", "output": "demo/report.html"}
    tag = f"demo-{secrets.token_hex(4)}"
    batch = [JobRequest("demo.noop", queue=_BATCH_QUEUE, tags=[tag])] * _BATCH
    call = {"url": f"{web.url}/orders", "method": "POST", "json": {"order": 1815}}
    return [
        JobStory("resize a picture", JobRequest("image.process", image), lambda job: _check_picture(media, job)),
        JobStory("send a mail", JobRequest("email.send", letter), lambda job: _check_mail(mail, job)),
        JobStory("call a web server", JobRequest("http.request", call), lambda job: _check_call(web, job)),
        # Last, so that it has something to report.
        JobStory("write a report", JobRequest("report.generate", report, delay=4), lambda job: _check_report(media, job)),
        JobStory("mail yesterday's summary", JobRequest("email.daily_summary"), lambda job: _check_mail(mail, job)),
        JobStory("take two seconds", JobRequest("demo.sleep", {"seconds": 2}), _check_sleep),
        JobStory("start in three seconds", JobRequest("demo.noop", delay=3), _check_delay),
        JobStory("fail twice, then succeed", JobRequest("demo.fail", {"times": 2}), lambda job: _check_tries(job, 3)),
        RetriedByHand(
            "fail for good, retry by hand",
            JobRequest("demo.fail", {"times": 2}, max_retries=1),
            lambda job: _check_tries(job, 3) + ", the last by hand",
        ),
        ScheduleStory("run each second, by a cron", "demo.noop", "* * * * * *", name=f"{tag}-each-second"),
        BatchStory(f"{_BATCH:,} jobs in one request", batch, queue=_BATCH_QUEUE, tag=tag),
    ]


def _check_picture(media: Path, job: Job) -> str:
    from PIL import Image

    before, after = media / _PICTURE, media / str(_result(job)["path"])
    with Image.open(before) as first, Image.open(after) as second:
        if first.size != picture.SIZE or second.size != _WANTED or second.format != "WEBP":
            raise NotAsPromised(f"{after.name} is {second.format} of {second.size}")
        sizes = f"{first.width}x{first.height} {first.format} to {second.width}x{second.height} {second.format}"
    return f"{sizes}, {before.stat().st_size // 1024} to {after.stat().st_size // 1024} KiB"


def _check_mail(mail: MailServer, job: Job) -> str:
    message = mail.received(str(_result(job)["message_id"]))
    if message is None:
        raise NotAsPromised("the mail server did not get it")
    attachments = len(list(message.iter_attachments()))
    return f"received by {message['To']}: {message['Subject']}" + (f" (+{attachments} file)" if attachments else "")


def _check_call(web: WebServer, job: Job) -> str:
    sent, result = web.calls.get(job.id), _result(job)
    if sent is None or result["status"] != 200:
        raise NotAsPromised(f"the web server got {sent!r}")
    return f"status {result['status']}; the server got {json.dumps(sent)}"


def _check_report(media: Path, job: Job) -> str:
    path = media / str(_result(job)["path"])
    if "<svg" not in path.read_text(encoding="utf-8"):
        raise NotAsPromised(f"{path.name} has no chart in it")
    return f"{path.stat().st_size // 1024} KiB of HTML in {path.name}"


def _check_sleep(job: Job) -> str:
    return f"slept {_result(job)['slept_seconds']} s"


def _check_delay(job: Job) -> str:
    if job.started_at is None or job.run_at is None or job.started_at < job.run_at:
        raise NotAsPromised(f"was due at {job.run_at}, started at {job.started_at}")
    return f"started {(job.started_at - job.run_at).total_seconds() * 1000:.0f} ms after it was due"


def _check_tries(job: Job, wanted: int) -> str:
    if job.attempts != wanted or len(job.attempt_history) != wanted:
        raise NotAsPromised(f"{job.attempts} tries, not {wanted}")
    return f"{wanted - 1} tries failed, number {wanted} succeeded"


def _result(job: Job) -> Mapping[str, Any]:
    if not isinstance(job.result, dict):
        raise NotAsPromised(f"its result is {job.result!r:.80}")
    return job.result
