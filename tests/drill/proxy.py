"""A process between the system and PostgreSQL that loses connections, most of all when a COMMIT was just sent.

`python -m tests.drill.proxy FOLDER_OF_THE_SERVERS_SOCKET OWN_FOLDER`. A file `losses` in its own folder says how often, as
`commits other seed`: of a thousand COMMITs and of a thousand other messages. What it did stands in `lost`, a word a line.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import Lock, Thread

SOCKET = ".s.PGSQL.5432"
BEFORE = "before"
"""The COMMIT never reached the server."""
AFTER = "after"
"""It did, and was done; nobody heard of it."""
AT_ONCE = "at_once"
"""It was sent on and the connection lost in the same moment."""
OTHER = "other"
"""Lost in the middle of something else."""


class Losses:
    """When to lose a connection."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._asked = ""
        self._chance = Random(0)  # noqa: S311

    def how(self, *, commit: bool) -> str | None:
        try:
            asked = (self._folder / "losses").read_text()
        except FileNotFoundError:
            return None
        with self._lock:
            commits, others, seed = asked.split()
            if asked != self._asked:
                self._asked, self._chance = asked, Random(seed)  # noqa: S311
            if self._chance.random() * 1000 >= float(commits if commit else others):
                return None
            found = self._chance.choice((BEFORE, AFTER, AT_ONCE)) if commit else OTHER
            with (self._folder / "lost").open("a") as file:
                file.write(f"{found}\n")
            return found


class Link:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket, losses: Losses) -> None:
        self._client, self._server, self._losses = client, server, losses
        self._silent = False

    def start(self) -> None:
        Thread(target=self._guarded, args=(self._forward,), daemon=True).start()
        Thread(target=self._guarded, args=(self._back,), daemon=True).start()

    def _guarded(self, do: Callable[[], None]) -> None:
        with contextlib.suppress(OSError, EOFError):
            do()
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._client.recv(size - len(found))
            if not more:
                raise EOFError
            found += more
        return found

    def _forward(self) -> None:
        """Message by message; the first one has no kind."""
        size = self._exactly(4)
        self._server.sendall(size + self._exactly(int.from_bytes(size, "big") - 4))
        while True:
            head = self._exactly(5)
            body = self._exactly(int.from_bytes(head[1:], "big") - 4)
            how = None
            if head[:1] in b"QP":
                how = self._losses.how(commit=body[:6] == b"COMMIT")
            if how in (BEFORE, OTHER):
                raise EOFError
            self._silent = how == AFTER
            self._server.sendall(head + body)
            if how == AT_ONCE:
                raise EOFError

    def _back(self) -> None:
        while more := self._server.recv(65536):
            if self._silent:
                raise EOFError
            self._client.sendall(more)


def serve(server: Path, own: Path) -> None:
    losses = Losses(own)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(own / SOCKET))
    listener.listen(64)
    while True:
        client, _ = listener.accept()
        there = socket.socket(socket.AF_UNIX)
        try:
            there.connect(str(server / SOCKET))
        except OSError:
            client.close()
            there.close()
            continue
        Link(client, there, losses).start()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
