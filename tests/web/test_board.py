"""The heads' pages without a browser: every number leads to as many dossiers, charts say their numbers, files are files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from lxml import html

from app.views.report_tables import Column, Head, Table, print_tables
from tests import factories
from tests.actions.scene import Scene
from tests.factories import START
from tests.slips.pictures import texts
from tests.web.desk import Desk, words

FILES = (
    "/theo-doi.xlsx",
    "/theo-doi.pdf",
    "/theo-doi/danh-sach.pdf?fact=step_late",
    "/theo-doi/khoi-luong.xlsx",
    "/theo-doi/khoi-luong.pdf",
    "/theo-doi/xu-huong.xlsx",
    "/theo-doi/xu-huong.pdf?kind=week",
    "/theo-doi/ho-so.xlsx?what=received",
    "/theo-doi/ho-so.pdf?what=received",
)


@pytest.fixture
def late(scene: Scene) -> str:
    """A dossier that Bình is two hours late with, and one that nobody has taken."""
    with scene.writing() as connection:
        for name in ("head", "director"):
            factories.set_columns(connection, "positions", scene.province.positions[name], head=True)
    scene.publish("linear")
    code = scene.at_step("process", "linear")
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.set_local("2026-11-24 10:00")
    scene.at_step("review", "linear")
    return code


def dossiers_at(desk: Desk, url: str) -> int:
    """Of how many dossiers a list says that it is."""
    told = words(desk.see(url))
    found = re.search(r"([\d.]+) hồ sơ, ", told) or re.search(r": ([\d.]+) hồ sơ", told)
    return int(found[1].replace(".", "")) if found else 0


def numbers_of(seen: html.HtmlElement) -> list[tuple[int, str]]:
    """Each number of the tiles and tables with the address that it leads to."""
    links = seen.xpath("//ul[@class='tiles']//a | //td[contains(@class, 'number')]/a")
    return [(int(re.sub(r"\D", "", "".join(link.xpath(".//b//text() | text()")))), link.get("href")) for link in links]


@pytest.mark.rule("ST-26.1", "QT-28.5d")
@pytest.mark.parametrize(
    "path",
    [
        "/theo-doi",
        "/theo-doi?by=officers&whose=person&among=open",
        "/theo-doi?by=steps&whose=step",
        "/theo-doi/khoi-luong",
        "/theo-doi/xu-huong",
    ],
)
def test_every_number_leads_to_as_many_dossiers(
    scene: Scene, desk: Callable[[str], Desk], late: str, path: str
) -> None:
    director = desk("director")
    numbers = numbers_of(director.see(path))
    assert sum(number for number, _ in numbers) > 0
    for number, url in dict.fromkeys(numbers):
        assert dossiers_at(director, url) == number, url


@pytest.mark.rule("ST-26.1", "QT-18.7")
def test_charts_are_links_and_their_numbers_stand_in_a_table(
    scene: Scene, desk: Callable[[str], Desk], late: str
) -> None:
    seen = desk("director").see("/theo-doi/xu-huong")
    for chart in seen.xpath("//figure[@class='chart'][svg]"):
        (drawn,) = chart.xpath("svg")
        assert drawn.xpath("title")
        assert drawn.xpath("desc")
        assert not chart.xpath(".//@style")
        told = [" ".join(row.itertext()).split() for row in chart.xpath(".//tbody/tr")]
        labels = drawn.xpath("a/@aria-label")
        assert len(told) == len(labels) == 12
        for row, label in zip(told, labels, strict=True):
            assert row[-1] == label.split()[-1]


@pytest.mark.rule("ST-26.1", "HT-21.4")
def test_every_table_is_a_file_too(scene: Scene, desk: Callable[[str], Desk], late: str) -> None:
    director, control = desk("director"), desk("control")
    for path in FILES:
        answer = director.client.get(path)
        assert answer.status_code == 200, path
        if ".pdf" in path:
            assert answer.data.startswith(b"%PDF"), path
        else:
            with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
                assert archive.testzip() is None
                assert len(re.findall(r"<sheet ", archive.read("xl/workbook.xml").decode())) >= 1
    printed = "".join(texts(director.client.get("/theo-doi/danh-sach.pdf").data))
    for shown in ("SỞYTẾ", late, "NguyễnThịbinh", "Sốliệulúc10:00ngày24/11/2026", "Trang1"):
        assert shown in printed
    assert control.client.get("/theo-doi.pdf").status_code == 200


@pytest.mark.rule("ST-26.1")
def test_a_long_list_is_printed_in_pieces_whose_pages_follow_one_another() -> None:
    rows = ([f"Dòng {number}", number, 1.5] for number in range(1, 1_001))
    columns = [Column("Tên", 30), Column("Số", 10, number=True), Column("Giờ", 10, number=True)]
    made = print_tables(Head(["Sở Y tế"], "Danh sách", ["Lọc: tất cả"], START, "An"), [Table("", columns, rows)])
    text = "\n".join(texts(made))
    pages = [int(number) for number in re.findall(r"Trang(\d+)$", text, re.MULTILINE)]

    assert pages == list(range(1, len(pages) + 1))
    assert "Dòng10001.0001,5" in text
