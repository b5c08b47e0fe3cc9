"""Files that are meant to break a reader, or are simply something else: each has its clear answer."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from app.drafting.limits import MOST_BYTES, MOST_ROWS, MOST_TABLES
from app.drafting.reading import drafts_of, read_tables
from app.drafting.steps import MOST_STEPS
from app.errors import DomainError
from app.views.sheet_files import xlsx_file
from tests.drafting.building import docx_of, repacked

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CELL = "<w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr>"


def packed(document: str, name: str = "word/document.xml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, document)
    return made.getvalue()


def word(body: str) -> bytes:
    return packed(f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>')


def refused(content: bytes, name: str = "bang.docx") -> str:
    with pytest.raises(DomainError) as told:
        read_tables(content, name)
    assert told.value.code == "invalid"
    assert told.value.errors is not None
    (message,) = told.value.errors["file"]
    return str(message)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "trống"),
        (b"  \n ", "trống"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n", "hình ảnh"),
        (b"<!DOCTYPE html><table></table>", "trang web"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), ".doc"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"PK\x03\x04 torn", "hỏng"),
        (docx_of("Không có bảng nào ở đây")[:900], "hỏng"),
        (docx_of("Không có bảng nào ở đây"), "không có bảng"),
        (packed("x", "a.txt"), "Tệp nén"),
        (packed("<w:document"), "hỏng"),
        (word(""), "không có bảng"),
        (xlsx_file("Trống", [], []), "không có bảng"),
        ("Chỉ có chữ, không có bảng".encode(), "không có bảng"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_says_what_to_do(content: bytes, words: str) -> None:
    name = "bang.md" if content[:3] == "Chỉ".encode()[:3] else "bang.docx"
    assert words in refused(content, name)


def test_too_large_a_file() -> None:
    with pytest.raises(DomainError) as told:
        read_tables(b"a" * (MOST_BYTES + 1), "a.docx")
    assert told.value.code == "too_large"


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert "quá lớn" in refused(packed("<a>" + " " * 200 * 1024 * 1024 + "</a>"))


def test_entities_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE w [<!ENTITY a0 "ha">{laughs}]><w:document xmlns:w="{NAMESPACE}"><w:body>&a11;</w:body></w:document>'
    )
    assert refused(packed(bomb))
    outside = (
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document '
        f'xmlns:w="{NAMESPACE}"><w:body>&x;</w:body></w:document>'
    )
    assert "DOCTYPE" in refused(packed(outside))


def test_too_many_tables_rows_columns_letters_and_nested_tables() -> None:
    assert f"{MOST_TABLES} bảng" in refused(word(f"<w:tbl>{CELL}</w:tbl>" * 1000))
    assert f"{MOST_ROWS} dòng" in refused(word(f"<w:tbl>{CELL * 10_000}</w:tbl>"))
    assert "cột" in refused(word(f"<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * 500}</w:tr></w:tbl>"))
    assert "ký tự" in refused(word(CELL.replace("a", "a" * 40_000).join(("<w:tbl>", "</w:tbl>"))))
    assert refused(word("<w:tbl><w:tr><w:tc>" * 60 + CELL + "</w:tc></w:tr></w:tbl>" * 60))
    assert refused(word("<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000))
    wide = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>'
    assert refused(word(f"<w:tbl>{wide}</w:tbl>"))


def test_a_sheet_of_ten_thousand_rows_is_refused_and_a_long_table_is_bounded() -> None:
    head = ["Bước", "Vị trí", "Công việc", "Thời gian"]
    row = ["1", "Chuyên viên", "Thẩm định", "1 ngày"]
    assert "dòng" in refused(xlsx_file("a", head, [row] * 10_000), "a.xlsx")
    drafts = drafts_of(read_tables(xlsx_file("a", head, [row] * 2_000), "a.xlsx"))
    assert [len(draft.steps) for draft in drafts] == [MOST_STEPS]
    assert "table.too-long" in {remark.code for remark in drafts[0].doubts}


def test_a_list_that_counts_itself_without_end_is_bounded() -> None:
    numbering = (
        f'<w:numbering xmlns:w="{NAMESPACE}"><w:abstractNum w:abstractNumId="1"><w:lvl '
        'w:ilvl="0"><w:start w:val="999999999999"/>'
        f'<w:lvlText w:val="{"%1" * 1000}"/></w:lvl></w:abstractNum><w:num '
        'w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    body = '<w:tbl><w:tr><w:tc><w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p></w:tc></w:tr></w:tbl>'
    content = io.BytesIO(word(body))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("word/numbering.xml", numbering)
    assert len(read_tables(content.getvalue(), "a.docx")[0].cells[0].text) < 100


def test_a_broken_part_beside_the_document_is_told() -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "a"
    made = io.BytesIO()
    document.save(made)
    assert "hỏng" in refused(repacked(made.getvalue(), "word/numbering.xml", {"</w:numbering>": "<"}))
