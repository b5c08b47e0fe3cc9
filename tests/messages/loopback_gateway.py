"""A real HTTP gateway on the loopback interface, as docs/messages.md describes one: it keeps what it accepted, once a key.

It can answer otherwise for a while, and hang up after it has accepted.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Desk:
    """`answers`: (status, headers, body) of the next requests, then 202. Having accepted, it may hang up (`hangs_up`) or say
    nothing until it is `released` (`silent`)."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    hangs_up: bool = False
    silent: bool = False
    heard: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    requests: list[dict[str, Any]] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"


@contextmanager
def running(desk: Desk) -> Iterator[Desk]:
    class Handler(_Handler):
        its = desk

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        desk.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield desk
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    its: Desk

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        self.its.requests.append({"body": body, "key": key, "authorization": self.headers.get("Authorization")})
        status, headers, text = self.its.answers.pop(0) if self.its.answers else (202, {}, "")
        if 200 <= status < 300:
            self.its.accepted.setdefault(key, body)
            text = text or json.dumps({"id": f"g-{key}"})
            self.its.heard.set()
            if self.its.silent:
                self.its.released.wait(60)
            if self.its.hangs_up or self.its.silent:
                self.close_connection = True
                return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen of a test."""
