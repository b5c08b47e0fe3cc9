"""The supervisor's parts: delays between restarts, leftovers, what it checks before it starts, what it says."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Settings
from app.processes import wait_gone
from app.supervisor import children, ground, signals
from app.supervisor.children import Child
from app.supervisor.greeting import greeting
from app.supervisor.ground import CannotRunError, answers, check_database, check_port
from app.supervisor.leftovers import MARK, end_marked, mark_of
from app.supervisor.signals import STOPPING, StopRequested, StopSignals
from tests.drill.waiting import until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings.from_env({}), data=tmp_path)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(5)
        yield taken


class FrozenTime:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> FrozenTime:
    frozen = FrozenTime()
    for module in (children, ground, signals):
        if hasattr(module, "time"):
            monkeypatch.setattr(module, "time", frozen)
    return frozen


def test_restarts_come_slower_and_slower_until_one_has_run_for_a_minute(frozen: FrozenTime) -> None:
    child = Child("Máy chủ web", ("worktime", "--help"), dict(os.environ))
    assert [child.plan_restart() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert child.restart_at == frozen.now + 30
    child.start()
    assert child.restart_at is None
    frozen.now += 61
    assert child.pid is not None
    assert not wait_gone([child.pid], 60)
    assert child.reap() == 0
    assert child.reap() is None
    assert child.plan_restart() == 1


def test_a_child_that_is_asked_to_stop_is_not_restarted(frozen: FrozenTime) -> None:
    child = Child("Máy chủ web", ("worktime", "--help"), dict(os.environ))
    child.plan_restart()
    child.ask_to_stop()
    assert child.restart_at is None


def test_leftovers_are_those_with_the_mark_of_this_very_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    started = []
    for folder in (here, there):
        folder.mkdir()
        environment = {MARK: mark_of(folder)}
        started.append(subprocess.Popen(["/bin/sleep", "600"], env=environment, start_new_session=True))
    ours, theirs = started
    # A process that has just been started shows its environment only once it runs its own program.
    for process in started:
        until("its environment", Path(f"/proc/{process.pid}/environ").read_bytes, 30)
    try:
        assert end_marked(here, 30) == [ours.pid]
        assert ours.wait(30) == -signal.SIGTERM
        assert theirs.poll() is None
        assert end_marked(here, 30) == []
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_leftover_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    program = "import signal, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\nsys.stdin.read()"
    deaf = subprocess.Popen(
        [sys.executable, "-c", program], env={MARK: mark_of(tmp_path)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert deaf.stdout is not None
    deaf.stdout.readline()
    end_marked(tmp_path, 0.0)
    assert deaf.wait(30) == -signal.SIGKILL
    deaf.communicate()


def test_a_taken_port_is_named_with_what_to_do(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(CannotRunError, match=f"127.0.0.1:{port} đang có chương trình khác dùng.*PORT="):
        check_port(replace(settings, port=port))


def test_a_free_port_stays_free(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    check_port(replace(settings, port=port))
    check_port(replace(settings, port=port))


def test_a_host_that_is_not_ours_is_named(settings: Settings) -> None:
    with pytest.raises(CannotRunError, match=r"192\.0\.2\.1"):
        check_port(replace(settings, host="192.0.2.1"))


def test_a_database_that_does_not_answer_is_named_without_its_password(
    listener: socket.socket, frozen: FrozenTime
) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(CannotRunError) as caught:
        check_database(f"postgresql://web:hush@127.0.0.1:{port}/motcua")
    assert "DATABASE_URL" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert frozen.now >= ground.SERVER_PATIENCE_SECONDS, "a server that is just starting gets its time"


def test_a_port_without_a_web_server_does_not_answer(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    assert not answers(replace(settings, port=port))


def test_one_stop_signal_may_arrive_twice(frozen: FrozenTime) -> None:
    before = {number: signal.getsignal(number) for number in STOPPING}
    heard = StopSignals()
    try:
        heard.listen()
        with pytest.raises(StopRequested):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        frozen.now += 5
        with pytest.raises(StopRequested):
            signal.raise_signal(signal.SIGTERM)
        heard.ignore()
        frozen.now += 5
        signal.raise_signal(signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_run_under_nohup_survives_its_terminal() -> None:
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        StopSignals().listen()
        signal.raise_signal(signal.SIGHUP)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def account(username: str, position: str, **more: object) -> dict[str, object]:
    base = {"username": username, "password": "mau", "name": "Lê Thị Lan", "agency": "Sở Y tế", "permissions": []}
    return {**base, "positions": [{"name": position, "agency": "Sở Y tế"}], **more}


def test_the_greeting_shows_one_account_of_every_kind(settings: Settings) -> None:
    shown = [
        account("canbo1", "Cán bộ một cửa"),
        account("canbo2", "Cán bộ một cửa"),
        account("lanhdao", "Lãnh đạo phòng"),
    ]
    settings.accounts_file.write_text(json.dumps(shown), encoding="utf-8")
    text = greeting(settings)
    assert "http://127.0.0.1:8000" in text
    assert "canbo1" in text
    assert "mau" in text
    assert "Lãnh đạo phòng" in text
    assert "canbo2" not in text
    assert f"Tất cả 3 tài khoản: {settings.accounts_file}" in text


@pytest.mark.parametrize("content", [None, "", "{}", "[1, null, {}]"])
def test_the_greeting_does_without_accounts(settings: Settings, content: str | None) -> None:
    if content is not None:
        settings.accounts_file.write_text(content)
    text = greeting(settings)
    assert "http://127.0.0.1:8000" in text
    assert "tài khoản" not in text
