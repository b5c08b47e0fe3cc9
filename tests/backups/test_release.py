"""A restored place sends nothing and fires nothing until it is let go, and then nothing that was sent before goes again."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.actions.release_restored import NOTE, carry_out, decide
from app.commands.restore import command
from app.embedded import Urls
from app.errors import DomainError
from app.jobs import holding
from app.store import backups, deliveries
from app.store.transaction import reading, transaction
from tests.actions.scene import Scene
from tests.factories import START
from tests.jobs.sending import PERSON, rows

HOUR = timedelta(hours=1)


def hold(scene: Scene, **values: object) -> None:
    """As if all that is there had been restored an hour after a backup of the scene's start."""
    with scene.app.app_context(), transaction() as connection:
        last = connection.execute(text("SELECT coalesce(max(id), 0) FROM deliveries")).scalar_one()
        found = {"backup": "2026-11-23T010000Z", "taken_at": START, "restored_at": START + HOUR, "last": last} | values
        connection.execute(
            text(
                "INSERT INTO restores (backup, taken_at, restored_at, last_delivery)"
                " VALUES (:backup, :taken_at, :restored_at, :last)"
            ),
            found,
        )


def let_go(scene: Scene, **how: object) -> None:
    with scene.app.app_context(), transaction() as connection:
        chosen = {"lost_at": None, "resend": False, "account_id": None, "address": None} | how
        decide(connection, scene.clock.at, **chosen)  # type: ignore[arg-type]


def carried_out(scene: Scene) -> bool:
    with scene.app.app_context():
        return carry_out(scene.clock.at)


def standing(scene: Scene) -> backups.RestoreRow | None:
    with scene.app.app_context(), reading() as connection:
        return backups.standing_restore(connection)


def released(scene: Scene) -> backups.RestoreRow:
    with scene.app.app_context(), reading() as connection:
        found = backups.latest_restore(connection)
    assert found is not None
    return found


def test_any_other_place_holds_nothing(scene: Scene) -> None:
    assert carried_out(scene)
    with pytest.raises(DomainError, match="Không có gì"):
        let_go(scene)


def test_what_the_backup_had_still_to_send_is_called_off_and_what_came_later_goes(scene: Scene) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    hold(scene)
    scene.register(applicant=PERSON, notify=["sms"])
    scene.clock.at = START + 2 * HOUR
    assert not carried_out(scene)
    let_go(scene)
    assert carried_out(scene)
    assert standing(scene) is None
    before, after = rows(scene)
    assert (before.state, before.note) == (deliveries.CANCELLED, NOTE)
    assert after.state == deliveries.WAITING
    assert released(scene).called_off == 1


def test_who_wants_them_sent_again_says_so(scene: Scene) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    let_go(scene, resend=True)
    assert carried_out(scene)
    (row,) = rows(scene)
    assert row.state == deliveries.WAITING


def test_timers_of_the_lost_time_take_effect_without_telling_again(scene: Scene) -> None:
    """The step's alarm of before the loss was told by the old system; the one after it was not."""
    code = scene.register(applicant=PERSON, notify=["sms"])["code"]
    scene.clock.at = START + timedelta(days=30)
    hold(scene, restored_at=scene.clock.at)
    with scene.app.app_context(), reading() as connection:
        due = connection.execute(text("SELECT count(*) FROM timers WHERE due_at <= :now"), {"now": scene.clock.at})
        assert due.scalar_one() > 0
    let_go(scene)
    assert carried_out(scene)
    found = released(scene)
    assert found.fired is not None
    assert found.fired > 0
    with scene.app.app_context(), reading() as connection:
        left = connection.execute(text("SELECT count(*) FROM timers WHERE due_at <= :now"), {"now": scene.clock.at})
        assert left.scalar_one() == 0
        unsent = connection.execute(text("SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'trying')"))
        assert unsent.scalar_one() == 0
    assert any("due_at" in row.data for row in scene.history(code))


def test_an_impossible_moment_of_loss_is_refused(scene: Scene) -> None:
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    for lost_at in (START - HOUR, START + 5 * HOUR):
        with pytest.raises(DomainError) as problem:
            let_go(scene, lost_at=lost_at)
        assert "lost_at" in str(problem.value.errors)
    let_go(scene, lost_at=START + HOUR / 2)
    with pytest.raises(DomainError, match="Đã có người"):
        let_go(scene)


def test_the_decision_stands_in_the_log(scene: Scene) -> None:
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    let_go(scene, account_id=scene.province.accounts["admin"])
    with scene.app.app_context(), reading() as connection:
        row = connection.execute(text("SELECT after FROM administration_changes WHERE kind = 'restore_released'")).one()
    assert row.after == {"lost_at": (START + HOUR).isoformat(), "resend": False}


def test_many_workers_carry_it_out_once(scene: Scene) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    let_go(scene)
    answers: list[bool] = []
    workers = [threading.Thread(target=lambda: answers.append(carried_out(scene))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [True] * 4
    assert released(scene).called_off == 1


def test_a_worker_that_waits_stops_when_it_is_asked_to(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    hold(scene)
    asked = iter((lambda: None, lambda: os.kill(os.getpid(), signal.SIGTERM)))
    real = holding._free

    def free(app: Flask) -> bool | None:
        next(asked)()
        return real(app)

    monkeypatch.setattr(holding, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(holding, "_free", free)
    before = signal.getsignal(signal.SIGTERM)
    assert not holding.wait_for_release(scene.app)
    assert signal.getsignal(signal.SIGTERM) == before
    (row,) = rows(scene)
    assert row.state == deliveries.WAITING


def test_a_waiting_worker_goes_on_once_it_is_let_go(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(scene)
    scene.clock.at = START + 2 * HOUR
    monkeypatch.setattr(holding, "LOOK_EVERY", 0.01)
    looks = 0
    real = holding._free

    def free(app: Flask) -> bool | None:
        nonlocal looks
        looks += 1
        if looks == 3:
            let_go(scene)
        return real(app)

    monkeypatch.setattr(holding, "_free", free)
    assert holding.wait_for_release(scene.app)
    assert looks == 3


def test_a_worker_that_cannot_know_does_not_say_that_it_is_held(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the schema is there, for example, when all parts of a new place are started at once."""
    said: list[str] = []
    answers: Iterator[bool | Exception] = iter(
        (OperationalError("SELECT", None, Exception()), DomainError("unavailable", "Không kết nối được."), False, True)
    )

    def answer(_now: datetime) -> bool:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(holding, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(holding, "carry_out", answer)
    monkeypatch.setattr(holding.log, "warning", lambda event, **_: said.append(event), raising=False)
    assert holding.wait_for_release(scene.app)
    assert said == ["worker_waits", "worker_waits", "worker_held"]


def test_the_command_says_what_is_held_and_lets_it_go(
    scene: Scene, database_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    hold(scene, taken_at=datetime.now(UTC) - HOUR, restored_at=datetime.now(UTC))  # a command's clock is the wall's
    monkeypatch.setenv("DATABASE_URL", database_urls.app)
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path))
    said = CliRunner().invoke(command, ["held"])
    assert said.exit_code == 0, said.output
    assert "Thông báo chưa gửi lúc sao lưu: 1" in said.output
    assert CliRunner().invoke(command, ["release"]).exit_code == 0
    assert CliRunner().invoke(command, ["release"]).exit_code != 0
    found = standing(scene)
    assert found is not None
    assert found.decided_at is not None
    assert replace(found, decided_at=None).resend is False


def test_a_database_that_was_recovered_by_its_server_is_held_too(
    scene: Scene, database_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    monkeypatch.setenv("DATABASE_URL", database_urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", database_urls.owner)
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path))
    monkeypatch.setattr("app.commands.restore.wall_clock", lambda: START + timedelta(hours=9))
    said = CliRunner().invoke(command, ["hold", "--taken-at", "2026-11-23T08:30"])
    assert said.exit_code == 0, said.output
    found = standing(scene)
    assert found is not None
    assert (found.backup, found.last_delivery) == ("wal 2026-11-23T013000Z", rows(scene)[-1].id)
    again = CliRunner().invoke(command, ["hold", "--taken-at", "2026-11-23T08:30"])
    assert again.exit_code == 2
    assert "Đang giữ lại rồi" in again.output
