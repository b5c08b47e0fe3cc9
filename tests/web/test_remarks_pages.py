"""Remarks, drafts of whole forms, who else is there: as with JavaScript off, and what the scripts ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]


@pytest.fixture
def code(scene: Scene) -> str:
    return scene.at_step("process", scene.publish("linear"))


def say(person: Desk, code: str, **typed: str) -> int:
    page = person.see(f"/ho-so/{code}/trao-doi")
    return person.send(person.form(page, f"/ho-so/{code}/trao-doi"), typed).status_code


def test_colleagues_talk_and_whoever_is_named_hears_it(scene: Scene, desk: AtDesk, code: str) -> None:
    binh = desk("binh")
    assert say(binh, code, text="Anh xem giúp bản đồ thửa 12 @chi") == 303
    assert "Anh xem giúp bản đồ thửa 12" in words(desk("head").see(f"/ho-so/{code}"))
    (told,) = scene.get("chi", "/notices")["data"]
    assert (told["event"], told["path"]) == ("mentioned", f"/ho-so/{code}/trao-doi")
    assert "Nguyễn Thị binh: Anh xem giúp" in told["text"]
    assert say(binh, code, text="Nhắc lại", mentioned="chi") == 303
    assert len(scene.get("chi", "/notices")["data"]) == 2
    assert scene.get("binh", "/notices")["data"] == []


def test_nobody_elses_agency_reads_or_is_named(scene: Scene, desk: AtDesk, code: str) -> None:
    assert say(desk("binh"), code, text="Chỉ nội bộ Sở Y tế") == 303
    seen = words(desk("control").see(f"/ho-so/{code}/trao-doi"))
    assert "Chỉ nội bộ" not in seen
    assert "không tham gia giải quyết" in seen
    assert say(desk("binh"), code, text="Nhờ @official xem") == 422
    assert say(desk("binh"), code, text="  ") == 422


def test_a_remark_is_put_right_for_ten_minutes_and_keeps_what_it_said(scene: Scene, desk: AtDesk, code: str) -> None:
    binh = desk("binh")
    say(binh, code, text="Thửa 12")
    (one,) = scene.get("binh", f"/dossiers/{code}/remarks")["data"]
    address, name = f"/ho-so/{code}/trao-doi/{one['id']}", f"text-{one['id']}"
    stale = binh.form(binh.see(f"/ho-so/{code}/trao-doi"), address)
    assert binh.send(binh.form(binh.see(f"/ho-so/{code}/trao-doi"), address), {name: "Thửa 21"}).status_code == 303
    answer = binh.send(stale, {name: "Thửa 31"})
    assert answer.status_code == 412
    assert page_of(answer).get_element_by_id(name).value.strip() == "Thửa 31", "what was typed is kept"
    seen = words(desk("head").see(f"/ho-so/{code}/trao-doi"))
    assert "Thửa 21" in seen
    assert "Nội dung trước khi sửa Thửa 12" in seen
    late = binh.form(binh.see(f"/ho-so/{code}/trao-doi"), address)
    scene.clock.move(minutes=11)
    assert binh.send(late, {name: "Muộn"}).status_code == 409
    assert "Sửa ý kiến này" not in words(binh.see(f"/ho-so/{code}/trao-doi"))


def test_the_whole_form_is_kept_and_comes_back(scene: Scene, desk: AtDesk, code: str) -> None:
    task, binh = scene.task(code, "process").id, desk("binh")
    form = binh.form(binh.see(f"/ho-so/{code}"), f"/viec/{task}/nhap")
    typed = {"comment": "Đang viết", "account": "chi", "_open": "handoff", "forward-pin": "1234", "password": "x"}
    assert binh.client.post(f"/viec/{task}/nhap", data=form.fields | typed).status_code == 204
    binh = desk("binh")  # another machine
    page = binh.see(f"/ho-so/{code}")
    assert page.get_element_by_id("account").value == "chi"
    assert page.xpath("//details[@data-action='handoff']/@open")
    assert "Đã khôi phục bản nháp lưu lúc 08:00 23/11/2026. Bỏ nháp" in words(page)
    with scene.reading() as connection:
        kept = connection.exec_driver_sql("SELECT fields::text FROM drafts").scalar_one()
    assert "1234" not in kept
    assert "password" not in kept
    assert "Đang viết" not in words(desk("chi").see(f"/ho-so/{code}"))
    assert binh.send(binh.form(page, f"/viec/{task}/nhap/bo")).status_code == 303
    assert "khôi phục" not in words(binh.see(f"/ho-so/{code}"))


def test_the_newest_draft_wins_and_the_other_page_is_told(scene: Scene, desk: AtDesk, code: str) -> None:
    task, first, second = scene.task(code, "process").id, desk("binh"), desk("binh")
    old = first.form(first.see(f"/ho-so/{code}"), f"/viec/{task}/nhap")
    new = second.form(second.see(f"/ho-so/{code}"), f"/viec/{task}/nhap")
    assert first.client.post(f"/viec/{task}/nhap", data=old.fields | {"comment": "cũ"}).status_code == 204
    scene.clock.move(minutes=1)
    answer = second.client.post(f"/viec/{task}/nhap", data=new.fields | {"comment": "mới"})
    assert (answer.status_code, answer.json) == (
        200, {"words": "Đã lưu nháp, thay bản nháp ở thẻ hoặc máy khác lúc 08:00 23/11/2026"}
    )  # fmt: skip
    asked = first.client.post(f"/ho-so/{code}/co-mat", data=old.fields | {"viec": str(task)})
    draft = (asked.json or {})["draft"]
    assert draft["page"] == new.fields["_key"]
    assert draft["words"] == "Bản nháp mới hơn đã được lưu ở thẻ hoặc máy khác lúc 08:01 23/11/2026."


def test_two_people_see_each_other_and_hear_that_the_dossier_moved(scene: Scene, desk: AtDesk, code: str) -> None:
    people = {name: desk(name) for name in ("binh", "chi")}
    pages = {name: one.see(f"/ho-so/{code}") for name, one in people.items()}
    (place,) = pages["chi"].find_class("presence")

    def here(name: str, **more: str) -> dict[str, str]:
        token = people[name].form(pages[name], "/dang-xuat").fields["csrf_token"]
        sent = {"csrf_token": token, "sau": str(place.get("data-seq")), **more}
        answer = people[name].client.post(f"/ho-so/{code}/co-mat", data=sent)
        return dict(answer.json or {})

    assert here("binh", nhap="1")["here"] == ""
    assert here("chi")["here"] == "Nguyễn Thị binh đang nhập hồ sơ này."
    assert here("binh")["here"] == "Nguyễn Thị chi đang mở hồ sơ này."
    scene.do("claim", "binh", scene.task(code, "process").id)
    assert "Nguyễn Thị binh, 08:00 23/11/2026" in here("chi")["moved"]
    assert scene.get("head", f"/dossiers/{code}/presence")["people"][0]["typing"]
    scene.clock.move(seconds=61)
    assert here("chi")["here"] == ""
    assert here("binh", roi="1") == {}


def test_what_was_forwarded_is_recalled_from_the_message(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(procedure=scene.publish("linear"))["code"]
    task, person = scene.task(code, "receive").id, desk("desk")
    answer = person.act(code, task, "forward")
    page = person.see(answer.location)
    (flash,) = page.find_class("flash-success")
    form = next(form for form in flash.iter("form"))
    assert form.get("action") == f"/viec/{task}/recall"
    assert person.send(person.form(flash, f"/viec/{task}/recall")).status_code == 303
    assert scene.open_steps(code) == ["receive"]


def test_other_dossiers_of_the_applicant_are_those_one_may_see(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    person = {"name": "Trần Văn Bình", "id_number": "001085012345", "phone": "0912345678"}
    first = scene.register(procedure="linear", applicant=person)["code"]
    second = scene.register(procedure="linear", applicant=person | {"id_number": "001 085 012 345"})["code"]
    other = scene.register(procedure="linear", applicant={"name": "Trần Văn Bình", "phone": "0912345678"})["code"]
    assert second in words(desk("desk").see(f"/ho-so/{first}"))
    assert [one["code"] for one in scene.get("desk", f"/dossiers/{first}/related")["data"]] == [second]
    assert {one["code"] for one in scene.get("desk", f"/dossiers/{other}/related")["data"]} == {first, second}
    assert second in words(desk("desk").see(f"/ho-so/{first}/lien-quan"))


def test_the_page_costs_the_same_whatever_happened_to_the_dossier(scene: Scene, desk: AtDesk, code: str) -> None:
    person = desk("binh")

    def statements(path: str) -> int:
        with counted_statements(scene.app) as seen:
            person.see(path)
        return len(seen)

    scene.do("claim", "binh", scene.task(code, "process").id)
    paths = (f"/ho-so/{code}", f"/ho-so/{code}/dien-bien")
    for path in paths:
        statements(path)
    before = [statements(path) for path in paths]
    for _ in range(10):
        scene.do("release", "binh", scene.task(code, "process").id)
        scene.do("claim", "binh", scene.task(code, "process").id)
    assert [statements(path) for path in paths] == before
    assert before[0] <= 46
