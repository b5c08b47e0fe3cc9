"""With a browser: to the provider and back under our content policy, the second factor set up and shown, a token made."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from app.access import oidc
from app.setting_values import Provider
from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Screen, Visitor, axe, sign_in_at, sticking_out
from tests.signing_in import CLIENT, SECRET
from tests.signing_in.conftest import Office, Setting

SCREENS = pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])


def look(page: Page) -> None:
    assert axe(page) == []
    assert sticking_out(page) == []


def code(scene: Scene, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(scene.clock().timestamp()))


def test_to_the_provider_and_back_and_out_of_both(
    scene: Scene, site: str, visitor: Visitor, provider_address: str, setting: Setting
) -> None:
    setting(oidc=Provider(provider_address, CLIENT, SECRET), public_url=site)
    oidc.forget_known()
    Office(scene, provider_address).wrong()
    page = visitor(screen=PHONE, allow=[401, "favicon.ico"])
    page.goto("/viec?hop=unit")
    look(page)
    page.get_by_role("link", name="Đăng nhập bằng tài khoản thư công vụ").click()
    page.get_by_label("Hộp thư").fill("binh@example.org")
    page.get_by_role("button", name="Đồng ý").click()
    page.wait_for_url("**/viec?hop=unit")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap?ra=1")
    look(page)
    page.get_by_role("link", name="đăng xuất cả tài khoản thư công vụ").click()
    expect(page.get_by_text("Đã đăng xuất khỏi thư công vụ")).to_be_visible()


@SCREENS
def test_a_second_factor_is_set_up_and_shown(scene: Scene, visitor: Visitor, screen: Screen, setting: Setting) -> None:
    setting(second_factor=("account.manage",))
    page = visitor(screen=screen, allow=[422])
    page.goto("/dang-nhap?tiep=/quan-tri")
    sign_in_at(page, "admin")
    page.wait_for_url("**/toi/xac-thuc-hai-lop")
    look(page)
    page.get_by_role("button", name="Bắt đầu bật").click()
    picture = page.get_by_role("img", name="Mã QR")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    look(page)
    secret = re.sub(r"\s", "", page.locator("code").inner_text())
    page.get_by_label("Mã đang hiện trên ứng dụng").fill(code(scene, secret))
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    expect(page.get_by_role("heading", name="Mã khôi phục")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Tôi đã cất, làm việc tiếp").click()
    page.goto("/toi/xac-thuc-hai-lop")
    look(page)
    page.context.clear_cookies()
    scene.clock.move(minutes=1)
    page.goto("/dang-nhap?tiep=/quan-tri")
    sign_in_at(page, "admin")
    field = page.get_by_label("Mã trên ứng dụng xác thực")
    expect(field).to_be_focused()
    look(page)
    field.fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng")
    look(page)
    field.fill(code(scene, secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/quan-tri")


def test_a_token_is_made_and_seen_by_an_administrator(scene: Scene, visitor: Visitor) -> None:
    page = visitor(screen=PHONE, allow=[422])
    page.goto("/dang-nhap?tiep=/toi/the-truy-cap")
    sign_in_at(page, "admin")
    page.get_by_label("Tên thẻ").fill("Phần mềm báo cáo của Văn phòng Ủy ban nhân dân tỉnh")
    page.get_by_role("button", name="Tạo thẻ").click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy chọn ít nhất một quyền")
    look(page)
    page.get_by_label("Quản lý danh mục thủ tục").check()
    page.get_by_role("button", name="Tạo thẻ").click()
    expect(page.locator("code")).to_contain_text("mc_")
    look(page)
    page.goto("/quan-tri/phien?tai-khoan=admin")
    look(page)
