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
from app.engine.reading import parse
from app.engine.spiff import XSD_PATH

SIZE_LIMIT = 2 * 1024 * 1024  # bytes
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
    line = _doctype_line(text)
    if line is not None:
        message = "Tệp có khai báo DOCTYPE. Hãy xóa khai báo này: sơ đồ không được dùng DTD hay thực thể."
        return None, [error("xml.doctype", message, line=line)]
    try:
        tree = parse(content)
    except etree.XMLSyntaxError as failure:
        return None, list(_malformed(failure))
    if tree.getroot().tag != f"{{{BPMN}}}definitions":
        return None, [
            error("xml.not-bpmn", f"Đây không phải sơ đồ BPMN 2.0 (thẻ gốc không phải definitions). {_REDRAW}", line=1)
        ]
    return tree, _schema_errors(tree)


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
    """The text by byte-order mark, else by the XML declaration, else as UTF-8."""
    encoding, declared = "utf-8", ""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        declared = "UTF-32"
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    else:
        match = _DECLARED.match(content[:300].decode("latin-1"))
        declared = match[1] if match else ""
    try:
        if declared:
            encoding = codecs.lookup(declared).name
            if encoding not in _ENCODINGS:
                raise LookupError(declared)
        return content.decode(encoding), None
    except LookupError:
        message = f"Bảng mã {declared} không được nhận. Hãy lưu tệp bằng UTF-8."
        return "", error("file.encoding", message, line=1)
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        message = "Tệp chứa ký tự không đúng bảng mã (có thể không phải văn bản). Hãy lưu tệp bằng UTF-8."
        return "", error("file.encoding", message, line=line)


def _doctype_line(text: str) -> int | None:
    """The line of a DOCTYPE, which can stand only before the root element."""
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n\ufeff":
            position += 1
        elif text.startswith("<?", position):
            position = _after(text, "?>", position)
        elif text.startswith("<!--", position):
            position = _after(text, "-->", position)
        else:
            break
    if text[position : position + 9].upper() == "<!DOCTYPE":
        return text.count("\n", 0, position) + 1
    return None


def _after(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found + len(mark)


def _malformed(failure: etree.XMLSyntaxError) -> Iterator[Problem]:
    entries = _entries(failure.error_log) or [(failure.lineno or 1, str(failure.msg))]
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
    return [(entry.line, entry.message) for entry in cast(Any, log)]


def _plain(message: str) -> str:
    return re.sub(r"\{https?://[^}]*\}", "", message).strip()
