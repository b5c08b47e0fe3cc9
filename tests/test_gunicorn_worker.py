"""The server's own manners with its clients, over real sockets: a small application behind our worker."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.config import PROJECT_ROOT
from app.gunicorn_worker import HEAD, SMALL
from tests.drill.parts import free_port
from tests.drill.waiting import NeverError, until

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    free = free_port()
    arguments = ["--worker-class", "tests.echoing.HastyWorker", "--threads", "2", "--bind", f"127.0.0.1:{free}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments, "tests.echoing:application"],
        cwd=PROJECT_ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        until("the server answers", lambda: answers(free), 30)
        yield free
    finally:
        server.terminate()
        server.wait(30)


def answers(port: int) -> bool:
    try:
        return b"200 OK" in said(port, GET, ends=b"0")
    except OSError:
        return False


def said(port: int, *pieces: bytes, ends: bytes) -> bytes:
    """What comes until it ends so, or the server closes; every piece is sent by itself."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        came = b""
        while not came.endswith(ends):
            more = connection.recv(65536)
            if not more:
                break
            came += more
        return came


def test_a_request_may_come_in_pieces(port: int) -> None:
    pieces = [bytes([byte]) for byte in POST % 5 + b"\r\nhello"]
    assert said(port, *pieces, ends=b"\r\n\r\n5").startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1, 3_000_000])
def test_every_body_is_read_whole(port: int, size: int) -> None:
    assert said(port, POST % size + b"\r\n", b"x" * size, ends=b"\r\n\r\n%d" % size).endswith(b"\r\n\r\n%d" % size)


def test_chunks_and_a_body_that_waits_to_be_asked_for(port: int) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert said(port, chunked, ends=b"\r\n\r\n5").endswith(b"\r\n\r\n5")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(POST % 4 + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"abcd")
        came = b""
        while not came.endswith(b"\r\n\r\n4"):
            came += connection.recv(1024)


def test_several_requests_on_one_connection_also_at_once(port: int) -> None:
    last = POST % 3 + b"\r\nabc"
    assert said(port, GET * 2 + last, ends=b"\r\n\r\n3").count(b"200 OK") == 3
    came = said(port, GET, GET, POST % 2 + b"\r\nab", ends=b"\r\n\r\n2")
    assert came.count(b"200 OK") == 3


def test_who_closes_her_side_still_gets_the_answer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(GET)
        connection.shutdown(socket.SHUT_WR)
        came = b""
        while more := connection.recv(1024):
            came += more
    assert came.endswith(b"\r\n\r\n0")


def test_a_head_without_end_is_refused(port: int) -> None:
    assert b"431" in said(port, b"GET / HTTP/1.1\r\nX: " + b"a" * (HEAD + 1), ends=b"\r\n\r\n")


@pytest.mark.parametrize("piece", [b"GET / HTTP/1.1\r\nX: a", POST % 5 + b"\r\nhel"])
def test_a_request_that_does_not_come_is_given_up(port: int, piece: bytes) -> None:
    assert b"408" in said(port, piece, ends=b"\r\n\r\n")


def test_a_large_body_that_stalls_takes_nobodys_place(port: int) -> None:
    with_all_threads = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(8)]
    for one in with_all_threads:
        one.sendall(POST % 1_000_000 + b"\r\nx")
    try:
        until("somebody else is answered", lambda: answers(port), 20)
    except NeverError:
        pytest.fail("eight stalled bodies took both threads")
    finally:
        for one in with_all_threads:
            one.close()
