"""The dashboard's own application: the files of the build, and index.html for every path that only the browser knows."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from goqueue_api import errors, request_context
from goqueue_api.access import gate
from goqueue_api.dashboard.files import ASSETS, INDEX, BuiltFile, built_folder, find
from goqueue_api.http_errors import HTTP_ERRORS
from goqueue_api.services import EXTENSION, Services

PAGE_POLICY: Final = (
    "default-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Of every page and file; dashboard-vue/nginx sends the same."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
_NOT_BUILT: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>GoQueue: the dashboard is not built</title></head>
<body>
<h1>The dashboard is not built</h1>
<p>Run <code>make dashboard</code> in the checkout, then load this page again. Nothing needs a restart.</p>
<p>The API is here all the same: <a href="/api/docs">/api/docs</a></p>
</body>
</html>
"""


def create_pages(services: Services) -> Flask:
    """Serves without stores. It asks for no key: what it serves is the same for everybody, and no secret."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = services
    request_context.register(app)

    def know_names() -> None:
        # The API learns whether there is a key, and so which names it serves, from requests that ask for one.
        if not services.authenticator.serves_any_name and gate.comes_from_elsewhere():
            services.authenticator.look_for_keys()

    app.before_request(know_names)
    gate.register(app, services.authenticator)
    errors.register(app)
    app.add_url_rule("/", "show", show, defaults={"name": ""})
    app.add_url_rule("/<path:name>", "show", show)
    return app


def show(name: str) -> Response:
    """A file of the build, or the page that is the dashboard."""
    folder = built_folder()
    if folder is None:
        return Response(_NOT_BUILT, 503, HEADERS | {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")
    found = find(folder, name)
    if found is None and not name.startswith(ASSETS):
        found = find(folder, INDEX)
    if found is None:
        detail = "the dashboard has no such file: after a new build, load the page again"
        return errors.problem(404, HTTP_ERRORS[404].code, detail)
    return _sent(found)


def _sent(file: BuiltFile) -> Response:
    path = file.path
    if file.compressed is not None and request.accept_encodings["gzip"] > 0:
        path = file.compressed
    answer = Response(path.read_bytes(), headers=HEADERS, content_type=file.content_type)
    answer.headers["Cache-Control"] = FOR_EVER if file.is_hashed else ASK_AGAIN
    if file.compressed is not None:
        answer.headers["Vary"] = "Accept-Encoding"
    if path is file.compressed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.add_etag()  # of what is in it: files of a wheel may all have one time, and two builds one size
    answer.make_conditional(request)
    return answer
