"""What a file is, told by its content; its name only decides between things that look the same, and may not contradict.

`media_type_of` looks at the first bytes alone; `recognise` also looks into the list of names of a ZIP and of an old Office
file, without unpacking anything.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

UNKNOWN: Final = "application/octet-stream"
PDF: Final = "application/pdf"
SORTS: Final[Mapping[str, str]] = {
    "pdf": "PDF",
    "image": "ảnh",
    "office": "văn bản, bảng tính, trình chiếu",
    "text": "văn bản thuần",
    "macro": "tài liệu Office có macro",
    "xml": "XML",
    "web": "trang HTML, hình SVG",
    "archive": "tệp nén",
    "other": "tệp loại khác",
    "program": "chương trình, tệp lệnh",
}
"""What procedures and their components may allow, by name."""
USUAL: Final = ("pdf", "image", "office", "text")
"""What is taken where neither the component nor the procedure says."""
_HEAD = 4096
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
)
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif",
           b"heif": "image/heif", b"avif": "image/avif"}  # fmt: skip
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = {
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}
_FOLDERS = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
_OLD_OFFICE = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_OLD_PARTS = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
_ARCHIVES = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"\xfd7zXZ\0",
    b"BZh",
    b"MSCF",
    b"PK\x05\x06",
    b"PK\x07\x08",
)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"L\0\0\0\x01\x14\x02\0",
)
_PROGRAM_NAMES = frozenset(
    f".{ending}"
    for ending in re.findall(
        r"\w+",
        "exe dll com scr bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta msi msp jar apk reg sh py php asp aspx jsp lnk url cpl"
        " pif gadget app deb rpm sys chm",
    )
)
_PLAIN = (".txt", ".csv", ".md")
_EXPECTED: Mapping[str, str] = {
    ".pdf": "pdf",
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".bmp"), "image"
    ),
    **dict.fromkeys((*_ZIPPED, *_OLD_OFFICE, ".rtf"), "office"),
    **dict.fromkeys(_PLAIN, "text"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2", ".cab"), "archive"),
    **dict.fromkeys((".html", ".htm", ".svg", ".xhtml"), "web"),
    ".xml": "xml",
    **dict.fromkeys((".docm", ".xlsm", ".pptm"), "macro"),
}
_TITLES = {
    PDF: "tệp PDF",
    "image/png": "ảnh PNG",
    "image/jpeg": "ảnh JPEG",
    "image/gif": "ảnh GIF",
    "image/tiff": "ảnh TIFF",
    "image/webp": "ảnh WebP",
    "image/heic": "ảnh HEIC",
    "image/heif": "ảnh HEIF",
    "image/avif": "ảnh AVIF",
    "image/bmp": "ảnh BMP",
    "application/rtf": "văn bản RTF",
    **dict.fromkeys((_ZIPPED[".docx"], _OLD_OFFICE[".doc"]), "văn bản Word"),
    **dict.fromkeys((_ZIPPED[".xlsx"], _OLD_OFFICE[".xls"]), "bảng tính Excel"),
    **dict.fromkeys((_ZIPPED[".pptx"], _OLD_OFFICE[".ppt"]), "trình chiếu PowerPoint"),
    _ZIPPED[".odt"]: "văn bản OpenDocument",
    _ZIPPED[".ods"]: "bảng tính OpenDocument",
    _ZIPPED[".odp"]: "trình chiếu OpenDocument",
    "application/zip": "tệp nén ZIP",
    "text/plain": "văn bản thuần",
}  # fmt: skip
_BY_SORT = {
    "program": "chương trình hoặc tệp lệnh",
    "archive": "tệp nén",
    "web": "trang HTML hoặc hình SVG",
    "xml": "tệp XML",
    "macro": "tài liệu Office có macro",
    "other": "dữ liệu không rõ loại",
}
_MOST_DIRECTORY = 4 * 1024 * 1024
"""Bytes of a ZIP's list of names that are read; no document comes near."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """`media_type` is what it is handed out as (never HTML, SVG or XML), `sort` one of SORTS, `title` what it really is in
    words; `expected` is the sort that its name promises where that is another one, or another kind of document."""

    media_type: str
    sort: str
    title: str
    expected: str | None = None


def media_type_of(head: bytes, name: str) -> str:
    """The media type of a file that begins with `head`. Never HTML, SVG or XML: no browser shall run what was handed in."""
    suffix = _suffix(name)
    found = _by_magic(head)
    if found:
        return found
    if head.startswith(_ZIP):
        return _ZIPPED.get(suffix, "application/zip")
    if head.startswith(_OLE):
        return _OLD_OFFICE.get(suffix, UNKNOWN)
    if suffix in _PLAIN and _is_text(head[:_HEAD]):
        return "text/plain"
    return UNKNOWN


def recognise(content: IO[bytes], name: str) -> Recognised:
    """What a seekable content is, whatever its name says; it stands at its beginning again afterwards."""
    content.seek(0)
    head = content.read(_HEAD)
    suffix = _suffix(name)
    media_type, sort = _told(content, head, suffix)
    content.seek(0)
    title = _TITLES.get(media_type) if sort not in _BY_SORT or sort == "archive" else None
    return Recognised(media_type, sort, title or _BY_SORT[sort], _contradicted(suffix, media_type, sort))


def _told(content: IO[bytes], head: bytes, suffix: str) -> tuple[str, str]:
    """Media type and sort."""
    if head.startswith(_PROGRAMS):
        return UNKNOWN, "program"
    if found := _by_magic(head):
        return found, {PDF: "pdf", "application/rtf": "office"}.get(found, "image")
    if head.startswith(_ZIP):
        return _zipped(content, head, suffix)
    if head.startswith(_OLE):
        return _compound(content, suffix)
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        return UNKNOWN, "archive"
    if sort := _marked_up(head):
        return UNKNOWN, sort
    if _is_text(head):
        return ("text/plain", "text") if suffix in _PLAIN else (UNKNOWN, "other")
    return UNKNOWN, "other"


def _contradicted(suffix: str, media_type: str, sort: str) -> str | None:
    if suffix in _PROGRAM_NAMES:
        return "program" if sort != "program" else None
    expected = _EXPECTED.get(suffix)
    if expected is None or (expected == "office" and suffix == ".doc" and media_type == "application/rtf"):
        return None  # Word writes RTF under its own old ending too
    if expected != sort:
        return expected
    named = _ZIPPED.get(suffix) or _OLD_OFFICE.get(suffix)
    return expected if named is not None and named != media_type else None


def _by_magic(head: bytes) -> str | None:
    found = next((media_type for magic, media_type in _MAGIC if head.startswith(magic)), None)
    if found is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if found is None and head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if found is None and head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return found


def _zipped(content: IO[bytes], head: bytes, suffix: str) -> tuple[str, str]:
    """An Office document, a program or just an archive, by the names inside; a broken one is what its name says."""
    names = _names_in_zip(content)
    if names is None:
        found = _ZIPPED.get(suffix)
        return (found, "office") if found else ("application/zip", "archive")
    if "[Content_Types].xml" in names:
        if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
            return UNKNOWN, "macro"
        for folder, ending in _FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return _ZIPPED[ending], "office"
    if head[30:38] == b"mimetype":
        kind = head[38:138]
        for media_type in _ZIPPED.values():
            if kind.startswith(media_type.encode()):
                return media_type, "office"
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return UNKNOWN, "program"
    return "application/zip", "archive"


def _names_in_zip(content: IO[bytes]) -> set[str] | None:
    """The names in a ZIP's own list, None where it has none that can be read. Nothing is unpacked."""
    size = content.seek(0, 2)
    content.seek(max(0, size - 65_557))
    tail = content.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return None
    length, start = struct.unpack_from("<II", tail, at + 12)
    if length > _MOST_DIRECTORY or start + length > size:
        return None
    content.seek(start)
    directory = content.read(length)
    names, place = set(), 0
    while directory[place : place + 4] == b"PK\x01\x02" and len(directory) >= place + 46:
        name, extra, comment = struct.unpack_from("<HHH", directory, place + 28)
        names.add(directory[place + 46 : place + 46 + name].decode("utf-8", "replace"))
        place += 46 + name + extra + comment
    return names or None


def _compound(content: IO[bytes], suffix: str) -> tuple[str, str]:
    """An old Office document by the names of its parts; one without any that is known is what its name says, or nothing."""
    wanted = {name: name.encode("utf-16-le") for name in (*_OLD_PARTS, "_VBA_PROJECT")}
    found = {name for name, mark in wanted.items() if any(mark in piece for piece in _pieces(content))}
    if "_VBA_PROJECT" in found:
        return UNKNOWN, "macro"
    ending = next((ending for name, ending in _OLD_PARTS.items() if name in found), None)
    if ending is not None:
        return _OLD_OFFICE[ending], "office"
    return (_OLD_OFFICE[suffix], "office") if suffix in _OLD_OFFICE else (UNKNOWN, "other")


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The content piece by piece; each begins with the end of the one before, so that no name is cut."""
    content.seek(0)
    end = b""
    while piece := content.read(1024 * 1024):
        yield end + piece
        end = piece[-64:]


def _marked_up(head: bytes) -> str | None:
    """`web` or `xml` for text that begins as such, in any encoding that a browser would guess."""
    start = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    if not start.startswith(b"<"):
        return None
    if any(mark in start for mark in (b"<html", b"<svg", b"<script", b"<!doctype html", b"<body", b"<iframe")):
        return "web"
    return "xml" if start.startswith((b"<?xml", b"<!doctype", b"<!--")) else "web"


def _suffix(name: str) -> str:
    return PurePosixPath(name.rstrip(". ")).suffix.lower()


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last letter may be cut off."""
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return all(char.isprintable() or char in "\t\r\n\ufeff" for char in text)
    return False
