"""Opens DOCX files in a process of its own: a request a line (`{"content"}`), an answer a line.

The answer is `{"tables": [[number, cells, before, after]]}` with cells `[row, column, text, rows, columns]`, or
`{"told": why}`.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import zipfile
from typing import Any

from lxml import etree

from app.drafting.docx_body import Body, Refused
from app.drafting.docx_numbers import Numbering

MOST_UNPACKED = 150 * 1024 * 1024
_PARTS = {"numbering": "word/numbering.xml", "styles": "word/styles.xml"}
_TORN = "Tệp DOCX bị hỏng; hãy mở bằng Word hoặc LibreOffice rồi lưu lại dạng DOCX."
_LARGE = "Tệp DOCX giải nén ra quá lớn; hãy bỏ hình ảnh rồi lưu lại, hoặc tách thành nhiều tệp."


def main() -> None:
    for line in sys.stdin.buffer:
        try:
            answer: dict[str, Any] = {"tables": tables(base64.b64decode(json.loads(line)["content"]))}
        except Refused as why:
            answer = {"told": str(why)}
        sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
        sys.stdout.flush()


def tables(content: bytes) -> list[list[Any]]:
    """Every table of the document, with the text around it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise Refused(_LARGE)
            main_part = _main_part(packed)
            document = _parsed(packed.read(main_part))
            parts = {name: _parsed(packed.read(path)) for name, path in _PARTS.items() if path in packed.namelist()}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as problem:
        raise Refused(_TORN) from problem
    except zipfile.error as problem:  # zlib's own errors come as this too
        raise Refused(_TORN) from problem
    return Body(Numbering(parts.get("numbering"), parts.get("styles"))).read(document)


def _main_part(packed: zipfile.ZipFile) -> str:
    names = packed.namelist()
    if "word/document.xml" in names:
        return "word/document.xml"
    found = [name for name in names if name.startswith("word/document") and name.endswith(".xml")]
    if not found:
        raise Refused(_TORN)
    return found[0]


def _parsed(part: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError as problem:
        raise Refused(_TORN) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("Tệp DOCX có khai báo lạ (DOCTYPE) nên không đọc; hãy mở bằng Word rồi lưu lại.")
    return root


if __name__ == "__main__":
    main()
