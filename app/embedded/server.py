"""The server of one folder: started as our child, stopped with us, recovered after whatever happened to the last one."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psycopg

from app.embedded import roles
from app.embedded.binaries import major_version, wheel_binaries
from app.embedded.cluster import ensure_cluster
from app.embedded.errors import AlreadyRunningError, EmbeddedError, from_log, from_os_error
from app.embedded.home import Home, find_home, make_folder
from app.embedded.leftovers import clear_leftovers
from app.embedded.lock import FolderLock
from app.embedded.urls import PORT, Passwords, Urls, urls_for
from app.processes import wait_gone

log = logging.getLogger("motcua.embedded")

START_SECONDS = 300.0  # crash recovery may have gigabytes of WAL to read
STOP_SECONDS = 60.0
LOG_BYTES = 8 * 1024 * 1024


class EmbeddedPostgres:
    """The PostgreSQL server of `folder`; a context manager. Not thread safe.

    `start()` must run on a thread that lives as long as the process (the main thread): the kernel ends the server when
    that thread ends. `binaries` is another installation's bin folder, `durable=False` trades crash safety for speed (tests),
    `say` receives the few lines an administrator has to see.
    """

    def __init__(
        self,
        folder: Path,
        *,
        binaries: Path | None = None,
        durable: bool = True,
        say: Callable[[str], None] = log.warning,
    ) -> None:
        self.folder = folder.absolute()
        self._given_binaries = binaries
        self._durable = durable
        self._say = say
        self._lock = FolderLock(self.folder / "lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Home | None = None
        self._passwords: Passwords | None = None

    def start(self) -> Urls:
        """Start, after recovering from an earlier kill, and answer the URLs of the database `motcua`.

        Raises AlreadyRunningError when another process supervises this folder, EmbeddedError (disk full, no permission,
        wrong architecture, damaged data …) otherwise. Calling it again while running answers the same URLs.
        """
        if self._process is not None:
            if self._process.poll() is None:
                return self.urls()
            self.stop()  # it died by itself: reap it and let go of the lock, which we would otherwise wait for ourselves
        make_folder(self.folder)
        if not self._lock.take():
            raise AlreadyRunningError(
                f"Một tiến trình khác (số {self._lock.holder()}) đang chạy PostgreSQL của thư mục {self.folder}. "
                "Hãy dừng nó, hoặc dùng MOTCUA_DATA khác."
            )
        try:
            return self._start_locked()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Fast shutdown (running transactions are rolled back, everything committed is on disk), then let the folder go."""
        process, self._process = self._process, None
        if process is not None:
            for demand, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
                if process.poll() is None:
                    process.send_signal(demand)
                    wait_gone([process.pid], seconds)
            process.wait()
        self._lock.release()

    def urls(self, database: str | None = None) -> Urls:
        """URLs of `database` (default: `motcua`). The server must have been started."""
        home, passwords = self._running()
        return urls_for(home.sockets, passwords, database) if database else urls_for(home.sockets, passwords)

    def create_database(self, name: str, template: str | None = None) -> Urls:
        """An empty database (extensions ready, owned by the owner role), or a copy of `template`; replaces one of that name."""
        home, passwords = self._running()
        roles.create_database(home.sockets, passwords, name, template)
        return self.urls(name)

    def drop_database(self, name: str) -> None:
        home, passwords = self._running()
        roles.drop_database(home.sockets, passwords, name)

    def rename_database(self, name: str, new_name: str) -> None:
        home, passwords = self._running()
        roles.rename_database(home.sockets, passwords, name, new_name)

    def databases(self) -> list[str]:
        """Names of the databases that can be connected to."""
        home, passwords = self._running()
        return roles.databases(home.sockets, passwords)

    @property
    def pid(self) -> int:
        """Process id of the postmaster."""
        if self._process is None:
            raise EmbeddedError("PostgreSQL nhúng chưa chạy.")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False when it was never started, was stopped, or has died by itself."""
        return self._process is not None and self._process.poll() is None

    @property
    def binaries(self) -> Path:
        """Folder with `pg_dump`, `pg_restore` and `psql` of the running server's version."""
        return self._running()[0].binaries

    @property
    def data(self) -> Path:
        """PGDATA of the running server."""
        return self._running()[0].data

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> tuple[Home, Passwords]:
        if self._process is None or self._home is None or self._passwords is None:
            raise EmbeddedError("PostgreSQL nhúng chưa chạy.")
        return self._home, self._passwords

    def _start_locked(self) -> Urls:
        home = find_home(self.folder, self._given_binaries or wheel_binaries(), self._say)
        clear_leftovers(home, self._say)
        version = major_version(home.binaries, home.identity)
        passwords = ensure_cluster(home, self.folder, version, durable=self._durable)
        self._home, self._passwords = home, passwords
        self._launch(home)
        try:
            roles.ensure_roles(home.sockets, passwords)
        except psycopg.Error as error:
            raise EmbeddedError(f"PostgreSQL nhúng chạy nhưng không chuẩn bị được cơ sở dữ liệu: {error}") from error
        return self.urls()

    def _launch(self, home: Home) -> None:
        output = self.folder / "server.log"
        if output.exists() and output.stat().st_size > LOG_BYTES:
            output.replace(output.with_name("server.log.1"))
        command = [str(home.binaries / "postgres"), "-D", str(home.data), "-p", str(PORT)]
        command += ["-c", "listen_addresses=", "-c", f"unix_socket_directories={home.sockets}"]
        command += ["-c", "unix_socket_permissions=0700", "-c", "logging_collector=off", "-c", "log_destination=stderr"]
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            before = os.fstat(handle).st_size
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                **home.identity.process_options(signal.SIGINT),
            )
        except OSError as error:
            raise from_os_error("Không chạy được PostgreSQL.", error) from error
        finally:
            os.close(handle)
        self._wait_ready(home, output, before)

    def _wait_ready(self, home: Home, output: Path, before: int) -> None:
        """Wait until postmaster.pid says `ready` under our child's id, or the child has given up."""
        process = self._process
        assert process is not None  # noqa: S101 - for the type checker; the caller has just set it
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            gone = not wait_gone([process.pid], 0.01)
            if _is_ready(home.data / "postmaster.pid", process.pid):
                return
            if gone:
                process.wait()
                raise from_log("PostgreSQL không khởi động được.", _text_from(output, before))
        raise from_log(
            f"PostgreSQL chưa sẵn sàng sau {START_SECONDS:.0f} giây (xem {output}).", _text_from(output, before)
        )


def _is_ready(pid_file: Path, pid: int) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _text_from(output: Path, start: int) -> str:
    with output.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")
