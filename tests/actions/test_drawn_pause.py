"""A step that waits for a payment: the clock stands still while it is what the procedure waits for (QT-19.3, procedure 18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app import lawbook
from app.actions.running import MAIN
from app.lawbook import refold, rules_as_folded
from app.store import timers
from tests.actions.scene import Scene

pytestmark = pytest.mark.rule("QT-19.3t")


def at_pay(scene: Scene, procedure: str = "paying") -> str:
    """A dossier whose notice went out on Tuesday 2026-11-24 at 08:00, and which waits for the payment since."""
    scene.publish(procedure)
    code = scene.at_step("notify", procedure)
    scene.clock.set_local("2026-11-24 08:00")
    task = scene.task(code, "notify")
    scene.do("forward", "binh", task.id, {"attachments": [scene.attach(code, "binh", "thong-bao.pdf")]})
    assert scene.open_steps(code) == ["pay"]
    return code


def lines(scene: Scene, code: str) -> list[tuple[str, str, str]]:
    """What the clock explains about payments: event, rule, first words."""
    with scene.reading() as connection:
        rules = rules_as_folded(connection, scene.dossier(code))
    told = refold(scene.history(code), rules).lines
    return [(line.event, line.rule, line.text) for line in told if line.event.startswith("payment")]


def standing(scene: Scene, code: str) -> tuple[int, bool, str | None]:
    """National status, whether the clock stands still, what for."""
    dossier = scene.dossier(code)
    return dossier.status, dossier.paused_at is not None, dossier.clock.get("paused_for")


def watched(scene: Scene, code: str) -> dict[str, Any]:
    """The timers that run, by element."""
    with scene.reading() as connection:
        held = {row.element for row, _, _ in timers.held_timers(connection, scene.dossier(code).id)}
    return {name: due for name, due in scene.timers(code).items() if name not in held}


def test_the_clock_stands_still_with_the_step_and_goes_on_with_the_voucher(scene: Scene) -> None:
    code = at_pay(scene)
    before = scene.dossier(code).deadline_at
    assert standing(scene, code) == (6, True, "payment")
    assert scene.last(code, "payment_requested").data["event"]["data"].keys() == {"step", "file"}
    assert set(watched(scene, code)) == {"unpaid"}, "the deadline watch stands still, the reminder does not"
    assert scene.task(code, "pay").due_at is None
    scene.sound(code)

    scene.clock.set_local("2026-11-30 08:00")  # four working days later
    opened = scene.get("desk", f"/tasks/{scene.task(code, 'pay').id}")
    offers = {offer["name"]: offer for offer in opened["actions"]}
    assert (offers["forward"]["allowed"], offers["forward"]["needs"]) == (True, ["attachment"])
    scene.do("forward", "desk", scene.task(code, "pay").id, {"attachments": [scene.attach(code)]})
    assert (scene.open_steps(code), standing(scene, code)) == (["verify"], (4, False, None))
    after = scene.dossier(code).deadline_at
    assert before is not None
    assert after is not None
    assert (after - before).days == 4, "four working days"
    assert {"due_soon_reached", "deadline_reached", "appointment_reached"} <= set(watched(scene, code))
    assert scene.kinds(code)[-2:] == ["payment_received", "forwarded"]
    scene.sound(code)
    assert lines(scene, code)[0] == (
        "payment_requested",
        "QT-19.3t",
        "Quy trình đến bước chờ thực hiện nghĩa vụ tài chính: tạm dừng tính thời gian",
    )
    assert lines(scene, code)[1][2] == "Đã thực hiện nghĩa vụ tài chính: tính tiếp 72 giờ làm việc còn lại"
    free = [part for part in scene.segments(code) if part.step == "pay"]
    assert [(part.seconds // 3600, part.charged) for part in free] == [(32, False)], (
        "the desk is not charged with the wait"
    )


def test_the_voucher_must_be_there_where_slips_are_kept(scene: Scene) -> None:
    code = at_pay(scene)
    problem = scene.refused(422, "slip_required", "forward", "desk", scene.task(code, "pay").id)
    assert "chứng từ nộp tiền" in problem["detail"]
    assert problem["rule"] == "QT-19.3t"
    assert scene.open_steps(code) == ["pay"]


def test_the_notice_must_be_there_too(scene: Scene) -> None:
    scene.publish("paying")
    code = scene.at_step("notify", "paying")
    task = scene.task(code, "notify")
    offers = {offer["name"]: offer for offer in scene.get("binh", f"/tasks/{task.id}")["actions"]}
    assert offers["forward"]["needs"] == ["attachment"]
    problem = scene.refused(422, "slip_required", "forward", "binh", task.id)
    assert "thông báo thực hiện nghĩa vụ tài chính" in problem["detail"]


def test_past_every_day_it_is_waited_for_and_reminded_of_once(scene: Scene) -> None:
    code = at_pay(scene)
    scene.clock.set_local("2027-06-01 09:00")
    scene.tick()
    scene.tick()
    assert [row.data["element"] for row in scene.history(code) if row.kind == "timer_fired"] == ["unpaid"]
    assert (scene.open_steps(code), standing(scene, code)) == (["pay"], (6, True, "payment"))
    assert scene.dossier(code).overdue is False
    scene.sound(code)


def test_returned_the_time_goes_on_though_nothing_was_paid(scene: Scene) -> None:
    code = at_pay(scene)
    scene.clock.set_local("2026-11-25 08:00")
    scene.do("return", "desk", scene.task(code, "pay").id, {"comment": "Thông báo sai số tiền."})
    assert (scene.open_steps(code), standing(scene, code)) == (["notify"], (4, False, None))
    assert scene.kinds(code)[-2:] == ["payment_wait_ended", "returned"]
    assert "Thôi chờ thực hiện nghĩa vụ tài chính" in lines(scene, code)[-2][2]
    assert watched(scene, code)["step_overdue:notify"] is not None
    scene.sound(code)
    scene.do("forward", "binh", scene.task(code, "notify").id, {"attachments": [scene.attach(code, "binh")]})
    assert standing(scene, code) == (6, True, "payment")
    scene.sound(code)


def test_recalled_before_the_desk_has_looked(scene: Scene) -> None:
    code = at_pay(scene)
    (sent,) = [task for task in scene.every_task(code) if task.step == "notify"]
    scene.do("recall", "binh", sent.id, {"comment": "Gửi nhầm."})
    assert (scene.open_steps(code), standing(scene, code)) == (["notify"], (4, False, None))
    assert scene.kinds(code)[-2:] == ["payment_wait_ended", "recalled"]
    scene.sound(code)


def test_sent_back_to_the_wait_it_is_waited_for_again(scene: Scene) -> None:
    code = at_pay(scene)
    scene.do("forward", "desk", scene.task(code, "pay").id, {"attachments": [scene.attach(code)]})
    scene.do("return", "binh", scene.task(code, "verify").id, {"comment": "Chứng từ của hồ sơ khác."})
    assert (scene.open_steps(code), standing(scene, code)) == (["pay"], (6, True, "payment"))
    assert scene.kinds(code)[-2:] == ["returned", "payment_requested"]
    scene.sound(code)


def test_withdrawn_while_it_waits(scene: Scene) -> None:
    code = at_pay(scene)
    scene.do(
        "withdraw",
        "desk",
        scene.task(code, "pay").id,
        {"reason": "Không có nhu cầu nữa.", "attachments": [scene.attach(code)]},
    )
    assert (scene.open_steps(code), scene.dossier(code).status) == ([], 7)
    assert scene.timers(code) == {}
    scene.sound(code)


def test_a_stop_that_is_not_granted_leaves_it_waiting_and_reminded_of(scene: Scene) -> None:
    code = at_pay(scene)
    scene.do("stop", "desk", scene.task(code, "pay").id, {"reason": "Không nộp tiền."})
    assert standing(scene, code) == (6, True, "payment")
    assert watched(scene, code) == {}
    (asked,) = [task for task in scene.open_tasks(code) if task.instance_kind != MAIN]
    scene.sound(code)
    scene.do("return", scene.holder(asked), asked.id, {"comment": "Chờ thêm."})
    assert (scene.open_steps(code), standing(scene, code)) == (["pay"], (6, True, "payment"))
    assert set(watched(scene, code)) == {"unpaid"}
    scene.sound(code)
    scene.do("forward", "desk", scene.task(code, "pay").id, {"attachments": [scene.attach(code)]})
    assert standing(scene, code) == (4, False, None)
    scene.sound(code)


def test_no_other_request_for_a_payment_or_a_supplement_meanwhile(scene: Scene) -> None:
    code = at_pay(scene)
    task = scene.task(code, "pay").id
    body: dict[str, Any] = {"reason": "Thiếu giấy tờ.", "items": ["Đơn"]}
    scene.refused(409, "wrong_state", "request-supplement", "desk", task, body)
    body = {"reason": "Phí.", "limit_at": "2026-12-31T10:00:00+07:00"}
    scene.refused(409, "wrong_state", "request-payment", "desk", task, body)


def test_beside_a_step_that_is_worked_on_the_time_runs_until_that_is_done(scene: Scene) -> None:
    scene.publish("paying_beside")
    code = scene.register(procedure="paying_beside")["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    assert (scene.open_steps(code), standing(scene, code)) == (["book", "pay"], (4, False, None))
    due = scene.timers(code)["posted"]
    scene.clock.move(hours=1)
    scene.do("forward", "clerk", scene.task(code, "book").id)
    assert (scene.open_steps(code), standing(scene, code)) == (["pay"], (6, True, "payment"))
    assert watched(scene, code) == {}, "the other branch's timer stands still with the dossier"
    scene.sound(code)
    scene.clock.move(days=7)
    assert scene.tick() == 0
    scene.do("forward", "desk", scene.task(code, "pay").id, {"attachments": [scene.attach(code)]})
    assert (scene.open_steps(code), standing(scene, code)) == ([], (4, False, None))
    assert (scene.timers(code)["posted"] - due).days == 7, "and goes on with what was left of it"
    scene.sound(code)
    scene.clock.set_local("2026-12-10 08:00")
    scene.tick()
    assert scene.open_steps(code) == ["verify"]
    scene.sound(code)


def test_paid_before_the_step_beside_it_is_done_the_clock_never_stood_still(scene: Scene) -> None:
    scene.publish("paying_beside")
    code = scene.register(procedure="paying_beside")["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    scene.do("forward", "desk", scene.task(code, "pay").id, {"comment": "Đã nộp."})
    assert (scene.open_steps(code), standing(scene, code)) == (["book"], (4, False, None))
    assert not {"payment_requested", "payment_received"} & set(scene.kinds(code))
    scene.sound(code)


def test_where_payments_do_not_stop_the_clock_the_status_says_so_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = lawbook.profile_named("quang_tri")
    running = replace(found, payment_clock="run", slip_files="optional")
    monkeypatch.setattr(lawbook, "profile_named", lambda name: running)
    code = at_pay(scene)
    before = scene.dossier(code).deadline_at
    assert standing(scene, code) == (6, False, "payment")
    assert "deadline_reached" in watched(scene, code)
    scene.do("forward", "desk", scene.task(code, "pay").id, {})
    assert standing(scene, code) == (4, False, None)
    assert scene.dossier(code).deadline_at == before
    scene.sound(code)
