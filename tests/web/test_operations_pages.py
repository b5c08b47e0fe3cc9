"""The pages of those who run the system: the log book of outages, and maintenance as everybody sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.access.maintenance import Watch
from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, Visitor, axe, sticking_out
from tests.web.screens import button, errors, title


@pytest.fixture(autouse=True)
def open_again(scene: Scene) -> Iterator[None]:
    yield
    watch: Watch = scene.app.extensions["motcua.maintenance"]
    watch.row = None


@pytest.mark.rule("TN-22.1d")
def test_an_outage_is_entered_noted_and_ended(scene: Scene, person: Person) -> None:
    page = person("admin", screen=PHONE, allow={422})
    page.goto("/quan-tri/so-su-co")
    page.get_by_role("link", name="Ghi sự cố").click()
    page.get_by_label("Tên sự cố").fill("Mất điện phòng máy")
    button(page, "Ghi vào sổ").click()
    expect(errors(page)).to_be_focused()
    page.get_by_label("Diễn biến").fill("Hệ thống ngừng hoàn toàn.")
    page.get_by_label("Mức độ").select_option("high")
    button(page, "Ghi vào sổ").click()
    expect(title(page)).to_have_text("Mất điện phòng máy")
    page.get_by_label("Thêm").select_option("reported")
    page.get_by_label("Nội dung").fill("Báo Chánh Văn phòng lúc 08:10.")
    button(page, "Ghi").click()
    expect(page.get_by_text("Báo Chánh Văn phòng")).to_be_visible()
    page.get_by_role("link", name="Sửa, ghi kết thúc").click()
    page.locator("#ended_at").fill("2026-11-23T08:00")
    page.get_by_label("Nguyên nhân").fill("Hỏng bộ lưu điện.")
    button(page, "Ghi thay đổi").click()
    expect(page.get_by_text("(0 phút)")).to_be_visible()
    assert sticking_out(page) == []
    assert axe(page) == []
    (entry,) = scene.get("admin", "/log-book")["data"]
    assert (entry["level"], entry["cause"]) == ("high", "Hỏng bộ lưu điện.")
    assert [note["kind"] for note in scene.get("admin", f"/log-book/{entry['id']}")["notes"]] == ["reported", "ended"]


@pytest.mark.rule("LA-4.3")
def test_maintenance_is_announced_closes_and_what_was_typed_is_kept(
    scene: Scene, person: Person, visitor: Visitor
) -> None:
    admin = person("admin", screen=DESKTOP, allow={503})
    admin.goto("/quan-tri/bao-tri")
    admin.get_by_label("Chế độ").select_option("closed")
    admin.get_by_label("Từ lúc").fill("2026-11-23T18:00")
    admin.get_by_label("Dự kiến đến lúc").fill("2026-11-23T20:00")
    admin.get_by_label("Lời báo").fill("Nâng cấp máy chủ.")
    button(admin, "Ghi và báo").click()
    expect(admin.get_by_role("heading", name="Bảo trì đã hẹn")).to_be_visible()
    assert sticking_out(admin) == []
    assert axe(admin) == []
    desk = person("desk", allow={503})
    desk.goto("/tiep-nhan/1.000001")
    expect(desk.get_by_label("Bảo trì hệ thống")).to_contain_text("Hệ thống sắp bảo trì")
    scene.clock.move(hours=10)
    desk.get_by_label("Họ và tên").first.fill("Trần Văn Bình")
    button(desk, "Tiếp nhận hồ sơ").click()
    expect(desk.get_by_text("Hệ thống đang bảo trì").first).to_be_visible()
    expect(desk.get_by_text("Trần Văn Bình").first).to_be_visible()
    citizen = visitor(screen=PHONE, allow={401, 503})
    citizen.goto("/tra-cuu")
    expect(title(citizen)).to_have_text("Hệ thống đang bảo trì")
    assert sticking_out(citizen) == []
    assert axe(citizen) == []
    citizen.get_by_role("link", name="kết thúc bảo trì").click()
    expect(citizen.get_by_label("Mật khẩu", exact=True)).to_be_visible()
    admin.goto("/quan-tri/bao-tri")
    admin.get_by_label("Đã làm gì").fill("Đã nâng cấp.")
    button(admin, "Kết thúc, mở lại hệ thống").click()
    expect(admin.get_by_text("Đã kết thúc; hệ thống hoạt động bình thường.")).to_be_visible()
    citizen.goto("/tra-cuu")
    expect(title(citizen)).not_to_have_text("Hệ thống đang bảo trì")
