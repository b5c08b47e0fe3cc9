"""Calendars and the worker: a change's dossiers are counted again, and next year's holidays are there in time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.jobs import calendars
from tests.actions.calendars import announce, change_row, code_of, data_of
from tests.actions.scene import Scene

STORM = ["2026-12-01", "2026-12-02"]


@pytest.mark.rule("QT-18.2")
def test_the_worker_counts_again_and_tells_the_desk(scene: Scene, work_off: Callable[[], None]) -> None:
    code = scene.at_step("assign")
    folder: Path = scene.app.extensions["motcua"].settings.data / "outbox"
    before = set(folder.rglob("*.eml"))
    change_id = announce(scene, "Công điện số 12", holidays=STORM)
    work_off()
    work_off()  # what the first round defers
    done = change_row(scene, change_id)
    assert (done.done, done.moved, done.finished_at) == (1, 1, scene.clock())
    scene.sound(code)
    fresh = [file.read_text(encoding="utf-8") for file in set(folder.rglob("*.eml")) - before]
    assert len([mail for mail in fresh if "To: desk@example.org" in mail]) == 1


def test_a_broken_job_is_tried_again(
    scene: Scene, work_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.at_step("assign")
    change_id = announce(scene, holidays=STORM)

    def away(*_: object) -> None:
        raise RuntimeError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(calendars, "recount_dossiers", away)
        work_off()
    assert change_row(scene, change_id).finished_at is None
    with scene.writing() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second'"))
    work_off()
    assert change_row(scene, change_id).done == 1


def test_in_december_next_years_holidays_are_added_once(scene: Scene) -> None:
    code = scene.at_step("assign")
    announce(scene, "Năm nay", holidays=["2026-09-02"])
    for _ in range(2):
        with scene.app.app_context():
            calendars.add_holidays()
    days = data_of(scene)["holidays"]
    assert "2027-09-02" in days
    assert "2028-01-01" not in days
    with scene.reading() as connection:
        rows = connection.execute(text("SELECT reason, made_by FROM calendar_changes ORDER BY id")).all()
    assert [(row.made_by is None, "2027" in row.reason) for row in rows] == [(False, False), (True, True)]
    assert code_of(scene)
    scene.sound(code)


def test_a_calendar_without_holidays_gets_none(scene: Scene) -> None:
    with scene.app.app_context():
        calendars.add_holidays()
    assert "holidays" not in data_of(scene)
