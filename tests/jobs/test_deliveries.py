"""Deliveries: a notice leaves once the action is committed, once, and is tried again when it could not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.jobs import deliveries
from app.jobs.deliveries import DELIVERY_WAITS
from app.messages import handing
from app.messages.delivery import MailRefusedError, MailUnavailableError
from tests import factories
from tests.actions.scene import Scene

PERSON = {"name": "Trần Văn Bình", "email": "binh.tran@example.org"}


def ask(scene: Scene, question: str) -> list[Any]:
    with scene.reading() as connection:
        return list(connection.execute(text(question)).all())


def outbox(scene: Scene) -> list[Path]:
    return sorted((scene.app.extensions["motcua"].settings.data / "outbox").rglob("*.eml"))


@pytest.fixture(autouse=True)
def empty_outbox(scene: Scene) -> None:
    for file in outbox(scene):
        file.unlink()


@pytest.mark.rule("QT-14.4", "QT-16.4")
def test_the_notice_of_receipt_reaches_the_outbox_once(scene: Scene, work_off: Callable[[], None]) -> None:
    code = scene.register(applicant=PERSON, notify=["email"])["code"]
    assert outbox(scene) == []
    scene.clock.move(minutes=1)
    work_off()
    (file,) = outbox(scene)
    mail = file.read_text()
    assert "To: binh.tran@example.org" in mail
    (row,) = ask(scene, "SELECT * FROM deliveries")
    assert (row.template, row.sent_at) == ("receipt_issued", scene.clock())
    assert f"<delivery-{row.id}@" in mail
    written = file.stat().st_mtime_ns
    with scene.app.app_context():
        deliveries.send_delivery(row.id)  # a job may run twice
    work_off()
    assert [(file.stat().st_mtime_ns) for file in outbox(scene)] == [written]
    assert code


def test_an_action_that_is_refused_tells_nobody(scene: Scene, work_off: Callable[[], None]) -> None:
    scene.client("desk")
    with scene.unchanged():
        answer = scene.post_dossier(procedure="9.9", applicant=PERSON, notify=["email"])
    assert answer.status_code == 422
    work_off()
    assert outbox(scene) == []


def test_two_workers_at_once_hand_a_mail_over_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.register(applicant=PERSON, notify=["email"])
    (row,) = ask(scene, "SELECT id FROM deliveries")
    handed: list[object] = []
    monkeypatch.setattr(handing, "deliver_mail", lambda message, **_: handed.append(message))

    def send() -> None:
        with scene.app.app_context():
            deliveries.send_delivery(row.id)

    scene.at_once(*[send] * 4)
    assert len(handed) == 1


def test_what_cannot_be_sent_now_is_tried_again_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], None]
) -> None:
    scene.register(applicant=PERSON, notify=["email"])

    def away(*_: Any, **__: Any) -> None:
        raise MailUnavailableError("the server does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(handing, "deliver_mail", away)
        work_off()
    waits = ask(scene, "SELECT scheduled_at - now() AS wait FROM procrastinate_jobs WHERE status = 'todo'")
    assert [timedelta() < row.wait <= DELIVERY_WAITS[0] for row in waits] == [True]
    (row,) = ask(scene, "SELECT * FROM deliveries")
    assert (row.state, row.attempts, row.sent_at, row.last_error) == ("waiting", 1, None, "the server does not answer")
    assert row.next_try_at == scene.clock() + DELIVERY_WAITS[0]
    with scene.writing() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second'"))
    work_off()
    assert len(outbox(scene)) == 1
    assert [job.status for job in ask(scene, "SELECT status FROM procrastinate_jobs")] == ["succeeded", "succeeded"]
    (row,) = ask(scene, "SELECT * FROM deliveries")
    assert (row.state, row.attempts, row.repeated, row.last_error) == ("sent", 2, False, None)


def test_what_was_refused_for_good_stays_listed_as_failed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], None]
) -> None:
    scene.register(applicant=PERSON, notify=["email"])

    def refuse(*_: Any, **__: Any) -> None:
        raise MailRefusedError("no such mailbox")

    with monkeypatch.context() as patch:
        patch.setattr(handing, "deliver_mail", refuse)
        work_off()
    (row,) = ask(scene, "SELECT * FROM deliveries")
    assert (row.state, row.attempts, row.failed_at, row.last_error) == ("failed", 1, scene.clock(), "no such mailbox")
    work_off()
    assert ask(scene, "SELECT attempts FROM deliveries")[0].attempts == 1, "nobody tries it again"


def test_an_address_that_is_none_fails_alone(scene: Scene, work_off: Callable[[], None]) -> None:
    scene.register(applicant={"name": "Bình", "email": "b…h@exa_mple"}, notify=["email"])
    scene.register(applicant=PERSON, notify=["email"])
    work_off()
    rows = ask(scene, "SELECT state, last_error FROM deliveries ORDER BY id")
    assert [row.state for row in rows] == ["failed", "sent"]
    assert rows[0].last_error == "Địa chỉ thư điện tử “b…h@exa_mple” không đúng."
    assert len(outbox(scene)) == 1


@pytest.mark.rule("QT-16.4")
def test_every_notice_of_a_dossiers_course_can_be_written(scene: Scene, work_off: Callable[[], None]) -> None:
    """Receipt, the three of the watch, the result: each has its text, and a person's name in it where one is told."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
    code = scene.at_step("process", applicant=PERSON, notify=["email"])
    scene.clock.set_local("2026-12-31 08:00")
    scene.tick()
    for step in ("process", "review", "approve", "issue"):
        scene.do("forward", scene.holder(scene.task(code, step)), scene.task(code, step).id)
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    work_off()
    rows = ask(
        scene,
        "SELECT template, count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent, count(*) AS all FROM deliveries GROUP BY 1",
    )
    assert {row.template for row in rows} == {
        "receipt_issued",
        "deadline_due_soon",
        "deadline_passed",
        "step_overdue",
        "appointment_passed",
        "result_ready",
    }
    assert all(row.sent == row.all for row in rows)
    assert len(outbox(scene)) == sum(row.all for row in rows)


def test_a_notice_that_a_diagram_sends_to_the_applicant_can_be_written(
    scene: Scene, work_off: Callable[[], None]
) -> None:
    scene.at_step("process", scene.publish("reminder"), applicant=PERSON, notify=["email"])
    scene.clock.set_local("2026-11-23 14:00")
    scene.tick()
    work_off()
    rows = ask(scene, "SELECT template, recipient, sent_at FROM deliveries ORDER BY id")
    told = [row.template for row in rows if row.recipient == PERSON["email"]]
    assert told == ["receipt_issued", "deadline_due_soon"]
    assert [row.template for row in rows if row.recipient != PERSON["email"]] == ["deadline_due_soon"], "the head too"
    assert all(row.sent_at for row in rows)
