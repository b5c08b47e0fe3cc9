"""What heads see on pages: numbers with the list behind them, pressing, files that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk, words

SHEET = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture
def late(scene: Scene) -> str:
    """A dossier that Bình is two hours late with; its applicant has a name that a spreadsheet would compute."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
    scene.publish("linear")
    code = scene.at_step("process", "linear", applicant={"name": '=HYPERLINK("http://x")'})
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-24 10:00")
    return code


def cells(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        tree: Any = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert tree.xpath("//s:f", namespaces=SHEET) == []
    return [["".join(cell.itertext()) for cell in row] for row in tree.xpath("//s:row", namespaces=SHEET)]


@pytest.mark.rule("ST-26.1", "QT-28.5d")
def test_from_a_number_to_the_person_and_the_step(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    director = desk("director")
    seen = director.see("/theo-doi?by=officers")
    assert "Nguyễn Thị binh" in words(seen)
    (link,) = seen.xpath("//tr[contains(., 'Nguyễn Thị binh')]//a[contains(@href, 'fact=step_late')]/@href")
    shown = words(director.see(link))

    assert late in shown
    assert "Người giữ: Nguyễn Thị binh." in shown
    assert "quá 2 giờ" in shown
    assert "Quá hạn bước" in shown


@pytest.mark.rule("ST-26.1")
def test_chosen_ones_are_pressed_together(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    head = desk("head")
    form = head.form(head.see("/theo-doi/danh-sach"), "/viec/hang-loat/xem")
    preview = head.send(form, {"ids": scene.task(late, "process").id, "action": "press"})
    assert "Đôn đốc: 1 hồ sơ" in words(preview)
    done = head.send(head.form(preview, "/viec/hang-loat"), {"comment": "Đề nghị xong hôm nay"})

    assert (done.status_code, done.headers["Location"]) == (303, "/theo-doi/danh-sach")
    assert scene.last(late, "pressed").data["comment"] == "Đề nghị xong hôm nay"
    assert "Đôn đốc" in words(head.see(f"/ho-so/{late}/dien-bien"))


@pytest.mark.rule("ST-26.1")
def test_a_dossiers_page_offers_pressing_to_heads_alone(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    assert "Đôn đốc" in words(desk("head").see(f"/ho-so/{late}"))
    assert "Đôn đốc" not in words(desk("chi").see(f"/ho-so/{late}"))
    assert "Theo dõi, đôn đốc" not in words(desk("chi").see("/viec"))
    told = desk("control").act(late, scene.task(late, "process").id, "press", comment="Kiểm soát nhắc")
    assert told.status_code == 303


@pytest.mark.rule("QT-28.5d")
def test_the_list_goes_into_files_that_are_never_computed(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    director = desk("director").client
    sheet = director.get("/theo-doi/danh-sach.xlsx?fact=step_late")
    table = director.get("/theo-doi/danh-sach.csv?fact=step_late")
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="theo-doi-20261124-1000.xlsx"'
    head, row = cells(sheet.data)
    text_head, text_row = csv.reader(io.StringIO(table.data.decode("utf-8-sig")))
    told, written = dict(zip(head, row, strict=True)), dict(zip(text_head, text_row, strict=True))

    assert (told["Mã hồ sơ"], told["Người giữ"], told["Đơn vị"]) == (late, "Nguyễn Thị binh", "Phòng Nghiệp vụ")
    assert (told["Đã giữ (giờ làm việc)"], told["Quá hạn bước (giờ làm việc)"]) == ("10.0", "2.0")
    assert (told["Cảnh báo"], told["Thời gian theo cơ quan (giờ làm việc)"]) == ("Quá hạn bước", "SYT: 10,0")
    assert told["Người nộp"] == '=HYPERLINK("http://x")'  # text of a cell that has no formula
    assert written == told | {"Người nộp": '\'=HYPERLINK("http://x")'}


@pytest.mark.rule("ST-26.1")
def test_totals_lead_from_period_to_period(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    director = desk("director")
    seen = director.see("/theo-doi/tong-hop")
    (earlier,) = seen.xpath("//a[@rel='prev']/@href")

    assert "Tháng 11/2026" in words(seen)
    assert not seen.xpath("//a[@rel='next']")
    assert "Tháng 10/2026" in words(director.see(earlier))
    assert "Quý IV/2026" in words(director.see("/theo-doi/tong-hop?period=quarter"))
