"""Tables from outside: what was shown is what is read; what cannot be read says so."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from app.errors import DomainError
from app.sheets.read import MOST_BYTES, read_sheet, read_sheets
from app.views.sheet_files import csv_file, xlsx_file

HEAD = ["Họ tên", "Số"]


def test_a_workbook_of_ours_comes_back_as_it_was() -> None:
    rows = [["Trần Thị Ánh", 3], [None, None], ["=1+1", 2.5]]
    sheet = read_sheet(xlsx_file("Danh sách", HEAD, rows), "a.xlsx")
    assert (sheet.name, sheet.rows) == ("Danh sách", [HEAD, *rows])


def test_a_csv_of_ours_comes_back_as_it_was() -> None:
    sheet = read_sheet(csv_file(HEAD, [["=1+1", "012"], ["-5", None]]), "a.csv")
    assert sheet.rows == [HEAD, ["=1+1", "012"], ["-5", None]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_of_any_office(encoding: str, separator: str) -> None:
    content = separator.join(["Mã", "Đơn vị"]) + "\r\n" + separator.join(["01", "Sở"]) + "\r\n"
    if encoding == "cp1258":  # it has the tone marks, but not every letter with one
        content = content.replace("ã", "a\u0303").replace("ị", "i\u0323").replace("ở", "ơ\u0309")
    assert read_sheet(content.encode(encoding), "b.csv").rows == [["Mã", "Đơn vị"], ["01", "Sở"]]


def test_days_and_instants_of_a_workbook_are_days_and_instants() -> None:
    sheet = read_sheet(dated_workbook(), "c.xlsx")
    assert sheet.rows == [[date(2026, 11, 2), datetime(2026, 11, 2, 12, 0)]]  # noqa: DTZ001 - a table knows no zones


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"PK\x03\x04 torn", b"\x00\x01\x02", b"\xd0\xcf\x11\xe0 torn", xlsx_file("Trống", [], [])],
    ids=["nothing", "blank", "torn", "binary", "torn-xls", "empty"],
)
def test_what_is_no_table_says_so(content: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        read_sheet(content, "d.xlsx")
    assert refused.value.code == "invalid"
    assert refused.value.errors is not None
    assert set(refused.value.errors) == {"file"}


def test_a_workbook_that_unpacks_to_too_much_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", bytes(250 * 1024 * 1024))
    with pytest.raises(DomainError) as refused:
        read_sheets(packed.getvalue(), "e.xlsx")
    assert refused.value.errors is not None
    assert "tách" in refused.value.errors["file"][0]
    assert read_sheet(csv_file(HEAD, []), "after.csv").rows == [HEAD]


def test_too_many_bytes_rows_or_columns_are_refused() -> None:
    with pytest.raises(DomainError) as refused:
        read_sheets(bytes(MOST_BYTES + 1), "f.csv")
    assert refused.value.code == "too_large"
    for content in (b"a\n" * 20_001, b"," * 101):
        with pytest.raises(DomainError) as refused:
            read_sheets(content, "g.csv")
        assert refused.value.code == "invalid"


def dated_workbook() -> bytes:
    """A sheet with a day and an instant, as spreadsheets keep them: numbers with a format."""
    plain = xlsx_file("Ngày", [], [])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/styles.xml":
                text = text.replace(
                    "</cellXfs>", '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22"/></cellXfs>'
                )
            if name.startswith("xl/worksheets/"):
                start, end = text.index("<sheetData"), text.index("</worksheet>")
                cells = '<c r="A1" s="2"><v>46328</v></c><c r="B1" s="3"><v>46328.5</v></c>'
                text = f'{text[:start]}<sheetData><row r="1">{cells}</row></sheetData>{text[end:]}'
            new.writestr(name, text)
    return out.getvalue()
