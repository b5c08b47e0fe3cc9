"""One deed happens once and nobody acts on an old page unknowingly: double click, back button, two tabs, a colleague first."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.scene import Scene
from tests.fixtures.browser import Person
from tests.web.screens import (
    FORWARD,
    act,
    button,
    comment,
    errors,
    fill_in,
    open_from_inbox,
    open_registration,
    registered,
    title,
    told,
    write,
)


def test_a_double_click_registers_and_forwards_once(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    for javascript in (True, False):
        desk = person("desk", javascript=javascript)
        open_registration(desk, "Thủ tục linear")
        fill_in(desk, name="Lê Thị Bưởi")
        button(desk, "Tiếp nhận hồ sơ").dblclick()
        code = registered(desk).code
        desk.get_by_role("link", name="Mở hồ sơ").click()
        button(desk, FORWARD).dblclick()
        expect(told(desk)).to_contain_text(f"Đã chuyển hồ sơ {code}")
        assert scene.open_steps(code) == ["process"]
        assert scene.kinds(code).count("forwarded") == 1
        scene.sound(code)
        desk.goto("/ho-so?q=Buoi")
        expect(desk.get_by_role("row")).to_have_count(2 if javascript else 3)  # with the heading


def test_going_back_shows_how_things_stand_and_sends_nothing_again(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    desk = person("desk")
    open_registration(desk, "Thủ tục linear")
    fill_in(desk, name="Lê Thị Bưởi")
    button(desk, "Tiếp nhận hồ sơ").click()
    code = registered(desk).code
    desk.go_back()
    expect(desk.locator("[name=applicant-name]")).to_have_value("")
    desk.go_forward()
    registered(desk)
    desk.get_by_role("link", name="Mở hồ sơ").click()
    comment(desk).fill("Lần một")
    button(desk, FORWARD).click()
    expect(told(desk)).to_be_visible()
    desk.goto("/viec")
    with scene.unchanged():
        desk.go_back()
        expect(title(desk)).to_contain_text(code)
        expect(button(desk, FORWARD)).to_have_count(0)
        with desk.expect_response(f"**/ho-so/{code}"):  # the page before the action, which has the same address
            desk.go_back()
        expect(title(desk)).to_contain_text(code)
        expect(button(desk, FORWARD)).to_have_count(0)
    assert scene.kinds(code).count("forwarded") == 1


def test_the_second_tab_hears_what_happened_and_keeps_its_words(scene: Scene, person: Person) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    first = person("binh", allow={409, 412})
    open_from_inbox(first, code)
    second = first.context.new_page()
    second.goto(first.url)
    write(second, "Viết ở thẻ thứ hai")
    act(first, FORWARD, "Viết ở thẻ thứ nhất")
    with scene.unchanged():
        button(second, FORWARD).click()
        expect(errors(second)).to_be_focused()
    said = second.get_by_role("main")
    expect(said).to_contain_text("Nguyễn Thị binh đã xử lý bước “Bước process” lúc 08:00 23/11/2026")
    expect(said).to_contain_text("Bước review")
    expect(second.locator("#comment")).to_have_value("Viết ở thẻ thứ hai")
    assert scene.last(code, "forwarded").data["comment"] == "Viết ở thẻ thứ nhất"


def test_a_task_that_a_colleague_takes_while_one_types(scene: Scene, person: Person) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    page = person("chi", allow={409, 412})
    open_from_inbox(page, code)
    write(page, "Tôi đang viết dở")
    scene.do("claim", "binh", task)
    with scene.unchanged():
        button(page, FORWARD).click()
        expect(errors(page)).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("Hiện Nguyễn Thị binh đang giữ bước “Bước process”")
    expect(page.locator("#comment")).to_have_value("Tôi đang viết dở")
    expect(button(page, FORWARD)).to_have_count(0)
