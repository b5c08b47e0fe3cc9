#!/usr/bin/env python3
"""Writes the built-in Word templates of the slips, app/slips/templates/*.docx, from the forms' own list.

Run it after a form or its fields have changed and commit what it writes: `.venv/bin/python tools/slip_docx.py [folder]`.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docx import Document  # noqa: E402
from docx.enum.section import WD_ORIENT  # noqa: E402
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT  # noqa: E402
from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: E402
from docx.oxml import OxmlElement  # noqa: E402
from docx.oxml.ns import qn  # noqa: E402
from docx.shared import Mm, Pt  # noqa: E402

from app.slips.docx import docx_template_name  # noqa: E402
from app.slips.forms import FORMS, SlipForm  # noqa: E402

FOLDER = ROOT / "app" / "slips" / "templates"
FONT = "Times New Roman"
CENTRE, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
PAGES = {"a5": (148, 210, 12), "a4": (210, 297, 20), "a4-landscape": (297, 210, 12)}
"""Width, height and margin at the sides, in millimetres."""
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
        for name in ("demonstration", "mark"):
            self.when(name, lambda name=name: self.text("*{{ " + name + " }}", align=CENTRE, size=self.small))  # type: ignore[misc]
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

    def title(self, name: str = "{{ name | upper }}") -> None:
        """The slip's name, with the codes beside it where it is about a dossier."""
        self.text(after=0, size=4)
        table = self.grid([self.inner - 26, 26])
        middle, corner = table.rows[0].cells
        middle.paragraphs[0].alignment = CENTRE
        self.fill(middle.paragraphs[0], f"*{name}", size=self.tall)
        for text in ("{%p if code %}", "{{ barcode }}", "Mã hồ sơ: {{ code }}", "{%p endif %}"):
            self.write(middle, text, align=CENTRE, size=self.small, after=0)
        corner.paragraphs[0].alignment = CENTRE
        self.fill(corner.paragraphs[0], "{{ qr }}")

    def applicant(self, label: str = "Hồ sơ của") -> None:
        self.field(label, "applicant_name", strong=True)
        self.when("applicant_id_number", lambda: self.field("Số định danh/Mã số doanh nghiệp", "applicant_id_number"))
        self.field("Địa chỉ", "applicant_address")
        self.text("Số điện thoại: {{ applicant_phone }}    Thư điện tử: {{ applicant_email }}")

    def asked(self) -> None:
        self.field("Nội dung yêu cầu giải quyết", "procedure_name", strong=True)

    def signatures(self, left: tuple[str, str] | None, right: tuple[str, str]) -> None:
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
            self.write(top, "_(Ký và ghi rõ họ tên)", align=CENTRE, size=self.small, after=0)
            self.fill(bottom.paragraphs[0], f"*{side[1]}", size=self.small + 0.5)

    @staticmethod
    def _whole(row: Any) -> None:
        """A row that no page break divides, kept with what follows."""
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True

    def signed_by_office(self, left: tuple[str, str] | None = None, title: str = "{{ signer_title | upper }}") -> None:
        self.signatures(left, (title, "{{ signer_signature }}"))

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


# The slips, one by one ---------------------------------------------------------------------------------------------------

NUMBER = "{{ loop.index }}"
APPLICANT = ("NGƯỜI NỘP HỒ SƠ", "{{ applicant_signature }}")


def receipt(slip: Slip) -> None:
    slip.title("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
    slip.applicant("Tiếp nhận hồ sơ của")
    slip.asked()
    slip.text("1. Thành phần hồ sơ nộp gồm:")
    heads = (
        ("TT", 10, CENTRE),
        ("Tên thành phần hồ sơ", 62, LEFT),
        ("Bản chính", 17, CENTRE),
        ("Bản sao", 15, CENTRE),
        ("Bản điện tử", 19, CENTRE),
    )
    slip.rows(
        heads,
        "components",
        (NUMBER, "{{ row.name }}", "{{ row.originals }}", "{{ row.copies }}", "{{ row.electronic }}"),
    )
    slip.field("2. Số lượng hồ sơ (bộ)", "sets", strong=True)
    slip.field("3. Thời gian giải quyết hồ sơ theo quy định", "limit_text")
    slip.field("4. Thời gian nhận hồ sơ", "received", strong=True)
    slip.field("5. Thời gian trả kết quả giải quyết hồ sơ", "appointment", strong=True)
    slip.field("6. Đăng ký nhận kết quả tại", "place_of_return")
    slip.when("fee_text", lambda: slip.field("7. Phí, lệ phí", "fee_text"))
    slip.field("Vào Sổ theo dõi hồ sơ, Quyển số", "register")
    slip.signatures(APPLICANT, ("NGƯỜI TIẾP NHẬN HỒ SƠ", "{{ receiver_signature }}"))
    slip.text("_Ghi chú:", size=slip.small, after=0)
    slip.text(
        "- Có thể nhận kết quả tại bộ phận tiếp nhận và trả kết quả (mang theo giấy này và giấy tờ tùy thân), qua dịch vụ "
        "bưu chính công ích hoặc trực tuyến, theo nội dung đã đăng ký ở mục 6.",
        size=slip.small,
        after=0,
    )
    slip.text(
        "- Tra cứu: quét mã QR trên giấy này, hoặc nhập mã hồ sơ tại {{ lookup_page }}.", size=slip.small, after=0
    )
    slip.text("{%p for note in notes %}")
    slip.text("- {{ note }}", size=slip.small, after=0)
    slip.text("{%p endfor %}")


def supplement(slip: Slip) -> None:
    slip.title()
    slip.applicant()
    slip.asked()
    slip.text("Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau:")
    heads = (("TT", 10, CENTRE), ("Tên thành phần hồ sơ", 70, LEFT), ("Số lượng", 17, CENTRE), ("Loại bản", 26, CENTRE))
    slip.rows(heads, "values.items", (NUMBER, "{{ row.name }}", "{{ row.quantity }}", "{{ row.kind }}"))
    slip.field("Lý do", "values.reason")
    slip.text(
        "Trong quá trình hoàn thiện hồ sơ, nếu có vướng mắc, xin liên hệ "
        "{{ values.help_phone }}, {{ values.help_address }} để được hướng dẫn."
    )
    slip.signed_by_office(APPLICANT, "NGƯỜI HƯỚNG DẪN")


def refusal(slip: Slip) -> None:
    slip.title()
    slip.applicant("Tiếp nhận hồ sơ của")
    slip.asked()
    slip.text("Qua xem xét, cơ quan thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:")
    slip.text("{{ values.reason }}")
    slip.field("Nơi nhận lại hồ sơ", "values.return_place")
    slip.text("Xin thông báo cho ông (bà) được biết và thực hiện./.")
    slip.signed_by_office(APPLICANT)


def apology(slip: Slip) -> None:
    slip.title()
    slip.field("Kính gửi", "applicant_name", strong=True)
    slip.field("Địa chỉ", "applicant_address")
    slip.text("Số điện thoại: {{ applicant_phone }}    Thư điện tử: {{ applicant_email }}")
    slip.text(
        "Lúc {{ received }}, cơ quan tiếp nhận giải quyết hồ sơ đề nghị {{ procedure_name }}, mã hồ sơ {{ code }}.",
        align=BOTH,
    )
    slip.field("Thời gian hẹn trả kết quả", "values.old_appointment", strong=True)
    slip.text("Tuy nhiên, đến nay hồ sơ của ông (bà) chưa được giải quyết xong. Lý do:")
    slip.text("{{ values.reason }}")
    slip.text(
        "Cơ quan xin lỗi ông (bà) vì sự chậm trễ này và hẹn trả kết quả vào: ",
        "*{{ values.new_appointment }}",
        ".",
        align=BOTH,
    )
    slip.text("Rất mong ông (bà) thông cảm./.")
    slip.signed_by_office()


def stop_notice(slip: Slip) -> None:
    slip.title()
    slip.field("Kính gửi", "applicant_name", strong=True)
    slip.applicant("Hồ sơ của")
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Người đề nghị dừng giải quyết", "values.asked_by")
    slip.text("Cơ quan thông báo dừng giải quyết hồ sơ nêu trên với lý do:")
    slip.text("{{ values.reason }}")
    slip.text("Thông báo để ông (bà) được biết./.")
    slip.signed_by_office()


def extension(slip: Slip) -> None:
    slip.title()
    slip.field("Cơ quan, đơn vị đề nghị", "values.asker_agency", strong=True)
    slip.applicant()
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Thời gian trả kết quả đã hẹn", "values.old_appointment")
    slip.field("Lý do đề nghị gia hạn", "values.reason")
    slip.field("Thời gian hẹn trả kết quả mới", "values.new_appointment", strong=True)
    slip.signed_by_office()


def withdrawal(slip: Slip) -> None:
    slip.title("{{ name | upper }}")
    slip.text("Kính gửi: ", "*{{ agency_name }}", align=CENTRE)
    slip.applicant("Tôi là")
    slip.text(
        "Tôi đã nộp hồ sơ đề nghị {{ procedure_name }}, mã hồ sơ {{ code }}, được tiếp nhận lúc {{ received }}.",
        align=BOTH,
    )
    slip.text("Nay tôi đề nghị rút hồ sơ nêu trên với lý do:")
    slip.text("{{ values.reason }}")
    slip.text("Đề nghị cơ quan xem xét, trả lại hồ sơ cho tôi theo quy định./.")
    slip.signatures(None, ("NGƯỜI ĐỀ NGHỊ", "{{ applicant_signature }}"))


def letter(slip: Slip, said: str, closing: str) -> None:
    slip.title()
    slip.field("Kính gửi", "values.addressee", strong=True)
    slip.text("Hồ sơ của {{ applicant_name }}, mã hồ sơ {{ code }}, về việc {{ procedure_name }}.", align=BOTH)
    slip.text(said)
    slip.text("{{ values.content }}")
    slip.text(closing, align=BOTH)
    slip.signed_by_office()


def opinion(slip: Slip) -> None:
    letter(
        slip,
        "Để có cơ sở giải quyết hồ sơ, cơ quan xin ý kiến về các nội dung sau:",
        "Đề nghị trả lời trước {{ values.limit_at }}. Xin cảm ơn sự phối hợp của quý cơ quan./.",
    )


def opinion_reply(slip: Slip) -> None:
    letter(
        slip,
        "Về nội dung được xin ý kiến, cơ quan trả lời như sau:",
        "Xin gửi quý cơ quan để giải quyết hồ sơ theo quy định./.",
    )


def payment_notice(slip: Slip) -> None:
    slip.title()
    slip.field("Kính gửi", "applicant_name", strong=True)
    slip.applicant()
    slip.asked()
    slip.text("Số tiền phải nộp: ", "*{{ values.amount }}", " ({{ values.amount_in_words }}).")
    slip.field("Lý do", "values.reason")
    slip.field("Nộp trước", "values.limit_at")
    slip.field("Tài khoản nhận tiền", "values.account")
    slip.text("Thời gian chờ nộp tiền không tính vào thời gian giải quyết hồ sơ./.")
    slip.signed_by_office()


def fee_receipt(slip: Slip) -> None:
    slip.title()
    slip.field("Người nộp tiền", "values.payer", strong=True)
    slip.field("Hồ sơ của", "applicant_name")
    slip.asked()
    heads = (("TT", 10, CENTRE), ("Tên phí, lệ phí", 80, LEFT), ("Số tiền", 35, RIGHT))
    slip.rows(heads, "values.fees", (NUMBER, "{{ row.name }}", "{{ row.amount }}"))
    slip.text("Tổng cộng: ", "*{{ values.fees_total }}", " ({{ values.fees_total_in_words }}).")
    slip.field("Hình thức nộp", "values.method")
    slip.field("Thời gian nộp", "values.paid_at")
    slip.signed_by_office(("NGƯỜI NỘP TIỀN", "{{ values.payer }}"), "NGƯỜI THU TIỀN")


def guidance(slip: Slip) -> None:
    slip.title()
    slip.applicant("Hướng dẫn cho")
    slip.field("Thủ tục", "procedure_name", strong=True)
    slip.text("Thành phần hồ sơ cần chuẩn bị:")
    heads = (
        ("TT", 10, CENTRE),
        ("Tên thành phần hồ sơ", 62, LEFT),
        ("Bản chính", 15, CENTRE),
        ("Bản sao", 15, CENTRE),
        ("Ghi chú", 25, LEFT),
    )
    slip.rows(
        heads, "values.items", (NUMBER, "{{ row.name }}", "{{ row.originals }}", "{{ row.copies }}", "{{ row.note }}")
    )
    slip.field("Nội dung hướng dẫn", "values.instructions")
    slip.signed_by_office(("NGƯỜI ĐƯỢC HƯỚNG DẪN", "{{ applicant_signature }}"), "NGƯỜI HƯỚNG DẪN")


ASKED = (
    "Thời gian giải quyết hồ sơ",
    "Số lần, số nơi phải đến để hoàn thiện hồ sơ",
    "Thông tin công khai đầy đủ, chính xác",
    "Thái độ của cán bộ, công chức, viên chức",
    "Phí, lệ phí đúng quy định",
    "Tiếp thu, giải trình phản ánh, kiến nghị",
    "Chất lượng dịch vụ trực tuyến",
)


def satisfaction(slip: Slip) -> None:
    slip.title()
    slip.field("Người nộp hồ sơ", "applicant_name")
    slip.field("Thủ tục", "procedure_name")
    slip.text("Ông (bà) vui lòng đánh dấu vào ô phù hợp:")
    widths = [slip.inner * 0.58, *[slip.inner * 0.14] * 3]
    table = slip.grid(widths, 1 + len(ASKED), lines=True)
    for cell, title in zip(table.rows[0].cells, ("Nội dung", "Hài lòng", "Bình thường", "Không hài lòng"), strict=True):
        cell.paragraphs[0].alignment = CENTRE
        slip.fill(cell.paragraphs[0], f"*{title}", size=slip.small)
    for row, asked in zip(table.rows[1:], ASKED, strict=True):
        slip.fill(row.cells[0].paragraphs[0], asked, size=slip.small)
        for cell in row.cells[1:]:
            cell.paragraphs[0].alignment = CENTRE
            slip.fill(cell.paragraphs[0], "☐")
    slip.text(after=2, size=4)
    slip.text("Ý kiến khác: {{ blank * 6 }}")
    slip.text("Xin cảm ơn ông (bà).")


def control(slip: Slip) -> None:
    slip.title()
    slip.field("Hồ sơ của", "applicant_name", strong=True)
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Thời gian trả kết quả", "appointment")
    heads = (
        ("Tên cơ quan", 44, LEFT),
        ("Thời gian giao, nhận hồ sơ", 34, LEFT),
        ("Kết quả giải quyết", 22, CENTRE),
        ("Ghi chú", 22, LEFT),
    )
    cells = (
        "1. Giao: {{ row.giver_agency }}{% if row.giver %} ({{ row.giver }}){% endif %}\n"
        "2. Nhận: {{ row.taker_agency }}{% if row.taker %} ({{ row.taker }}){% endif %}",
        "{{ row.handed_at }}",
        "{{ row.result }}",
        "{{ row.note }}",
    )
    slip.rows(heads, "values.hand_overs", cells)


def register(slip: Slip) -> None:
    slip.title("{{ name | upper }} NĂM {{ values.year }}")
    heads = (
        ("TT", 11, CENTRE),
        ("Mã hồ sơ", 30, LEFT),
        ("Tổ chức, cá nhân", 32, LEFT),
        ("Địa chỉ, số điện thoại", 36, LEFT),
        ("Tên thủ tục hành chính", 44, LEFT),
        ("Nhận hồ sơ", 24, LEFT),
        ("Hẹn trả", 24, LEFT),
        ("Có kết quả", 24, LEFT),
        ("Trả kết quả", 24, LEFT),
        ("Ghi chú", 18, LEFT),
    )
    names = (
        "number",
        "code",
        "applicant",
        "address",
        "procedure",
        "received_at",
        "appointment_at",
        "result_at",
        "delivered_at",
        "note",
    )
    slip.rows(heads, "values.dossiers", ["{{ row." + name + " }}" for name in names])


WRITERS: dict[str, Callable[[Slip], None]] = {
    "receipt": receipt,
    "supplement": supplement,
    "refusal": refusal,
    "apology": apology,
    "stop_notice": stop_notice,
    "extension": extension,
    "withdrawal": withdrawal,
    "opinion": opinion,
    "opinion_reply": opinion_reply,
    "payment_notice": payment_notice,
    "fee_receipt": fee_receipt,
    "guidance": guidance,
    "satisfaction": satisfaction,
    "control": control,
    "register": register,
}


def main(folder: Path = FOLDER) -> None:
    for name, form in {docx_template_name(form): form for form in FORMS.values()}.items():
        slip = Slip(form)
        slip.head()
        WRITERS[form.kind](slip)
        (folder / name).write_bytes(slip.content())
        print(name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
