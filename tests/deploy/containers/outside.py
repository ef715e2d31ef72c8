"""outside.py: a web server on port 8000 and a mail server on 2525, each line of whose output is one thing that it was sent.

{"web": path, "key": idempotency key, "sent": JSON} or {"mail": Message-ID}. It runs on the Python of an image, alone.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from email import message_from_string
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def note(**received: object) -> None:
    sys.stdout.write(f"{json.dumps(received)}\n")
    sys.stdout.flush()


class Web(BaseHTTPRequestHandler):
    """Answers a POST with what it was sent."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        note(web=self.path, key=self.headers["Idempotency-Key"], sent=json.loads(sent))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, _format: str, *_arguments: object) -> None:
        """Nothing else is printed."""


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as one client needs that sends a mail."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.line().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                note(mail=message_from_string("".join(iter(self.line, ".\r\n")))["Message-ID"])
            self.say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def line(self) -> str:
        return self.rfile.readline().decode()

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


threading.Thread(target=MailServer(("", 2525), Mail).serve_forever, daemon=True).start()
ThreadingHTTPServer(("", 8000), Web).serve_forever()
