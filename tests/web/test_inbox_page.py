"""The inbox as a page: whose tasks, filters, pages, and whatever people write into its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml.html import HtmlElement

from tests import factories
from tests.actions.scene import Scene
from tests.factories import START
from tests.web.desk import Desk, below, words

AtDesk = Callable[[str], Desk]
PARAMETERS = ("hop", "q", "procedure", "step", "due", "sort", "trang", "nguoi")
STRANGE = (
    "\x00",
    "\x1b[31m",
    "'; DROP TABLE tasks; --",
    "\u202e",
    "%",
    "_",
    "\\",
    "💥" * 500,
    "a" * 9000,
    "-1",
    "\ud800",
    "[]",
    "=1+1",
)


def add(
    scene: Scene, number: int, applicant: str = "Trần Văn Bình", *, due: timedelta | None = None, **task: object
) -> int:
    province = scene.province
    with scene.writing() as connection:
        code = f"000.00.12.H50-261120-{number:04d}"
        dossier = factories.dossier(
            connection, province.health, province.procedure, province.version, code=code, applicant=applicant
        )
        running = factories.instance(connection, dossier, province.version)
        due_at = START + (due or timedelta(hours=number))
        values = {"position_id": province.positions["officer"], "due_at": due_at} | task
        return factories.task(connection, dossier, running, **values)  # type: ignore[arg-type]


def codes(page: HtmlElement) -> list[str]:
    return [str(link.text_content())[-4:] for link in below(page, "cell-code", "a")]


def test_an_empty_inbox_says_what_will_come(scene: Scene, desk: AtDesk) -> None:
    assert "Không có việc nào đang chờ." in words(desk("binh").see("/viec"))
    assert "Bạn không giữ việc nào." in words(desk("binh").see("/viec?hop=mine"))
    assert "Không có việc nào khớp với bộ lọc." in words(desk("binh").see("/viec?q=zzz"))


@pytest.mark.rule("QT-28.5a")
def test_the_most_urgent_stands_first_with_colour_and_words(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1, due=timedelta(days=3))
    add(scene, 2, due=timedelta(hours=-2))
    page = desk("binh").see("/viec")
    assert codes(page) == ["0002", "0001"]
    badges = [one.text_content().strip() for one in page.find_class("due")]
    assert badges[0].startswith("⚠ ")
    assert "late" in page.find_class("due")[0].get("class")
    assert all(badges)
    assert codes(desk("binh").see("/viec?sort=-due_at")) == ["0001", "0002"]
    assert codes(desk("binh").see("/viec?due=overdue")) == ["0002"]


def test_whose_tasks(scene: Scene, desk: AtDesk) -> None:
    accounts = scene.province.accounts
    add(scene, 1, assignee_id=accounts["binh"])
    add(scene, 2)
    add(scene, 3, assignee_id=accounts["chi"])
    binh = desk("binh")
    assert codes(binh.see("/viec")) == ["0001", "0002"]
    assert codes(binh.see("/viec?hop=mine")) == ["0001"]
    assert codes(binh.see("/viec?hop=position")) == ["0002"]
    unit = binh.see("/viec?hop=unit")
    assert codes(unit) == ["0001", "0002", "0003"]
    assert [one.text_content() for one in unit.find_class("cell-holder")] == ["Tôi", "Chưa ai", "Nguyễn Thị chi"]
    assert "Cả cơ quan" not in words(unit)
    assert codes(desk("director").see("/viec?hop=agency")) == ["0001", "0002", "0003"]


def test_words_are_found_without_diacritics_and_filters_go_together(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1, "Đặng Thị Ánh")
    add(scene, 2, "Dang Van Anh", step="issue")
    add(scene, 3, "Lê Hoa")
    binh = desk("binh")
    assert codes(binh.see("/viec?q=dang+anh")) == ["0001", "0002"]
    assert codes(binh.see("/viec?q=Đặng+thị")) == ["0001"]
    assert codes(binh.see("/viec?q=261120-0003")) == ["0003"]
    page = binh.see("/viec?q=dang&step=issue&procedure=1.000001")
    assert codes(page) == ["0002"]
    assert page.get_element_by_id("q").value == "dang"
    assert page.get_element_by_id("filter-step").value == "issue"


def test_pages_hold_every_task_once_and_keep_the_filter(scene: Scene, desk: AtDesk) -> None:
    for number in range(1, 54):
        add(scene, number, "Trần Bình" if number % 53 else "Lê Hoa")
    binh, seen, path = desk("binh"), [], "/viec?q=binh&sort=due_at"
    for _ in range(3):
        page = binh.see(path)
        seen += codes(page)
        following = page.xpath("//a[@rel='next']/@href")
        if not following:
            break
        path = following[0]
        assert parse_qs(urlsplit(path).query)["q"] == ["binh"]
    assert seen == [f"{number:04d}" for number in range(1, 53)]
    assert "Trang đầu" in words(page)


@pytest.mark.parametrize("cursor", ["x", "eyJ9", "=", "\x00", "a" * 5000, "e30", "W10", "bnVsbA"])
def test_a_cursor_that_is_none_begins_at_the_first_page(scene: Scene, desk: AtDesk, cursor: str) -> None:
    add(scene, 1)
    person = desk("binh")
    assert person.client.get("/viec", query_string={"trang": cursor}).status_code == 200
    assert codes(person.see("/viec?trang=" + cursor.replace("\x00", "%00"))) == ["0001"]


@pytest.mark.parametrize("path", ["/viec", "/tra-ket-qua", "/tiep-nhan", "/tiep-nhan/nguoi-nop", "/tiep-nhan/1.000001"])
def test_nothing_in_an_address_is_a_fault(scene: Scene, desk: AtDesk, path: str) -> None:
    add(scene, 1)
    client = desk("desk").client
    for name in (*PARAMETERS, "loai", "chon"):
        for value in STRANGE:
            answer = client.get(path, query_string={name: value.encode("utf-8", "surrogatepass")})
            assert answer.status_code == 200, (name, value[:20])
    assert client.get(path + "?q=%ff%fe&trang=%c0&nguoi=%fe").status_code == 200


def test_names_are_text_and_cut_where_they_are_endless(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1, "<img src=x onerror=alert(1)>\u202e=CMD()" + "Ng" * 1900)
    page = desk("binh").see("/viec")
    assert page.xpath("//main//img") == []
    (name,) = below(page, "cell-applicant", "bdi")
    assert len(name.text_content()) <= 120
    assert name.text_content().startswith("<img")


def test_who_only_looks_gets_no_buttons(scene: Scene, desk: AtDesk) -> None:
    add(scene, 1)
    page = desk("control").see("/viec?hop=agency")
    assert page.find_class("batch-bar") == []
    assert page.xpath("//input[@name='ids']") == []


def test_an_inbox_is_not_for_everybody(scene: Scene, desk: AtDesk) -> None:
    answer = desk("admin").client.get("/viec")
    assert answer.status_code == 403
    assert "Tài khoản chưa được cấp quyền" in words(answer)
