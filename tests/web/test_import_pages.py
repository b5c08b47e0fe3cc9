"""Moving in from an old system at the pages: a table is looked at, corrected, accepted, followed; mistakes are withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.actions.import_run import run_import
from app.sheets.read import read_sheets
from app.store import imports
from tests.actions.importing import by_old_code, table, take_over
from tests.actions.scene import Scene
from tests.fixtures.browser import Person, axe, sticking_out
from tests.web.desk import Desk, page_of, words

HOME = "/quan-tri/chuyen-ho-so"
Sitting = Callable[[str], Desk]


def upload(desk: Desk, content: bytes, name: str = "ho-so.csv", **typed: object) -> str:
    """The address of the preview."""
    form = desk.form(desk.see(HOME), HOME)
    fields = {key: value for key, value in form.fields.items() if key not in ("file", "history")}
    answer = desk.client.post(HOME, data=fields | {"source": "Một cửa cũ", "file": (BytesIO(content), name)} | typed)
    assert answer.status_code == 303, words(page_of(answer))
    return str(answer.location)


def works(scene: Scene) -> None:
    """The worker's turn."""
    with scene.reading() as connection:
        waiting = [row.id for row in imports.imports(connection, None, 10) if row.state == "running"]
    with scene.app.app_context():
        for import_id in waiting:
            run_import(import_id, scene.clock())


def test_a_table_is_looked_at_accepted_and_followed(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    admin = desk("admin")
    where = upload(admin, table({"holder": "binh"}, {"holder": "Người cũ"}, {"procedure": "không có"}))
    said = words(admin.see(where))
    assert "Chấp nhận, nhập 2 hồ sơ" in said
    assert "vào hộp việc chung của vị trí" in said
    assert "(ô B4): Không có thủ tục “không có”." in said
    narrowed = words(admin.see(f"{where}?xem=refused"))
    assert ("CU-3" in narrowed, "CU-1" in narrowed) == (True, False)
    answer = admin.send(admin.form(admin.see(where), f"{where}/chap-nhan"))
    assert answer.status_code == 303
    assert "0 trên 2 hồ sơ" in words(admin.see(where))
    works(scene)
    assert "2 trong 2 hồ sơ" in words(admin.see(where))
    code = by_old_code(scene, "CU-1")
    assert code is not None
    binh = desk("binh")
    task = scene.task(code, "process")
    shown = words(binh.see(f"/ho-so/{code}"))
    assert "Một cửa cũ, mã cũ CU-1" in shown
    assert binh.act(code, task.id, "forward").status_code == 303
    assert scene.open_steps(code) == ["review"]


def test_columns_are_corrected_and_the_choice_is_kept_for_the_next_file(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    admin = desk("admin")
    content = table({}).decode("utf-8-sig").replace("Bước hiện tại", "Nơi nằm").encode()
    where = upload(admin, content)
    assert "Chưa ghi bước hiện tại" in words(admin.see(where))
    form = admin.form(admin.see(where), f"{where}/cot")
    assert admin.send(form, {"cot.step": "Nơi nằm"}).status_code == 303
    assert "Chấp nhận, nhập 1 hồ sơ" in words(admin.see(where))
    again = upload(admin, content.replace(b"CU-1", b"CU-2"))
    assert "Chấp nhận, nhập 1 hồ sơ" in words(admin.see(again))
    twice = admin.send(admin.form(admin.see(again), f"{again}/cot"), {"cot.note": "Nơi nằm"})
    assert twice.status_code == 422
    assert "được chọn hai lần" in words(page_of(twice))


def test_what_somebody_else_changed_meanwhile_is_not_accepted(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    admin = desk("admin")
    where = upload(admin, table({}))
    stale = admin.form(admin.see(where), f"{where}/chap-nhan")
    admin.send(admin.form(admin.see(where), f"{where}/cot"))
    answer = admin.send(stale)
    assert answer.status_code == 412
    assert scene.get("control", "/dossiers")["total"] == 0
    assert admin.send(admin.form(admin.see(where), f"{where}/bo")).status_code == 303
    assert admin.client.get(where).status_code == 404


def test_what_is_no_table_is_told_beside_the_field(scene: Scene, desk: Sitting) -> None:
    admin = desk("admin")
    form = admin.form(admin.see(HOME), HOME)
    fields = {key: value for key, value in form.fields.items() if key not in ("file", "history")}
    nothing = admin.client.post(HOME, data=fields | {"source": "A"})
    assert (nothing.status_code, "Hãy chọn tệp" in words(page_of(nothing))) == (422, True)
    empty = admin.client.post(HOME, data=fields | {"source": "A", "file": (BytesIO(b"a,b\n"), "x.csv")})
    assert empty.status_code == 422
    unnamed = admin.client.post(HOME, data=fields | {"source": "", "file": (BytesIO(table({})), "x.csv")})
    assert "Hãy ghi tên hệ thống cũ." in words(page_of(unnamed))


def test_the_template_can_be_filled_in_and_the_remarks_be_read(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    admin = desk("admin")
    sheets = read_sheets(admin.client.get(f"{HOME}/mau.xlsx").data, "mau.xlsx")
    assert [sheet.name for sheet in sheets] == ["Hồ sơ", "Quá trình", "Hướng dẫn"]
    where = upload(admin, table({"deadline": "01/01/2026"}))
    (remarks,) = read_sheets(admin.client.get(f"{where}/nhan-xet.xlsx").data, "x.xlsx")
    assert "Hạn xử lý trước ngày tiếp nhận." in str(remarks.rows[1][-1])


def test_the_old_lines_stand_in_the_timeline_and_the_steps_before_as_done(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    history = "Mã hồ sơ;Thời gian;Cán bộ;Nội dung\nCU-1;16/11/2026;Lê Thị A;Tiếp nhận tại quầy\n"
    (code,) = take_over(scene, {"step": "review"}, history=history.encode())
    head = desk("head")
    said = words(head.see(f"/ho-so/{code}/dien-bien"))
    assert "Quá trình theo hệ thống cũ, ghi như được cung cấp" in said
    assert "16/11/2026 · Lê Thị A : Tiếp nhận tại quầy" in said.replace("A: ", "A : ")
    steps = scene.get("head", f"/dossiers/{code}/diagram")["steps"]
    assert (steps["receive"], steps["process"], steps["review"]) == ("done", "done", "current")
    assert head.client.get("/mo?ma=CU-1").location == f"/ho-so/{code}"
    found = scene.app.test_client().get("/tra-cuu?code=CU-1")
    assert (found.status_code, code in str(found.location)) == (303, True)


def test_a_mistake_is_withdrawn_at_the_page(scene: Scene, desk: Sitting) -> None:
    scene.publish("linear")
    first, second = take_over(scene, {}, {})
    admin = desk("admin")
    links = [link for _, _, link, _ in admin.see(HOME).iterlinks() if link.startswith(f"{HOME}/")]
    where = next(link for link in links if link[-1].isdigit())
    form = admin.form(admin.see(f"{where}?rut=2"), f"{where}/rut")
    refused = admin.send(form, {"reason": ""})
    assert refused.status_code == 422
    again = admin.form(refused, f"{where}/rut")
    assert again.fields["dong"] == "2"
    assert admin.send(again, {"reason": "Nhầm"}).status_code == 303
    scene.do("claim", "binh", scene.task(second, "process").id)
    answer = admin.send(admin.form(admin.see(where), f"{where}/rut"), {"reason": "Nhầm tệp"})
    assert answer.status_code == 303
    assert f"{second}: Hồ sơ {second} đã được xử lý" in words(admin.see(where))
    assert by_old_code(scene, "CU-1") is None
    assert scene.get("control", f"/dossiers?q={first}-RUT")["total"] == 1


@pytest.mark.rule("QT-16.2")
def test_moving_in_with_a_browser(scene: Scene, person: Person, tmp_path: Path) -> None:
    scene.publish("linear")
    file = tmp_path / "ho-so.csv"
    file.write_bytes(table({"holder": "binh"}, {"step": "proces"}, {"deadline": "01/01/2026"}))
    page: Page = person("admin")
    page.goto(HOME)
    page.get_by_label("Tên hệ thống cũ").fill("Một cửa Sở Y tế")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Hạn xử lý trước ngày tiếp nhận.")).to_be_visible()
    expect(page.get_by_text("Hiểu “proces” là bước")).to_be_visible()
    assert axe(page) == []
    assert sticking_out(page) == []
    page.get_by_role("button", name="Chấp nhận, nhập 2 hồ sơ").click()
    expect(page.get_by_label("Tiến độ")).to_be_visible()
    works(scene)
    expect(page.get_by_text("Xong lúc")).to_be_visible()
    code = by_old_code(scene, "CU-1")
    binh = person("binh")
    binh.goto("/viec?hop=mine")
    binh.get_by_role("link", name=str(code)).first.click()
    binh.get_by_role("button", name="Chuyển").first.click()
    expect(binh.locator(".flash").first).to_be_visible()
    assert scene.open_steps(str(code)) == ["review"]
