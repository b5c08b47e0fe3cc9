"""The counter by keyboard alone: how many fields it shows and how many keys it takes; and the desk officer's main path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.actions.scene import Scene
from tests.fixtures.browser import Person, axe
from tests.web.screens import button, title, told

FIELDS = """form => {
    const names = [...form.elements]
        .filter(one => !['hidden', 'submit', 'button', 'fieldset'].includes(one.type) && !one.disabled && one.checkVisibility())
        .map(one => one.name.startsWith('has-') ? 'papers' : one.name.startsWith('file-') ? 'files' : one.name)
    return [...new Set(names)]
}"""
"""A group of radios or ticks is one field, the list of papers one, their files one."""


@dataclass
class Keys:
    """A keyboard that counts: every key pressed, each key of a chord, but not the text that is typed."""

    page: Page
    pressed: int = 0

    def press(self, keys: str) -> None:
        self.pressed += len(keys.split("+"))
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def test_a_known_applicant_is_registered_in_few_fields_and_few_keys(scene: Scene, person: Person) -> None:
    """At most 12 fields and 25 keys beyond typed text, from the empty page to the receipt."""
    known = {
        "name": "Đặng Thị Ánh", "id_number": "045012345678", "phone": "0912345678", "email": "anh@example.org",
        "address": "12 Hùng Vương, phường Nam Đông Hà",
    }  # fmt: skip
    scene.register(applicant=known)
    page = person("desk")
    page.goto("/tiep-nhan")
    keys = Keys(page)
    keys.type("giam hoc phi")
    keys.press("Enter")  # the only procedure that is found opens
    search = page.locator("#nguoi")
    expect(search).to_be_focused()
    fields = page.locator("form.registration").evaluate(FIELDS)
    assert len(fields) <= 12, fields
    keys.type(known["id_number"])
    keys.press("Enter")  # search
    expect(page.locator("#found button")).to_be_visible()
    keys.press("Enter")  # take the one that was found
    expect(page.locator("#applicant-name")).to_have_value(known["name"])
    expect(page.locator("#request")).to_be_focused()
    keys.type("Giảm học phí năm học này")
    keys.press("Alt+g")  # paper: a scanner's files would be chosen instead
    keys.press("Alt+d")  # all required papers
    expect(page.locator("#has-application")).to_be_checked()
    keys.press("Control+Enter")
    expect(title(page)).to_have_text("Đã tiếp nhận hồ sơ")
    receipt = page.get_by_role("link", name=re.compile("^In giấy tiếp nhận"))
    expect(receipt).to_be_focused()
    keys.press("Enter")
    assert keys.pressed <= 25, keys.pressed


def test_the_desks_day(scene: Scene, person: Person) -> None:
    """Take a fee, accept what came online from the queue, hand a result over: in a browser, as it is done."""
    scene.govern("thai_nguyen")
    costly = scene.publish("two_steps", fees=[{"name": "Lệ phí cấp giấy", "amount": 50_000}])
    code = scene.register(procedure=costly)["code"]
    online = scene.register(channel="online", applicant={"name": "Lê Bình", "phone": "0912345678"})["code"]
    scene.publish("linear")
    done = scene.at_step("give_back", "linear", applicant={"name": "Võ Chi"})
    scene.do("confirm-result", "desk", scene.task(done, "give_back").id)

    page = person("desk")
    page.goto(f"/tiep-nhan/xong/{code}")
    button(page, "Thu 50.000 đồng, cấp biên lai").click()
    expect(told(page)).to_contain_text("biên lai số 01/BL")
    page.goto("/phi")
    expect(page.locator("main")).to_contain_text("Còn phải nộp")
    assert axe(page) == []

    page.goto("/tiep-nhan/truc-tuyen")
    expect(page.locator("[data-tick-words]")).to_have_text(re.compile("^còn "))
    page.get_by_role("link", name=f"Kiểm tra {online}").click()
    expect(title(page)).to_contain_text(online)
    assert axe(page) == []
    button(page, "Tiếp nhận hồ sơ").click()
    expect(told(page)).to_contain_text(f"Đã tiếp nhận hồ sơ {online}")

    page.goto("/tra-ket-qua")
    page.get_by_role("link", name=f"Trả kết quả {done}").click()
    button(page, "Kiểm tra").click()
    expect(title(page)).to_contain_text("Xác nhận trả kết quả")
    assert axe(page) == []
    button(page, "Trả kết quả, kết thúc hồ sơ").click()
    expect(told(page)).to_contain_text(f"Đã trả kết quả hồ sơ {done}")
