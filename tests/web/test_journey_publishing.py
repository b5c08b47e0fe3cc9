"""A designer at her screen: a decision noted with its scan, an account registered, published, checked, dossiers offered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert

from app.config import PROJECT_ROOT
from app.store.procedures import ProcedureAgency
from tests import factories
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.papers.samples import pdf
from tests.web.screens import button, title, told

DRAWN = (PROJECT_ROOT / "bpmn" / "procedures" / "reduce_public_tuition.bpmn").read_bytes()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.rule("QT-22.3", "QT-22.4", "ST-26.7")
def test_from_the_decision_to_the_running_procedure(scene: Scene, person: Person, screen: Screen) -> None:
    with scene.writing() as connection:
        other = factories.agency(connection, "SKHAC", name="Sở Khác")
        room = factories.unit(connection, other, "phong")
        for code in ("assigned_room_head", "assigned_room_officer", "principal", "clerk", "desk_officer"):
            factories.position(connection, other, room, code)
        factories.account(connection, "moi", other, permissions=("task.work", "dossier.register"))
        connection.execute(insert(ProcedureAgency).values(procedure_id=scene.province.procedure, agency_id=other))
    running = scene.register()["code"]
    made = begun(scene, DRAWN)
    page = person("admin", screen=screen)
    page.goto(f"/thiet-ke/{made}/ban-hanh")
    expect(page.get_by_text("Chưa ban hành được:")).to_be_visible()
    page.get_by_label("Số quyết định").fill("45/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill("2026-11-20")
    page.get_by_label("Áp dụng từ ngày").fill("2026-11-23")
    page.get_by_label("Bản quét quyết định").set_input_files(
        {"name": "quyet-dinh.pdf", "mimeType": "application/pdf", "buffer": pdf(1)}
    )
    button(page, "Ghi thông tin quyết định").click()
    expect(told(page)).to_have_text(re.compile("Đã ghi thông tin quyết định"))
    expect(page.get_by_text("Ban hành được.", exact=True)).to_be_visible()
    assert (axe(page), sticking_out(page)) == ([], [])

    page.get_by_role("link", name="Đăng ký tài khoản").click()
    expect(page.get_by_role("heading", name="Sở Khác")).to_be_visible()
    assert (axe(page), sticking_out(page)) == ([], [])
    for field in page.locator("input[name^='vi-tri.']").all():
        field.fill("moi")
    button(page, "Giao vị trí").click()
    expect(told(page)).to_have_text(re.compile("Đã giao"))
    expect(page.get_by_text("Mọi bước ở mọi cơ quan đều có người giữ.")).to_be_visible()

    page.get_by_role("link", name="Những gì cần để ban hành").click()
    button(page, "Ban hành").click()
    expect(told(page)).to_have_text(re.compile("Đã ban hành phiên bản số 2"))
    assert (axe(page), sticking_out(page)) == ([], [])
    page.get_by_role("link", name=re.compile("Xem trước việc chuyển 1 hồ sơ")).click()
    expect(title(page)).to_have_text("Chuyển hồ sơ sang phiên bản số 2")
    expect(page.get_by_role("main").get_by_text(running)).to_be_visible()

    page.goto("/thu-tuc/1.000001/phien-ban/2/kiem-tra")
    expect(page.locator("[data-heat][data-ready]")).to_be_visible()
    page.get_by_role("textbox", name="Ý kiến").fill("Đã đối chiếu với bảng")
    button(page, "Ghi ý kiến").click()
    expect(page.get_by_text("Đã đối chiếu với bảng")).to_be_visible()
    assert (axe(page), sticking_out(page)) == ([], [])

    binh = person("binh", screen=screen)
    binh.goto("/thong-bao-cua-toi")
    binh.get_by_role("link", name=re.compile("Quy trình mới")).first.click()
    expect(title(binh)).to_have_text(re.compile("Góp ý về quy trình"))
    binh.get_by_label("Nội dung cần điều chỉnh").fill("Bước này cần thêm thời gian")
    button(binh, "Gửi góp ý").click()
    expect(told(binh)).to_have_text(re.compile("Đã gửi góp ý"))
    assert (axe(binh), sticking_out(binh)) == ([], [])
