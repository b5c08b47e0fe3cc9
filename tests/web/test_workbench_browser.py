"""Drafts in the browser: two people are warned of each other, and what is otherwise is marked on both diagrams."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.designing import designers, drafts_seen
from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, axe, sticking_out


def test_two_people_at_one_draft_are_warned_of_each_other(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    draft = drafts_seen(scene)["draft"]
    designers(scene)
    admin, lan = person("admin"), person("lan", allow=[412])
    admin.goto(f"/thiet-ke/{draft}/lich-su")
    lan.goto(f"/thiet-ke/{draft}/gop-y")
    expect(lan.locator("[data-draft-here]")).to_have_text("Nguyễn Thị admin đang mở bản vẽ này.")
    token = lan.locator("[data-draft-presence]").get_attribute("data-token")
    saved = lan.evaluate(
        """async ([draft, token]) => {
          const say = (revision, forms) => fetch(`/thiet-ke/${draft}/ban-ve`, {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-CSRFToken": token },
            body: JSON.stringify({ revision, forms }),
          }).then(async (answer) => [answer.status, await answer.json()]);
          return [await say(2, {}), await say(1, { other: { components: [] } })];
        }""",
        [draft, token],
    )
    assert (saved[0][0], saved[0][1]["revision"]) == (200, 3)
    assert (saved[1][0], saved[1][1]["revision"], saved[1][1]["saved_by"]) == (412, 3, "Nguyễn Thị lan")
    admin.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(admin.locator("[data-draft-moved]")).to_contain_text("Nguyễn Thị lan đã lưu bản vẽ sau khi bạn mở trang này")
    admin.goto("/thiet-ke")
    expect(admin.locator(".at-draft")).to_contain_text("Nguyễn Thị lan")


def test_what_is_otherwise_is_marked_on_both_diagrams(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    draft = drafts_seen(scene)["draft"]
    page = person("admin")
    page.goto(f"/thiet-ke/{draft}/so-sanh")
    expect(page.locator("[data-heat][data-ready]")).to_have_count(2)
    expect(page.locator('[data-element-id="process"].mark-changed')).to_have_count(2)
    first, second = (one.bounding_box() for one in page.locator("[data-heat]").all())
    assert first is not None
    assert second is not None
    assert second["x"] > first["x"]
    page.get_by_role("link", name="Xem trên sơ đồ: Bước “Thẩm định hồ sơ”").click()
    expect(page).to_have_url(f"/thiet-ke/{draft}/so-sanh?lan=2&phien-ban=1&chon=process#so-do")
    expect(page.locator("[data-heat][data-ready]")).to_have_count(2)
    for screen in (DESKTOP, PHONE):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        for end in ("/so-sanh", "/lich-su", "/lich-su/2", "/gop-y"):
            page.goto(f"/thiet-ke/{draft}{end}")
            assert axe(page) == []
            assert sticking_out(page) == []
