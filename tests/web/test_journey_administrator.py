"""An administrator in a browser: a commune by copying, accounts from a table with a mistake, a position, the log."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from app.views.sheet_files import XLSX, xlsx_file
from tests.actions.scene import Scene
from tests.fixtures.browser import Person, axe, sticking_out
from tests.web.screens import button, errors, title, told

PEOPLE = ["Lê Văn Ba", "Trần Thị Tư", "Đỗ Thị Năm", "Võ Văn Sáu", "Hồ Thị Bảy"]


def hand_in(admin: Page, positions: Sequence[str]) -> None:
    rows = [(name, "DH", position) for name, position in zip(PEOPLE, positions, strict=True)]
    content = xlsx_file("Cán bộ", ("Họ tên", "Cơ quan", "Vị trí"), rows)
    admin.goto("/quan-tri/nhap-tai-khoan")
    admin.get_by_label("Tệp danh sách").set_input_files([{"name": "cán bộ.xlsx", "mimeType": XLSX, "buffer": content}])
    button(admin, "Xem trước").click()
    expect(title(admin)).to_have_text("Xem trước danh sách cán bộ")


def test_a_commune_is_set_up(scene: Scene, person: Person) -> None:
    admin = person("admin", allow=(422,))
    admin.goto("/quan-tri")
    admin.get_by_role("main").get_by_role("link", name="Cơ quan, đơn vị, vị trí").click()
    admin.get_by_role("link", name="Lập cơ quan").click()
    for label, text in (
        ("Tên cơ quan", "UBND phường Đông Hà"),
        ("Mã", "DH"),
        ("Mã định danh", "000.00.31.H50"),
        ("Hoạt động từ ngày", "2026-11-01"),
    ):
        admin.get_by_label(label, exact=True).fill(text)
    admin.get_by_label("Cơ quan cấp trên").select_option("VPUBND")
    button(admin, "Lập cơ quan").click()
    expect(told(admin)).to_contain_text("Đã lập UBND phường Đông Hà")
    admin.get_by_role("link", name="sao chép từ cơ quan tương tự").click()
    admin.get_by_label("Từ cơ quan").select_option("SYT")
    button(admin, "Xem trước").click()
    expect(admin.get_by_role("main")).to_contain_text("Chưa có gì được ghi")
    button(admin, "Sao chép sang 1 cơ quan").click()
    expect(told(admin)).to_contain_text("Đã thêm 4 đơn vị, 5 vị trí ở 1 cơ quan")
    good = ["Văn thư", "Chuyên viên", "Chuyên viên", "Trưởng phòng", "Cán bộ một cửa"]
    hand_in(admin, ["Văn thơ", *good[1:]])
    expect(admin.get_by_role("main")).to_contain_text("không có vị trí “Văn thơ”")
    button(admin, "Lập 4 tài khoản, sửa 0").click()
    expect(errors(admin)).to_contain_text("Còn 1 dòng sai")
    hand_in(admin, good)
    button(admin, "Lập 5 tài khoản, sửa 0").click()
    expect(title(admin)).to_have_text("Đã nhập danh sách cán bộ")
    passwords = admin.locator("code.told-password")
    expect(passwords).to_have_count(5)
    password = passwords.first.inner_text()
    assert (axe(admin), sticking_out(admin)) == ([], [])
    with admin.expect_download() as file:
        button(admin, "Tải bảng (XLSX)").click()
    assert file.value.suggested_filename == "mat-khau-tam.xlsx"
    admin.goto("/quan-tri/tai-khoan/ba.lv")
    admin.get_by_label("Vị trí", exact=True).select_option("assigned_room_officer")
    button(admin, "Giao vị trí").click()
    expect(told(admin)).to_contain_text("Đã giao vị trí")
    log = admin.get_by_role("region", name="Nhật ký thay đổi")
    expect(log).to_contain_text("Giao vị trí việc làm")
    expect(log).to_contain_text("Tạo tài khoản")
    assert (
        scene.app.test_client().post("/api/v1/tokens", json={"username": "ba.lv", "password": password}).status_code
        == 201
    )
