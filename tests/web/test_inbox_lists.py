"""What a list of the inbox is besides open tasks: what I passed on and did, filters and columns that I keep, the list on paper,
the way on to its next task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml.html import HtmlElement

from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements
from tests.web.desk import Desk, below, words
from tests.web.test_inbox_page import add

AtDesk = Callable[[str], Desk]


def codes(page: HtmlElement) -> list[str]:
    return [str(link.text_content()) for link in below(page, "cell-code", "a")]


def at_process(scene: Scene, count: int) -> list[tuple[str, int]]:
    scene.publish("linear")
    found = [scene.at_step("process", "linear") for _ in range(count)]
    return [(code, scene.task(code, "process").id) for code in found]


def open_from(person: Desk, path: str, code: str) -> HtmlElement:
    """The dossier's page by the link of its row."""
    (link,) = [one for one in below(person.see(path), "cell-code", "a") if one.text_content() == code]
    return person.see(link.get("href"))


def send(person: Desk, page: HtmlElement, task: int, action: str, **typed: str) -> str:
    """Press the action's button; answers where that leads."""
    answer = person.send(person.form(page, f"/viec/{task}/{action}"), typed)
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def test_what_i_passed_on_says_who_has_it_and_since_when(scene: Scene, desk: AtDesk) -> None:
    (first, task), (second, _) = at_process(scene, 2)
    binh = desk("binh")
    assert codes(binh.see("/viec?hop=waiting")) == []
    assert "Chờ người khác" in words(binh.see("/viec?hop=waiting"))
    scene.do("forward", "binh", task)
    page = binh.see("/viec?hop=waiting")
    assert codes(page) == [first]
    (row,) = page.xpath("//table//tbody/tr")
    told = " ".join(row.text_content().split())
    assert scene.task(first, "review").step_name in told
    assert scene.task(first, "review").position_name in told
    scene.do("claim", "head", scene.task(first, "review").id)
    assert "head" in words(binh.see("/viec?hop=waiting"))
    scene.do("return", "head", scene.task(first, "review").id, {"comment": "Xem lại"})
    assert codes(binh.see("/viec?hop=waiting")) == []  # it is hers again
    assert second in codes(binh.see("/viec"))


def test_my_own_step_that_stands_waits_for_others(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    scene.do("claim", "binh", task)
    assert codes(desk("binh").see("/viec?hop=waiting")) == []
    scene.do("request-supplement", "binh", task, {"comment": "Thiếu giấy tờ"})
    page = desk("binh").see("/viec?hop=waiting")
    assert codes(page) == [code]
    assert "đang dừng" in words(page)


def test_what_i_did_stands_newest_first_with_what_came_of_it(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 3)
    for _, task in made:
        scene.clock.move(minutes=5)
        scene.do("forward", "binh", task)
    page = desk("binh").see("/viec?hop=done")
    assert codes(page) == [code for code, _ in reversed(made)]
    assert words(page).count("Đã chuyển →") == 3
    assert codes(desk("binh").see(f"/viec?hop=done&q={made[1][0]}")) == [made[1][0]]
    assert codes(desk("binh").see("/viec?hop=done&step=review")) == []
    assert codes(desk("head").see("/viec?hop=done")) == []


def test_pages_of_what_i_did_hold_everything_once(scene: Scene, desk: AtDesk) -> None:
    binh = scene.province.accounts["binh"]
    for number in range(1, 31):
        at = scene.clock() - timedelta(minutes=number)
        add(scene, number, state="done", finished_by=binh, assignee_id=binh, finished_at=at, outcome="forwarded")
    person = desk("binh")
    first = person.see("/viec?hop=done")
    (following,) = first.xpath("//a[@rel='next']/@href")
    second = person.see(following)
    assert len(set(codes(first) + codes(second))) == 30
    assert len(codes(second)) == 5
    with counted_statements(scene.app) as few:
        person.see("/viec?hop=done")
    for number in range(31, 61):
        add(
            scene,
            number,
            state="done",
            finished_by=binh,
            assignee_id=binh,
            finished_at=scene.clock(),
            outcome="forwarded",
        )
    with counted_statements(scene.app) as many:
        person.see("/viec?hop=done")
    assert len(many) == len(few)


def test_after_acting_the_next_task_of_the_same_list_follows(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 3)
    binh = desk("binh")
    listed = "/viec?sort=-due_at"
    order = codes(binh.see(listed))
    page = open_from(binh, listed, order[0])
    for code, following in pairwise(order):
        location = send(binh, page, dict(made)[code], "forward")
        assert following in location
        assert parse_qs(urlsplit(location).query)["ds"] == ["hop=cho-toi&sort=-due_at"]
        page = binh.see(location)
        assert f"Đã chuyển hồ sơ {code}" in words(page)
        assert f"của hồ sơ {following}" in words(page)
    end = send(binh, page, dict(made)[order[2]], "forward")
    assert end == "/viec?hop=cho-toi&sort=-due_at"
    assert "không còn việc nào" in words(binh.see(end))


def test_what_was_skipped_comes_round_again(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    binh = desk("binh")
    order = codes(binh.see("/viec"))
    location = send(binh, open_from(binh, "/viec", order[1]), dict(made)[order[1]], "forward")
    assert order[0] in location


@pytest.mark.parametrize(("after", "leads_to"), [("stay", "/ho-so/"), ("list", "/viec?")])
def test_one_may_prefer_to_stay_or_to_go_back(scene: Scene, desk: AtDesk, after: str, leads_to: str) -> None:
    made = at_process(scene, 2)
    binh = desk("binh")
    form = binh.form(binh.see("/viec/cach-hien"), "/viec/cach-hien")
    assert binh.send(form, {"after": after, "shown": ["step", "due"]}).status_code == 303
    order = codes(binh.see("/viec"))
    location = send(binh, open_from(binh, "/viec", order[0]), dict(made)[order[0]], "forward")
    assert location.startswith(leads_to)
    assert ("tai=" in location) == (after == "list")
    if after == "list":
        (focused,) = binh.see(location).xpath("//a[@autofocus]")
        assert focused.text_content() == order[1]


def test_the_list_survives_a_refusal_and_the_tasks_beside_are_a_link_away(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 3)
    binh = desk("binh")
    order = codes(binh.see("/viec?hop=position"))
    page = open_from(binh, "/viec?hop=position", order[1])
    answer = binh.send(binh.form(page, f"/viec/{dict(made)[order[1]]}/return"), {})
    assert answer.status_code == 422
    assert 'name="ds" value="hop=position"' in answer.text
    (following,) = page.xpath("//a[@data-next-task]/@href")
    (before,) = page.xpath("//a[@data-previous-task]/@href")
    (back,) = page.xpath("//a[@data-back-to-list]/@href")
    assert order[2] in words(binh.see(following))
    assert order[0] in words(binh.see(before))
    assert codes(binh.see(back)) == order
    first = open_from(binh, "/viec?hop=position", order[0])
    (before,) = first.xpath("//a[@data-previous-task]/@href")
    assert binh.client.get(before).location.startswith("/viec?hop=position")


@pytest.mark.parametrize(
    "kept", ["x", "hop=nobody", "//evil.example", "hop=mine&" * 200, "hop=mine&trang=\ud800", "%00"]
)
def test_a_list_that_is_none_is_left_out(scene: Scene, desk: AtDesk, kept: str) -> None:
    ((code, task),) = at_process(scene, 1)
    binh = desk("binh")
    answer = binh.client.get(f"/ho-so/{code}", query_string={"viec": task, "ds": kept.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert "evil" not in answer.text
    assert (
        binh.client.get(f"/viec/{task}/ke", query_string={"ds": kept.encode("utf-8", "surrogatepass")}).status_code
        == 303
    )


def test_a_filter_is_kept_renamed_begins_the_day_and_is_removed(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    binh = desk("binh")
    page = binh.see(f"/viec/bo-loc?hop=position&q={made[0][0]}")
    assert "có từ" in words(page)
    form = binh.form(page, "/viec/bo-loc")
    refused = binh.send(form, {"name": " "})
    assert (refused.status_code, "Hãy đặt tên" in refused.text) == (422, True)
    kept = binh.send(form, {"name": "Của ông Bình", "is_start": "1"})
    assert kept.status_code == 303, words(kept)
    again = binh.send(binh.form(page, "/viec/bo-loc"), {"name": "của ông bình", "_key": "k" * 20})
    assert "đã có bộ lọc tên này" in again.text
    start = binh.see("/viec")
    assert codes(start) == [made[0][0]]
    (line,) = below(start, "saved-filters", "li")[:-1]
    assert " ".join(line.text_content().split()) == "★Trang đầu: Của ông Bình 1"
    assert len(codes(binh.see("/viec?hop=cho-toi"))) == 2
    page = binh.see("/viec/bo-loc")
    (action,) = page.xpath("//form[contains(@class, 'kept-filter')]/@action")
    assert binh.send(binh.form(page, action), {"name": "Khác"}).status_code == 303
    stale = binh.send(binh.form(page, action), {"name": "Muộn", "_key": "m" * 20})
    assert stale.status_code == 412
    form = binh.form(binh.see("/viec/bo-loc"), action)
    del form.fields["is_start"]
    assert binh.send(form).status_code == 303
    assert len(codes(binh.see("/viec"))) == 2
    assert desk("chi").client.post(
        f"{action}/xoa", data=binh.form(binh.see("/viec/bo-loc"), action).fields
    ).status_code in (400, 403, 303)
    assert binh.send(binh.form(binh.see("/viec/bo-loc"), f"{action}/xoa")).status_code == 303
    assert "chưa lưu bộ lọc nào" in words(binh.see("/viec/bo-loc"))


def test_columns_stand_as_they_were_chosen(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1)
    binh = desk("binh")
    form = binh.form(binh.see("/viec/cach-hien"), "/viec/cach-hien")
    chosen = {"shown": ["applicant", "status", "due"], "place-due": "1", "place-status": "2", "place-applicant": "3"}
    assert binh.send(form, chosen).status_code == 303
    head = [cell.text_content() for cell in binh.see("/viec").xpath("//thead//th") if cell.text_content().strip()]
    assert head == ["Mã hồ sơ", "Hạn", "Trạng thái hồ sơ", "Người nộp"]
    refused = binh.client.post("/viec/cach-hien", data={k: v for k, v in form.fields.items() if k != "shown"})
    assert (refused.status_code, "ít nhất một cột" in refused.text) == (422, True)
    assert binh.send(binh.form(binh.see("/viec/cach-hien"), "/viec/cach-hien"), {"usual": "1"}).status_code == 303
    assert len(binh.see("/viec").xpath("//thead//th")) == 8


def test_the_paper_has_every_row_and_says_whose_it_is(scene: Scene, desk: AtDesk) -> None:
    for number in range(1, 41):
        add(scene, number)
    page = desk("binh").see("/viec/in?hop=position&q=binh&sort=-due_at&trang=sai")
    assert len(codes(page)) == 40
    told = words(page)
    assert "Danh sách việc: Chờ người nhận" in told
    assert "Có từ: binh; hạn xa nhất trước. 40 việc." in told
    assert "người in: Nguyễn Thị binh" in told
    assert "Không có việc nào để in" in words(desk("binh").see("/viec/in?q=zzz"))


def test_the_numbers_are_asked_again_cheaply(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1)
    binh = desk("binh")
    page = binh.see("/viec")
    (poll,) = page.xpath("//@data-counts")
    first = binh.client.get(poll)
    assert (first.status_code, "tải lại" in first.text) == (200, False)
    with counted_statements(scene.app) as again:
        unchanged = binh.client.get(poll, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.text) == (304, "")
    mine = [one for one in again if "tasks" in one]
    assert len(mine) == 3, again  # the tabs, what is new, the bell
    scene.clock.move(minutes=1)
    add(scene, 2, entered_at=scene.clock())
    changed = binh.client.get(poll, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, "1 việc mới" in words(changed)) == (200, True)
    assert binh.client.get("/viec/so?tu=hom-qua").status_code == 200


def test_the_inbox_asks_the_same_however_many_rows_and_filters(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1)
    binh = desk("binh")

    def cost() -> int:
        with counted_statements(scene.app) as sent:
            binh.see("/viec?hop=cho-toi")
        return len(sent)

    for name in ("một", "hai"):
        form = binh.form(binh.see("/viec/bo-loc?hop=mine&q=x"), "/viec/bo-loc")
        assert binh.send(form, {"name": name}).status_code == 303
    cost()  # what is kept between requests is there then
    before = cost()
    for number in range(2, 20):
        add(scene, number)
    for name in ("ba", "bốn", "năm"):
        form = binh.form(binh.see("/viec/bo-loc?hop=unit&due=overdue"), "/viec/bo-loc")
        assert binh.send(form, {"name": name}).status_code == 303
    assert cost() == before
