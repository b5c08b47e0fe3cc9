"""What a file is, told by its first bytes; its name only decides between things that look the same."""

from __future__ import annotations

from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = {
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_OLD_OFFICE = {".doc": "application/msword", ".xls": "application/vnd.ms-excel"}
_PLAIN = (".txt", ".csv", ".md")


def media_type_of(head: bytes, name: str) -> str:
    """The media type of a file that begins with `head`. Never HTML, SVG or XML: no browser shall run what was handed in."""
    suffix = PurePosixPath(name).suffix.lower()
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _ZIPPED.get(suffix, "application/zip")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLD_OFFICE.get(suffix, UNKNOWN)
    if suffix in _PLAIN and _is_text(head):
        return "text/plain"
    return UNKNOWN


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last letter may be cut off."""
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return all(char.isprintable() or char in "\t\r\n\ufeff" for char in text)
    return False
