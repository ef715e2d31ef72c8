"""Answers every GET with 200 and one live job type, and says when it is told to end.

With STAND_IN_KEY it tells the job types only to who has that key.
"""

import os
import signal
import sys
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


def bye(_number, _frame):
    sys.stdout.write("api bye\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, bye)
host, port = os.environ["GOQUEUE_API_BIND"].split(":")
HTTPServer((host, int(port)), Handler).serve_forever(poll_interval=0.01)
