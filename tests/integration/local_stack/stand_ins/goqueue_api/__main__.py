"""Answers every GET with 200 and one live job type, on both its addresses, and says when it is told to end.

With STAND_IN_KEY it tells the job types only to who has that key. STAND_IN_DASHBOARD=missing: as if there were no build.
"""

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        key = os.environ.get("STAND_IN_KEY")
        is_refused = key is not None and self.path == "/handlers" and self.headers["Authorization"] != f"Bearer {key}"
        self.send_response(401 if is_refused else 200)
        self.end_headers()
        self.wfile.write(b'{"items": [{"type": "demo.sleep", "live_workers": 1}]}')

    def log_message(self, *_words):
        pass


class Unbuilt(Handler):
    def do_GET(self):
        self.send_error(503)


def serve(bind, handler):
    host, port = bind.split(":")
    HTTPServer((host, int(port)), handler).serve_forever(poll_interval=0.01)


def bye(_number, _frame):
    sys.stdout.write("api bye\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, bye)
if dashboard := os.environ["GOQUEUE_DASHBOARD_BIND"]:
    pages = Unbuilt if os.environ.get("STAND_IN_DASHBOARD") == "missing" else Handler
    threading.Thread(target=serve, args=(dashboard, pages), daemon=True).start()
serve(os.environ["GOQUEUE_API_BIND"], Handler)
