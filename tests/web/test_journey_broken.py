"""What breaks in the middle of an action: the line, before or after the deed, and the session; nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.fixtures.browser import Person, losing_answers, offline, sign_in_at
from tests.web.screens import (
    FORWARD,
    button,
    comment,
    errors,
    fill_in,
    open_from_inbox,
    open_registration,
    registered,
    title,
    told,
)

LOST = {"net::ERR_CONNECTION_RESET", "console: htmx:"}
WORDS = "Ý kiến đã gõ lâu.\nDòng thứ hai: “trích dẫn” & <b>không đậm</b>"


def end_sessions(scene: Scene) -> None:
    with scene.writing() as connection:
        connection.execute(text("DELETE FROM tokens"))


def typed_dossier(scene: Scene, page: Page) -> str:
    """A dossier at hand on the page with a comment that is not sent yet."""
    code = scene.at_step("process", scene.publish("linear"))
    open_from_inbox(page, code)
    comment(page).fill(WORDS)
    return code


def forwarded_once(scene: Scene, code: str) -> None:
    assert scene.open_steps(code) == ["review"]
    assert scene.last(code, "forwarded").data["comment"] == WORDS
    assert scene.kinds(code).count("forwarded") == 2  # to her, and by her
    scene.sound(code)


def test_without_a_line_the_page_says_so_and_the_second_press_does_it(scene: Scene, person: Person) -> None:
    page = person("binh", allow=LOST)
    code = typed_dossier(scene, page)
    with offline(page):
        button(page, FORWARD).click()
        expect(page.get_by_text("Mất kết nối")).to_be_visible()
        expect(comment(page)).to_have_value(WORDS)
    assert scene.open_steps(code) == ["process"]
    button(page, FORWARD).click()
    expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {code}")
    expect(page.get_by_text("Mất kết nối")).to_have_count(0)
    forwarded_once(scene, code)


def test_an_answer_that_was_lost_does_not_mean_doing_it_twice(scene: Scene, person: Person) -> None:
    page = person("binh", allow=LOST)
    code = typed_dossier(scene, page)
    with losing_answers(page, "**/forward") as lost:
        button(page, FORWARD).click()
        expect(page.get_by_text("Mất kết nối")).to_be_visible()
    assert lost == [303]
    expect(comment(page)).to_have_value(WORDS)
    forwarded_once(scene, code)
    button(page, FORWARD).click()
    expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {code} sang bước “Bước review”")
    forwarded_once(scene, code)


def test_a_registration_whose_answer_was_lost_is_shown_when_pressed_again(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    page = person("desk", allow=LOST)
    open_registration(page, "Thủ tục linear")
    fill_in(page, name="Lê Thị Bưởi", phone="0912345678")
    with losing_answers(page, "**/tiep-nhan/linear") as lost:
        button(page, "Tiếp nhận hồ sơ").click()
        expect(page.get_by_text("Mất kết nối")).to_be_visible()
    assert lost == [303]
    expect(page.locator("[name=applicant-phone]")).to_have_value("0912345678")
    with scene.unchanged():
        button(page, "Tiếp nhận hồ sơ").click()
        code = registered(page).code
    assert scene.dossier(code).status == 2


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("ends", ["deleted", "late"])
def test_an_ended_session_loses_nothing_typed(scene: Scene, person: Person, ends: str, javascript: bool) -> None:
    page = person("binh", javascript=javascript, allow={401})
    code = typed_dossier(scene, page)
    if ends == "deleted":
        end_sessions(scene)
    else:
        scene.clock.move(hours=13)
    button(page, FORWARD).click()
    expect(page.get_by_role("main")).to_contain_text("Phiên làm việc đã hết hạn")
    sign_in_at(page, "binh", "không phải mật khẩu")
    expect(errors(page)).to_contain_text("Chưa đăng nhập được")
    sign_in_at(page, "binh")
    expect(title(page)).to_have_text("Xem lại trước khi gửi")
    for line in WORDS.split("\n"):
        expect(page.get_by_role("definition").first).to_contain_text(line)
    assert scene.open_steps(code) == ["process"]
    page.get_by_role("button", name="Gửi", exact=True).dblclick()
    expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {code}")
    forwarded_once(scene, code)


def test_a_whole_registration_survives_an_ended_session(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    page = person("desk", allow={401})
    open_registration(page, "Thủ tục linear")
    typed = {"name": "Công ty Ổi & Mít <TNHH>", "phone": "0912345678", "address": "12 Hùng Vương"}
    fill_in(page, **typed)
    end_sessions(scene)
    button(page, "Tiếp nhận hồ sơ").click()
    sign_in_at(page, "desk")
    for value in typed.values():
        expect(page.get_by_role("main")).to_contain_text(value)
    page.get_by_role("button", name="Gửi", exact=True).click()
    code = registered(page).code
    with scene.reading() as connection:
        kept = connection.execute(text("SELECT applicant FROM dossier_contents")).scalars().one()
    assert {name: kept[name] for name in typed} == typed
    scene.sound(code)


def test_another_person_does_not_act_with_the_rights_of_the_first(scene: Scene, person: Person) -> None:
    page = person("binh", allow={401, 403, 409, 412, 422})
    code = typed_dossier(scene, page)
    end_sessions(scene)
    button(page, FORWARD).click()
    sign_in_at(page, "clerk", PASSWORD)
    expect(title(page)).to_have_text("Xem lại trước khi gửi")
    scene.clients.clear()
    with scene.unchanged():
        page.get_by_role("button", name="Gửi", exact=True).click()
        expect(errors(page)).to_be_focused()
    expect(errors(page)).to_contain_text("vị trí")
    expect(page.get_by_text("Ý kiến đã gõ lâu.")).to_be_visible()
    assert scene.open_steps(code) == ["process"]


def test_a_person_of_another_agency_learns_nothing(scene: Scene, person: Person) -> None:
    page = person("binh", allow={401, 404})
    code = typed_dossier(scene, page)
    end_sessions(scene)
    button(page, FORWARD).click()
    sign_in_at(page, "official")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(title(page)).to_contain_text("Không tìm thấy")
    assert code not in page.content()
    assert scene.open_steps(code) == ["process"]
