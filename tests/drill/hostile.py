"""Clients that send slowly, stop in the middle, never read, or vanish: `each` of every kind, until they are stopped."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Event, Thread

BEAT = 0.5  # seconds between two bytes
_POST = b"POST /api/v1/dossiers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
SILENT, SLOW_HEAD, SLOW_BODY, LARGE_BODY, UNREAD, HALF_CLOSED, VANISHED, CHUNKS = (
    b"",
    b"GET /readyz HTTP/1.1\r\nHost: x\r\nX-Long: ",
    _POST + b"2000\r\n\r\n{",
    _POST + b"9000000\r\n\r\n{",
    b"GET /static/modeller.js HTTP/1.1\r\nHost: x\r\n\r\n" * 4,
    b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n",
    _POST + b"20\r\n\r\n{",
    b"POST /api/v1/dossiers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
)
KINDS = (SILENT, SLOW_HEAD, SLOW_BODY, LARGE_BODY, UNREAD, HALF_CLOSED, VANISHED, CHUNKS)
TRICKLES = (SLOW_HEAD, SLOW_BODY, LARGE_BODY, CHUNKS)


class Hostile:
    """One thread that holds all these connections and makes each anew when it is ended."""

    def __init__(self, port: int, each: int, seed: int) -> None:
        self.begun: Counter[bytes] = Counter()
        self.failed: BaseException | None = None
        self._port, self._each = port, each
        self._chance = Random(seed)  # noqa: S311
        self._stop = Event()
        self._held: dict[socket.socket, bytes] = {}
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for kind in KINDS * self._each:
                self._connect(kind)
            while not self._stop.wait(BEAT):
                self._beat()
        except Exception as problem:
            self.failed = problem
        finally:
            for one in self._held:
                one.close()

    def _connect(self, kind: bytes) -> None:
        one = socket.socket()
        one.settimeout(5)
        try:
            if kind is UNREAD:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.connect(("127.0.0.1", self._port))
            one.sendall(kind)
        except OSError:  # the server turns some away, or was just killed
            one.close()
            return
        self.begun[kind] += 1
        if kind is HALF_CLOSED:
            one.shutdown(socket.SHUT_WR)
        if kind is VANISHED:  # a RST in the middle of what it sends
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
            return
        one.setblocking(False)
        self._held[one] = kind

    def _beat(self) -> None:
        """One byte more from those that trickle; those that were ended come again, as do those that vanish."""
        again = [VANISHED] * self._each
        with selectors.DefaultSelector() as selector:
            for one, kind in self._held.items():
                if kind is not UNREAD:
                    selector.register(one, selectors.EVENT_READ)
            ended = [key.fileobj for key, _ in selector.select(0) if self._over(key.fileobj)]  # type: ignore[arg-type]
        for one, kind in list(self._held.items()):
            if one not in ended and kind in TRICKLES:
                with contextlib.suppress(BlockingIOError):
                    try:
                        one.send(self._chance.choice((b"a", b"1", b" ")))
                    except OSError:
                        ended.append(one)
        for one in ended:
            again.append(self._held.pop(one))  # type: ignore[call-overload]
            one.close()  # type: ignore[union-attr]
        for kind in again:
            self._connect(kind)

    def _over(self, one: socket.socket) -> bool:
        try:
            return not one.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            return True


@contextmanager
def besieged(port: int, each: int, seed: int) -> Iterator[Hostile]:
    """Hostile clients while something else goes on."""
    hostile = Hostile(port, each, seed)
    hostile.start()
    try:
        yield hostile
    finally:
        hostile.stop()
    assert hostile.failed is None
    assert {kind for kind, count in hostile.begun.items() if count >= each} == set(KINDS)
