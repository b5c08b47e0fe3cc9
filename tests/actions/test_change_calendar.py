"""A calendar changes under open dossiers: previewed, counted again by the job or by the next action, appointments kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from app.actions import recount_dossiers
from app.actions.change_calendar import ChangeCalendar, change
from app.errors import DomainError
from app.store.deliveries import Delivery
from app.wording import LOCAL
from tests import factories
from tests.actions.calendars import (
    DAY_AND_NIGHT,
    WITH_SATURDAYS,
    announce,
    change_row,
    code_of,
    data_of,
    look_ahead,
    work_through,
)
from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements

STORM = ["2026-12-01", "2026-12-02"]


def local(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def facts(scene: Scene, code: str) -> tuple[str, str]:
    """Deadline and appointment."""
    dossier = scene.dossier(code)
    return local(dossier.deadline_at), local(dossier.appointment_at)


# What a late holiday does ------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.2", "QT-18.3")
def test_a_late_holiday_moves_the_deadline_and_leaves_the_appointment_that_was_issued(scene: Scene) -> None:
    code = scene.at_step("assign")
    assert facts(scene, code) == ("2026-12-07 08:00", "2026-12-07 13:30")
    scene.clock.set_local("2026-11-23 09:00")
    done = work_through(scene, announce(scene, "Công điện số 12", holidays=STORM))
    assert facts(scene, code) == ("2026-12-09 08:00", "2026-12-07 13:30")
    assert (done.total, done.done, done.moved, done.failed) == (1, 1, 1, 0)
    assert done.finished_at == scene.clock()
    row = scene.last(code, "calendar_changed")
    assert row.data["reason"] == "Công điện số 12"
    assert (row.data["before"]["deadline_at"], row.data["after"]["deadline_at"]) == (
        "2026-12-07T01:00:00+00:00",
        "2026-12-09T01:00:00+00:00",
    )
    assert row.data["before"]["appointment_at"] == row.data["after"]["appointment_at"]
    scene.sound(code)


@pytest.mark.rule("QT-18.2")
def test_steps_alarms_and_the_watch_follow(scene: Scene) -> None:
    code = scene.at_step("assign")  # 4 working hours from Monday 08:00
    assert local(scene.task(code, "assign").due_at) == "2026-11-23 14:00"
    scene.clock.set_local("2026-11-23 08:30")
    work_through(scene, announce(scene, weekly={"mon-fri": [["07:00", "09:00"], ["13:30", "19:30"]]}))
    assert local(scene.task(code, "assign").due_at) == "2026-11-23 16:30"
    due = scene.timers(code)
    assert local(due["step_overdue:assign"]) == "2026-11-23 16:30"
    assert due["deadline_reached"] == scene.dossier(code).deadline_at
    assert due["appointment_reached"] == scene.dossier(code).appointment_at
    scene.sound(code)


def test_a_dossier_that_comes_out_the_same_gets_no_event(scene: Scene) -> None:
    code = scene.at_step("assign")
    before = scene.kinds(code)
    done = work_through(scene, announce(scene, holidays=["2027-05-01"]))
    assert (done.done, done.moved) == (1, 0)
    assert scene.kinds(code) == before
    assert scene.dossier(code).clock_epoch >= done.epoch
    scene.sound(code)


def test_time_that_was_worked_before_the_announcement_is_counted_again_too(scene: Scene) -> None:
    """The day off is announced when it is over: whoever had the dossier on it is charged nothing."""
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-25 08:00")
    scene.do("forward", "head", scene.task(code, "assign").id)
    charged = [(part.step, part.seconds) for part in scene.segments(code) if part.step == "assign"]
    assert charged == [("assign", 16 * 3600)]
    work_through(scene, announce(scene, holidays=["2026-11-24"]))
    (assign,) = [part for part in scene.segments(code) if part.step == "assign"]
    assert assign.seconds == 8 * 3600
    assert assign.task_id == next(task.id for task in scene.every_task(code) if task.step == "assign")
    scene.sound(code)


def test_an_alarm_that_has_sounded_sounds_again_only_where_the_time_came_back(scene: Scene) -> None:
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-23 14:30")
    scene.tick()
    assert scene.kinds(code).count("step_overdue") == 1
    work_through(scene, announce(scene, holidays=["2026-11-23"]))
    due = scene.task(code, "assign").due_at
    assert local(due) == "2026-11-24 11:00"
    assert due is not None
    scene.tick()
    assert scene.kinds(code).count("step_overdue") == 1
    scene.clock.at = due
    scene.tick()
    assert scene.kinds(code).count("step_overdue") == 2
    scene.sound(code)


@pytest.mark.rule("QT-18.4")
def test_a_finished_dossier_is_never_counted_again(scene: Scene) -> None:
    code = scene.at_step("return_result")
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    before = scene.dossier(code)
    scene.clock.set_local("2026-11-24 09:00")
    done = work_through(scene, announce(scene, holidays=["2026-11-23"]))
    assert done.total == 0
    assert scene.dossier(code).clock == before.clock
    scene.sound(code)
    scene.do("deliver-result", "desk", scene.task(code, "return_result").id)
    assert scene.dossier(code).deadline_at == before.deadline_at
    scene.sound(code)


def test_what_is_left_of_a_finished_dossier_goes_by_the_new_hours(scene: Scene) -> None:
    """A working Saturday announced while the applicant is waited for: handing over on it counts on it."""
    code = scene.at_step("return_result")
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    announce(scene, working_saturdays=["2026-12-12"])
    at = scene.clock.set_local("2026-12-12 09:00")
    scene.do("deliver-result", "desk", scene.task(code, "return_result").id)
    assert scene.dossier(code).closed_at == at
    scene.sound(code)


def test_an_online_dossier_that_waits_for_its_check_has_nothing_to_count(scene: Scene) -> None:
    code = scene.register(channel="online")["code"]
    work_through(scene, announce(scene, holidays=STORM))
    assert "calendar_changed" not in scene.kinds(code)
    scene.sound(code)


# The next action comes before the job ------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.2")
def test_an_action_counts_its_own_dossier_again_first(scene: Scene) -> None:
    code = scene.at_step("assign")
    change_id = announce(scene, holidays=STORM)
    assert facts(scene, code)[0] == "2026-12-07 08:00"
    scene.sound(code)  # what is stored is the whole fold by the calendars of its time
    scene.do("forward", "head", scene.task(code, "assign").id)
    assert facts(scene, code) == ("2026-12-09 08:00", "2026-12-07 13:30")
    kinds = scene.kinds(code)
    assert kinds.index("calendar_changed") < len(kinds) - 1 - kinds[::-1].index("forwarded")
    scene.sound(code)
    done = work_through(scene, change_id)
    assert (done.done, done.moved) == (1, 1)
    assert scene.kinds(code).count("calendar_changed") == 1


def test_a_refused_action_leaves_the_counting_to_others(scene: Scene) -> None:
    code = scene.at_step("assign")
    announce(scene, holidays=STORM)
    scene.refused(403, "not_a_candidate", "forward", "binh", scene.task(code, "assign").id)


def test_a_dossier_that_is_up_to_date_costs_no_further_statement(scene: Scene) -> None:
    first, second = scene.at_step("assign"), scene.at_step("assign")
    work_through(scene, announce(scene, holidays=STORM))
    tasks = [scene.task(code, "assign").id for code in (first, second)]
    scene.client("head")
    scene.do("claim", "head", tasks[0])  # whatever is asked once a process
    with counted_statements(scene.app) as seen:
        scene.do("claim", "head", tasks[1])
    assert not [one for one in seen if "FROM calendars" in one or "calendar_changes" in one]


def test_a_timer_waits_for_the_new_time(scene: Scene) -> None:
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-23 14:00")
    announce(scene, holidays=["2026-11-23"])
    scene.tick()
    assert "step_overdue" not in scene.kinds(code)
    assert "calendar_changed" in scene.kinds(code)
    scene.sound(code)


# The job -----------------------------------------------------------------------------------------------------------------


def test_a_job_that_was_killed_goes_on_where_it_left_off(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [scene.at_step("assign") for _ in range(4)]
    change_id = announce(scene, holidays=STORM)
    counted: list[int] = []
    real = recount_dossiers._settle

    def die_on_the_third(connection: Any, dossier_id: int, now: datetime) -> None:
        if len(counted) == 2:
            raise KeyboardInterrupt
        counted.append(dossier_id)
        real(connection, dossier_id, now)

    with monkeypatch.context() as patch:
        patch.setattr(recount_dossiers, "_settle", die_on_the_third)
        with pytest.raises(KeyboardInterrupt):
            work_through(scene, change_id)
    left = change_row(scene, change_id)
    assert (left.done, left.moved, left.finished_at) == (2, 2, None)
    done = work_through(scene, change_id)
    assert (done.done, done.moved, done.total) == (4, 4, 4)
    for code in codes:
        assert scene.kinds(code).count("calendar_changed") == 1
        scene.sound(code)
    assert work_through(scene, change_id) == done


def test_several_workers_count_nothing_twice(scene: Scene) -> None:
    codes = [scene.at_step("assign") for _ in range(6)]
    change_id = announce(scene, holidays=STORM)
    scene.at_once(*[lambda: work_through(scene, change_id)] * 3)
    done = change_row(scene, change_id)
    assert (done.done, done.moved, done.failed) == (6, 6, 0)
    for code in codes:
        assert scene.kinds(code).count("calendar_changed") == 1
        scene.sound(code)
    with scene.reading() as connection:
        told = connection.execute(select(Delivery.recipient).where(Delivery.template == "calendar_changed")).scalars()
        assert sorted(told) == ["desk@example.org", "director@example.org"]


def test_a_dossier_that_cannot_be_counted_stops_nobody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = scene.at_step("assign"), scene.at_step("assign")
    broken = scene.dossier(first).id
    change_id = announce(scene, holidays=STORM)
    real = recount_dossiers._settle

    def fail(connection: Any, dossier_id: int, now: datetime) -> None:
        if dossier_id == broken:
            raise RuntimeError("broken")
        real(connection, dossier_id, now)

    monkeypatch.setattr(recount_dossiers, "_settle", fail)
    done = work_through(scene, change_id)
    assert (done.done, done.moved, done.failed) == (2, 1, 1)
    assert done.finished_at is not None
    assert facts(scene, second)[0] == "2026-12-09 08:00"


@pytest.mark.rule("QT-18.3")
def test_desk_and_heads_get_one_summary_and_the_applicant_none(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.set_columns(connection, "positions", scene.province.positions["director"], head=True)
    for _ in range(2):
        scene.at_step("assign", applicant={"name": "Bình", "email": "binh.tran@example.org"}, notify=["email"])
    work_through(scene, announce(scene, "Công điện số 12", holidays=STORM))
    query = select(Delivery.recipient, Delivery.data).where(Delivery.template == "calendar_changed")
    with scene.reading() as connection:
        rows = connection.execute(query.order_by(Delivery.recipient)).all()
    assert [row.recipient for row in rows] == ["desk@example.org", "director@example.org"]
    assert (rows[0].data["moved"], rows[0].data["resets"], rows[0].data["reason"]) == (2, 2, "Công điện số 12")


# Preview -----------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.3")
def test_a_preview_says_what_moves_and_whom_to_give_another_date(scene: Scene) -> None:
    code = scene.at_step("assign")
    scene.at_step("process", scene.publish("linear", limit="P2D"))
    scene.client("admin")
    with scene.unchanged():
        found = look_ahead(scene, holidays=STORM)
    assert (found.total, found.counted, found.moved, found.resets, found.failed) == (2, 2, 1, 1, 0)
    (one,) = found.dossiers
    assert (one.code, local(one.deadline_before), local(one.deadline_at), one.reset) == (
        code,
        "2026-12-07 08:00",
        "2026-12-09 08:00",
        "before_deadline",
    )
    work_through(scene, announce(scene, holidays=STORM))
    assert scene.dossier(code).deadline_at == one.deadline_at


def test_an_appointment_on_a_day_off_is_to_be_set_again(scene: Scene) -> None:
    scene.at_step("assign")
    found = look_ahead(scene, holidays=["2026-12-08"], weekly={"mon-thu": [["07:00", "11:30"], ["13:30", "17:00"]]})
    assert found.resets == 1
    found = look_ahead(scene, weekly={"mon-fri": [["07:00", "11:30"], ["14:00", "17:30"]]})
    assert [one.reset for one in found.dossiers] == ["closed"]


# Who works by which ------------------------------------------------------------------------------------------------------


def test_only_dossiers_of_those_who_work_by_it_are_concerned(scene: Scene) -> None:
    mine = scene.at_step("assign")
    with scene.writing() as connection:
        factories.set_columns(connection, "agencies", scene.province.office, calendar_id=factories.calendar(connection))
    done = work_through(scene, announce(scene, code=code_of(scene, "VPUBND"), holidays=STORM))
    assert done.total == 0
    assert facts(scene, mine)[0] == "2026-12-07 08:00"
    scene.sound(mine)


@pytest.mark.rule("QT-18.3")
def test_the_appointment_is_the_desks_next_session_and_the_deadline_the_offices(scene: Scene) -> None:
    with scene.writing() as connection:
        desk = factories.calendar(connection, weekly=WITH_SATURDAYS)
        factories.set_columns(connection, "agencies", scene.province.health, desk_calendar_id=desk)
    scene.clock.set_local("2026-11-27 16:00")
    code = scene.register(procedure=scene.publish("linear", limit="PT1H"))["code"]
    assert facts(scene, code) == ("2026-11-27 17:00", "2026-11-28 07:00")
    scene.sound(code)


@pytest.mark.rule("QT-18.2")
def test_an_urgent_procedure_is_counted_day_and_night(scene: Scene) -> None:
    with scene.writing() as connection:
        always = factories.calendar(connection, **DAY_AND_NIGHT)
    scene.clock.set_local("2026-11-28 22:00")  # a Saturday night
    code = scene.register(procedure=scene.publish("linear", limit="PT4H", calendar_id=always))["code"]
    assert facts(scene, code)[0] == "2026-11-29 02:00"
    done = work_through(scene, announce(scene, holidays=["2026-11-29"]))
    assert done.total == 0, "the agency's holidays do not concern it"
    scene.sound(code)


# Changing ----------------------------------------------------------------------------------------------------------------


def test_two_changes_before_the_job_are_counted_once_with_both_reasons(scene: Scene) -> None:
    code = scene.at_step("assign")
    first = announce(scene, "Bão số 9", holidays=["2026-12-01"])
    second = announce(scene, "Bão số 10", holidays=STORM)
    for change_id in (first, second):
        assert work_through(scene, change_id).moved == 1
    assert scene.last(code, "calendar_changed").data["reason"] == "Bão số 9; Bão số 10"
    assert scene.kinds(code).count("calendar_changed") == 1
    scene.sound(code)


def test_a_holiday_that_is_taken_back_puts_the_deadline_back(scene: Scene) -> None:
    code = scene.at_step("assign")
    before = facts(scene, code)
    work_through(scene, announce(scene, holidays=STORM))
    scene.clock.move(hours=1)
    work_through(scene, announce(scene, "Đính chính", holidays=[]))
    assert facts(scene, code) == before
    scene.sound(code)


@pytest.mark.parametrize(
    ("data", "field", "told"),
    [
        ({"holidays": ["2026-13-01"]}, "data.holidays.0", "holidays[0]"),
        ({"weekly": {"mon": [["08:00", "07:00"]]}}, "data.weekly.mon.0", "giờ mở phải trước giờ đóng"),
        ({"weekly": {"mon-fri": []}}, "data.weekly", "không có giờ làm việc nào"),
        ({"ngay_le": []}, "data", "không có mục ngay_le"),
        ({"patterns": [{"from": "2027-01-01", "weekly": {}}]}, "data", "không còn giờ làm việc"),
        ({"holidays": ["2026-12-05"], "working_saturdays": ["2026-12-05"]}, "data.working_saturdays.0", "vừa là ngày"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(scene: Scene, data: dict[str, Any], field: str, told: str) -> None:
    scene.client("admin")
    with scene.unchanged(), pytest.raises(DomainError) as refused:
        announce(scene, **data)
    assert refused.value.code == "invalid"
    assert told in (refused.value.errors or {})[field][0]


def test_nothing_is_changed_without_a_reason_a_difference_or_the_newest_version(scene: Scene) -> None:
    code, data = code_of(scene), data_of(scene)
    other = data | {"holidays": STORM}

    def refused(command: ChangeCalendar) -> str:
        with scene.unchanged(), pytest.raises(DomainError) as problem, scene.app.app_context():
            change(command, scene.province.accounts["admin"], scene.clock())
        return problem.value.code

    assert refused(ChangeCalendar(code, other, "  ")) == "invalid"
    assert refused(ChangeCalendar(code, data, "Như cũ")) == "invalid"
    assert refused(ChangeCalendar(code, other, "Cũ", revision=99)) == "stale_version"
    assert refused(ChangeCalendar("khong-co", other, "Không có")) == "not_found"


def test_the_job_is_there_when_the_change_is_and_not_before(scene: Scene) -> None:
    scene.at_step("assign")
    change_id = announce(scene, holidays=STORM)
    with scene.reading() as connection:
        jobs = connection.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'recount_dossiers'")
        ).scalars()
        assert [job["change_id"] for job in jobs] == [change_id]


@pytest.mark.rule("QT-28.5c")
def test_a_late_entry_is_not_barred_by_a_calendar_that_changed_meanwhile(scene: Scene) -> None:
    """The clock is counted again as of the act's own instant, so what happened before the change can still be entered."""
    with scene.writing() as connection:
        permissions = ["task.work", "dossier.late_entry"]
        factories.set_columns(connection, "accounts", scene.province.accounts["head"], permissions=permissions)
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-23 16:00")
    announce(scene, holidays=STORM)
    late = {"happened_at": "2026-11-23T10:00:00+07:00", "late_reason": "Mất điện"}
    scene.do("forward", "head", scene.task(code, "assign").id, late)
    (assign,) = [part for part in scene.segments(code) if part.step == "assign"]
    assert assign.seconds == 2 * 3600
    assert facts(scene, code) == ("2026-12-09 08:00", "2026-12-07 13:30")
    scene.sound(code)
