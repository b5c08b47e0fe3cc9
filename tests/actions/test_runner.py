"""The runner: one transaction an action, all or nothing, in order; history that cannot be changed without being noticed."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.embedded import Urls
from app.rules.permissions import OF_DOSSIERS, RIGHTS
from app.store import history, tasks
from app.store.database import sqlalchemy_url
from app.store.history import chain_fault
from tests.actions.scene import Scene, is_problem

OFFERED = set(RIGHTS) - OF_DOSSIERS - {"complete"}  # which no procedure of this province knows


# All or nothing ----------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """Stands for the end of the process: nothing that handles errors sees it."""


@pytest.mark.parametrize(
    "place", ["history.append", "segments.add_segments", "dossiers.save_dossier", "instances.save_instance"]
)
def test_a_crash_before_the_commit_leaves_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.clock.move(hours=1)
    scene.client("binh")
    module, name = place.split(".")
    store = importlib.import_module(f"app.store.{module}")

    def crash(*_: Any) -> None:
        raise Crash

    with scene.unchanged(), monkeypatch.context() as patch:
        patch.setattr(store, name, crash)
        with pytest.raises(Crash):
            scene.try_to("forward", "binh", task.id, idempotency_key="k-1")
    assert scene.try_to("forward", "binh", task.id, idempotency_key="k-1").status_code == 200
    scene.sound(code)


def test_what_goes_wrong_inside_is_a_500_without_a_trace_in_the_database(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.client("binh")

    def fail(*_: Any) -> None:
        raise RuntimeError("hỏng")

    with scene.unchanged(), monkeypatch.context() as patch:
        patch.setattr(history, "append", fail)
        answer = scene.try_to("forward", "binh", task.id, idempotency_key="k-1")
    is_problem(answer, 500, "internal")


def test_a_state_that_cannot_be_read_is_an_incident(scene: Scene) -> None:
    code = scene.at_step("process")
    with scene.writing() as connection:
        connection.execute(text("UPDATE instances SET state = '\\x00' WHERE kind = 'main'"))
    scene.stopped("forward", "binh", scene.task(code, "process").id)


def test_a_clock_that_was_set_back_never_writes_before_what_is_there(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.clock.set_local("2026-11-23 10:00")
    scene.do("claim", "binh", task.id)
    scene.clock.set_local("2026-11-23 09:00")
    scene.do("forward", "binh", task.id)
    times = [row.at for row in scene.history(code)]
    assert times == sorted(times)
    assert times[-1] == scene.clock.set_local("2026-11-23 10:00")
    scene.sound(code)


def test_instants_are_whole_seconds(scene: Scene) -> None:
    scene.clock.move(microseconds=999_999)
    code = scene.at_step("assign")
    assert {row.at.microsecond for row in scene.history(code)} == {0}
    assert scene.dossier(code).received_at.microsecond == 0
    scene.sound(code)


def test_many_people_on_many_dossiers_at_once(scene: Scene) -> None:
    """Each dossier's own lock is all that they wait for; nobody meets a deadlock, and every sum is right."""
    codes = [scene.at_step("assign") for _ in range(6)]
    first = {code: scene.task(code, "assign").id for code in codes}
    for username in ("head", "binh", "chi"):
        scene.client(username)

    def work_on(code: str, officer: str) -> list[int]:
        statuses = [scene.try_to("forward", "head", first[code]).status_code]
        (process,) = scene.open_tasks(code)
        statuses.append(scene.try_to("claim", officer, process.id).status_code)
        statuses.append(scene.try_to("forward", officer, process.id).status_code)
        (review,) = scene.open_tasks(code)
        statuses.append(scene.try_to("return", "head", review.id, {"comment": "Xem lại."}).status_code)
        return statuses

    deeds = [
        (lambda code=code, officer=officer: work_on(code, officer))
        for code, officer in zip(codes, ["binh", "chi"] * 3, strict=True)
    ]
    assert scene.at_once(*deeds) == [[200, 200, 200, 200]] * 6
    for code in codes:
        assert scene.open_steps(code) == ["process"]
        scene.sound(code)


# What is offered is what is done ------------------------------------------------------------------------------------------


def test_what_a_task_offers_is_what_the_runner_lets_through(scene: Scene) -> None:
    """For every task of a dossier's course and every person: an action that is not allowed is refused with the same words."""
    code = scene.at_step("review")
    scene.do("claim", "head", scene.task(code, "review").id)
    given = {"account": "head", "reason": "Nghỉ."}
    bodies: dict[str, dict[str, Any]] = dict.fromkeys(("handoff", "reassign", "join"), given)
    bodies |= {
        "return": {"comment": "Trả."},
        "request-extension": {"reason": "Chậm.", "appointment": "2027-01-11T07:00:00+07:00"},
        "apologise": {"reason": "Chậm.", "appointment": "2027-01-11T07:00:00+07:00"},
        "request-payment": {"reason": "Nộp phí.", "limit_at": "2026-12-31T17:00:00+07:00"},
        "ask-opinion": {
            "content": "Xin ý kiến.",
            "agencies": ["VPUBND"],
            "limit_at": "2026-12-01T17:00:00+07:00",
            "attachments": [scene.attach(code)],
        },
        "arrange-visit": {
            "visit_at": "2026-12-01T09:00:00+07:00",
            "place": "Tại nhà",
            "participants": "Hai bên",
            "content": "Xác minh",
        },
    }
    tried = 0
    for task in scene.every_task(code):
        for username in ("desk", "head", "binh"):
            offers = {offer["name"]: offer for offer in scene.get(username, f"/tasks/{task.id}")["actions"]}
            assert set(offers) == OFFERED
            for name, offer in offers.items():
                assert (offer["why"] is None) == offer["allowed"]
                if not offer["allowed"]:
                    with scene.unchanged():
                        answer = scene.try_to(name, username, task.id, bodies.get(name))
                    assert (answer.status_code in (403, 409), answer.json["detail"]) == (True, offer["why"])  # type: ignore[index]
                    tried += 1
    assert tried > 50


# History -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET data = '{}'",
        "UPDATE history SET kind = 'forwarded' WHERE seq = 1",
        "DELETE FROM history",
        "TRUNCATE history",
        "ALTER TABLE history ADD COLUMN more text",
        "DROP TABLE history",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "SET ROLE motcua_owner",
    ],
)
def test_the_applications_role_cannot_change_history(scene: Scene, statement: str) -> None:
    scene.at_step("process")
    scene.client("desk")
    with scene.unchanged(), pytest.raises(ProgrammingError) as caught, scene.writing() as connection:
        connection.execute(text(statement))
    assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege)


def test_every_row_is_a_link_of_the_chain(scene: Scene) -> None:
    code = scene.at_step("review")
    rows, dossier = scene.history(code), scene.dossier(code)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert len({row.hash for row in rows}) == len(rows)
    assert chain_fault(rows, dossier.id, dossier.history_seq, dossier.history_hash) is None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('UPDATE history SET data = data || \'{"comment": "khác"}\' WHERE seq = 3', "row 3 was changed"),
        ("UPDATE history SET at = at - interval '1 day' WHERE seq = 2", "row 2 was changed"),
        ("UPDATE history SET account_id = NULL WHERE seq = 1", "row 1 was changed"),
        ("UPDATE history SET kind = 'returned' WHERE seq = 5", "row 5 was changed"),
        ("UPDATE history SET hash = sha256('x') WHERE seq = 4", "row 4 was changed"),
        ("DELETE FROM history WHERE seq = 4", "row 4 is missing"),
        ("DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)", "the last rows are missing"),
        ("DELETE FROM history", "the last rows are missing"),
        ("UPDATE history SET seq = seq + 100 WHERE seq = 2", "row 2 is missing"),
        (
            "INSERT INTO history SELECT dossier_id, seq + 1, at, kind, account_id, task_id, data, hash FROM history"
            " ORDER BY seq DESC LIMIT 1",
            "row 7 was changed",
        ),
        ("UPDATE history SET task_id = task_id + 1 WHERE task_id IS NOT NULL", "row 5 was changed"),
    ],
)
def test_whatever_the_owner_changes_is_noticed(scene: Scene, database_urls: Urls, statement: str, fault: str) -> None:
    code = scene.at_step("process")
    assert len(scene.history(code)) == 6
    engine = create_engine(sqlalchemy_url(database_urls.owner))
    with engine.begin() as connection:
        changed = connection.execute(text(statement)).rowcount
    engine.dispose()
    assert changed > 0
    dossier = scene.dossier(code)
    assert chain_fault(scene.history(code), dossier.id, dossier.history_seq, dossier.history_hash) == fault


def test_one_dossiers_rows_do_not_pass_for_anothers(scene: Scene) -> None:
    code, other = scene.at_step("process"), scene.at_step("process")
    dossier = scene.dossier(other)
    rows = scene.history(code)
    assert chain_fault(rows, dossier.id, dossier.history_seq, dossier.history_hash) == "row 1 was changed"


# Opening a task ----------------------------------------------------------------------------------------------------------


def test_the_first_look_is_written_down_and_no_other(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.clock.move(minutes=5)
    scene.get("chi", f"/tasks/{task.id}")
    first = scene.task(code, "process")
    assert first.opened_at == first.entered_at + timedelta(minutes=5)
    assert first.version == task.version, "looking changes nothing that an If-Match speaks of"
    scene.clock.move(minutes=5)
    with scene.unchanged():
        scene.get("binh", f"/tasks/{task.id}")


def test_another_agencys_dossier_is_not_there(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    is_problem(scene.client("official").get(f"/api/v1/tasks/{task.id}"), 404, "not_found")
    assert scene.get("control", f"/tasks/{task.id}")["actions"][0]["allowed"] is False
    with scene.reading() as connection:
        assert tasks.task_by_id(connection, task.id) is not None
