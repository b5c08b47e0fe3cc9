"""What a head and the control office do all day: from a number to the dossier whose time it was, pressing, giving to others."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.actions.scene import Scene
from tests.fixtures.browser import Person
from tests.web.screens import comment, title, told


@pytest.fixture
def late(scene: Scene) -> tuple[str, str]:
    """Two dossiers that Bình is late with; the room's head heads it and may give work to others."""
    with scene.writing() as connection:
        head = scene.province
        factories.set_columns(connection, "positions", head.positions["head"], head=True)
        factories.set_columns(connection, "accounts", head.accounts["head"], permissions=["task.work", "task.assign"])
    scene.publish("linear")
    codes = scene.at_step("process", "linear"), scene.at_step("process", "linear")
    for code in codes:
        scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-24 10:00")
    return codes


def test_a_head_goes_from_what_is_late_to_whose_time_it_was_presses_and_reassigns(
    scene: Scene, person: Person, late: tuple[str, str]
) -> None:
    page = person("head")
    page.get_by_role("link", name="Theo dõi, đôn đốc").click()
    expect(page.get_by_text("nhiều nhất là Phòng Nghiệp vụ (100%)")).to_be_visible()
    page.get_by_label("Tính cho").get_by_role("link", name="Người").click()
    page.get_by_role("link", name="2 hồ sơ của Nguyễn Thị binh").click()
    expect(page.get_by_text("2 hồ sơ, 2 bước đang mở.")).to_be_visible()

    page.get_by_role("link", name=f"Thời gian của ai, hồ sơ {late[0]}").click()
    expect(page.get_by_text("Phần quá hạn thuộc về:")).to_be_visible()
    page.go_back()
    page.get_by_label(f"Chọn hồ sơ {late[0]}").check()
    page.get_by_role("button", name="Đôn đốc").click()
    comment(page).fill("Đề nghị xong hôm nay")
    page.get_by_role("main").get_by_role("button", name="Đôn đốc").click()
    expect(told(page)).to_contain_text("Đôn đốc: đã xong 1 việc")
    assert scene.last(late[0], "pressed").data["comment"] == "Đề nghị xong hôm nay"

    page.goto("/theo-doi/danh-sach")
    page.get_by_label(f"Chọn hồ sơ {late[1]}").check()
    page.get_by_role("button", name="Điều chuyển").click()
    page.locator("[name=account]").select_option("chi")
    comment(page).fill("Chia bớt việc")
    page.get_by_role("main").get_by_role("button", name="Điều chuyển").click()
    expect(told(page)).to_contain_text("đã xong 1 việc")
    assert scene.task(late[1], "process").assignee == "chi"

    page.goto("/theo-doi")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tải PDF").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")


def test_the_control_office_goes_down_from_the_province_to_a_dossier_and_up_again(
    scene: Scene, person: Person, late: tuple[str, str]
) -> None:
    page = person("control")
    page.goto("/theo-doi")
    page.get_by_role("main").get_by_role("link", name="Sở Y tế", exact=False).first.click()
    page.get_by_role("row", name="Phòng Nghiệp vụ").first.get_by_role("link", name="Phòng Nghiệp vụ").click()
    way = page.get_by_label("Đang xem ở đâu")
    expect(way.get_by_role("link")).to_have_count(2)
    page.get_by_role("link", name="2 Quá hạn bước").click()
    expect(page.get_by_role("link", name=late[0], exact=True)).to_be_visible()
    page.get_by_role("link", name=late[0], exact=True).click()
    expect(title(page)).to_contain_text(late[0])
    page.go_back()
    way.get_by_role("link", name="Toàn tỉnh").click()
    expect(way).to_have_text("Toàn tỉnh")  # the page before had a tab of the same name
    page.get_by_role("link", name="Xu hướng").click()
    page.get_by_role("link", name="Tháng 11/2026: tiếp nhận 2; đã giải quyết 0").click()
    page.locator("#ky").get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_role("heading", name="Đã tiếp nhận: 2 hồ sơ")).to_be_visible()
