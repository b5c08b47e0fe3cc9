"""The checks of a template or a logo, as the process behind `checking` does them: it is printed with every trial of its form.

A problem is `{"line", "text", "message"}`: the line (typst) or paragraph (DOCX) from 1, or None, what stands there, and
what is wrong, in Vietnamese. Nothing here is meant to run in a process that must not hang or grow.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import docx
import pypdfium2 as pdfium
import typst
from docx.oxml.ns import qn
from PIL import Image, ImageOps, UnidentifiedImageError

from app.slips.docx import DocxTemplateError, render_docx
from app.slips.docx_file import DocxFault, check_file
from app.slips.forms import FORMS
from app.slips.render import Logo, SlipTemplateError, render_slip
from app.slips.template_words import jinja_words, typst_words
from app.slips.trials import trials

MOST_TYPST_BYTES = 256 * 1024
MOST_PRINTED_BYTES = 8 * 1024 * 1024
MOST_LOGO_BYTES = 1024 * 1024
LOGO_PIXELS = (32, 2000)
LOGO_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
MOST_TEXT = 200

_DIAGNOSTIC = re.compile(r"(?m)^(error|help): (.*?)$\n[^\n]*┌─ ([^\n]*):(\d+):\d+$", re.DOTALL)
_OWN = "__typst_py_bytes__.typ"

Problem = dict[str, Any]


def problem(message: str, line: int | None = None, text: str = "") -> Problem:
    shown = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return {
        "line": line,
        "text": shown if len(shown) <= MOST_TEXT else f"{shown[: MOST_TEXT - 1]}…",
        "message": message,
    }


def check_typst(form_key: str, content: bytes) -> list[Problem]:
    """What is wrong with a typst template of that form; nothing when it may be taken."""
    if len(content) > MOST_TYPST_BYTES:
        return [problem(f"Mẫu typst lớn quá {MOST_TYPST_BYTES // 1024} KB.")]
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [problem("Tệp .typ phải là văn bản UTF-8.")]
    if not source.strip() or "\0" in source:
        return [problem("Tệp .typ trống hoặc không phải văn bản.")]
    for name, trial in trials(form_key):
        try:
            printed = render_slip(trial, template=source)
        except SlipTemplateError as error:
            return _typst_problems(error, source, name)
        if len(printed) > MOST_PRINTED_BYTES:
            return [problem(f"Phiếu in thử với {name} quá lớn.")]
        if FORMS[form_key].kind == "receipt" and trial["code"] not in _letters(_pdf_text(printed)):
            return [_WITHOUT_CODE]
    return []


def check_docx(form_key: str, content: bytes) -> list[Problem]:
    """What is wrong with a Word template of that form."""
    try:
        check_file(content)
    except DocxFault as fault:
        return [problem(str(fault))]
    for name, trial in trials(form_key):
        try:
            printed = render_docx(trial, template=content, strict=True)
            text = docx_text(printed)
        except DocxTemplateError as error:
            where = f" ({error.part})" if error.part else ""
            return [problem(f"{jinja_words(error.told)}{where} Thử với {name}.", error.line, error.text)]
        except Exception as error:  # whatever Word's parts make of themselves once they are filled
            return [problem(f"Tệp DOCX in thử với {name} không mở lại được: {type(error).__name__}.")]
        if len(printed) > MOST_PRINTED_BYTES:
            return [problem(f"Phiếu in thử với {name} quá lớn.")]
        if FORMS[form_key].kind == "receipt" and trial["code"] not in _letters(text):
            return [_WITHOUT_CODE]
    return []


def check_logo(content: bytes) -> tuple[list[Problem], Logo | None]:
    """What is wrong with a logo, or the logo drawn anew, without anything in it but its pixels."""
    if len(content) > MOST_LOGO_BYTES:
        return [problem(f"Logo lớn quá {MOST_LOGO_BYTES // 1024 // 1024} MB.")], None
    try:
        with Image.open(io.BytesIO(content), formats=list(LOGO_TYPES)) as picture:
            if not all(LOGO_PIXELS[0] <= side <= LOGO_PIXELS[1] for side in picture.size):
                told = f"Logo phải có mỗi cạnh từ {LOGO_PIXELS[0]} đến {LOGO_PIXELS[1]} điểm ảnh."
                return [problem(told)], None
            kind = str(picture.format)
            upright = ImageOps.exif_transpose(picture)
            drawn = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        return [problem("Logo phải là ảnh PNG hoặc JPEG đọc được.")], None
    out = io.BytesIO()
    drawn.save(out, format=kind, **({"quality": 92} if kind == "JPEG" else {"optimize": True}))
    logo = Logo(LOGO_TYPES[kind], out.getvalue())
    for form_key in ("tt01-2018/01", "tt03-2025/05"):
        trial = next(trials(form_key))[1]
        render_slip(trial, logo=logo)
        render_docx(trial, logo=logo)
    return [], logo


def docx_text(content: bytes) -> str:
    """Every paragraph of a Word file, tables, head and foot included, a line each."""
    document = docx.Document(io.BytesIO(content))
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    paragraphs = (paragraph for part in parts for paragraph in part.iter(qn("w:p")))
    return "\n".join("".join(piece.text or "" for piece in one.iter(qn("w:t"))) for one in paragraphs)


_WITHOUT_CODE = problem("Mẫu giấy tiếp nhận phải in mã hồ sơ (trường code).")


def _typst_problems(error: SlipTemplateError, source: str, trial: str) -> list[Problem]:
    cause = error.__cause__
    lines = source.split("\n")
    if not isinstance(cause, typst.TypstError):
        return [problem(error.told, error.line, lines[error.line - 1] if error.line else "")]
    found: list[Problem] = []
    told = ""
    for kind, message, path, number in _DIAGNOSTIC.findall(cause.diagnostic):
        if kind == "error":
            told = message
        # An error inside one of our own parts is told where the template called it.
        if path.endswith(_OWN) and told:
            line = int(number)
            text = lines[line - 1] if line <= len(lines) else ""
            found.append(problem(f"{typst_words(told)} Thử với {trial}.", line, text))
            told = ""
    return found[:20] or [problem(f"{typst_words(cause.message)} Thử với {trial}.")]


def _pdf_text(content: bytes) -> str:
    with pdfium.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def _letters(text: str) -> str:
    """Text without blanks, line breaks and what has no width: a long code may be broken."""
    return "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")


def printed(form_key: str, kind: str, content: bytes | None, logo: Mapping[str, Any] | None) -> bytes:
    """The form's full trial, printed with that template (None: the built-in one) and logo: PDF, or DOCX for that format."""
    trial = next(trials(form_key))[1]
    shown = Logo(logo["media_type"], logo["content"]) if logo else None
    if kind == "docx":
        return render_docx(trial, template=content, logo=shown)
    return render_slip(trial, template=None if content is None else content.decode("utf-8-sig"), logo=shown)
