"""The forms of a dossier's less common acts: intake refused or sent back, sharing out, handing over, late entry, records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


@pytest.fixture
def head(scene: Scene) -> str:
    """The desk's head: shares out, enters late, corrects."""
    with scene.writing() as connection:
        may = ("dossier.register", "task.work", "task.assign", "dossier.correct", "dossier.late_entry")
        factories.account(
            connection, "corrector", scene.province.health, [scene.province.positions["desk_officer"]], may
        )
    return "corrector"


@pytest.mark.rule("HT-8.1a", "ST-11.2c")
def test_an_online_dossier_is_sent_back_and_comes_again(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(channel="online")["code"]
    person, (task,) = desk("desk"), scene.open_tasks(code)
    typed = {"comment": "Thiếu căn cước.", "ask-correction-called": "Đã gọi."}
    answer = person.act(code, task.id, "ask-correction", **typed)
    assert f"Đã hướng dẫn người nộp sửa, bổ sung hồ sơ {code}." in words(person.see(answer.location))
    assert "Đã gọi." in words(person.see(f"/ho-so/{code}/dien-bien"))
    (task,) = scene.open_tasks(code)
    answer = person.act(code, task.id, "receive-correction")
    assert "hồ sơ chờ kiểm tra" in words(person.see(answer.location))


@pytest.mark.rule("HT-8.1a", "QT-15.3")
def test_a_refusal_names_what_is_missing_beside_its_field_and_keeps_what_was_typed(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(channel="online")["code"]
    file = scene.attach(code)
    person, (task,) = desk("desk"), scene.open_tasks(code)
    refused = person.act(code, task.id, "refuse-intake", comment="Không thuộc thẩm quyền.")
    assert refused.status_code == 422
    assert 'id="refuse-intake-attachments-error"' in refused.text
    assert "Không thuộc thẩm quyền." in refused.text
    typed = {"comment": "Không thuộc thẩm quyền.", "refuse-intake-attachments": str(file)}
    answer = person.act(code, task.id, "refuse-intake", **typed)
    assert f"Đã từ chối tiếp nhận hồ sơ {code}." in words(person.see(answer.location))
    assert scene.dossier(code).status == 3


@pytest.mark.rule("QT-17.4")
def test_a_head_gives_a_step_away_and_everything_that_somebody_has(scene: Scene, desk: AtDesk, head: str) -> None:
    codes = [scene.at_step("process") for _ in range(2)]
    person = desk(head)
    task = scene.task(codes[0], "process").id
    typed = {"comment": "Gấp.", "reassign-account": "clerk"}
    answer = person.act(codes[0], task, "reassign", **typed)
    assert "Đã bàn giao bước" in words(person.see(answer.location))
    assert scene.task(codes[0], "process").assignee == "clerk"
    form = person.form(person.see("/ban-giao"), "/ban-giao")
    assert person.send(form, {"username": "clerk", "to": "nobody-", "reason": ""}).status_code == 422
    answer = person.send(form, {"username": "clerk", "to": "chi", "reason": "Chuyển công tác."})
    assert "Đã bàn giao 1 bước." in words(person.see(answer.location))
    assert scene.task(codes[0], "process").assignee == "chi"


@pytest.mark.rule("QT-17.4")
def test_who_is_asked_to_contribute_sees_it_and_the_holder_reads_it(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    desk("binh").act(code, task, "join", **{"comment": "Xem thể thức.", "join-account": "clerk"})
    clerk = desk("clerk")
    assert code in words(clerk.see("/viec?hop=joint"))
    assert "Xem thể thức." in words(clerk.see(f"/ho-so/{code}?viec={task}"))
    clerk.act(code, task, "contribute", comment="Đúng thể thức.")
    assert "Đúng thể thức." in words(desk("binh").see(f"/ho-so/{code}?viec={task}"))


@pytest.mark.rule("QT-20.1a")
def test_missing_papers_are_a_reason_of_their_own(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("assign", components=[{"code": "application", "kind": "original"}])
    task = scene.task(code, "assign").id
    answer = desk("head").act(code, task, "return", **{"return-reason": "paper_missing"})
    assert answer.status_code == 303
    assert "Chưa nhận được hồ sơ giấy." in words(desk("desk").see(f"/ho-so/{code}"))


@pytest.mark.rule("ST-16.1a", "ST-16.3")
def test_handing_over_says_who_collected_and_when(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result").id
    person = desk("desk")
    person.act(code, task, "confirm-result")
    scene.clock.set_local("2026-11-23 16:00")
    wrong = person.act(code, task, "deliver-result", **{"deliver-result-collector_name": "Lê Thị Tám"})
    assert 'id="deliver-result-collector_authority-error"' in wrong.text
    typed = {
        "deliver-result-collector_name": "Lê Thị Tám",
        "deliver-result-collector_authority": "Giấy ủy quyền",
        "deliver-result-handed_at": "2026-11-23T10:00",
    }
    assert person.act(code, task, "deliver-result", **typed).status_code == 303
    assert scene.dossier(code).closed_at == scene.clock.set_local("2026-11-23 10:00")
    scene.clock.set_local("2026-11-23 16:00")
    assert "Lê Thị Tám; Giấy ủy quyền" in words(person.see(f"/ho-so/{code}/dien-bien"))


@pytest.mark.rule("QT-28.5c")
def test_what_is_entered_late_is_marked_and_a_mistake_put_right(scene: Scene, desk: AtDesk, head: str) -> None:
    registered = scene.register()
    code = registered["code"]
    scene.do("release", "desk", registered["task"]["id"])
    scene.clock.set_local("2026-11-24 16:00")
    person = desk("desk")
    assert "Nhập bù việc đã làm" not in words(person.see(f"/ho-so/{code}"))
    boss = desk(head)
    typed = {"happened_at": "2026-11-23T09:00", "late_reason": "Mất điện."}
    refused = boss.act(code, registered["task"]["id"], "forward", **(typed | {"happened_at": "2026-11-25T09:00"}))
    assert 'id="happened_at-error"' in refused.text
    scene.clock.set_local("2026-11-24 17:00")
    typed["happened_at"] = "2026-11-24T09:00"
    answer = boss.act(code, registered["task"]["id"], "forward", **typed)
    assert answer.status_code == 303, answer.text
    seen = boss.see(f"/ho-so/{code}/dien-bien")
    assert "nhập bù" in words(seen)
    assert "Đính chính" in words(seen)
    seq = scene.last(code, "forwarded").seq
    form = boss.form(boss.see(f"/ho-so/{code}/ghi-so?dong={seq}"), f"/ho-so/{code}/ghi-so")
    form.fields["viec"] = "correct"
    wrong = boss.send(form, {"seq": str(seq), "at": "2026-12-25T09:00", "reason": "Ghi nhầm."})
    assert wrong.status_code == 409
    answer = boss.send(form, {"seq": str(seq), "at": "2026-11-24T10:00", "reason": "Ghi nhầm."})
    assert "Đã đính chính và tính lại thời hạn." in words(boss.see(answer.location))
    assert "Ghi nhầm." in words(boss.see(f"/ho-so/{code}/dien-bien"))
    scene.sound(code)


@pytest.mark.rule("QT-28.5c")
def test_of_two_who_correct_at_once_the_second_looks_again(scene: Scene, desk: AtDesk, head: str) -> None:
    code = scene.register()["code"]
    person, at = desk(head), f"/ho-so/{code}/ghi-so"
    page = person.see(at)
    (form,) = [one for one in page.iter("form") if one.xpath(".//input[@name='viec' and @value='correct']")]
    typed = {name: str(value) for name, value in form.form_values()}
    seq = str(next(row.seq for row in scene.history(code) if row.kind == "registered"))
    typed |= {"seq": seq, "at": "2026-11-23T07:45", "reason": "Nhận lúc 7 giờ 45"}
    assert person.client.post(at, data=typed).status_code == 303
    late = person.client.post(at, data=typed | {"_key": "k" * 20, "at": "2026-11-23T07:30"})
    assert (late.status_code, "Có người vừa đính chính" in words(late)) == (412, True)
    assert "2026-11-23T07:30" in late.text, "what was typed is kept"


@pytest.mark.rule("HT-7.4")
def test_the_applicants_own_change_and_a_lost_slip_are_written_down(scene: Scene, desk: AtDesk) -> None:
    registered = scene.register()
    code, person = registered["code"], desk("desk")
    form = person.form(person.see(f"/ho-so/{code}/ghi-so"), f"/ho-so/{code}/ghi-so")
    empty = person.send(form, {"viec": "amend", "reason": " "})
    assert empty.status_code == 422
    answer = person.send(form, {"viec": "amend", "reason": "Đổi số điện thoại."})
    assert "Đổi số điện thoại." in words(person.see(answer.location))
    form = person.form(person.see(f"/ho-so/{code}/ghi-so"), f"/ho-so/{code}/ghi-so")
    slip = str(registered["slips"][0]["id"])
    answer = person.send(form, {"viec": "reprint", "slip": slip, "reason": "Mất."})
    copy = person.client.get(answer.location)
    assert (answer.status_code, copy.status_code, copy.mimetype) == (303, 200, "application/pdf")
    assert "Bạn không được giao ghi sổ hồ sơ này." in words(
        desk("binh").see(f"/ho-so/{scene.at_step('process')}/ghi-so")
    )


@pytest.mark.rule("QT-17.4")
def test_a_request_is_asked_through_its_own_fields(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    file = scene.attach(code, "binh")
    task = scene.task(code, "process").id
    typed = {
        "comment": "Xin ý kiến về điều kiện.",
        "ask-opinion-agencies": "VPUBND",
        "ask-opinion-limit_at": "2026-11-30T17:00",
        "ask-opinion-attachments": str(file),
    }
    binh = desk("binh")
    wrong = binh.act(code, task, "ask-opinion", **(typed | {"ask-opinion-limit_at": ""}))
    assert 'id="ask-opinion-limit_at-error"' in wrong.text
    answer = binh.act(code, task, "ask-opinion", **typed)
    assert answer.status_code == 303, words(answer)
    assert "Đã gửi lấy ý kiến" in words(binh.see(answer.location))
