"""Files that want to be something else than what they are sent as: bombs, polyglots, names, entities, torn and packed ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.papers import samples

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><definitions>&j;</definitions>"
)
NAMES = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\drivers.pdf",
    "/etc/cron.d/x",
    "C:\\autoexec.bat",
    "con.pdf",
    ".htaccess",
    "a" * 5000 + ".pdf",
    "x\0.pdf",
    "hồ sơ\u202efdp.exe",
    '"><img src=x onerror=alert(1)>.pdf',
    "a\r\nX-Evil: 1.pdf",
    "'; DROP TABLE dossiers; --.pdf",
    "{{7*7}}.pdf",
    " ",
    "ư" * 300,
)
"""What a file may be called by who sends it."""


def entities(target: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{target}"><!ENTITY % p SYSTEM "{target}">]>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><a>&x;</a></bpmn:definitions>'
    ).encode()


def packed(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def workbook(sheet: bytes, shared: bytes | None = None) -> bytes:
    """An XLSX around this sheet."""
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="xml" ContentType="application/xml"/>'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/xl/workbook.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = b'<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="a" sheetId="1" r:id="b"/></sheets></workbook>'
    members = {
        "[Content_Types].xml": types,
        "_rels/.rels": rels % (b'<Relationship Id="a" Type="%sofficeDocument" Target="xl/workbook.xml"/>' % kind),
        "xl/workbook.xml": book % (main, kind.rstrip(b"/")),
        "xl/_rels/workbook.xml.rels": rels
        % (b'<Relationship Id="b" Type="%sworksheet" Target="worksheets/s.xml"/>' % kind),
        "xl/worksheets/s.xml": sheet,
    }
    return packed(members | ({"xl/sharedStrings.xml": shared} if shared else {}))


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def hostile_files(canary: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content); `canary` is a file of this machine that no answer may show."""
    there = canary.as_uri()
    good = samples.pdf(1)
    yield "empty.pdf", b""
    yield "one-byte.bpmn", b"\0"
    yield "torn.pdf", good[: len(good) // 2]
    yield "ends-at-once.pdf", b"%PDF-1.7"
    yield "code.pdf", samples.pdf_with_code()
    yield "locked.pdf", samples.pdf_with_password()
    yield "unknown-filters.pdf", samples.pdf_in_unknown_filters()
    yield "polyglot.pdf", b"MZ" + b"\0" * 60 + good
    yield "and-a-zip.pdf", good + packed({"../../x.html": b"<script>alert(1)</script>"})
    yield "gif-and-script.gif", b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//"
    yield "page.png", b"<html><script>alert(document.cookie)</script></html>"
    yield "picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    yield "pixels.png", samples.pixel_bomb()
    yield "huge.png", _png(2**31 - 1, 2**31 - 1)
    yield "torn.jpg", samples.picture("JPEG")[:40]
    yield "bomb.zip", samples.zip_bomb()
    yield "bomb.xlsx", samples.zip_bomb()
    yield "bomb.docx", samples.zip_bomb()
    yield "slip.docx", packed({"../../../tmp/evil": b"x", "word/document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"})
    yield "macro.docm", samples.document(macro=True)
    yield "macro.docx", samples.document(macro=True)
    yield "program.pdf", b"MZ\x90\x00" + b"\0" * 200
    yield "elf.docx", b"\x7fELF" + b"\0" * 200
    yield "entities.bpmn", entities(there)
    yield "entities.xml", entities(there)
    yield "laughs.bpmn", LAUGHS
    yield "laughs.svg", LAUGHS
    yield "entities.xlsx", workbook(entities(there), entities(there))
    yield "laughs.xlsx", workbook(LAUGHS, LAUGHS)
    wide = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    )
    cell = b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    yield "wide.xlsx", workbook(wide + cell)
    yield "entities.docx", packed({"[Content_Types].xml": entities(there), "word/document.xml": entities(there)})
    yield "deep.json", b"[" * 100_000
    yield "numbers.json", b'{"fields": ' + b"9" * 10_000 + b"}"
    yield "surrogate.json", b'{"title": "\\ud800", "fields": []}'
    yield "formulas.csv", 'Họ tên,Cơ quan\n=HYPERLINK("http://x"),SYT\n'.encode()
    yield "wide.csv", b"," * 100_000 + b"\n"
    yield "zeros.csv", b"\0" * 10_000
    yield "utf16.csv", "Họ tên,Cơ quan\nA,SYT\n".encode("utf-16")
    yield "reads.typ", f'#read("{canary}") #read("/etc/passwd")'.encode()
    yield "not-text.typ", b"\xff\xfe\x00"
    for name in NAMES:
        yield name, good
