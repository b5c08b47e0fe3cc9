"""gunicorn's threads, given only to requests that have arrived: who sends or reads slowly keeps nobody else waiting.

The thread that accepts gathers each request's head, and its body if that is small, without waiting for anybody; a thread gets
it when it is whole. A large body, and an answer that its client does not take, occupy a thread, but while they wait they give
up their place to others (`Places`), and there are only so many of them. Every wait has an end. A proxy that buffers does the
same and more; without one this is what stands between a few idle sockets and everybody.
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD = 16 * 1024
"""Bytes of a request line with its headers."""
SMALL = 32 * 1024
"""Bytes of a body that is gathered before a thread has it: every form and JSON of an ordinary action."""
ARRIVES = 15.0
"""Seconds from the first byte (of a new connection: from its beginning) until a gathered request is whole."""
STALLS = 10.0
"""Seconds without a byte, either way, that a thread waits."""
SLOWEST = 16 * 1024
"""Bytes a second below which a large body is given up."""
SLOW_ONES = 16
"""Large bodies and untaken answers that may wait beside the ordinary requests."""
SPARE = 64
"""Connections below gunicorn's limit from which on the one that has waited longest makes room."""
LINGERS = 2.0
"""Seconds for a client to close its side after ours, so that it still reads the last of its answer."""
_END = b"\r\n\r\n"


class Places:
    """As many requests are worked on at once as the settings have threads; who waits for a client gives up the place."""

    def __init__(self, threads: int) -> None:
        # Queues of nothing in particular: semaphores are ten times as slow.
        self._free: SimpleQueue[None] = SimpleQueue()
        self._slow: SimpleQueue[None] = SimpleQueue()
        self.take = self._free.get
        for _ in range(threads):
            self._free.put(None)
        for _ in range(SLOW_ONES):
            self._slow.put(None)

    def leave(self) -> None:
        self._free.put(None)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Around waiting for a client. Errors: ConnectionResetError where too many wait already."""
        try:
            self._slow.get_nowait()
        except Empty:
            raise ConnectionResetError(errno.ECONNRESET, "too many slow clients") from None
        self.leave()
        try:
            yield
        finally:
            self._slow.put(None)
            self.take()


class PatientSocket(socket.socket):
    """A client's socket as a thread sees it: reading and writing go on while there is something to read or room to write;
    beyond that they wait outside the places, to an end."""

    places: Places
    until: float = 0.0
    """When the body must have come, in monotonic seconds."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        self.setblocking(True)  # a time-out of gunicorn's would be waited for here, in our place
        try:
            return super().recv(size, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            with self.places.waiting():
                self._wait(selectors.EVENT_READ, min(STALLS, self.until - time.monotonic()))
            return super().recv(size, flags | socket.MSG_DONTWAIT)

    def sendall(self, data: Any, flags: int = 0) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[super().send(left, flags | socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                with self.places.waiting():
                    self._wait(selectors.EVENT_WRITE, STALLS)

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data, flags)
        return len(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Through `sendall`, so that it waits as that does."""
        file.seek(offset)
        sent = 0
        while count is None or sent < count:
            chunk = file.read(65536 if count is None else min(65536, count - sent))
            if not chunk:
                break
            self.sendall(chunk)
            sent += len(chunk)
        return sent

    def _wait(self, event: int, seconds: float) -> None:
        with selectors.PollSelector() as selector:
            selector.register(self, event)
            if seconds <= 0 or not selector.select(seconds):
                raise ConnectionResetError(errno.ECONNRESET, "the client is too slow")


class Gathered(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection with what has come of its next request."""

    def __init__(self, worker: PatientWorker, client: PatientSocket, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, client, address, server)
        self._worker = worker
        self.came = bytearray()
        self.ends = 0.0
        """When the request must be whole, or the client must have closed."""
        self.whole: int | None = None
        """Bytes of head and gathered body together, once the head is there."""
        self.rest = 0
        """Bytes of the body that a thread has to read itself."""

    def close(self, graceful: bool = False) -> None:
        """gunicorn's own graceful close waits for the client, in the accepting thread."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gthread that waits for requests in its accepting thread. TLS is a proxy's."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.places = Places(self.cfg.threads)
        self.gathering: deque[Gathered] = deque()
        self.lingering: deque[Gathered] = deque()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self.cfg.threads + SLOW_ONES)

    def accept(self, listener: Any) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as problem:
            if problem.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif problem.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        client = PatientSocket(accepted.family, accepted.type, accepted.proto, accepted.detach())
        client.places = self.places
        self.nr_conns += 1
        if self.nr_conns > self.worker_connections - SPARE:
            self._make_room()
        self._begin(Gathered(self, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Gathered, client: Any) -> None:
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin(conn)

    def handle(self, conn: Gathered) -> Any:
        self.places.take()
        try:
            return super().handle(conn)
        finally:
            self.places.leave()

    def _keepalive_after(self, conn: Gathered, keepalive: bool) -> bool:
        """What is left of a large body is not waited for: the connection ends instead."""
        if conn.rest and keepalive:
            conn.sock.until = 0.0
        return bool(super()._keepalive_after(conn, keepalive))

    def murder_pending(self) -> None:
        """Requests that have not become whole in time, and clients that do not close."""
        now = time.monotonic()
        while self.gathering and self.gathering[0].ends <= now:
            self._refuse(self.gathering[0], b"408 Request Timeout", self.gathering)
        while self.lingering and self.lingering[0].ends <= now:
            self._forget(self.lingering[0], self.lingering)

    def linger(self, conn: Gathered) -> None:
        """Close our side, and the rest when the client has closed its own; called when the connection counts no more."""
        conn.sock.setblocking(False)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        conn.ends = time.monotonic() + LINGERS
        self.lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: Gathered, _client: Any) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                gone = not socket.socket.recv(conn.sock, SMALL)
            except ConnectionError:
                gone = True
            if gone:
                self._forget(conn, self.lingering)

    def _leave(self, conn: Gathered, among: deque[Gathered] | None) -> None:
        """It is not waited for any more; None: it was not yet."""
        if among is not None:
            self.poller.unregister(conn.sock)
            among.remove(conn)

    def _forget(self, conn: Gathered, among: deque[Gathered] | None) -> None:
        self._leave(conn, among)
        conn.close()

    def _make_room(self) -> None:
        """At the limit the one that has waited longest goes."""
        if self.lingering:
            self._forget(self.lingering[0], self.lingering)
        if self.gathering:
            self._refuse(self.gathering[0], b"503 Service Unavailable", self.gathering)

    def _begin(self, conn: Gathered) -> None:
        """The next request of a connection: mostly all of it is there."""
        conn.came.clear()
        conn.whole = None
        conn.ends = time.monotonic() + ARRIVES
        conn.sock.setblocking(False)
        if self._more(conn):
            self.gathering.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._readable, conn))

    def _readable(self, conn: Gathered, _client: Any) -> None:
        self._more(conn, self.gathering)

    def _more(self, conn: Gathered, among: deque[Gathered] | None = None) -> bool:
        """Take what has come, and pass the request on when it is whole; whether more of it is waited for."""
        try:
            more = socket.socket.recv(conn.sock, 16384)
        except BlockingIOError:
            return True
        except OSError:
            more = b""
        conn.came += more
        if not more:
            self.nr_conns -= 1
            self._forget(conn, among)
        elif self._is_whole(conn):
            self._leave(conn, among)
            self._pass_on(conn)
        elif conn.whole is None and len(conn.came) > HEAD:
            self._refuse(conn, b"431 Request Header Fields Too Large", among)
        else:
            return True
        return False

    def _is_whole(self, conn: Gathered) -> bool:
        if conn.whole is None:
            at = conn.came.find(_END)
            if at < 0:
                return False
            length, waits = _body(bytes(conn.came[:at]))
            gathered = length if length <= SMALL and not waits else 0
            conn.whole, conn.rest = at + len(_END) + gathered, length - gathered
        return len(conn.came) >= conn.whole

    def _pass_on(self, conn: Gathered) -> None:
        conn.init()
        conn.data_ready = True
        conn.parser.unreader.unread(bytes(conn.came))
        conn.sock.until = time.monotonic() + 2 * STALLS + conn.rest / SLOWEST
        self.enqueue_req(conn)

    def _refuse(self, conn: Gathered, why: bytes, among: deque[Gathered] | None) -> None:
        """Say so if there is anything to answer and it can be said at once, and close."""
        self.nr_conns -= 1
        if conn.came:
            with contextlib.suppress(OSError):
                answer = b"HTTP/1.1 " + why + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                socket.socket.send(conn.sock, answer, socket.MSG_DONTWAIT)
        self._forget(conn, among)


def _body(head: bytes) -> tuple[int, bool]:
    """How long the body says that it is (0: nothing, or unknown), and whether a thread has to ask for it or read it by pieces.

    Only to know when to begin; the parser judges whether the request is right.
    """
    head = head.lower()
    if b"\r\ntransfer-encoding:" in head:
        return SMALL + 1, True
    _, found, value = head.partition(b"\r\ncontent-length:")
    if not found:
        return 0, False
    value = value.partition(b"\r\n")[0].strip()
    length = int(value) if value.isdigit() and len(value) < 16 else 0
    return length, b"\r\nexpect:" in head
