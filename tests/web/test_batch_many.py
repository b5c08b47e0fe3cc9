"""Many tasks on a page: all that a filter finds, folded lists, other actions, how far it is, what came of it later."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from app.actions import batch as actions_batch
from app.web import batch as batch_page
from app.web import grouped
from app.web import inbox as inbox_page
from tests.actions.scene import Scene
from tests.web.desk import Desk, page_of, words
from tests.web.test_batch_page import DO, at_process, form_of, preview, send
from tests.web.test_inbox_page import add

AtDesk = Callable[[str], Desk]


def ready_of(seen: TestResponse) -> list[str]:
    return [str(value) for value in page_of(seen).xpath("//input[@name='ids']/@value")]


def inbox_form(person: Desk, path: str) -> tuple[HtmlElement, dict[str, str]]:
    page = person.see(path)
    return page, person.form(page, DO + "/xem").fields


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_page, "PAGE_SIZE", 2)


@pytest.mark.usefixtures("short_pages")
def test_all_that_the_filter_finds_on_every_page(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 5)
    of_another = scene.task(scene.at_step("process"), "process").id
    person = desk("binh")
    page, fields = inbox_form(person, "/viec?procedure=linear")
    assert "Chọn tất cả 5 việc khớp bộ lọc" in words(page)
    seen = person.client.post(DO + "/xem", data=fields | {"action": "claim", "all": "1", "ids": [str(made[0][1])]})
    assert sorted(map(int, ready_of(seen))) == sorted(task for _, task in made)
    assert send(person, seen).status_code == 303
    assert {scene.task(code, "process").assignee for code, _ in made} == {"binh"}
    assert str(of_another) not in ready_of(seen)


@pytest.mark.usefixtures("short_pages")
def test_what_a_filter_finds_is_shown_before_it_is_done(scene: Scene, desk: AtDesk) -> None:
    """The button that otherwise acts at once: what is found now may be more than what the page showed."""
    made = at_process(scene, 3)
    person = desk("binh")
    _, fields = inbox_form(person, "/viec")
    with scene.unchanged():
        seen = person.client.post(DO, data=fields | {"action": "claim", "all": "1", "ids": [str(made[0][1])]})
    assert len(ready_of(seen)) == 3


def test_a_list_of_one_page_has_no_such_choice(scene: Scene, desk: AtDesk) -> None:
    at_process(scene, 2)
    assert "Chọn tất cả 2 việc" not in words(desk("binh").see("/viec"))


@pytest.mark.usefixtures("short_pages")
def test_of_too_many_the_most_urgent(scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (inbox_page, batch_page, actions_batch):
        monkeypatch.setattr(module, "MOST_ITEMS", 3)
    ids = [add(scene, number) for number in (4, 1, 3, 2)]
    person = desk("binh")
    page, fields = inbox_form(person, "/viec")
    assert "Chọn 3 việc đầu" in words(page)
    seen = person.client.post(DO + "/xem", data=fields | {"action": "claim", "all": "1"})
    shown = [str(link.text_content())[-4:] for link in page_of(seen).xpath("//ul[@class='batch-list']//a")]
    assert shown == ["0001", "0002", "0003"]
    assert len(ids) == 4


@pytest.mark.parametrize("strange", ["\x00", "'", "9" * 300, "=1+1"])
def test_strange_filters_of_all_are_no_fault(scene: Scene, desk: AtDesk, strange: str) -> None:
    at_process(scene, 1)
    person = desk("binh")
    filters = dict.fromkeys(("q", "procedure", "step", "due", "sort", "hop", "trang"), strange)
    answer = person.client.post(DO + "/xem", data=form_of(person).fields | {"action": "claim", "all": "1"} | filters)
    assert answer.status_code in (200, 303)


@pytest.mark.parametrize("few", [True, False])
def test_one_of_each_kind_speaks_for_its_like(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    if not few:
        monkeypatch.setattr(grouped, "LOOKED_AT", 1)
    made = at_process(scene, 3)
    scene.do("claim", "chi", made[1][1])
    at_receipt = scene.task(scene.register(procedure="linear")["code"], "receive").id
    person = desk("binh")
    seen = preview(person, "forward", [*(task for _, task in made), at_receipt, 999_999_999])
    assert ready_of(seen) == [str(made[0][1]), str(made[2][1])]
    told = words(seen)
    assert "Bước này đã có người khác nhận" in told
    assert "Bước này thuộc vị trí việc làm khác" in told
    assert "Không có việc này" in told


def test_a_long_list_is_folded_under_how_many_wait_where(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_page, "_LISTED", 1)
    made = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "forward", [task for _, task in made])
    (details,) = page_of(seen).xpath("//details")
    assert all(code in details.text_content() for code, _ in made)
    assert "2 hồ sơ" in page_of(seen).xpath("//ul[@class='batch-list']/li")[0].text_content()
    assert len(ready_of(seen)) == 2


def test_other_actions_stand_in_a_list(scene: Scene, desk: AtDesk) -> None:
    made = [scene.at_step("give_back", scene.publish("linear"))]
    task = scene.task(made[0], "give_back").id
    person = desk("desk")
    chosen = form_of(person).fields | {"action": "other", "ids": str(task)}
    page = person.see("/viec")
    assert {"confirm-result", "deliver-result", "return"} <= set(page.xpath("//select[@name='other']/option/@value"))
    seen = person.client.post(DO + "/xem", data=chosen | {"other": "confirm-result"})
    assert "Xác nhận có kết quả: 1 hồ sơ" in words(seen)
    assert send(person, seen).status_code == 303
    assert scene.dossier(made[0]).result_at is not None


def test_returning_a_group_wants_a_reason_for_all(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "return", [task for _, task in made])
    empty = send(person, seen)
    assert empty.status_code == 422
    assert page_of(empty).xpath("//*[@id='error-summary']//a/@href") == ["#comment"]
    assert send(person, empty, comment="Thiếu bản chính.").status_code == 303
    assert [scene.last(code, "returned").data["comment"] for code, _ in made] == ["Thiếu bản chính."] * 2


def place_of(seen: TestResponse) -> str:
    """Where the page of the form may ask how far it is."""
    (place,) = page_of(seen).xpath("//form/@data-progress")
    return str(place)


def test_how_far_it_is_and_what_came_of_it_can_be_opened(scene: Scene, desk: AtDesk) -> None:
    (_, held), (_, free) = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "forward", [held, free])
    place = place_of(seen)
    assert person.client.get(place).status_code == 404
    scene.do("claim", "chi", held)
    send(person, seen)
    part = person.client.get(place)
    assert "Đã xong 1 trên 2 việc, 1 việc không làm được" in " ".join(page_of(part).text_content().split())
    assert "<main" not in part.text
    later = words(person.see(place.removesuffix("/tien-do")))
    assert "xong 1 trên 2 việc" in later
    assert "✗" in later
    for other in ("chi", "desk"):
        assert desk(other).client.get(place).status_code == 404
        assert desk(other).client.get(place.removesuffix("/tien-do")).status_code == 404


def test_one_that_broke_off_says_so_and_goes_on_when_sent_again(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "forward", [task for _, task in made])
    with monkeypatch.context() as patch:
        patch.setattr(actions_batch, "TOLD_EVERY", 1)
        patch.setattr(actions_batch, "_close_envelope", _killed)
        with pytest.raises(KeyboardInterrupt):
            send(person, seen)
    page = person.see(place_of(seen).removesuffix("/tien-do"))
    assert "Đã xong 1 trên 2 việc" in words(page)
    assert "bấm gửi lần nữa" in words(page)
    assert send(person, seen).status_code == 303
    assert [scene.open_steps(code) for code, _ in made] == [["review"], ["review"]]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("key", ["x", "khong-co-khoa-nay-dau-ca", "%00", "a" * 65, "../viec"])
def test_a_key_of_no_batch_is_not_found(scene: Scene, desk: AtDesk, key: str) -> None:
    person = desk("binh")
    for path in (f"{DO}/{key}", f"{DO}/{key}/tien-do"):
        assert person.client.get(path).status_code in (404, 303)


def test_a_supplement_is_asked_for_in_many_dossiers_at_once(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "request-supplement", [task for _, task in made])
    assert send(person, seen, comment="Thiếu bản sao giấy khai sinh.").status_code == 303
    for code, _ in made:
        assert scene.dossier(code).held_by == "supplement"
        assert scene.last(code, "side_started").data["reason"] == "Thiếu bản sao giấy khai sinh."
