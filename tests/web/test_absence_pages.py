"""The page of absences, and what a substitute sees on hers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.actions.away import allow, away, day
from tests.actions.scene import Scene
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]


def test_an_official_enters_her_own_and_ends_it(scene: Scene, desk: AtDesk) -> None:
    binh = desk("binh")
    page = binh.see("/vang-mat")
    assert page.xpath("//select[@id='account']") == []
    assert [one.get("value") for one in page.get_element_by_id("substitute").iter("option")] == ["", "chi", "head"]
    typed = {"substitute": "chi", "to_day": day(scene, 2).isoformat(), "reason": "Nghỉ phép"}
    answer = binh.send(binh.form(page, "/vang-mat"), typed)
    assert (answer.status_code, answer.location) == (303, "/vang-mat")
    seen = binh.see("/vang-mat")
    assert "Đang vắng mặt" in words(seen)
    assert "Nguyễn Thị chi 23/11/2026 25/11/2026 Nghỉ phép" in words(seen)
    (action,) = seen.xpath("//form[contains(@action, 'ket-thuc')]/@action")
    assert binh.send(binh.form(seen, action)).status_code == 303
    assert "Không ai vắng mặt." in words(binh.see("/vang-mat"))
    assert "Đã kết thúc sớm, hủy" in words(binh.see("/vang-mat?xem=past"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"to_day": ""}, "to_day"),
        ({"from_day": "2026-11-20"}, "from_day"),
        ({"substitute": ""}, "substitute"),
        ({"substitute": "director"}, "substitute"),
        ({"reason": " "}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(scene: Scene, desk: AtDesk, typed: dict[str, str], field: str) -> None:
    binh = desk("binh")
    good = {"substitute": "chi", "to_day": "2026-11-24", "reason": "Ốm"}
    form = binh.form(binh.see("/vang-mat"), "/vang-mat")
    with scene.unchanged():
        answer = binh.send(form, good | typed)
    assert answer.status_code == 422
    assert page_of(answer).xpath("//div[@id='error-summary']//a/@href") == [f"#{field}"]


def test_a_head_chooses_among_her_agency_an_administrator_among_all(scene: Scene, desk: AtDesk) -> None:
    allow(scene, "director", "task.assign")
    offered = [
        one.get("value") for one in desk("director").see("/vang-mat").get_element_by_id("account").iter("option")
    ]
    assert "binh" in offered
    assert "official" not in offered
    offered = [one.get("value") for one in desk("admin").see("/vang-mat").get_element_by_id("account").iter("option")]
    assert "official" in offered
    away(scene, "binh", "clerk", 0, 3, by="director")
    seen = desk("clerk").see("/vang-mat")
    assert "Nguyễn Thị binh" in words(seen)
    assert seen.xpath("//form[contains(@action, 'ket-thuc')]") == [], "who stands in does not end it"


def test_the_substitute_is_told_for_whom_and_finds_the_work(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    assert "Tôi làm thay" not in words(desk("chi").see("/viec"))
    away(scene, "binh", "chi")
    seen = words(desk("chi").see("/viec"))
    assert "Đang làm thay Nguyễn Thị binh" in seen
    assert "Cần tôi xử lý 1" in seen
    assert code in words(desk("chi").see("/viec?hop=substituted"))
    assert "Nguyễn Thị chi làm thay Nguyễn Thị binh" in words(desk("head").see(f"/ho-so/{code}"))
    me = words(desk("chi").see("/toi"))
    assert "Hôm nay đang làm thay Nguyễn Thị binh" in me
    answer = desk("chi").act(code, task.id, "forward", comment="Làm thay.")
    assert answer.status_code == 303, answer.text
    assert "Làm thay: Nguyễn Thị binh" in words(desk("chi").see(f"/ho-so/{code}/dien-bien"))


def test_a_step_given_to_who_is_away_says_who_gets_it(scene: Scene, desk: AtDesk) -> None:
    away(scene, "binh", "chi")
    code = scene.at_step("assign")
    head, task = desk("head"), scene.task(code, "assign").id
    assert "Nguyễn Thị binh (vắng mặt, Nguyễn Thị chi làm thay)" in words(head.see(f"/ho-so/{code}"))
    answer = head.act(code, task, "forward", assignee="binh")
    told = words(head.see(str(answer.location)))
    assert "Nguyễn Thị chi, làm thay Nguyễn Thị binh đang vắng mặt" in told
    assert "Nhận thay: Nguyễn Thị binh (vắng mặt)" in words(head.see(f"/ho-so/{code}/dien-bien"))


def test_a_head_sees_who_is_away_in_the_next_two_weeks_and_which_position_nobody_holds(
    scene: Scene, desk: AtDesk
) -> None:
    allow(scene, "head", "task.assign")
    away(scene, "chi", "binh", 2, 4)
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE account_positions SET valid_to = :last WHERE account_id = :account"),
            {"last": day(scene, 5), "account": scene.province.accounts["clerk"]},
        )
    seen = desk("head").see("/vang-mat")
    strip = seen.find_class("absence-strip")[0]
    assert [len(strip.find_class(name)) for name in ("away", "nobody")] == [3, 8]
    assert "Có vị trí sẽ không còn ai giữ: Văn thư (SYT)" in words(seen)
    assert not desk("chi").see("/vang-mat").find_class("absence-strip")
