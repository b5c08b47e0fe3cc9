"""The scanner's client, against a real clamd."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator

import pytest

from app.papers.clamav import ScannerRefusedError, ScannerUnavailableError, Verdict, ping, scan
from tests.papers.clamd import EICAR, FOUND, clamd


@pytest.fixture(scope="module")
def scanner() -> Iterator[str]:
    with clamd() as address:
        yield address


def test_a_clean_content_is_clean(scanner: str) -> None:
    assert ping(scanner)
    assert scan(scanner, io.BytesIO(b"%PDF-1.7 nothing")) == Verdict(None)
    assert scan(scanner, io.BytesIO()) == Verdict(None)


def test_what_is_in_it_is_named_wherever_it_lies(scanner: str) -> None:
    assert scan(scanner, io.BytesIO(EICAR)) == Verdict(FOUND)
    assert scan(scanner, io.BytesIO(b"\0" * 1_000_000 + EICAR)) == Verdict(FOUND)


def test_a_content_beyond_the_daemons_limit_is_refused_not_clean(scanner: str) -> None:
    with pytest.raises(ScannerRefusedError, match="size limit"):
        scan(scanner, io.BytesIO(b"x" * (9 * 1024 * 1024)))


def test_nobody_there_is_told_as_such() -> None:
    assert not ping("unix:///nowhere/clamd.sock")
    for address in ("unix:///nowhere/clamd.sock", "tcp://127.0.0.1:9"):
        with pytest.raises(ScannerUnavailableError):
            scan(address, io.BytesIO(b"x"))


def test_over_tcp_an_answer_that_breaks_off_is_no_verdict() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(ScannerUnavailableError):
            scan(f"tcp://127.0.0.1:{server.getsockname()[1]}", io.BytesIO(b"x"))
        thread.join()
