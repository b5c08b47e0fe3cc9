"""Sets everything up in order, watches it, and takes it down in the opposite order: the database goes last."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from app.config import Settings
from app.embedded import EmbeddedPostgres, Urls
from app.embedded.home import make_folder
from app.embedded.lock import FolderLock
from app.processes import wait_any_gone, wait_gone
from app.supervisor.children import Child
from app.supervisor.greeting import greeting
from app.supervisor.ground import CannotRunError, answers, check_database, check_port
from app.supervisor.leftovers import MARK, end_marked, mark_of
from app.supervisor.signals import StopRequested, StopSignals

STOPPING_RUN_SECONDS = 90.0  # how long a run that is already stopping may take to let go of the folder
GRACEFUL_SECONDS = 20.0
LEFTOVER_SECONDS = 5.0  # their database is already gone, so they have little to finish
READY_SECONDS = 90.0


class Supervisor:
    """`say` receives lines for the person at the terminal. Use it once, on the main thread."""

    def __init__(self, settings: Settings, say: Callable[[str], None], *, demo_dossiers: int | None = 100) -> None:
        self._settings = settings
        self._say = say
        self._demo_dossiers = demo_dossiers
        self._signals = StopSignals()
        self._lock = FolderLock(settings.data / "run.lock")
        self._server: EmbeddedPostgres | None = None
        self._children: list[Child] = []

    def run(self) -> None:
        """Blocks until a signal asks to stop; raises CannotRunError or EmbeddedError when it cannot go on."""
        self._signals.listen()
        try:
            make_folder(self._settings.data)
            self._take_lock()
            self._set_up()
            self._await_web()
            self._say(greeting(self._settings))
            self._watch()
        except StopRequested:
            self._say("Đang dừng…")
        finally:
            self._take_down()

    def _take_lock(self) -> None:
        if self._lock.take():
            return
        if self._lock.holder_is_stopping():
            self._say("Lần chạy trước đang dừng; chờ nó xong…")
            if self._lock.take(STOPPING_RUN_SECONDS):
                return
        raise CannotRunError(
            f"Một Cửa khác (tiến trình {self._lock.holder()}) đang chạy với thư mục dữ liệu {self._settings.data}. "
            "Hãy dừng nó, hoặc chạy với MOTCUA_DATA và PORT khác."
        )

    def _set_up(self) -> None:
        if end_marked(self._settings.data, LEFTOVER_SECONDS):
            self._say("Đã dừng các tiến trình còn sót của lần chạy trước.")
        check_port(self._settings)
        urls = self._open_database()
        common = {
            **os.environ,
            MARK: mark_of(self._settings.data),
            "MOTCUA_DATA": str(self._settings.data),
            "DATABASE_URL": urls.app,
            "PYTHONUNBUFFERED": "1",
        }
        self._finish("Lược đồ cơ sở dữ liệu", ("db", "upgrade"), {**common, "DATABASE_OWNER_URL": urls.owner})
        common.pop("DATABASE_OWNER_URL", None)  # who only serves cannot change the schema, nor history
        if self._demo_dossiers is not None:
            arguments = ("demo", "--if-empty", "--dossiers", str(self._demo_dossiers))
            self._finish("Tỉnh trình diễn", arguments, common)
        self._children = [
            Child("Máy chủ web", ("serve",), common),
            Child("Tiến trình nền", ("worker",), common),
        ]
        for child in self._children:
            child.start()

    def _open_database(self) -> Urls:
        if self._settings.database_url is not None:
            owner = self._settings.database_owner_url or self._settings.database_url
            check_database(owner)
            check_database(self._settings.database_url)
            return Urls(owner=owner, app=self._settings.database_url)
        self._say(f"PostgreSQL nhúng: {self._settings.embedded_folder}")
        self._server = EmbeddedPostgres(self._settings.embedded_folder, say=self._say)
        return self._server.start()

    def _finish(self, title: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        """Run a command to its end; it shows its own progress."""
        self._say(f"{title}…")
        step = Child(title, arguments, environment)
        self._children.append(step)  # so that a stop in the middle ends it too
        step.start()
        while (code := step.reap()) is None:
            wait_gone([step.pid] if step.pid else [], 3600)
        self._children.remove(step)
        if code != 0:
            raise CannotRunError(f"{title}: không xong (mã {code}), xem các dòng ở trên.")

    def _await_web(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not answers(self._settings):
            for child in self._children:
                if (code := child.reap()) is not None:
                    raise CannotRunError(f"{child.title} dừng ngay khi khởi động (mã {code}), xem các dòng ở trên.")
            if time.monotonic() > end:
                raise CannotRunError(f"Máy chủ web chưa trả lời sau {READY_SECONDS:.0f} giây.")
            wait_any_gone(self._pids(), 0.2)

    def _watch(self) -> None:
        while True:
            planned = [child.restart_at for child in self._children if child.restart_at is not None]
            wait_any_gone(self._pids(), min(planned, default=time.monotonic() + 3600) - time.monotonic())
            self._revive_server()
            for child in self._children:
                if (code := child.reap()) is not None:
                    delay = child.plan_restart()
                    self._say(f"CHÚ Ý: {child.title} dừng bất ngờ (mã {code}); khởi động lại sau {delay:.0f} giây.")
                if child.restart_at is not None and child.restart_at <= time.monotonic():
                    child.start()

    def _revive_server(self) -> None:
        """The URLs stay the same, so web and worker reconnect by themselves."""
        if self._server is not None and not self._server.alive:
            self._say("CHÚ Ý: PostgreSQL nhúng dừng bất ngờ; đang khởi động lại.")
            self._server.start()
            self._say("PostgreSQL nhúng đã chạy lại.")

    def _pids(self) -> list[int]:
        pids = [child.pid for child in self._children if child.pid is not None]
        return [*pids, self._server.pid] if self._server is not None else pids

    def _take_down(self) -> None:
        self._lock.mark_stopping()
        try:
            for child in self._children:
                child.ask_to_stop()
            wait_gone([child.pid for child in self._children if child.pid is not None], GRACEFUL_SECONDS)
        except StopRequested:
            self._say("Dừng ngay.")
        finally:
            self._signals.ignore()
            if self._lock.held:  # what is still there has had its time
                end_marked(self._settings.data, 0.0)
            for child in self._children:
                child.reap()
            if self._server is not None:
                self._server.stop()
            self._lock.release()
