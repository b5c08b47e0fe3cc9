"""The bell, the list of notices and the table of how they come: without a script, and in a browser on both screens."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


def pressed(scene: Scene, comment: str = "Gấp") -> tuple[str, int]:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    scene.do("claim", "binh", task)
    scene.do("press", "head", task, {"comment": comment})
    return code, task


def on_bell(desk: Desk) -> str:
    (bell,) = desk.see("/toi").xpath("//a[@data-bell]")
    return " ".join(bell.text_content().split())


def test_the_bell_counts_what_is_new_and_what_is_unread_and_leads_to_the_list(scene: Scene, desk: AtDesk) -> None:
    binh = desk("binh")
    assert on_bell(binh) == "Thông báo"
    pressed(scene)
    scene.at_step("process")
    assert on_bell(binh) == "Thông báo 2 chưa xem, trong đó 1 việc mới đến"
    (bell,) = binh.see("/viec").xpath("//a[@data-bell]")
    assert bell.get("href") == "/thong-bao-cua-toi"


def test_each_leads_to_its_dossier_and_is_read_then(scene: Scene, desk: AtDesk) -> None:
    code, task = pressed(scene, "Đề nghị xử lý ngay")
    binh = desk("binh")
    seen = binh.see("/thong-bao-cua-toi")
    assert "Đề nghị xử lý ngay" in words(seen)
    assert "Chưa đọc Hôm nay, 23/11/2026" in words(seen)
    (link,) = seen.xpath("//table[contains(@class, 'notices')]//a/@href")
    answer = binh.client.get(link)
    assert (answer.status_code, answer.location) == (303, f"/ho-so/{code}?viec={task}")
    assert "Chưa đọc Hôm nay" not in words(binh.see("/thong-bao-cua-toi"))
    assert "Đã đọc Hôm nay, 23/11/2026" in words(binh.see("/thong-bao-cua-toi"))
    desk("chi").see(link, 404)


def test_opening_the_dossier_itself_reads_what_was_told_of_it(scene: Scene, desk: AtDesk) -> None:
    code, _ = pressed(scene)
    other, _ = pressed(scene)
    binh = desk("binh")
    binh.see(f"/ho-so/{code}")
    assert on_bell(binh).startswith("Thông báo 1 ")
    binh.see(f"/ho-so/{other}")
    assert on_bell(binh) == "Thông báo"


def test_everything_is_read_at_once(scene: Scene, desk: AtDesk) -> None:
    pressed(scene)
    scene.at_step("process")
    binh = desk("binh")
    form = binh.form(binh.see("/thong-bao-cua-toi"), "/thong-bao-cua-toi/da-doc")
    assert binh.send(form).status_code == 303
    assert "Đã đánh dấu đã đọc tất cả." in words(binh.see("/thong-bao-cua-toi"))
    assert on_bell(binh) == "Thông báo"
    assert binh.see("/thong-bao-cua-toi").xpath("//form[@action='/thong-bao-cua-toi/da-doc']") == []


def test_who_has_none_is_told_what_would_come_here(desk: AtDesk, scene: Scene) -> None:
    seen = words(desk("clerk").see("/thong-bao-cua-toi"))
    assert "Chưa có thông báo nào" in seen
    assert "Việc cần xử lý" in seen


def test_the_list_goes_on_page_by_page(scene: Scene, desk: AtDesk) -> None:
    pressed(scene)
    with scene.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO official_notices (account_id, event, data, created_at)"
                " SELECT n.account_id, n.event, n.data, n.created_at FROM official_notices n, generate_series(1, 60)"
            )
        )
    binh = desk("binh")
    first = binh.see("/thong-bao-cua-toi")
    assert "50 trên 61 thông báo" in words(first)
    (following,) = first.xpath("//a[@rel='next']/@href")
    assert "11 trên 61 thông báo" in words(binh.see(following))
    assert "50 trên 61 thông báo" in words(binh.see("/thong-bao-cua-toi?trang=khong-phai"))


def test_the_part_for_the_bell_is_fetched_again_only_when_it_changed(scene: Scene, desk: AtDesk) -> None:
    client = desk("binh").client
    first = client.get("/thong-bao-cua-toi/so")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/thong-bao-cua-toi/so", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    pressed(scene)
    changed = client.get("/thong-bao-cua-toi/so", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, "1" in changed.text) == (200, True)


def test_how_they_come_is_chosen_without_a_script(scene: Scene, desk: AtDesk) -> None:
    binh = desk("binh")
    form = binh.form(binh.see("/toi"), "/toi/thong-bao")
    assert form.fields["pressed-email"] == "now"
    assert "incident-email" not in form.fields
    answer = binh.send(form, {"pressed-email": "off", "new-screen": "off"})
    assert (answer.status_code, urlsplit(answer.location or "").path) == (303, "/toi")
    kept = binh.form(binh.see("/toi"), "/toi/thong-bao").fields
    assert (kept["pressed-email"], kept["new-screen"], kept["pressed-screen"]) == ("off", "off", "now")
    scene.at_step("process")
    assert on_bell(binh) == "Thông báo", "new steps are switched off"
    refused = binh.send(form, {"pressed-email": "khong-co"})
    assert refused.status_code == 303
    assert binh.form(binh.see("/toi"), "/toi/thong-bao").fields["pressed-email"] == "off"


def test_a_trial_says_where_it_went(scene: Scene, desk: AtDesk) -> None:
    binh = desk("binh")
    form = binh.form(binh.see("/toi"), "/toi/thong-bao/gui-thu")
    assert binh.send(form).status_code == 303
    assert "một thư đến binh@example.org" in words(binh.see("/toi"))
    assert binh.send(form).status_code == 303
    assert "hãy đợi một phút" in words(binh.see("/toi"))


def test_a_forged_form_changes_nothing(scene: Scene, desk: AtDesk) -> None:
    client = desk("binh").client
    for path in ("/toi/thong-bao", "/toi/thong-bao/gui-thu", "/thong-bao-cua-toi/da-doc"):
        assert client.post(path, data={"pressed-email": "off"}).status_code == 400


def sees(page: Page) -> None:
    assert axe(page) == []
    assert sticking_out(page) == []


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_in_a_browser_on_both_screens(scene: Scene, person: Person, screen: Screen) -> None:
    code, _ = pressed(scene, "Nội-dung-dài-không-có-dấu-cách-" * 8)
    scene.at_step("process")
    page = person("binh", screen=screen)
    page.get_by_role("link", name="Thông báo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thông báo của tôi")
    sees(page)
    page.get_by_role("link", name=f"Được đôn đốc (hồ sơ {code})").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    page.goto("/toi")
    sees(page)
    page.get_by_label("Được đôn đốc: thư điện tử").select_option("off")
    expect(page.get_by_role("status").filter(has_text="Đã lưu cách nhận thông báo.")).to_be_visible()
    expect(page.get_by_label("Được đôn đốc: thư điện tử")).to_have_value("off")
    expect(page.get_by_role("button", name="Lưu cách nhận")).to_be_hidden()


def test_by_keyboard_alone(scene: Scene, person: Person) -> None:
    code, _ = pressed(scene)
    page = person("binh")
    page.goto("/thong-bao-cua-toi")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=f"Được đôn đốc (hồ sơ {code})")).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)


def test_a_page_left_open_asks_again_once_it_is_looked_at(scene: Scene, person: Person) -> None:
    page = person("binh")
    page.clock.install()
    page.goto("/toi")
    expect(page.locator(".bell-count")).to_have_count(0)
    pressed(scene)
    page.clock.run_for(46_000)
    expect(page.locator(".bell-count")).to_have_text("1")
