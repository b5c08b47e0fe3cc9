"""ClamAV's daemon over its socket: a content goes there piece by piece (INSTREAM) and comes back as clean or by name."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

_PIECE = 128 * 1024
_PATIENCE = 120.0
"""Seconds without a word before the daemon counts as away; it says nothing while it looks into a large archive."""
_MOST_ANSWER = 4096


class ScannerUnavailableError(OSError):
    """Nobody answers, or the answer breaks off: to be tried again."""


class ScannerRefusedError(ValueError):
    """The daemon answered that it cannot scan this content; the text is its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found` is the name of what was found, None for a clean content."""

    found: str | None


def scan(address: str, content: IO[bytes]) -> Verdict:
    """Have clamd at `tcp://host:port` or `unix:///path` scan a content from where it stands.

    Errors: ScannerUnavailableError; ScannerRefusedError, for example beyond its StreamMaxLength.
    """
    try:
        with _connected(address) as connection:
            answer = _asked(connection, content)
    except OSError as error:
        raise ScannerUnavailableError(f"{address}: {error}") from error
    return _verdict(answer)


def ping(address: str) -> bool:
    """Whether clamd answers there."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(16).startswith(b"PONG")
    except OSError:
        return False


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_PATIENCE)
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    connection = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=5)
    connection.settimeout(_PATIENCE)
    return connection


def _asked(connection: socket.socket, content: IO[bytes]) -> bytes:
    connection.sendall(b"zINSTREAM\0")
    try:
        while piece := content.read(_PIECE):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    except ConnectionError:
        pass  # a content beyond the daemon's limit is told of before its end, and the rest not taken
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _MOST_ANSWER:
        got = connection.recv(_MOST_ANSWER)
        if not got:
            break
        answer += got
    return answer


def _verdict(answer: bytes) -> Verdict:
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if text == "OK":
        return Verdict(None)
    if text.endswith(" FOUND"):
        return Verdict(text.removesuffix(" FOUND"))
    if text.endswith("ERROR"):
        raise ScannerRefusedError(text)
    raise ScannerUnavailableError(f"no answer: {text[:200]!r}")
