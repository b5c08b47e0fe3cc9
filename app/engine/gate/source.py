"""First door of the gate: from bytes of any kind to a BPMN document that obeys the BPMN 2.0 schema."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from app.engine.names import BPMN
from app.engine.problems import Problem, error
from app.engine.reading import parse_with, strict_parser
from app.engine.spiff import XSD_PATH

SIZE_LIMIT = 2 * 1024 * 1024  # bytes
_WARNING = 1  # the lowest of libxml2's levels
ELEMENTS = 50_000  # XML elements, those of the drawing included
ATTRIBUTES = 200  # of one XML element, namespaces included
REPORTED = 50  # schema errors shown of one file

_REDRAW = "Hãy mở sơ đồ trong công cụ vẽ BPMN rồi xuất lại tệp .bpmn."

_SIGNATURES = (
    (b"PK\x03\x04", "tệp nén ZIP (hoặc DOCX, XLSX)"),
    (b"\x1f\x8b", "tệp nén GZIP"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"Rar!", "tệp nén RAR"),
    (b"BZh", "tệp nén BZIP2"),
    (b"\xfd7zXZ", "tệp nén XZ"),
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"%PDF", "tệp PDF"),
    (b"\xd0\xcf\x11\xe0", "tệp Office cũ (DOC, XLS, VSD)"),
)
_ENCODINGS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii"}
_DECLARED = re.compile(r"""^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = 400  # characters in which an XML declaration ends
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\0\0\0", "utf-32"),
    (b"\0\0\0<", "utf-32"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How a text of wide characters begins."""
_EXCESSIVE = ("Excessive depth", "maximum depth", "xmlSAX2", "Maximum entity")

_schema_lock = threading.Lock()
_schema: etree.XMLSchema | None = None


def read_source(content: bytes) -> tuple[etree._ElementTree | None, list[Problem]]:
    """The document, None when there is none to look at any further, and what is wrong with it so far."""
    problem = _container(content)
    if problem is not None:
        return None, [problem]
    text, problem = _decode(content)
    if problem is not None:
        return None, [problem]
    if "\0" in text or not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return None, [error("file.not-xml", f"Tệp này không phải XML. {_REDRAW}", line=1)]
    problem = _before_root(text)
    if problem is not None:
        return None, [problem]
    parser = strict_parser()
    try:
        tree = parse_with(parser, content)
    except etree.XMLSyntaxError as failure:
        return None, list(_malformed(parser, failure))
    problem = _read_otherwise(tree)
    if problem is not None:
        return None, [problem]
    if tree.getroot().tag != f"{{{BPMN}}}definitions":
        return None, [
            error("xml.not-bpmn", f"Đây không phải sơ đồ BPMN 2.0 (thẻ gốc không phải definitions). {_REDRAW}", line=1)
        ]
    problem = _too_much(tree)
    if problem is not None:
        return None, [problem]
    return tree, _schema_errors(tree)


def _too_much(tree: etree._ElementTree) -> Problem | None:
    """More than any drawing needs: the schema alone would take long over it."""
    for number, element in enumerate(tree.getroot().iter()):
        if number >= ELEMENTS:
            message = f"Tệp có hơn {ELEMENTS} phần tử XML. Hãy tách sơ đồ hoặc xóa các phần mở rộng."
            return error("limit.elements", message)
        if len(element.attrib) + len(element.nsmap) > ATTRIBUTES:
            message = f"Một phần tử XML có hơn {ATTRIBUTES} thuộc tính. Hãy xóa các thuộc tính thừa."
            return error("limit.attributes", message, line=cast("int | None", element.sourceline))
    return None


def _container(content: bytes) -> Problem | None:
    if not content.strip():
        return error("file.empty", f"Tệp rỗng. {_REDRAW}")
    if len(content) > SIZE_LIMIT:
        return error("file.too-large", "Tệp nặng hơn 2 MiB. Hãy tách sơ đồ hoặc bỏ ảnh nhúng.")
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return error("file.not-xml", f"Đây là {kind}, không phải sơ đồ BPMN. {_REDRAW}")
    return None


def _decode(content: bytes) -> tuple[str, Problem | None]:
    """The text by byte-order mark, else as UTF-16 when its first bytes are, else by the XML declaration, else as UTF-8."""
    encoding, declared = "utf-8", ""
    family = next((name for start, name in _WIDE if content.startswith(start)), None)
    if family == "utf-32":
        return "", _unknown_encoding("UTF-32")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    elif family is not None:
        match = _DECLARED.match(content.decode(family, "replace")[:_DECLARATION])
        if match is None or _python_name(match[1]) not in ("utf-16", family):
            message = "Tệp viết bằng UTF-16 nhưng không ghi như vậy. Hãy lưu tệp bằng UTF-8."
            return "", error("file.encoding", message, line=1)
        encoding = family
    else:
        match = _DECLARED.match(content[:_DECLARATION].decode("latin-1"))
        declared = match[1] if match else ""
    if declared:
        encoding = _python_name(declared)
        if encoding not in _ENCODINGS:
            return "", _unknown_encoding(declared)
        if encoding == "iso8859-1" and _is_utf8(content):
            message = f"Tệp ghi bảng mã {declared} nhưng chữ viết bằng UTF-8. Hãy sửa phần khai báo thành UTF-8."
            return "", error("file.encoding", message, line=1)
    try:
        return content.decode(encoding), None
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        message = "Tệp chứa ký tự không đúng bảng mã (có thể không phải văn bản). Hãy lưu tệp bằng UTF-8."
        return "", error("file.encoding", message, line=line)


def _python_name(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return ""


def _unknown_encoding(declared: str) -> Problem:
    return error("file.encoding", f"Bảng mã {declared} không được nhận. Hãy lưu tệp bằng UTF-8.", line=1)


def _is_utf8(content: bytes) -> bool:
    """Whether there are letters beyond ASCII, and all of them make sense in UTF-8: by chance they never do."""
    try:
        return not content.isascii() and bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _before_root(text: str) -> Problem | None:
    """What may stand only before the root element: a DOCTYPE, or an instruction to show the file as something else."""
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n\ufeff":
            position += 1
        elif text.startswith("<?", position):
            if not re.match(r"<\?xml\s", text[position : position + 6]):
                message = "Tệp có chỉ dẫn xử lý (<?…?>) trước sơ đồ. Hãy xóa dòng này."
                return error("xml.instruction", message, line=text.count("\n", 0, position) + 1)
            position = _after(text, "?>", position)
        elif text.startswith("<!--", position):
            position = _after(text, "-->", position)
        else:
            break
    if text[position : position + 9].upper() == "<!DOCTYPE":
        return _doctype(text.count("\n", 0, position) + 1)
    return None


def _doctype(line: int) -> Problem:
    message = "Tệp có khai báo DOCTYPE. Hãy xóa khai báo này: sơ đồ không được dùng DTD hay thực thể."
    return error("xml.doctype", message, line=line)


def _read_otherwise(tree: etree._ElementTree) -> Problem | None:
    """What the parser made of the bytes must be what was looked at here."""
    found: Any = tree.getroot().getroottree().docinfo
    if found.doctype or found.internalDTD is not None:
        return _doctype(1)
    if _python_name(found.encoding or "utf-8") not in _ENCODINGS:
        return _unknown_encoding(str(found.encoding))
    return None


def _after(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found + len(mark)


def _malformed(parser: etree.XMLParser, failure: etree.XMLSyntaxError) -> Iterator[Problem]:
    entries = _entries(parser.error_log) or [(failure.lineno or 1, str(failure.msg))]
    for line, message in entries[:REPORTED]:
        if any(word in message for word in _EXCESSIVE):
            yield error("limit.depth", "Các phần tử XML lồng nhau quá sâu. Hãy bỏ bớt các khối lồng nhau.", line=line)
        else:
            yield error("xml.malformed", f"XML viết sai: {message.strip()}. {_REDRAW}", line=line)


def _schema_errors(tree: etree._ElementTree) -> list[Problem]:
    """Every violation of the BPMN 2.0 schema, with its line."""
    global _schema
    with _schema_lock:
        if _schema is None:
            _schema = etree.XMLSchema(etree.parse(XSD_PATH))
        if _schema.validate(tree):
            return []
        # The log belongs to the schema: read it before anyone else validates.
        entries = _entries(_schema.error_log)
    return [
        error("xsd.invalid", f"Không đúng lược đồ BPMN 2.0: {_plain(message)} {_REDRAW}", line=line)
        for line, message in dict.fromkeys(entries[:REPORTED])
    ]


def _entries(log: object) -> list[tuple[int, str]]:
    return [(entry.line, entry.message) for entry in cast(Any, log) if entry.level > _WARNING]


def _plain(message: str) -> str:
    return re.sub(r"\{https?://[^}]*\}", "", message).strip()
