"""What must be true before anything is started: a free port, a database that answers."""

from __future__ import annotations

import errno
import http.client
import socket
import time

import psycopg

from app.config import Settings

CONNECT_SECONDS = 5
SERVER_PATIENCE_SECONDS = 30.0


class CannotRunError(Exception):
    """`motcua run` cannot go on; the text says why and what to do."""


def check_port(settings: Settings) -> None:
    """Raise CannotRunError when the port cannot be bound, before minutes are spent on setting up."""
    try:
        places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotRunError(f"Không có địa chỉ mạng tên {settings.host} trên máy này (biến HOST).") from error
    family, kind, protocol, _, address = places[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)  # bind alone succeeds beside a listener that also set SO_REUSEADDR
        except OSError as error:
            raise CannotRunError(_why_not(settings, error)) from error


def _why_not(settings: Settings, error: OSError) -> str:
    place = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Cổng {place} đang có chương trình khác dùng. Hãy dừng nó, hoặc chạy với cổng khác: PORT=8001 make run"
    if error.errno == errno.EACCES:
        return f"Không được phép mở cổng {place} (cổng dưới 1024 cần quyền root). Hãy chọn PORT khác."
    return f"Không mở được cổng {place}: {error.strerror}."


def check_database(url: str) -> None:
    """Wait until the configured server answers; raise CannotRunError, without the password, when it does not."""
    end = time.monotonic() + SERVER_PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
        except psycopg.OperationalError as error:
            if time.monotonic() >= end or error.sqlstate is not None:
                raise CannotRunError(f"Không vào được cơ sở dữ liệu trong DATABASE_URL: {error}") from error
            time.sleep(0.5)
        except psycopg.Error as error:
            raise CannotRunError(f"DATABASE_URL không dùng được: {error}") from error
        else:
            return


def answers(settings: Settings) -> bool:
    """Whether the web server answers /healthz."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        connection.close()
