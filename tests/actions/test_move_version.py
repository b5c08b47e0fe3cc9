"""Running dossiers moved to another version: open work stays as it is, all or nothing, and undone until the next action."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.store.instances import ProcessInstance
from app.store.timers import Timer
from tests.actions.diagrams import CLERK, DIAGRAMS, DIRECTOR, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import (
    boundary,
    diagram,
    end,
    give_back,
    notice,
    parallel,
    receive,
    start,
    step,
)
from tests.actions.scene import Scene, is_problem
from tests.actions.test_publish_version import send


def drawn(
    *steps: str, extra: tuple[str, ...] = (), ways: tuple[tuple[str, str], ...] = (), process: str = "PT8H"
) -> bytes:
    """The linear procedure with these steps between receive and give_back."""
    limits = {"process": (OFFICER, process), "review": (ROOM_HEAD, "PT4H"), "approve": (DIRECTOR, "PT4H")}
    limits |= {"book": (CLERK, "PT2H"), "handle": (OFFICER, "PT3H")}
    made = [step(name, *limits[name]) for name in steps]
    flows = [*line("start", "receive", *steps, "give_back", "done"), *ways]
    return diagram("linear", [start(), receive(), *made, *extra, give_back(), end()], flows)


LATER = drawn("process", "review", "approve")


def with_alarm(duration: str = "P1D", name: str = "alarm") -> bytes:
    extra = (boundary(name, "process", duration, interrupting=False), notice("tell", "holder", "due_soon"), end("told"))
    return drawn("process", "review", extra=extra, ways=((name, "tell"), ("tell", "told")))


@pytest.fixture
def linear(scene: Scene) -> str:
    return scene.publish("linear")


def publish(scene: Scene, content: bytes, procedure: str = "linear", **fields: Any) -> int:
    answer = send(scene, content, procedure=procedure, **fields)
    assert answer.status_code == 201, answer.text
    number: int = answer.json["version"]  # type: ignore[index]
    return number


def post(
    scene: Scene, path: str, body: dict[str, Any], username: str = "admin", key: str | None = None
) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client(username).post(f"/api/v1{path}", json=body, headers=headers)


def preview(scene: Scene, to: int, procedure: str = "linear", **body: Any) -> Any:
    scene.client("admin")
    with scene.unchanged():
        answer = post(scene, f"/procedures/{procedure}/moves/preview", {"to": to, **body})
    assert answer.status_code == 200, answer.text
    return answer.json


def move(scene: Scene, to: int, *codes: str, procedure: str = "linear", key: str | None = None, **body: Any) -> Any:
    sent = {"to": to, "reason": "Quyết định mới", **({"dossiers": list(codes)} if codes else {}), **body}
    answer = post(scene, f"/procedures/{procedure}/moves", sent, key=key)
    assert answer.status_code == 200, answer.text
    return answer.json


def moved(scene: Scene, to: int, code: str, **body: Any) -> Any:
    (result,) = move(scene, to, code, **body)["results"]
    assert result["status"] == 200, result
    scene.sound(code)
    return result


def undo(scene: Scene, code: str) -> TestResponse:
    return post(scene, f"/dossiers/{code}/move/undo", {"reason": "Chuyển nhầm"})


def version_of(scene: Scene, code: str) -> int:
    with scene.reading() as connection:
        found: int = connection.execute(
            text(
                "SELECT v.number FROM procedure_versions v JOIN dossiers d ON d.version_id = v.id WHERE d.code = :code"
            ),
            {"code": code},
        ).scalar_one()
        return found


def instances(scene: Scene, code: str) -> dict[str, int]:
    """The version's id that each diagram of a dossier follows."""
    with scene.reading() as connection:
        rows = connection.execute(
            select(ProcessInstance.kind, ProcessInstance.version_id).where(
                ProcessInstance.dossier_id == scene.dossier(code).id
            )
        )
        return {row.kind: row.version_id for row in rows}


def event_rows(scene: Scene, code: str) -> list[Any]:
    """The drawn timers of the procedure's own diagram."""
    with scene.reading() as connection:
        return list(
            connection.execute(
                select(Timer.__table__)
                .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
                .where(
                    Timer.dossier_id == scene.dossier(code).id, Timer.kind == "event", ProcessInstance.kind == "main"
                )
                .order_by(Timer.id)
            )
        )


@pytest.mark.rule("ST-26.7")
def test_open_work_stays_as_it_is_and_goes_on_the_new_way(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.move(hours=2)
    before, timers = scene.task(code, "process"), scene.timers(code)
    publish(scene, LATER)
    assert version_of(scene, code) == 1, "running ones keep theirs until somebody moves them"
    (told,) = preview(scene, 2)["data"]
    assert told == {
        "code": code,
        "from": 1,
        "moves": True,
        "why": [],
        "steps": [{"step": "process", "name": "Bước process"}],
        "lost": [],
    }
    moved(scene, 2, code)
    assert version_of(scene, code) == 2
    assert scene.task(code, "process") == before
    assert scene.timers(code) == timers
    row = scene.last(code, "version_moved")
    assert (row.username, row.data["reason"]) == ("admin", "Quyết định mới")
    assert (row.data["from_version"], row.data["to_version"]) == (1, 2)
    scene.do("forward", "binh", before.id)
    scene.do("forward", "head", scene.task(code, "review").id)
    assert scene.open_steps(code) == ["approve"]
    scene.do("return", "director", scene.task(code, "approve").id, {"to_step": "process", "comment": "Làm lại"})
    assert scene.open_steps(code) == ["process"]
    scene.sound(code)


def test_a_draft_and_who_helps_stay_with_the_task(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    task = scene.task(code, "process").id
    scene.do("claim", "binh", task)
    scene.do("join", "binh", task, {"account": "chi", "comment": "Xem giúp"})
    with scene.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO drafts (account_id, task_id, text, updated_at) VALUES (:account, :task, 'Đang xem', now())"
            ),
            {"account": scene.province.accounts["binh"], "task": task},
        )
    publish(scene, LATER)
    before = scene.contents()
    moved(scene, 2, code)
    after = scene.contents()
    assert {name for name in before if before[name] != after[name]} == {
        "dossiers",
        "history",
        "instances",
        "version_moves",
    }


@pytest.mark.rule("QT-20.1b")
def test_a_renamed_step_is_the_same_task_due_at_the_same_time(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    scene.clock.move(hours=1)
    task = scene.task(code, "process")
    publish(scene, drawn("handle", "review"))
    (told,) = preview(scene, 2)["data"]
    assert not told["moves"]
    assert "Bước process" in told["why"][0]
    (result,) = move(scene, 2, code)["results"]
    assert (result["status"], result["problem"]["code"]) == (409, "wrong_state")
    assert version_of(scene, code) == 1

    mapping = {"process": "handle"}
    (told,) = preview(scene, 2, mapping=mapping)["data"]
    assert told["steps"] == [{"step": "handle", "name": "Bước handle"}]
    moved(scene, 2, code, mapping=mapping)
    again = scene.task(code, "handle")
    assert (again.id, again.due_at, again.step_name) == (task.id, task.due_at, "Bước handle")
    assert undo(scene, code).status_code == 200
    assert scene.task(code, "process").due_at == task.due_at
    scene.sound(code)
    moved(scene, 2, code, mapping=mapping)
    scene.do("forward", "binh", again.id)
    scene.clock.move(hours=1)
    scene.do("return", "head", scene.task(code, "review").id, {"comment": "Làm lại"})
    due = scene.task(code, "handle").due_at
    assert due is not None
    assert due < scene.clock() + timedelta(hours=8), "the hour that it used under its former name is used"
    scene.sound(code)


def test_a_timer_of_both_versions_keeps_its_time_a_new_one_waits_from_now(scene: Scene, linear: str) -> None:
    first = publish(scene, with_alarm("P1D"))
    code = scene.at_step("process", linear)
    (row,) = event_rows(scene, code)
    scene.clock.move(hours=2)
    second, third = publish(scene, with_alarm("P3D")), publish(scene, with_alarm("P2D", "nudge"))
    moved(scene, second, code)
    assert [(one.id, one.due_at) for one in event_rows(scene, code)] == [(row.id, row.due_at)]
    moved(scene, third, code)
    (fresh,) = event_rows(scene, code)
    assert (fresh.element, fresh.engine_task != row.engine_task) == ("nudge", True)
    assert fresh.due_at == row.due_at + timedelta(days=1, hours=2)
    assert undo(scene, code).status_code == 200
    assert [(one.id, one.due_at) for one in event_rows(scene, code)] == [(row.id, row.due_at)]
    scene.sound(code)
    moved(scene, 1, code)
    assert event_rows(scene, code) == [], "a timer that is gone waits no longer"
    assert first == 2


def test_a_held_dossier_is_moved_and_stays_held(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    task = scene.task(code, "process")
    scene.do("request-supplement", "binh", task.id, {"reason": "Thiếu giấy"})
    before = instances(scene, code)
    second = publish(scene, with_alarm())
    moved(scene, second, code)
    after = instances(scene, code)
    assert after["supplement"] == before["supplement"], "what is asked for goes on as it is drawn"
    assert after["main"] != before["main"]
    (row,) = event_rows(scene, code)
    assert row.held_unit == "working", "a new timer waits while the dossier is held"
    assert scene.task(code, "process").due_at is None
    assert undo(scene, code).status_code == 200
    scene.sound(code)


def test_a_drawn_wait_for_a_payment_goes_on_in_the_new_version(scene: Scene) -> None:
    procedure = scene.publish("paying")
    code = scene.at_step("notify", procedure)
    file = scene.attach(code, "binh")
    scene.do("forward", "binh", scene.task(code, "notify").id, {"attachments": [file]})
    before, rows = scene.dossier(code), event_rows(scene, code)
    assert (before.status, [row.element for row in rows]) == (6, ["unpaid"])
    second = publish(scene, DIAGRAMS["paying"].replace(b"PT8H", b"PT6H").replace(b'"unpaid"', b'"nudge"'), procedure)
    moved(scene, second, code, procedure=procedure)
    after = scene.dossier(code)
    assert (after.status, after.clock["paused_at"]) == (6, before.clock["paused_at"])
    (nudge,) = event_rows(scene, code)
    assert (nudge.element, nudge.held_unit) == ("nudge", None), "what reminds of the payment goes on"
    assert undo(scene, code).status_code == 200
    assert [(row.id, row.due_at) for row in event_rows(scene, code)] == [(row.id, row.due_at) for row in rows]
    scene.sound(code)
    plain = publish(
        scene, DIAGRAMS["paying"].replace(b'name="pause" value="payment"', b'name="paper" value="x"'), procedure
    )
    (told,) = preview(scene, plain, procedure)["data"]
    assert "chờ người nộp" in told["why"][0]


def test_what_is_asked_for_later_is_drawn_as_the_new_version_has_it(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    moved(scene, publish(scene, LATER), code)
    scene.do("request-supplement", "binh", scene.task(code, "process").id, {"reason": "Thiếu giấy"})
    found = instances(scene, code)
    assert found["supplement"] == found["main"] != found["deadline_watch"]
    scene.sound(code)


def test_an_online_dossier_that_waits_is_accepted_under_the_new_version(scene: Scene, linear: str) -> None:
    code = scene.register(procedure=linear, channel="online")["code"]
    second = publish(scene, LATER)
    moved(scene, second, code)
    assert undo(scene, code).status_code == 200
    assert version_of(scene, code) == 1
    moved(scene, second, code)
    scene.do("accept", "desk", scene.open_tasks(code)[0].id)
    scene.do("forward", "desk", scene.task(code, "receive").id)
    with scene.reading() as connection:
        steps = connection.execute(text("SELECT steps FROM procedure_versions WHERE number = 2")).scalars().all()
    assert any(one["id"] == "approve" for found in steps for one in found)
    assert instances(scene, code)["main"] == scene.dossier(code).version_id
    scene.sound(code)


def test_branches_wait_for_each_other_in_the_new_diagram_too(scene: Scene) -> None:
    procedure = scene.publish("branches")
    code = scene.at_step("process", procedure)
    scene.do("forward", "clerk", scene.task(code, "book").id)
    changed = DIAGRAMS["branches"].replace(b'="approve"', b'="sign"')
    second = publish(scene, changed, procedure)
    moved(scene, second, code, procedure=procedure)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == ["sign"]
    scene.do("return", "director", scene.task(code, "sign").id, {"to_step": "book", "comment": "Sửa"})
    assert scene.open_steps(code) == ["book"]
    scene.sound(code)


def test_what_would_get_stuck_says_so_and_is_left_alone(scene: Scene) -> None:
    procedure = scene.publish("branches")
    code = scene.at_step("process", procedure)
    three = diagram(
        "branches",
        [
            start(),
            receive(),
            step("assign", ROOM_HEAD),
            parallel("fork"),
            step("process", OFFICER),
            step("book", CLERK),
            step("third", CLERK),
            parallel("join"),
            step("approve", DIRECTOR),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assign", "fork", "process", "join", "approve", "give_back", "done"),
            *line("fork", "book", "join"),
            *line("fork", "third", "join"),
        ],
    )
    second = publish(scene, three, procedure)
    (told,) = preview(scene, second, procedure)["data"]
    assert "bị kẹt" in told["why"][0]
    (result,) = move(scene, second, procedure=procedure)["results"]
    assert result["status"] == 409
    assert result["problem"]["why"] == told["why"]
    scene.sound(code)


# Undoing ---------------------------------------------------------------------------------------------------------------


def test_undone_everything_stands_as_it_stood(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    publish(scene, LATER)
    before = scene.contents()
    moved(scene, 2, code)
    scene.clock.move(hours=3)
    answer = undo(scene, code)
    assert (answer.status_code, answer.json) == (200, {"dossier": code, "version": 1})
    after = scene.contents()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"dossiers", "history", "version_moves"}
    scene.sound(code)
    is_problem(undo(scene, code), 409, "settled")


def test_once_it_goes_on_it_is_not_undone_but_may_be_moved_back(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    is_problem(undo(scene, code), 409, "wrong_state")
    publish(scene, LATER)
    moved(scene, 2, code)
    scene.do("claim", "binh", scene.task(code, "process").id)
    with scene.unchanged():
        is_problem(undo(scene, code), 409, "wrong_state")
    moved(scene, 1, code)
    assert version_of(scene, code) == 1


def test_an_alarm_is_nobodys_action(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    publish(scene, LATER)
    moved(scene, 2, code)
    scene.clock.set_local("2026-11-25 09:00")
    assert scene.tick() >= 1
    assert {"step_due_soon", "step_overdue"} & set(scene.kinds(code))
    assert undo(scene, code).status_code == 200
    scene.sound(code)


# Who, which, how many --------------------------------------------------------------------------------------------------


def test_who_publishes_moves_and_nobody_else(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    publish(scene, LATER)
    scene.client("head")
    with scene.unchanged():
        for path, body in [
            ("/procedures/linear/moves/preview", {"to": 2}),
            ("/procedures/linear/moves", {"to": 2, "reason": "x"}),
            (f"/dossiers/{code}/move/undo", {"reason": "x"}),
        ]:
            is_problem(post(scene, path, body, "head"), 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": 9}, 404, "not_found"),
        ({"to": 2, "from": 7}, 404, "not_found"),
        ({"to": 2, "dossiers": []}, 422, "invalid"),
        ({"to": 2, "dossiers": ["a", "a"]}, 422, "invalid"),
        ({"to": 2, "mapping": {"process": "nowhere"}}, 422, "invalid"),
        ({"to": 2, "mapping": {"nowhere": "process"}}, 422, "invalid"),
        ({"to": 2, "mapping": {"process": 7}}, 422, "invalid"),
        ({"to": "x"}, 422, "invalid"),
        ({"to": 2, "other": 1}, 422, "invalid"),
    ],
)
def test_what_a_client_may_get_wrong(scene: Scene, linear: str, body: dict[str, Any], status: int, code: str) -> None:
    scene.at_step("process", linear)
    publish(scene, LATER)
    scene.client("admin")
    with scene.unchanged():
        for path, sent in [("moves/preview", body), ("moves", body | {"reason": "x"})]:
            is_problem(post(scene, f"/procedures/linear/{path}", sent), status, code)
        is_problem(post(scene, "/procedures/linear/moves", {"to": 2, "reason": " "}), 422, "invalid")


def test_only_into_a_version_that_is_followed(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    later = publish(scene, LATER, effective_from="2026-12-01")
    is_problem(post(scene, "/procedures/linear/moves/preview", {"to": later}), 409, "wrong_state")
    scene.clock.set_local("2026-12-01 08:00")
    scene.clients.clear()
    moved(scene, later, code)
    (result,) = move(scene, later, code)["results"]
    assert result["problem"]["detail"].startswith("Hồ sơ đang theo phiên bản số")


def test_all_of_a_version_each_with_its_own_answer_and_once_under_a_key(scene: Scene, linear: str) -> None:
    stays, first, other = (
        scene.at_step("review", linear),
        scene.at_step("process", linear),
        scene.at_step("receive", linear),
    )
    publish(scene, drawn("process", "approve"))
    told = preview(scene, 2)
    assert (told["total"], told["moves"], told["more"]) == (3, 2, False)
    answer = move(scene, 2, key="m-1")
    assert [(one["code"], one["status"]) for one in answer["results"]] == [(stays, 409), (first, 200), (other, 200)]
    assert move(scene, 2, key="m-1") == answer
    is_problem(post(scene, "/procedures/linear/moves", {"to": 1, "reason": "x"}, key="m-1"), 422, "key_reused")
    assert [version_of(scene, code) for code in (stays, first, other)] == [1, 2, 2]
    assert scene.kinds(first).count("version_moved") == 1
    assert preview(scene, 2)["total"] == 1
    assert preview(scene, 1, **{"from": 2})["total"] == 2
    (unknown, strange) = preview(scene, 2, dossiers=["000.00.12.H50-261123-9999", scene.at_step("process")])["data"]
    assert [unknown["moves"], strange["moves"]] == [False, False]
    for code in (stays, first, other):
        scene.sound(code)


def test_a_move_that_broke_off_goes_on_where_it_was(scene: Scene, linear: str) -> None:
    codes = [scene.at_step("process", linear) for _ in range(3)]
    publish(scene, LATER)
    answer = move(scene, 2, key="m-2")
    with scene.writing() as connection:  # as if the server had stopped before it kept the answer
        connection.execute(
            text("UPDATE idempotency_keys SET answer = answer - 'results' || :kept WHERE key = 'm-2'"),
            {"kept": json.dumps({"codes": codes, "more": False})},
        )
    assert move(scene, 2, key="m-2")["results"] == answer["results"]
    assert [scene.kinds(code).count("version_moved") for code in codes] == [1, 1, 1]


def test_a_finished_dossier_is_not_moved(scene: Scene, linear: str) -> None:
    code = scene.at_step("process", linear)
    with scene.writing() as connection:
        connection.execute(text("UPDATE dossiers SET closed_at = now() WHERE code = :code"), {"code": code})
    publish(scene, LATER)
    assert preview(scene, 2)["total"] == 0
    (told,) = preview(scene, 2, dossiers=[code])["data"]
    assert told["why"] == ["Hồ sơ đã kết thúc."]


@pytest.mark.rule("QT-21a")
def test_agencies_have_the_limits_of_the_new_diagram(scene: Scene) -> None:
    def two(limit: str) -> bytes:
        partner = step("consult", "office_specialist", limit, agency="VPUBND")
        return diagram(
            "linear",
            [start(), receive(), step("process", OFFICER, "PT8H"), partner, give_back(), end()],
            line("start", "receive", "process", "consult", "give_back", "done"),
        )

    scene.publish("linear")
    first = publish(scene, two("PT8H"))
    code = scene.at_step("process", "linear")
    before = scene.dossier(code).clock["meters"]
    assert before["@VPUBND"][0] is not None
    second = publish(scene, two("PT16H"))
    moved(scene, second, code)
    after = scene.dossier(code).clock["meters"]
    assert after["@VPUBND"][0] != before["@VPUBND"][0]
    assert after["@SYT"] == before["@SYT"], "a limit that stays the same runs on"
    assert undo(scene, code).status_code == 200
    assert scene.dossier(code).clock["meters"] == before
    assert first == 2
    scene.sound(code)
