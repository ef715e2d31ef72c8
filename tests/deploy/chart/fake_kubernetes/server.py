"""The server itself: the addresses of Kubernetes over HTTP, on a port of this machine."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.deploy.chart.fake_kubernetes import protobuf
from tests.deploy.chart.fake_kubernetes.admission import LEVEL, Refused
from tests.deploy.chart.fake_kubernetes.api import Api, Request
from tests.deploy.chart.fake_kubernetes.controllers import now
from tests.deploy.chart.fake_kubernetes.storage import Object


class FakeKubernetes:
    """A cluster of one minor version, with an empty namespace whose pods must be restricted; use it with `with`."""

    def __init__(self, version: str, *, namespace: str = "goqueue") -> None:
        self.version = version
        self.api = Api(version)
        self.namespace = namespace
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Handler", (_Handler,), {"api": self.api}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        for name, labels in (("default", {}), (namespace, {LEVEL: "restricted"})):
            metadata = {
                "name": name,
                "labels": labels,
                "uid": str(uuid.uuid4()),
                "creationTimestamp": now(),
                "generation": 1,
            }
            self.api.create_namespace({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.api.storage.close()
        self._server.shutdown()
        self._server.server_close()

    def write_kubeconfig(self, path: Path) -> Path:
        """So that clients find this server, and the namespace."""
        context = {"cluster": "fake", "user": "fake", "namespace": self.namespace}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "fake", "user": {}}],
            "contexts": [{"name": "fake", "context": context}],
            "current-context": "fake",
        }
        path.write_text(yaml.safe_dump(document))
        return path

    def objects(self, *kinds: str) -> list[Object]:
        """All of the namespace, or those of some kinds; without what controllers made of them."""
        with self.api.storage.condition:
            return [
                found
                for (_, _, home, _), found in self.api.storage.all()
                if home == self.namespace and (not kinds or found["kind"] in kinds) and found["kind"] != "ReplicaSet"
            ]

    def scale(self, deployment: str, replicas: int) -> None:
        """As an autoscaler does: who owns spec.replicas is then the controller manager."""
        self.api.scale(self.namespace, deployment, replicas)

    def let_fail(self, kind: str, prefix: str) -> None:
        """Pods of objects of this kind whose names begin so end with an error from now on."""
        self.api.failing.append((kind, prefix))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer are two packets: the second is not to wait for 40 ms until the first is confirmed.
    disable_nagle_algorithm = True
    api: Api

    def log_message(self, *words: Any) -> None:
        """Say nothing: `changes` of the storage says more."""

    def _answer(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        request = Request(
            method=self.command,
            path=address.path.rstrip("/"),
            query=query,
            body=self._body(),
            content_type=self.headers.get("Content-Type", ""),
            user_agent=self.headers.get("User-Agent", "unknown"),
        )
        try:
            watched = self.api.watched(request)
            if watched is None:
                code, document = self.api.answer(request)
                self._send(code, document)
                return
            self._begin_stream()
            for event in watched:
                self._send_chunk(event)
            self.wfile.write(b"0\r\n\r\n")
        except Refused as refusal:
            self._send(refusal.code, _status(refusal))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has seen enough

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815, the names are those of http.server

    def _body(self) -> Any:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if body.startswith(protobuf.MAGIC):
            return protobuf.secret(body)
        if body.startswith(b"{"):
            return json.loads(body)
        return yaml.safe_load(body) if body else {}

    def _send(self, code: int, document: Mapping[str, Any] | str) -> None:
        is_text = isinstance(document, str)
        body = document.encode() if isinstance(document, str) else json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _send_chunk(self, event: Mapping[str, Any]) -> None:
        line = json.dumps(event).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()


def _status(refusal: Refused) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": refusal.message,
        "reason": refusal.reason,
        "code": refusal.code,
    }
