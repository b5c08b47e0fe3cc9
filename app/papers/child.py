"""Opens what people handed in, in a process of its own: nothing of ours is imported here, and its limits are set first.

`look PATH MEDIA_TYPE` prints facts as JSON; `page PATH MEDIA_TYPE NUMBER WIDTH OUT` writes that page as a PNG. Exit code 3:
the content cannot be read; 4: there is no such page.
"""

from __future__ import annotations

import json
import mmap
import re
import resource
import sys
import zlib
from typing import Any

MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 20
MOST_PIXELS = 100_000_000
MOST_PAGES = 10_000
TALLEST = 3
"""A picture of a page is at most so many times as tall as it is wide."""
MOST_UNPACKED = 64 * 1024 * 1024
UNREADABLE, NO_PAGE = 3, 4
PDF = "application/pdf"

_CODE = re.compile(rb"/(?:JavaScript|XFA|Launch|Rendition)(?=[\s/<>\[\]()%]|$)")
_ESCAPED = re.compile(rb"/[A-Za-z#0-9]{2,40}")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES = (b"/JavaScript", b"/XFA", b"/Launch", b"/Rendition")
_OBJECT_STREAM = re.compile(rb"/ObjStm(?=[\s/<>\[\]()%])")


class Unreadable(Exception):  # noqa: N818
    """The content is not what it says, or asks for more than there is."""


def main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    command, path, media_type, *rest = arguments
    try:
        if command == "look":
            print(json.dumps(look_at(path, media_type)))
            return 0
        number, width, out = int(rest[0]), int(rest[1]), rest[2]
        picture = pdf_page(path, number, width) if media_type == PDF else image_page(path, number, width)
        picture.save(out, "PNG")
    except IndexError:
        return NO_PAGE
    except (Unreadable, MemoryError, OSError, ValueError, ArithmeticError, SyntaxError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return UNREADABLE
    return 0


def look_at(path: str, media_type: str) -> dict[str, Any]:
    """`{pages, has_javascript, encrypted, readable}`, null for what nobody can tell."""
    if media_type != PDF:
        try:
            return {"pages": image_frames(path), "has_javascript": None, "encrypted": None, "readable": True}
        except (Unreadable, OSError, ValueError, SyntaxError, MemoryError):
            return {"pages": None, "has_javascript": None, "encrypted": None, "readable": False}
    marked, encrypted = marks(path)
    try:
        pages = pdf_pages(path)
    except Unreadable as problem:
        encrypted = encrypted or problem.args[0] == "password"
        return {"pages": None, "has_javascript": marked, "encrypted": encrypted, "readable": False}
    return {"pages": pages, "has_javascript": marked, "encrypted": encrypted, "readable": True}


def marks(path: str) -> tuple[bool | None, bool]:
    """Whether a PDF carries code, None where that cannot be told; and whether it is encrypted.

    Looks at the bytes, not at the objects that some reader would find: what one reader overlooks another may run.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = re.search(rb"/Encrypt(?=[\s/<\[])", content) is not None
        if _has_code(content):
            return True, encrypted
        told: bool | None = False
        left = MOST_UNPACKED
        for found in _OBJECT_STREAM.finditer(content):
            unpacked = _unpacked(content, found.start(), left)
            if unpacked is None or encrypted:
                told = None  # other filters, or in cipher: it may hold anything
                continue
            left -= len(unpacked)
            if _has_code(unpacked):
                return True, encrypted
            if left <= 0:
                return None, encrypted
        return told, encrypted


def _has_code(content: Any) -> bool:
    if _CODE.search(content):
        return True
    for found in _ESCAPED.finditer(content):
        name = found.group()
        if b"#" in name and _HEX.sub(lambda one: bytes([int(one.group(1), 16)]), name) in _NAMES:
            return True
    return False


def _unpacked(content: mmap.mmap, at: int, most: int) -> bytes | None:
    """What is in the object stream whose dictionary holds `at`, when it is packed in the one usual way."""
    start = content.find(b"stream", at, at + 4096)
    before = content.rfind(b"obj", max(0, at - 4096), at)
    if start < 0 or before < 0:
        return None
    dictionary = content[before:start]
    begin = start + 6
    begin += 2 if content[begin : begin + 2] == b"\r\n" else 1
    if b"/Filter" not in dictionary:
        end = content.find(b"endstream", begin)
        return content[begin:end][:most]
    filters = re.search(rb"/Filter\s*\[?\s*/(\w+)\s*(?:\]|/|>)", dictionary)
    if filters is None or filters.group(1) != b"FlateDecode" or b"/Predictor" in dictionary:
        return None
    try:
        return zlib.decompressobj().decompress(content[begin : begin + most], most)
    except zlib.error:
        return None


def pdf_pages(path: str) -> int:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable("password" if "assword" in str(problem) else str(problem)) from problem
    try:
        return len(document)
    finally:
        document.close()


def pdf_page(path: str, number: int, width: int) -> Any:
    """Page `number` (from 1) as a picture of that width."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        if not 1 <= number <= min(len(document), MOST_PAGES):
            raise IndexError(number)
        page = document[number - 1]
        wide, tall = page.get_size()
        if not (wide > 0 and tall > 0):
            raise Unreadable("a page without size")
        scale = min(width / wide, width * TALLEST / tall)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError as problem:
        raise Unreadable(str(problem)) from problem
    return picture.convert("RGB")


def image_frames(path: str) -> int:
    picture = _opened(path)
    return min(getattr(picture, "n_frames", 1), MOST_PAGES) if picture.format in ("TIFF", "MPO") else 1


def image_page(path: str, number: int, width: int) -> Any:
    """A picture, upright, at most that wide; `number` counts the pages of a TIFF."""
    from PIL import Image, ImageOps

    picture = _opened(path)
    if not 1 <= number <= (image_frames(path) if number > 1 else 1):
        raise IndexError(number)
    if number > 1:
        try:
            picture.seek(number - 1)
        except EOFError as problem:
            raise IndexError(number) from problem
        _bounded(picture)
    picture.draft("RGB", (width, width * TALLEST))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
        upright = paper
    upright = upright.convert("L" if upright.mode in ("1", "L", "I;16") else "RGB")
    upright.thumbnail((width, width * TALLEST))
    return upright


def _opened(path: str) -> Any:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # ours is the next line, before anything is unpacked
    try:
        return _bounded(Image.open(path, formats=("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "AVIF")))
    except UnidentifiedImageError as problem:
        raise Unreadable(str(problem)) from problem


def _bounded(picture: Any) -> Any:
    if picture.size[0] * picture.size[1] > MOST_PIXELS:
        raise Unreadable(f"{picture.size[0]} x {picture.size[1]} pixels")
    return picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
