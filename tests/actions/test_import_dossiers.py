"""Dossiers of an old system: they stand where they stood, with the deadline that they had, and are worked on like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.actions import import_run
from app.actions.import_run import accept_import, run_import
from app.actions.import_withdraw import withdraw_import, withdraw_line
from app.errors import DomainError
from app.store import imports, monitor
from app.store.administration_changes import AdministrationChange
from app.store.deliveries import Delivery
from app.views.audit import KINDS
from tests.actions.importing import by_old_code, carry_out, context, lines, look_at, remarks, table, take_over
from tests.actions.scene import Scene
from tests.factories import local_iso


def works_to_the_end(scene: Scene, code: str, decisions: dict[str, str] | None = None) -> None:
    """Real actions only, the dossier sound after each."""
    for _ in range(30):
        scene.sound(code)
        opened = scene.open_tasks(code)
        if not opened:
            break
        task = opened[0]
        if task.stage == "return":
            if scene.dossier(code).result_at is None:
                scene.do("confirm-result", scene.holder(task), task.id)
            scene.do("deliver-result", scene.holder(task), task.id)
        else:
            said = {"decision": decisions[task.step]} if decisions and task.step in decisions else {}
            scene.do("forward", scene.holder(task), task.id, said)
    scene.sound(code)
    assert scene.dossier(code).status == 10


@pytest.mark.rule("QT-16.2", "QT-28.5d1")
def test_a_dossier_stands_at_its_step_with_its_own_deadline_and_goes_on(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {"phone": "0912345678", "email": "binh@example.org"})
    dossier = scene.dossier(code)
    assert (scene.open_steps(code), dossier.status) == (["process"], 4)
    assert local_iso(dossier.received_at) == "2026-11-16T08:00:00+07:00"
    assert local_iso(dossier.deadline_at) == "2026-11-27T16:00:00+07:00"  # type: ignore[arg-type]
    assert local_iso(dossier.appointment_at) == "2026-11-30T09:00:00+07:00"  # type: ignore[arg-type]
    assert by_old_code(scene, "CU-1") == code
    assert "imported" in scene.kinds(code)
    with scene.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Delivery)).scalar_one() == 0
    task = scene.task(code, "process")
    assert scene.client("binh").get(f"/api/v1/tasks/{task.id}").status_code == 200
    works_to_the_end(scene, code)


def test_where_it_went_before_it_can_be_sent_back_to(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {"step": "review"})
    scene.do("return", "head", scene.task(code, "review").id, {"to_step": "process", "comment": "Thiếu ý kiến."})
    assert scene.open_steps(code) == ["process"]
    works_to_the_end(scene, code)


def test_who_had_it_has_it_and_else_the_position_has(scene: Scene) -> None:
    scene.publish("linear")
    codes = take_over(scene, {"holder": "binh"}, {"holder": "BINH"}, {"holder": "Người đã nghỉ"}, {"holder": None})
    assert [scene.task(code, "process").assignee for code in codes] == ["binh", "binh", None, None]


def test_what_is_overdue_is_marked_and_nothing_of_the_past_sounds(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {"received_at": "02/11/2026", "deadline": "13/11/2026", "appointment": "16/11/2026"})
    shown = scene.get("head", f"/dossiers/{code}")
    assert shown["overdue"] is True
    assert not [name for name in scene.timers(code) if ":" not in name]
    assert scene.tick() == 0
    assert scene.kinds(code) == ["imported"]
    scene.sound(code)


def test_the_watch_waits_for_what_is_still_to_come(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {})
    assert local_iso(scene.timers(code)["deadline_reached"]) == "2026-11-27T16:00:00+07:00"
    scene.clock.set_local("2026-11-27 16:01")
    scene.tick()
    scene.sound(code)
    assert "timer_fired" in scene.kinds(code)


def test_the_deadline_may_be_moved_by_the_rules_and_by_nothing_else(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {"step": "process"})
    scene.do("apologise", "desk", scene.task(code, "process").id, _apology(scene, code))
    scene.sound(code)
    dossier = scene.dossier(code)
    assert local_iso(dossier.deadline_at) == "2026-11-27T16:00:00+07:00"  # type: ignore[arg-type]
    assert local_iso(dossier.appointment_at) == "2026-12-04T09:00:00+07:00"  # type: ignore[arg-type]


def _apology(scene: Scene, code: str) -> dict[str, Any]:
    return {
        "comment": "Cần thêm thời gian.",
        "appointment": "2026-12-04T09:00:00+07:00",
        "attachments": [scene.attach(code, "desk")],
    }


def test_a_result_that_waits_is_classed_by_the_deadline_given_and_is_handed_over(scene: Scene) -> None:
    scene.publish("linear")
    late, early = take_over(
        scene,
        {"status": "Đã có kết quả", "step": None, "result_at": "20/11/2026 10:00", "deadline": "19/11/2026"},
        {"status": "chờ trả kết quả", "step": "Trả kết quả", "result_at": "20/11/2026 10:00"},
    )
    assert [scene.dossier(code).status for code in (late, early)] == [9, 9]
    assert [scene.dossier(code).timeliness for code in (late, early)] == ["late", "early"]
    works_to_the_end(scene, late)
    works_to_the_end(scene, early)


def test_branches_are_given_together_or_the_others_are_done(scene: Scene) -> None:
    scene.publish("branches")
    steps = _steps(scene, "branches")
    both = {"procedure": "branches", "step": "; ".join(steps)}
    alone, together = take_over(scene, {"procedure": "branches", "step": steps[0]}, both)
    assert (scene.open_steps(alone), scene.open_steps(together)) == ([steps[0]], sorted(steps))
    with scene.reading() as connection:
        said = imports.origin_of(connection, scene.dossier(alone).id)
    assert said is not None
    assert "coi là đã xong" in said.remarks[0]["text"]
    works_to_the_end(scene, alone)
    works_to_the_end(scene, together)


def _steps(scene: Scene, procedure: str) -> list[str]:
    """The steps that are open together after the first."""
    code = scene.register(procedure=procedure)["code"]
    while len(opened := scene.open_tasks(code)) == 1:
        scene.do("forward", scene.holder(opened[0]), opened[0].id)
    return [task.step for task in opened]


def test_old_lines_are_kept_as_they_were_given_in_the_chain(scene: Scene) -> None:
    scene.publish("linear")
    history = (
        "Mã hồ sơ;Thời gian;Cán bộ;Nội dung;Ghi chú\n"
        "CU-1;16/11/2026 08:05;Lê Thị A;Tiếp nhận;đủ giấy tờ\n"
        "cu 1;17/11/2026;Phạm B;Thẩm định;\n"
    )
    (code,) = take_over(scene, {"note": "Hồ sơ khó"}, history=history.encode())
    row = scene.last(code, "imported")
    assert row.data["history"] == [
        {"at": "16/11/2026 08:05", "who": "Lê Thị A", "what": "Tiếp nhận", "comment": "đủ giấy tờ"},
        {"at": "17/11/2026", "who": "Phạm B", "what": "Thẩm định"},
    ]
    assert row.data["comment"] == "Hồ sơ khó"
    assert row.data["passed"] == ["receive"]
    scene.sound(code)


def test_a_code_of_ours_is_kept_and_the_next_number_comes_after_it(scene: Scene) -> None:
    scene.publish("linear")
    kept, new = take_over(
        scene, {"old_code": "000.00.12.H50-261116-0007"}, {"old_code": "HS/2026/15", "received_at": "16/11/2026"}
    )
    assert kept == "000.00.12.H50-261116-0007"
    assert new == "000.00.12.H50-261116-0008"
    found = scene.get("head", "/dossiers?q=2026/15")
    assert [one["code"] for one in found["data"]] == [new]
    public = scene.app.test_client().get("/api/v1/public/dossiers/HS%2F2026%2F15")
    assert public.status_code in (200, 404)


def test_a_second_time_the_same_code_is_refused_and_so_is_one_that_comes_twice(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {})
    again = lines(scene, look_at(scene, table({}, {"old_code": "CU-9"}, {"old_code": "cu 9"})))
    assert [row.verdict for row in again] == ["refused", "ready", "refused"]
    assert code in again[0].remarks[0]["text"]
    other = lines(scene, look_at(scene, table({}), source="Hệ thống khác"))
    assert other[0].verdict == "ready"


def test_what_cannot_be_is_refused_with_its_cell(scene: Scene) -> None:
    scene.publish("linear")
    wrong = [
        {"procedure": "9.999999"},
        {"agency": "Sở Không Có"},
        {"deadline": "01/11/2026"},
        {"received_at": "32/13/2026"},
        {"received_at": "16/11/2027"},
        {"step": "bước không có"},
        {"step": None},
        {"name": None},
        {"status": "Đã trả kết quả"},
        {"status": "Chờ bổ sung"},
        {"status": "Đã có kết quả"},
        {"agency": "VPUBND"},
        {"old_code": None},
    ]
    rows = lines(scene, look_at(scene, table(*wrong)))
    assert [row.verdict for row in rows] == ["refused"] * len(wrong), remarks(rows)
    assert rows[2].remarks[0]["cell"] == "F4"
    with pytest.raises(DomainError) as refusal:
        carry_out(scene, rows[0].import_id)
    assert refusal.value.code == "wrong_state"


def test_what_was_guessed_is_said(scene: Scene) -> None:
    scene.publish("linear")
    doubtful = [
        {"step": "proces"},
        {"deadline": None},
        {"agency": "so y te"},
        {"holder": "Không Ai"},
        {"id_number": 45123456789},
        {"position": "Trưởng phòng", "step": None},
        {"channel": "bồ câu"},
        {"appointment": "20/11/2026"},
    ]
    rows = lines(scene, look_at(scene, table(*doubtful)))
    expected = ["doubtful"] * len(doubtful)
    expected[2] = "ready"  # without diacritics it is the same name
    assert [row.verdict for row in rows] == expected, remarks(rows)
    assert rows[4].plan["applicant"]["id_number"] == "045123456789"
    assert rows[5].plan["steps"] == ["review"]


def test_nothing_is_written_before_it_is_accepted_and_only_what_was_seen_is(scene: Scene) -> None:
    scene.publish("linear")
    import_id = look_at(scene, table({}))
    with scene.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM dossiers")).scalar_one() == 0
        seen = imports.find_import(connection, import_id)
    assert seen is not None
    with scene.app.app_context(), pytest.raises(DomainError) as refusal:
        accept_import(import_id, seen.version + 1, context(scene))
    assert refusal.value.code == "stale_version"


class Killed(BaseException):
    """The process ends here."""


def test_an_import_that_breaks_off_goes_on_and_makes_nothing_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.publish("linear")
    import_id = look_at(scene, table(*({} for _ in range(7))))
    ran = import_run.run
    done = 0

    def dying(*args: Any) -> Any:
        nonlocal done
        done += 1
        if done == 4:
            raise Killed
        return ran(*args)

    with scene.app.app_context():
        accept_import(import_id, None, context(scene))
        monkeypatch.setattr(import_run, "run", dying)
        with pytest.raises(Killed):
            run_import(import_id, scene.clock())
        states = [row.state for row in lines(scene, import_id)]
        assert states == ["imported"] * 3 + ["waiting"] * 4
        monkeypatch.setattr(import_run, "run", ran)
        run_import(import_id, scene.clock())
        run_import(import_id, scene.clock())
    rows = lines(scene, import_id)
    assert [row.state for row in rows] == ["imported"] * 7
    assert len({row.dossier for row in rows}) == 7
    with scene.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM dossiers")).scalar_one() == 7
        assert imports.find_import(connection, import_id).state == "done"  # type: ignore[union-attr]


def test_a_row_that_fails_is_told_and_can_be_brought_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish("linear")
    import_id = look_at(scene, table({"holder": "binh"}, {"holder": "chi"}))
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET active = false WHERE username = 'binh'"))
    rows = carry_out(scene, import_id)
    assert [row.state for row in rows] == ["failed", "imported"]
    assert "không còn giữ vị trí" in str(rows[0].problem)
    (code,) = take_over(scene, {"holder": "chi"})
    assert scene.task(code, "process").assignee == "chi"


@pytest.mark.parametrize("cell", ['["\\u0000"]', '{"a\\u0000": 1}', '"\\ud800"', "[" * 1500, "[1e999]"])
def test_form_data_that_no_database_takes_stays_text(scene: Scene, cell: str) -> None:
    scene.publish("linear")
    import_id = look_at(scene, table({"Dữ liệu: x": cell}))
    assert [row.plan["data"] for row in lines(scene, import_id)] == [{"x": cell}]


def test_a_code_of_a_day_to_come_is_not_kept(scene: Scene) -> None:
    """It would take the numbers of that day."""
    scene.publish("linear")
    given = ("000.00.12.H50-261224-0007", "000.00.12.H50-261116-999999999999")
    import_id = look_at(scene, table(*({"old_code": code} for code in given)))
    assert [(row.verdict, row.plan["code"]) for row in lines(scene, import_id)] == [("doubtful", None)] * 2


def test_what_was_a_mistake_is_withdrawn_while_nobody_has_worked_on_it(scene: Scene) -> None:
    scene.publish("linear")
    first, second = take_over(scene, {"old_code": "000.00.12.H50-261116-0007"}, {})
    scene.do("claim", "binh", scene.task(second, "process").id)
    with scene.reading() as connection:
        (import_id,) = [row.id for row in imports.imports(connection, None, 10)]
    with scene.app.app_context():
        done = withdraw_import(import_id, "Nhầm tệp", context(scene))
    assert done["withdrawn"] == 1
    assert [one["dossier"] for one in done["refused"]] == [second]
    assert [row.state for row in lines(scene, import_id)] == ["withdrawn", "imported"]
    (again,) = take_over(scene, {"old_code": "000.00.12.H50-261116-0007"})
    assert again == first
    old = scene.get("control", "/dossiers?q=RUT")["data"]
    assert [one["status"]["number"] for one in old] == [3]
    scene.sound(old[0]["code"])
    with scene.reading() as connection:
        totals = monitor.agency_totals(connection, None, *_november())
        said = connection.execute(select(AdministrationChange.kind)).scalars().all()
    assert [(one.received, one.early + one.on_time + one.late) for one in totals] == [(2, 0)]
    assert {"import_previewed", "import_accepted", "import_finished", "import_row_withdrawn"} <= set(said)
    assert set(said) <= KINDS.keys() | {"signed_in"}, "the log has a word for each"
    for kind in ("month", "week"):
        found = scene.get("control", f"/monitor/trends?kind={kind}")
        for period, row in zip(found["periods"], found["points"], strict=True):
            for what in ("received", "resolved", "open"):
                span = f"what={what}&first={period['first']}&end={period['end']}"
                assert scene.get("control", f"/monitor/dossiers?{span}")["total"] == row[what], (period, what)
        assert max(row["open"] for row in found["points"]) == sum(row["received"] for row in found["points"]) == 2


def _november() -> tuple[Any, Any]:
    return datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def test_a_row_is_withdrawn_once(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {})
    with scene.app.app_context():
        import_id = _first(scene)
        assert withdraw_line(import_id, 2, "Nhầm", context(scene)) == code
        with pytest.raises(DomainError) as refusal:
            withdraw_line(import_id, 2, "Nhầm", context(scene))
    assert refusal.value.code == "settled"


def _first(scene: Scene) -> int:
    with scene.reading() as connection:
        return imports.imports(connection, None, 1)[0].id
