"""What Word keeps besides its text: changes, numbers that it draws, hidden words, tables in tables."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.drafting.model import SourceTable
from app.drafting.reading import drafts_of, read_tables
from tests.drafting.building import document_xml, docx_of, repacked

W = nsdecls("w")
DRAWING = """
Thủ tục: Cấp phép thử (1.001234)
| Bước | Vị trí | Nội dung công việc | Thời gian |
| 1 | Bộ phận một cửa Sở Y tế | Tiếp nhận hồ sơ | 4 giờ |
| 2 | Chuyên viên | Thẩm định | 12 giờ |
| 3 | Bộ phận một cửa Sở Y tế | Trả kết quả | 4 giờ |
"""


def saved(document: Document) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def texts(table: SourceTable) -> list[str]:
    return [cell.text for cell in table.cells]


def test_changes_are_read_as_accepted() -> None:
    changed = (
        '<w:r><w:delText xml:space="preserve">x</w:delText></w:r><w:del w:id="1" '
        'w:author="a"><w:r><w:delText>12</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>16</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> giờ</w:t></w:r>'
    )
    content = document_xml(docx_of(DRAWING), {"<w:r><w:t>12 giờ</w:t></w:r>": changed})
    (draft,) = drafts_of(read_tables(content, "a.docx"))
    assert [step.limit for step in draft.steps] == ["PT4H", "PT16H", "PT4H"]


def test_a_row_that_was_taken_out_is_gone() -> None:
    content = docx_of(DRAWING)
    document = docx.Document(io.BytesIO(content))
    row = document.tables[0].rows[2]._tr
    row.insert(0, parse_xml(f'<w:trPr {W}><w:del w:id="1" w:author="a"/></w:trPr>'))
    (draft,) = drafts_of(read_tables(saved(document), "a.docx"))
    assert [step.name for step in draft.steps] == ["Tiếp nhận hồ sơ", "Trả kết quả"]
    assert [remark.code for remark in draft.doubts] == ["number.gap"]


def test_numbers_that_word_draws_are_read() -> None:
    numbering = (
        f'<w:abstractNum {W} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="Bước %1"/></w:lvl></w:abstractNum>'
    )
    document = docx.Document(io.BytesIO(docx_of(DRAWING)))
    part = document.part.numbering_part.element
    part.insert(0, parse_xml(numbering))
    part.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for row in document.tables[0].rows[1:]:
        paragraph = row.cells[0].paragraphs[0]
        paragraph.clear()
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
        )
    tables = read_tables(saved(document), "a.docx")
    assert [cell.text for cell in tables[0].cells if cell.column == 1] == ["Bước", "Bước 1", "Bước 2", "Bước 3"]
    assert [step.number for step in drafts_of(tables)[0].steps] == ["1", "2", "3"]


def test_hidden_words_and_fields_are_not_read_and_line_breaks_are() -> None:
    runs = (
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>bí mật</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:t>Thẩm định</w:t><w:br/><w:t>trình</w:t><w:tab/><w:t>ký</w:t></w:r>"
    )
    content = document_xml(docx_of(DRAWING), {"<w:r><w:t>Thẩm định</w:t></w:r>": runs})
    assert "Thẩm định\ntrình ký" in texts(read_tables(content, "a.docx")[0])


def test_a_frame_around_tables_is_not_a_table() -> None:
    document = docx.Document()
    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "Thủ tục: Cấp phép thử (1.001234)"
    frame._tc.append(docx.Document(io.BytesIO(docx_of(DRAWING))).tables[0]._tbl)
    frame.add_paragraph("Thời hạn giải quyết: 20 giờ")
    (draft,) = drafts_of(read_tables(saved(document), "a.docx"))
    assert (draft.name, draft.total, len(draft.steps)) == ("Cấp phép thử", "PT20H", 3)


def test_a_table_in_a_cell_is_its_text() -> None:
    document = docx.Document(io.BytesIO(docx_of(DRAWING)))
    cell = document.tables[0].cell(2, 2)
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Mẫu", "02"
    assert "Thẩm định\nMẫu 02" in texts(read_tables(saved(document), "a.docx")[0])


def test_the_letterhead_and_lists_of_procedures_are_not_steps() -> None:
    drawing = """
    | UBND TỈNH A//Số: 415/QĐ-UBND | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM//A, ngày 3 tháng 3 năm 2026 |
    Căn cứ Quyết định số 9/QĐ-TTg ngày 1/1/2020;
    | STT | Tên thủ tục hành chính | Mã TTHC | Thời hạn giải quyết |
    | 1 | Cấp phép thử | 1.001234 | 20 giờ |
    """
    drafts = drafts_of(read_tables(docx_of(drawing + DRAWING), "a.docx"))
    assert [(draft.name, draft.decision_number, draft.decided_on) for draft in drafts] == [
        ("Cấp phép thử", "415/QĐ-UBND", "2026-03-03")
    ]


def test_a_document_whose_main_part_has_another_name_is_read() -> None:
    content = repacked(docx_of(DRAWING), "word/settings.xml", {})
    assert len(read_tables(content, "khong-co-duoi")) == 1
