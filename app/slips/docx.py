"""Slips of every kind as DOCX, to be edited before they are signed: a Word file with jinja tags, filled by docxtpl.

A template may come from outside, so its tags run in a sandbox: they see the printed values (docs/slips.md) and three pictures
(`logo`, `barcode`, `qr`), reach no attribute of anything but texts, lists and rows, and every value is text and nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import TracebackType
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage  # type: ignore[import-untyped]
from jinja2 import ChainableUndefined, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from app.slips.forms import FORMS, SlipForm
from app.slips.pictures import barcode_png, qr_png
from app.slips.render import Logo, SlipTemplateError, printed_values
from app.wording import LOCAL

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LOGO_WIDTH, BARCODE_WIDTH, QR_WIDTH = 18, 62, 22  # millimetres

_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"\{[%{][-+]?")
_LONGEST_PRODUCT = 100_000
_PLAIN = (str, int, float, list, tuple, dict, LoopContext)


class DocxTemplateError(SlipTemplateError):
    """A template does not render: `line` is the paragraph (from 1, tables included), `text` what stands in it, `part` where:
    "" for the body, else the head or foot."""

    def __init__(self, told: str, line: int | None = None, text: str = "", part: str = "") -> None:
        super().__init__(told, line)
        self.text = text
        self.part = part


def docx_template_name(form: SlipForm) -> str:
    """The built-in template of a form, a file of app/slips/templates."""
    return f"{form.kind}-{form.paper}.docx"


@cache
def builtin_docx(form_key: str) -> bytes:
    """The built-in Word template of a form. KeyError: there is no such form."""
    return (files("app.slips") / "templates" / docx_template_name(FORMS[form_key])).read_bytes()


def render_docx(
    content: Mapping[str, Any],
    *,
    mark: str = "",
    template: bytes | None = None,
    logo: Logo | None = None,
    strict: bool = False,
) -> bytes:
    """The slip as a Word file. Same arguments, same bytes.

    `template`: the content of a DOCX that replaces the form's own. `strict`: a name that there is not is an error; without
    it nothing is printed there. Errors: SlipError or ReceiptError for the content, DocxTemplateError for the template.
    """
    values = printed_values(content, mark)
    file = _SlipDocx(io.BytesIO(template if template is not None else builtin_docx(content["form"])), values)
    out = io.BytesIO()
    try:
        file.render(_context(file, values, content, logo), jinja_env=_environment(strict=strict))
        file.save(out)
    except DocxTemplateError:
        raise
    except Exception as error:  # whatever a file from outside makes of itself
        raise DocxTemplateError(f"{type(error).__name__}: {error}") from error
    return _repacked(out.getvalue(), datetime.fromisoformat(content["issued_at"]))


class _Sandbox(SandboxedEnvironment):
    """Texts, lists, rows and the state of a loop have attributes, nothing else has; a row's own names come first."""

    intercepted_binops = frozenset({"*", "**"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:  # `values.items` are the rows, not the method
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, _PLAIN) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        long = [side for side in (left, right) if isinstance(side, str | list | tuple)]
        if operator == "**" or (long and len(long[0]) * abs(_number(left, right)) > _LONGEST_PRODUCT):
            raise SecurityError(f"{operator} is too big")
        return super().call_binop(context, operator, left, right)


def _number(left: Any, right: Any) -> int:
    return next((side for side in (left, right) if isinstance(side, int)), 1)


@cache
def _environment(*, strict: bool) -> _Sandbox:
    made = _Sandbox(autoescape=True, undefined=StrictUndefined if strict else ChainableUndefined)
    for name in ("lipsum", "cycler", "joiner", "dict"):
        made.globals.pop(name, None)
    return made


class _Picture:
    """A picture where a template names it; a template sees nothing of it but that it is there."""

    __slots__ = ("_draw",)

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def __html__(self) -> str:
        return self._draw()

    def __str__(self) -> str:
        return self._draw()


class _SlipDocx(DocxTemplate):  # type: ignore[misc]
    """docxtpl's template that tells in which paragraph an error is, and leaves braces in values alone."""

    def __init__(self, file: io.BytesIO, values: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._printed = values

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """What Word shows of the file: its title and whose it is. Properties are no templates."""
        properties = self.docx.core_properties
        properties.title = str(self._printed["title"])[:255]
        properties.author = str(self._printed["agency_name"])[:255]

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        # Each tag begins a line of its own, so the line of an error is the number of its tag.
        source = _TAG.sub(lambda tag: f"{tag[0]}\n", src_xml)
        self.current_rendering_part = part
        try:
            printed: str = jinja_env.from_string(source).render(context)
        except Exception as error:
            raise self._located(error, source, part) from error
        return str(self.resolve_listing(printed))

    def _located(self, error: Exception, source: str, part: Any) -> DocxTemplateError:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else _template_line(error.__traceback__)
        # A template that ends too early fails at its end: its last tag is the one to look at.
        number = min(line, source.count("\n") + 1) - 1 if line else None
        place, text = _paragraph(part, number) if number else (None, "")
        where = {"header": "đầu trang", "footer": "chân trang"}
        kind = next((words for name, words in where.items() if name in str(part.partname)), "")
        return DocxTemplateError(str(error) or type(error).__name__, place, text, kind)


def _template_line(trace: TracebackType | None) -> int | None:
    """The line of the template in which an exception arose, or None."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _paragraph(part: Any, tag: int) -> tuple[int | None, str]:
    """Number and text of the paragraph in which the tag of that number (from 1) of a part begins."""
    before = 0
    if not hasattr(part, "element"):
        return None, ""
    for number, paragraph in enumerate(part.element.xpath(".//w:p"), start=1):
        text = "".join(piece.text or "" for piece in paragraph.xpath("./w:r/w:t | ./w:hyperlink/w:r/w:t"))
        before += len(_TAG.findall(text))
        if before >= tag:
            return number, text.strip()
    return None, ""


def _context(
    file: _SlipDocx, values: Mapping[str, Any], content: Mapping[str, Any], logo: Logo | None
) -> dict[str, Any]:
    code, url = str(content.get("code") or ""), str(content.get("lookup_url") or "")
    shown = logo is not None and logo.media_type != "image/svg+xml"
    drawn = {
        "logo": _picture(file, logo.content, LOGO_WIDTH) if logo is not None and shown else "",
        "barcode": _picture(file, barcode_png(code), BARCODE_WIDTH) if code else "",
        "qr": _picture(file, qr_png(url), QR_WIDTH) if url else "",
    }
    plain: dict[str, Any] = _printable(values)
    return plain | drawn


def _picture(file: _SlipDocx, content: bytes, width: int) -> _Picture:
    return _Picture(lambda: str(InlineImage(file, io.BytesIO(content), width=Mm(width))))


def _printable(value: Any) -> Any:
    """The same values without the characters that no XML file may hold."""
    if isinstance(value, str):
        return _NO_XML.sub("", value)
    if isinstance(value, Mapping):
        return {name: _printable(inner) for name, inner in value.items()}
    return [_printable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _repacked(content: bytes, at: datetime) -> bytes:
    """The same file with its entries dated by the slip, not by the clock."""
    local = at.astimezone(LOCAL)
    stamp = (max(local.year, 1980), local.month, local.day, local.hour, local.minute, local.second // 2 * 2)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            kept.writestr(zipfile.ZipInfo(entry.filename, stamp), made.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()
