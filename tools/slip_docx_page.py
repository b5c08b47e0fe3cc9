"""One Word template being written: paper, letters, head, foot, fields, tables and signatures of a slip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.slips.forms import SlipForm

FONT = "Times New Roman"
CENTRE, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)
PAGES = {"a5": (148, 210, 12), "a4": (210, 297, 20), "a4-landscape": (297, 210, 12)}
"""Width, height and margin at the sides, in millimetres."""
HAND, SEAL = "(Ký và ghi rõ họ tên)", "(Ký, ghi rõ họ tên và đóng dấu)"
STAMP = (2025, 1, 1, 0, 0, 0)


class Slip:
    """One template being written; sizes follow its paper."""

    def __init__(self, form: SlipForm) -> None:
        self.form = form
        self.wide, high, self.side = PAGES[form.paper]
        self.inner = self.wide - 2 * self.side
        big = form.paper == "a4"
        sizes: tuple[float, float, float] = (13, 11.5, 14) if big else (10, 8.5, 12.5)
        self.size, self.small, self.tall = sizes
        self.document = Document()
        self._plain_styles()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(self.wide), Mm(high)
        section.orientation = WD_ORIENT.LANDSCAPE if self.wide > high else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = Mm(self.side)
        section.top_margin, section.bottom_margin = Mm(15 if big else 10), Mm(18 if big else 14)
        section.header_distance, section.footer_distance = Mm(6), Mm(6)
        self._foot(section.footer)

    def _plain_styles(self) -> None:
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(self.size)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        normal.element.get_or_add_rPr().append(language)
        normal.paragraph_format.space_after = Pt(self.size / 4)
        normal.paragraph_format.space_before = Pt(0)
        normal.paragraph_format.line_spacing = 1.0

    # Paragraphs ----------------------------------------------------------------------------------------------------------

    def write(
        self, place: Any, *pieces: str, align: Any = LEFT, size: float | None = None, after: float | None = None
    ) -> Any:
        """A paragraph; a piece that begins with `*` is bold, with `_` italic."""
        made = place.add_paragraph()
        made.alignment = align
        if after is not None:
            made.paragraph_format.space_after = Pt(after)
        self.fill(made, *pieces, size=size)
        return made

    def fill(self, paragraph: Any, *pieces: str, size: float | None = None) -> None:
        for piece in pieces:
            marked = piece[:1] in ("*", "_")
            run = paragraph.add_run(piece[1:] if marked else piece)
            run.bold, run.italic = (piece[:1] == "*") or None, (piece[:1] == "_") or None
            if size is not None:
                run.font.size = Pt(size)

    def text(self, *pieces: str, **how: Any) -> Any:
        return self.write(self.document, *pieces, **how)

    def field(self, label: str, name: str, *, strong: bool = False) -> None:
        self.text(f"{label}: ", ("*" if strong else "") + "{{ " + name + " }}")

    def when(self, condition: str, draw: Callable[[], object]) -> None:
        """What `draw` writes stands only where the condition holds."""
        self.text("{%p if " + condition + " %}")
        draw()
        self.text("{%p endif %}")

    # Tables --------------------------------------------------------------------------------------------------------------

    def grid(self, widths: Sequence[float], rows: int = 1, *, lines: bool = False, place: Any = None) -> Any:
        made = (place or self.document).add_table(rows, len(widths))
        if lines:
            made.style = self.document.styles["Table Grid"]
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        made.autofit = False
        for column, width in enumerate(widths):
            for row in made.rows:
                row.cells[column].width = Mm(width)
                row.cells[column].paragraphs[0].paragraph_format.space_after = Pt(1)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)
        return made

    def rows(self, heads: Sequence[tuple[str, float, Any]], rows: str, cells: Sequence[str]) -> None:
        """A table with a row for each of `rows`; `heads` are (title, share of the width, how its cells stand)."""
        whole = sum(share for _, share, _ in heads)
        table = self.grid([self.inner * share / whole for _, share, _ in heads], 4, lines=True)
        self._repeated(table.rows[0])
        table.rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, (title, _, _) in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].alignment = CENTRE
            self.fill(cell.paragraphs[0], f"*{title}", size=self.small)
        self.fill(table.rows[1].cells[0].paragraphs[0], "{%tr for row in " + rows + " %}")
        for cell, text, (_, _, align) in zip(table.rows[2].cells, cells, heads, strict=True):
            cell.paragraphs[0].alignment = align
            self.fill(cell.paragraphs[0], text, size=self.small)
        self.fill(table.rows[3].cells[0].paragraphs[0], "{%tr endfor %}")
        self.text(after=2, size=4)

    @staticmethod
    def _repeated(row: Any) -> None:
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)

    # The parts of every slip ---------------------------------------------------------------------------------------------

    def _foot(self, footer: Any) -> None:
        paragraph = footer.paragraphs[0]
        size = 7 if self.form.paper != "a4" else 9
        self.fill(paragraph, "{% if form_title %}{{ form_title }} ({{ legal_basis }}){% endif %}", size=size)
        self.fill(paragraph, "{% if code %}  Mã hồ sơ {{ code }}{% endif %}", size=size)
        self.fill(paragraph, "  Trang ", size=size)
        for kind in ("PAGE", "NUMPAGES"):
            self._counter(paragraph, kind, size)
            if kind == "PAGE":
                self.fill(paragraph, "/", size=size)

    @staticmethod
    def _counter(paragraph: Any, name: str, size: float) -> None:
        for kind, text in (("begin", None), (None, name), ("separate", None), ("shown", "1"), ("end", None)):
            run = paragraph.add_run()
            run.font.size = Pt(size)
            if kind == "shown":
                run.text = text
            elif kind is None:
                code = OxmlElement("w:instrText")
                code.set(qn("xml:space"), "preserve")
                code.text = f" {text} "
                run._r.append(code)
            else:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)

    def head(self) -> None:
        """Notices, whose slip it is, the national heading."""
        self._notices()
        left, right = self.inner * 0.44, self.inner * 0.56
        if self.form.paper == "a4-landscape":
            left, right = self.inner * 0.5, self.inner * 0.5
        table = self.grid([left, right])
        mine, state = table.rows[0].cells
        first = mine.paragraphs[0]
        first.alignment = CENTRE
        self.fill(first, "{%p if logo %}", size=self.small)
        for pieces, size in (
            (("{{ logo }}",), self.small),
            (("{%p endif %}",), self.small),
            (("{%p if parent_agency_name %}",), self.small),
            (("{{ parent_agency_name | upper }}",), self.small),
            (("{%p endif %}",), self.small),
            (("*{{ agency_name | upper }}",), self.small),
            (("{%p if desk_name %}",), self.small),
            (("{{ desk_name }}",), self.small),
            (("{%p endif %}",), self.small),
            (("___________",), 6),
        ):
            self.write(mine, *pieces, align=CENTRE, size=size, after=0)
        if self.form.book:
            self.write(
                mine, "Số: {{ number }}", align=CENTRE, size=self.small, after=0
            ).paragraph_format.space_before = Pt(3)
        state.paragraphs[0].alignment = CENTRE
        state.paragraphs[0].paragraph_format.space_after = Pt(0)
        self.fill(state.paragraphs[0], "*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=self.small)
        self.write(state, "*Độc lập - Tự do - Hạnh phúc", align=CENTRE, size=self.small + 0.5, after=0)
        self.write(state, "____________", align=CENTRE, size=6, after=2)
        self.write(state, "_{{ place_and_date }}", align=CENTRE, size=self.small, after=0)

    def head_of_applicant(self) -> None:
        """Notices and the national heading alone: the paper is the applicant's own."""
        self._notices()
        self.text("*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align=CENTRE, after=0)
        self.text("*Độc lập - Tự do - Hạnh phúc", align=CENTRE, after=0)
        self.text("____________", align=CENTRE, size=6, after=4)
        self.text("_{{ place_and_date }}", align=RIGHT)

    def _notices(self) -> None:
        for name in ("demonstration", "mark"):
            self.when(name, lambda name=name: self.text("*{{ " + name + " }}", align=CENTRE, size=self.small))  # type: ignore[misc]

    def title(self, name: str = "{{ name | upper }}", below: str | None = None) -> None:
        """The slip's name, with the codes beside it where it is about a dossier."""
        self.text(after=0, size=4)
        table = self.grid([self.inner - 26, 26])
        middle, corner = table.rows[0].cells
        middle.paragraphs[0].alignment = CENTRE
        self.fill(middle.paragraphs[0], f"*{name}", size=self.tall)
        if below:
            self.write(middle, f"*{below}", align=CENTRE, after=2)
        for text in ("{%p if code %}", "{{ barcode }}", "Mã hồ sơ: {{ code }}", "{%p endif %}"):
            self.write(middle, text, align=CENTRE, size=self.small, after=0)
        corner.paragraphs[0].alignment = CENTRE
        self.fill(corner.paragraphs[0], "{{ qr }}")

    def applicant(self, label: str | None = "Hồ sơ của") -> None:
        """Who applied; a letter to her does not name her twice (`label` None)."""
        if label is not None:
            self.field(label, "applicant_name", strong=True)
        self.when("applicant_id_number", lambda: self.field("Số định danh/Mã số doanh nghiệp", "applicant_id_number"))
        self.field("Địa chỉ", "applicant_address")
        self.text("Số điện thoại: {{ applicant_phone }}    Thư điện tử: {{ applicant_email }}")

    def asked(self) -> None:
        self.field("Nội dung yêu cầu giải quyết", "procedure_name", strong=True)

    def addressed(self, name: str) -> None:
        self.text("Kính gửi: ", "*{{ " + name + " }}", align=CENTRE)

    def lines(self, name: str, label: str | None = None) -> None:
        """A text of several lines, under its label."""
        self.text(f"{label}: " if label else "", "{{ " + name + " }}")

    def note(self, *lines: str) -> None:
        self.text("_Ghi chú:", size=self.small, after=0)
        for line in lines:
            self.text(line if line.startswith("{%") else f"- {line}", size=self.small, after=0)

    def signatures(self, left: tuple[str, str] | None, right: tuple[str, str], how: str = HAND) -> None:
        """(title, name) of who signs on either side."""
        self.text(after=0, size=4)
        table = self.grid([self.inner / 2] * 2, 3)
        for row, height in zip(table.rows, (None, 15 if self.form.paper != "a4" else 22, None), strict=True):
            self._whole(row)
            if height:
                row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for column, side in enumerate((left, right)):
            if side is None:
                continue
            top, _, bottom = (row.cells[column] for row in table.rows)
            top.paragraphs[0].alignment = bottom.paragraphs[0].alignment = CENTRE
            self.fill(top.paragraphs[0], f"*{side[0]}", size=self.small + 0.5)
            self.write(top, f"_{how}", align=CENTRE, size=self.small, after=0)
            self.fill(bottom.paragraphs[0], f"*{side[1]}", size=self.small + 0.5)

    @staticmethod
    def _whole(row: Any) -> None:
        """A row that no page break divides, kept with what follows."""
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True

    def signed_by_head(self) -> None:
        title = "{{ (signer_title or 'Thủ trưởng cơ quan, đơn vị') | upper }}"
        self.signatures(None, (title, "{{ signer_signature }}"), SEAL)

    def content(self) -> bytes:
        """The finished file, the same bytes for the same template."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = self.form.name, "", ""
        out = io.BytesIO()
        self.document.save(out)
        packed = io.BytesIO()
        with zipfile.ZipFile(out) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept:
            for entry in made.infolist():
                kept.writestr(zipfile.ZipInfo(entry.filename, STAMP), made.read(entry), zipfile.ZIP_DEFLATED)
        return packed.getvalue()
