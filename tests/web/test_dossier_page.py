"""A dossier's page and acting on its tasks through the forms that it holds, as with JavaScript off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement

from tests.actions.scene import Scene
from tests.web.desk import Desk, below, page_of, words

AtDesk = Callable[[str], Desk]
HOSTILE = "<script>alert(1)</script>\u202eTên ngược\u202c =CMD|' /C calc'!A0 "
LONG = "Nguyễn" * 660


def buttons(page: HtmlElement) -> list[str]:
    return [" ".join(one.text_content().split()) for one in below(page, "task-form", "button")]


def test_the_page_says_who_what_where_and_until_when(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(
        applicant={"name": "Trần Văn Bình", "phone": "0912345678"},
        notify=["sms"],
        deliver={"mode": "post", "address": "12 Hùng Vương"},
        data={"reason": "Gia đình khó khăn"},
    )["code"]
    seen = words(desk("head").see(f"/ho-so/{code}"))
    for told in (
        code, "Giảm học phí công lập", "Trần Văn Bình", "0912345678", "Tin nhắn SMS", "12 Hùng Vương", "Được tiếp nhận",
        "Gia đình khó khăn", "Kiểm tra, tiếp nhận hồ sơ", "Còn 2 giờ làm việc", "10:00 23/11/2026", "13:30 07/12/2026",
    ):  # fmt: skip
        assert told in seen


def test_an_action_says_what_it_will_do_from_the_diagram(scene: Scene, desk: AtDesk) -> None:
    scene.publish("decision")
    code = scene.at_step("review", "decision")
    page = desk("head").see(f"/ho-so/{code}")
    assert buttons(page)[0] == "Chuyển bước tiếp theo"
    assert "tùy kết quả xử lý và dữ liệu hồ sơ" in words(page)
    assert [one.get("value") for one in page.xpath("//input[@name='decision']")] == ["agree", "reject"]


def test_forwarding_goes_on_and_says_where(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    task = scene.task(code, "receive")
    person = desk("desk")
    page = person.see(f"/ho-so/{code}")
    assert "Chuyển sang bước “Bước process” (Chuyên viên, Sở Y tế)." in words(page)
    answer = person.act(code, task.id, "forward", comment="Hồ sơ đủ, kính chuyển.")
    assert (answer.status_code, answer.location) == (303, f"/ho-so/{code}")
    seen = words(person.see(answer.location))
    assert f"Đã chuyển hồ sơ {code} sang bước “Bước process” (Chuyên viên, hạn" in seen
    assert "Việc tiếp theo" in seen
    assert scene.last(code, "forwarded").data["comment"] == "Hồ sơ đủ, kính chuyển."
    assert "Hồ sơ đủ, kính chuyển." in words(desk("binh").see(f"/ho-so/{code}"))
    scene.sound(code)


def test_the_next_step_may_be_given_to_one_person(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    page = desk("desk").see(f"/ho-so/{code}")
    assert [one.get("value") for one in page.get_element_by_id("assignee").iter("option")] == ["", "binh", "chi"]
    desk("desk").act(code, scene.task(code, "receive").id, "forward", assignee="chi")
    assert scene.task(code, "process").assignee == "chi"


def test_a_form_sent_twice_counts_once(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    task = scene.task(code, "receive").id
    person = desk("desk")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    first, second = person.send(form), person.send(form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert scene.kinds(code).count("forwarded") == 1
    assert f"Đã chuyển hồ sơ {code} sang bước “Bước process”" in words(person.see(second.location))


@pytest.mark.parametrize("action", ["return", "handoff"])
def test_without_a_comment_the_same_page_comes_back_with_what_was_chosen(
    scene: Scene, desk: AtDesk, action: str
) -> None:
    code = scene.at_step("review", scene.publish("linear"))
    code = scene.at_step("process", "linear") if action == "handoff" else code
    step, who = ("process", "binh") if action == "handoff" else ("review", "head")
    task = scene.task(code, step).id
    answer = desk(who).act(code, task, action, account="chi", to_step="receive")
    assert answer.status_code == 422
    page = page_of(answer)
    summary = page.get_element_by_id("error-summary")
    assert [link.get("href") for link in summary.iter("a")] == ["#comment"]
    assert page.get_element_by_id("comment").get("aria-invalid") == "true"
    chosen = page.get_element_by_id("account" if action == "handoff" else "to_step")
    assert chosen.value == ("chi" if action == "handoff" else "receive")
    assert chosen.getparent().getparent().get("open") is not None
    assert scene.task(code, step).id == task


def test_a_decision_is_asked_for_and_shown_afterwards(scene: Scene, desk: AtDesk) -> None:
    scene.publish("decision")
    code = scene.at_step("review", "decision")
    task = scene.task(code, "review").id
    answer = desk("head").act(code, task, "forward", comment="Giữ lại ý kiến này")
    assert answer.status_code == 422
    page = page_of(answer)
    assert [link.get("href") for link in page.get_element_by_id("error-summary").iter("a")] == ["#decision"]
    assert page.get_element_by_id("comment").value.strip() == "Giữ lại ý kiến này"
    assert desk("head").act(code, task, "forward", decision="reject").status_code == 303
    assert "Kết quả xử lý: Không đồng ý" in words(desk("head").see(f"/ho-so/{code}/dien-bien"))


def test_a_stale_page_keeps_the_text_and_says_how_things_stand(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    person = desk("binh")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    scene.do("claim", "binh", task)
    answer = person.send(form, {"comment": "Ý kiến dài đã gõ"})
    assert answer.status_code == 412
    page = page_of(answer)
    assert page.get_element_by_id("comment").value.strip() == "Ý kiến dài đã gõ"
    assert "Hiện Nguyễn Thị binh đang giữ bước “Bước process”." in words(page)
    fresh = person.form(page, f"/viec/{task}/forward")
    assert fresh.fields["_version"] != form.fields["_version"]
    assert person.send(fresh).status_code == 303


def test_a_task_taken_by_somebody_else_says_by_whom(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    person = desk("chi")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    form.fields.pop("_version")
    scene.do("claim", "binh", task)
    answer = person.send(form, {"comment": "Tôi đã viết"})
    assert answer.status_code == 409
    assert "Hiện Nguyễn Thị binh đang giữ bước “Bước process”." in words(answer)
    assert "Tôi đã viết" in page_of(answer).get_element_by_id("comment").text


def test_a_finished_task_says_who_finished_it_and_leads_to_the_current_one(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    person = desk("chi")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    scene.do("forward", "binh", task)
    answer = person.send(form, {"comment": "Tôi đã viết"})
    assert answer.status_code in (409, 412)
    seen = words(answer)
    assert "Nguyễn Thị binh đã xử lý bước “Bước process” lúc 08:00 23/11/2026." in seen
    assert "Tôi đã viết" in seen
    assert f'href="/ho-so/{code}"' in answer.text
    again = person.client.get(f"/viec/{task}/forward", follow_redirects=True)
    assert (again.status_code, again.request.path) == (200, f"/ho-so/{code}")


def test_why_not_is_said_with_the_article_once_for_all_it_holds_for(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    page = desk("head").see(f"/ho-so/{code}")
    assert page.find_class("task-form") == []
    reason = page.find_class("why-not")[0]
    assert "Bước này thuộc vị trí việc làm khác" in reason.text_content()
    assert "Điều 22 khoản 2 điểm a (Quảng Trị)" in reason.text_content()


def test_what_was_just_forwarded_can_be_recalled_until_somebody_looks(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    task = scene.task(code, "receive").id
    person = desk("desk")
    person.act(code, task, "forward", comment="Nhầm")
    page = person.see(f"/ho-so/{code}")
    answer = person.send(person.form(page, f"/viec/{task}/recall"))
    assert answer.status_code == 303
    assert "Đã thu hồi bước" in words(person.see(answer.location))
    back = scene.task(code, "receive").id
    person.act(code, back, "forward")
    desk("binh").see(f"/ho-so/{code}")
    assert "Thu hồi" not in buttons(person.see(f"/ho-so/{code}"))
    assert person.see(f"/ho-so/{code}").find_class("notice") == []


def test_a_branch_that_waits_for_the_others_can_be_recalled_from_the_page(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    scene.do("forward", "head", scene.task(code, "assign").id)
    task = scene.task(code, "book").id
    person = desk("clerk")
    person.act(code, task, "forward")
    answer = person.send(person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/recall"))
    assert answer.status_code == 303
    assert "Đã thu hồi bước" in words(person.see(answer.location))
    assert scene.open_steps(code) == ["book", "process"]


def test_a_draft_waits_for_its_writer_alone_until_it_is_sent(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    binh = desk("binh")
    form = binh.form(binh.see(f"/ho-so/{code}"), f"/viec/{task}/nhap")
    kept = binh.client.post(
        f"/viec/{task}/nhap", data={"csrf_token": form.fields["csrf_token"], "comment": "Đang viết"}
    )
    assert (kept.status_code, kept.text) == (204, "")
    assert binh.see(f"/ho-so/{code}").get_element_by_id("comment").value.strip() == "Đang viết"
    assert desk("chi").see(f"/ho-so/{code}").get_element_by_id("comment").value.strip() == ""
    by_button = binh.send(form, {"comment": "Đang viết tiếp", "luu": "1"})
    assert by_button.status_code == 303
    assert "Đã lưu nháp" in words(binh.see(by_button.location))
    assert binh.client.get(f"/viec/{task}/nhap").location == f"/viec/{task}"
    binh.act(code, task, "claim")
    assert binh.see(f"/ho-so/{code}").get_element_by_id("comment").value.strip() == "Đang viết tiếp"
    binh.act(code, task, "forward")
    assert "Đang viết tiếp" not in words(binh.see(f"/ho-so/{code}?viec={task}"))
    assert scene.last(code, "forwarded").data["comment"] == "Đang viết tiếp"


def test_a_draft_that_is_too_long_is_not_cut_and_not_lost(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    binh = desk("binh")
    form = binh.form(binh.see(f"/ho-so/{code}"), f"/viec/{task}/nhap")
    for way in (f"/viec/{task}/nhap", f"/viec/{task}/forward"):
        answer = binh.client.post(way, data=form.fields | {"comment": "x" * 5000, "luu": "1"})
        assert answer.status_code == 422
        assert page_of(answer).get_element_by_id("comment").value.strip() == "x" * 5000
    assert scene.task(code, "process").version == scene.task(code, "process").version


def test_the_desk_confirms_and_delivers(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("give_back", scene.publish("linear"))
    task = scene.task(code, "give_back").id
    person = desk("desk")
    assert buttons(person.see(f"/ho-so/{code}"))[0] == "Xác nhận có kết quả"
    assert person.act(code, task, "confirm-result").status_code == 303
    assert buttons(person.see(f"/ho-so/{code}"))[0] == "Trả kết quả"
    answer = person.act(code, task, "deliver-result", comment="Đã nhận đủ")
    seen = words(person.see(answer.location))
    assert f"Đã trả kết quả hồ sơ {code}; hồ sơ kết thúc." in seen
    assert "Hồ sơ không còn bước nào đang mở." in seen
    assert scene.dossier(code).status == 10


def test_an_online_dossier_is_accepted(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(channel="online")["code"]
    (task,) = scene.open_tasks(code)
    person = desk("desk")
    assert buttons(person.see(f"/ho-so/{code}"))[0] == "Tiếp nhận"
    answer = person.act(code, task.id, "accept")
    assert "hẹn trả kết quả 13:30 07/12/2026" in words(person.see(answer.location))


def test_opening_the_page_marks_the_first_look(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    desk("head").see(f"/ho-so/{code}")
    assert scene.task(code, "process").opened_at is None
    desk("binh").see(f"/ho-so/{code}")
    assert scene.task(code, "process").opened_at == scene.clock()


def test_names_and_comments_from_people_are_text_and_nothing_else(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    code = scene.register(
        procedure="linear",
        applicant={"name": HOSTILE + LONG[:3800], "address": HOSTILE},
        data={"<b>khóa</b>": HOSTILE},
        deliver={"mode": "post", "address": HOSTILE},
    )["code"]
    task = scene.task(code, "receive").id
    person = desk("desk")
    answer = person.act(code, task, "forward", comment=HOSTILE + "\n" + LONG[:3800])
    assert answer.status_code == 303
    for path in ("", "/tep", "/so-do", "/dien-bien", "/dong-ho"):
        answer = desk("binh").client.get(f"/ho-so/{code}{path}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<b>khóa" not in answer.text
        assert [one for one in page_of(answer).iter("script") if not one.get("src")] == []
    for text in page_of(desk("binh").client.get(f"/ho-so/{code}/dien-bien")).iter("bdi"):
        assert text.getparent() is not None
    listed = desk("desk").see("/ho-so")
    assert max(len(one.text_content()) for one in below(listed, "inbox", "bdi")) <= 120


@pytest.mark.parametrize(
    "path",
    [
        "/ho-so/000.00.99.H99-260101-0001", "/ho-so/%00", "/ho-so/a%2Fb", "/ho-so/x/dien-bien", "/ho-so/x/dong-ho",
        "/ho-so/x/tep", "/ho-so/x/so-do", "/ho-so/x/so-do.json", "/ho-so/x/phieu/1.pdf", "/ho-so/x/tep/1", "/viec/999999999",
        "/viec/0", "/viec/1/dance",
        "/ho-so/{code}?viec=1e3", "/ho-so/{code}?viec=999999999", "/ho-so/{code}?viec=-1", "/ho-so/{code}/phieu/999999.pdf",
        "/ho-so/{code}/tep/999999999999999999", "/ho-so/{code}/tep/99999999999999999999",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_page_that_says_so(scene: Scene, desk: AtDesk, path: str) -> None:
    code = scene.register()["code"]
    answer = desk("head").client.get(path.format(code=code), headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Không tìm thấy" in words(answer)


def test_another_agencys_dossier_does_not_exist(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    (task,) = scene.open_tasks(code)
    stranger = desk("official")
    for path in ("", "/tep", "/so-do", "/so-do.json", "/dien-bien", "/dong-ho", "/phieu/1.pdf"):
        assert stranger.client.get(f"/ho-so/{code}{path}").status_code == 404
    assert stranger.client.get(f"/viec/{task.id}").status_code == 404
    token = stranger.form(stranger.see("/toi"), "/dang-xuat").fields["csrf_token"]
    for action in ("forward", "nhap", "recall"):
        assert stranger.client.post(f"/viec/{task.id}/{action}", data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"comment": "\x00"}, {"comment": "\ud800"}, {"decision": "nonsense"}, {"assignee": "nobody"}, {"assignee": "a" * 9999},
        {"_version": "9" * 30}, {"_version": "x"}, {"_key": "'; DROP"}, {"comment": "\u202e" * 4100},
    ],
)  # fmt: skip
def test_hostile_input_is_refused_or_taken_never_a_fault(scene: Scene, desk: AtDesk, typed: dict[str, str]) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    person = desk("desk")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{scene.task(code, 'receive').id}/forward")
    body = {name: value.encode("utf-8", "surrogatepass") for name, value in (form.fields | typed).items()}
    answer = person.client.post(form.action, data=body)
    assert answer.status_code in (303, 409, 412, 422)


def test_a_form_without_its_token_changes_nothing(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    task = scene.task(code, "receive").id
    answer = desk("desk").client.post(f"/viec/{task}/forward", data={"comment": "Giữ tôi"})
    assert answer.status_code == 400
    assert "Giữ tôi" in answer.text
    assert scene.task(code, "receive").id == task


def test_a_dossier_that_waits_for_nobody_says_what_it_waits_for(scene: Scene, desk: AtDesk) -> None:
    scene.publish("posting")
    posted = scene.register(procedure="posting")["code"]
    scene.do("forward", "desk", scene.task(posted, "receive").id)
    told = words(desk("desk").see(f"/ho-so/{posted}"))
    assert "Hồ sơ đang chờ Không có bước nào của ai phải làm; hồ sơ tự chuyển tiếp." in told
    assert "Chờ posted đến 08:00 08/12/2026" in told
    scene.publish("paying_by_message")
    assessed = scene.register(procedure="paying_by_message")["code"]
    scene.do("forward", "desk", scene.task(assessed, "receive").id)
    assert "Chờ tin assessed tin tax_assessed từ hệ thống khác" in words(desk("desk").see(f"/ho-so/{assessed}"))
