"""Everything that the pages speak of, running: stores, API, a mail server, a folder for files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goqueue_cli.demo.mail_server import MailServer
from goqueue_cli.local import LocalStores
from tests.docs.reader import Reader
from tests.processes import Processes
from tests.scratch_database import scratch_database


@pytest.fixture(scope="module")
def reader(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reader]:
    folder, media = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("media")
    with scratch_database(server_url, template=template) as database_url, MailServer() as mail:
        processes = Processes(database_url, stores.redis_url, folder.name, folder)
        processes.environment |= {
            "GOQUEUE_MEDIA_ROOT": str(media),
            "GOQUEUE_SMTP_HOST": "127.0.0.1",
            "GOQUEUE_SMTP_PORT": str(mail.port),
            "GOQUEUE_SMTP_SECURITY": "none",
            "GOQUEUE_SMTP_FROM": "Shop <shop@example.org>",
            "GOQUEUE_SUMMARY_RECIPIENTS": "grace@example.org",
            "GOQUEUE_HTTP_ALLOWED_NETWORKS": "127.0.0.1",
            # `goqueue up` of a page starts them too, and a start takes a second each.
            "GOQUEUE_API_PROCESSES": "1",
            "GOQUEUE_PROCESSES": "1",
        }
        processes.start_api()
        somebody = Reader(processes, media)
        yield somebody
        somebody.close()
        processes.close()
