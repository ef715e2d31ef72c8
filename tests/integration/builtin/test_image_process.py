"""image.process with a picture that a web server has."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from goqueue_builtin.image_process import process_image
from goqueue_worker.testing import run
from tests.integration.builtin.web_server import Web, plain


def test_picture_is_fetched(web: Web, tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(content, "PNG")
    web.routes["/a.png"] = plain(200, content.getvalue(), Content_Type="image/png")
    done = run(process_image, {"url": f"{web.url}/a.png", "thumbnail": {"width": 40, "height": 40}})
    with Image.open(tmp_path / done.result["path"]) as found:
        assert found.size == (40, 30)


@pytest.mark.parametrize(
    ("status", "becomes"), [(404, "failed"), (403, "failed"), (408, "retrying"), (429, "retrying"), (503, "retrying")]
)
def test_status_decides_whether_it_is_tried_again(web: Web, status: int, becomes: str) -> None:
    web.routes["/a.png"] = plain(status)
    done = run(process_image, {"url": f"{web.url}/a.png"})
    assert (done.status, f"answered {status}" in str(done.error)) == (becomes, True)


def test_picture_of_a_gigabyte_is_not_fetched(web: Web) -> None:
    web.routes["/a.png"] = plain(200, b"x", Content_Length=str(1024**3))
    done = run(process_image, {"url": f"{web.url}/a.png"})
    assert "1,073,741,824 bytes, more than the 33,554,432 that are taken" in str(done.error)


def test_redirect_to_a_private_address_is_refused(web: Web) -> None:
    web.routes["/a.png"] = plain(302, Location="http://169.254.169.254/latest/meta-data/")
    assert "169.254.169.254 is no public address" in str(run(process_image, {"url": f"{web.url}/a.png"}).error)
