"""Papers made for tests: real ones by real libraries, and those that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import pypdfium2
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer


@cache
def pdf(pages: int = 1, width: float = 595, height: float = 842) -> bytes:
    """A real PDF of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(width, height)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def pdf_of(*objects: bytes, trailer: bytes = b"", root: bytes = b"") -> bytes:
    """A PDF of one page and these further objects, numbered from 4; its table of objects is as it should be."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] >>",
        *objects,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R " % (len(parts) + 1) + trailer + b" >>\n"
    return out + b"startxref\n%d\n%%%%EOF\n" % table


def pdf_with_code() -> bytes:
    return pdf_of(b"<< /S /JavaScript /JS (app.alert\\('x'\\)) >>", root=b"/OpenAction 4 0 R")


def pdf_with_written_otherwise() -> bytes:
    """The same with its name written as PDF allows it to be written."""
    return pdf_of(b"<< /S /J#61vaScript /JS (app.alert\\('x'\\)) >>", root=b"/OpenAction 4 0 R")


def pdf_with_packed_code() -> bytes:
    """The same inside a packed object stream."""
    packed = zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert\\('x'\\)) >>")
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    return pdf_of(stream + packed + b"\nendstream", root=b"/OpenAction 5 0 R")


def pdf_in_unknown_filters() -> bytes:
    """An object stream that we do not unpack: it may hold anything."""
    return pdf_of(b"<< /Type /ObjStm /N 1 /First 4 /Filter /LZWDecode /Length 3 >>\nstream\nabc\nendstream")


def pdf_with_password(user: str = "mật khẩu") -> bytes:
    """Nobody reads it without the word; with an empty one everybody does, and some rights are withheld."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt(owner_pass="owner", user_pass=user)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def pages_of_a_fax(number: int) -> bytes:
    """A TIFF of several pages."""
    out = io.BytesIO()
    frames = [Image.new("1", (80, 100), one % 2) for one in range(number)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a few kilobytes that claims to be 30,000 pixels high and wide."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zipped(**members: bytes) -> bytes:
    """A ZIP; names are written with `__` for a slash and `_dot_` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def zip_bomb() -> bytes:
    """A ZIP of a hundred kilobytes that unpacks to a hundred megabytes."""
    return zipped(nothing_dot_bin=b"\0" * 100_000_000)


def document(folder: str = "word", *, macro: bool = False) -> bytes:
    """An Office document as far as its list of names goes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
        if macro:
            archive.writestr(f"{folder}/vbaProject.bin", b"x")
    return out.getvalue()
