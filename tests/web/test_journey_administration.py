"""A new official's first sign-in, and an administrator who changes a fee and finds it in the log; in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests import factories
from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.fixtures.browser import PHONE, Person, axe, sticking_out
from tests.web.screens import button, errors, title

OWN = "ba cái ghế gỗ lim"


def test_a_temporary_password_becomes_ones_own_and_then_one_works(scene: Scene, person: Person) -> None:
    with scene.writing() as connection:
        positions = [scene.province.positions["officer"]]
        factories.account(connection, "moi", scene.province.health, positions, must_change_password=True)
    page = person("moi", screen=PHONE, allow={422})
    page.goto("/viec")
    expect(title(page)).to_have_text("Đặt mật khẩu của riêng bạn")
    page.get_by_label("Mật khẩu tạm").fill(PASSWORD)
    page.get_by_label("Mật khẩu mới", exact=True).fill("1234567890")
    page.get_by_label("Nhập lại mật khẩu mới").fill("1234567890")
    button(page, "Đặt mật khẩu và làm việc tiếp").click()
    expect(errors(page)).to_contain_text("Quá dễ đoán")
    assert axe(page) == []
    assert sticking_out(page) == []
    page.get_by_label("Mật khẩu tạm").fill(PASSWORD)
    page.get_by_label("Mật khẩu mới", exact=True).fill(OWN)
    page.get_by_label("Nhập lại mật khẩu mới").fill(OWN)
    button(page, "Đặt mật khẩu và làm việc tiếp").click()
    expect(title(page)).to_have_text("Việc cần xử lý")
    expect(title(person("moi", password=OWN))).to_have_text("Việc cần xử lý")


def test_a_fee_is_changed_and_found_in_the_log(scene: Scene, person: Person) -> None:
    page = person("admin", allow={422})
    page.goto("/quan-tri")
    page.locator(".hub").get_by_role("link", name="Danh mục thủ tục, phí").click()
    page.get_by_role("link", name="Giảm học phí công lập").click()
    page.get_by_role("link", name="Sửa phí, lệ phí").click()
    first = page.get_by_role("group", name="Khoản thêm mới").first
    first.get_by_label("Tên khoản thu").fill("Lệ phí cấp giấy")
    first.get_by_label("Mức thu").fill("năm mươi nghìn")
    first.get_by_label("Nộp", exact=True).select_option("submission")
    page.get_by_label("Lý do thay đổi").fill("Nghị quyết 45/NQ-HĐND")
    button(page, "Lưu thay đổi").click()
    expect(errors(page)).to_be_focused()
    assert axe(page) == []
    page.get_by_label("Mức thu").first.fill("50.000")
    button(page, "Lưu thay đổi").click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    page.goto("/quan-tri/nhat-ky?ve=procedure:1.000001")
    expect(page.locator("table.inbox")).to_contain_text("Thay đổi dữ liệu thủ tục")
    expect(page.locator("table.inbox")).to_contain_text("50.000 đồng")
    assert axe(page) == []
