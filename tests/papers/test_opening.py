"""Opening what strangers sent: what it is, its pages as pictures, and nothing that it could do to us."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from app.papers import child
from app.papers.opening import Looked, NoPageError, UnreadablePaperError, draw_page, look_at
from app.papers.pages import PageCache
from app.store.files import LocalFiles
from app.store.media_types import PDF, recognise
from tests.papers import samples

BROKEN = Looked(None, False, False, False)


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files")


def looked(files: LocalFiles, content: bytes, media_type: str = PDF) -> Looked:
    return look_at(files, files.put(io.BytesIO(content)).sha256, media_type)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (samples.pdf(3), Looked(3, False, False, True)),
        (samples.pdf_with_code(), Looked(1, True, False, True)),
        (samples.pdf_with_written_otherwise(), Looked(1, True, False, True)),
        (samples.pdf_with_packed_code(), Looked(1, True, False, True)),
        (samples.pdf_in_unknown_filters(), Looked(1, None, False, True)),
        (samples.pdf_with_password(), Looked(None, False, True, False)),
        (samples.pdf_with_password(""), Looked(1, False, True, True)),
        (b"%PDF-1.7\n%a paper\n", BROKEN),
        (b"%PDF-1.7\n" + b"[" * 200_000, BROKEN),
    ],
    ids=["pages", "code", "escaped", "packed", "unknown", "password", "rights", "broken", "nested"],
)
def test_what_is_known_of_a_pdf(files: LocalFiles, content: bytes, found: Looked) -> None:
    assert looked(files, content) == found


def test_pictures_have_pages_too(files: LocalFiles) -> None:
    assert looked(files, samples.picture(), "image/png") == Looked(1, None, None, True)
    assert looked(files, samples.pages_of_a_fax(3), "image/tiff") == Looked(3, None, None, True)
    assert looked(files, samples.pixel_bomb(), "image/png") == Looked(None, None, None, False)
    assert looked(files, b"PK", "application/zip") == Looked(None, None, None, None)


def test_pages_are_drawn_as_wide_as_asked_and_no_taller_than_three_times(files: LocalFiles, tmp_path: Path) -> None:
    out = tmp_path / "page.png"
    draw_page(files, files.put(io.BytesIO(samples.pdf(2))).sha256, PDF, 2, 480, out)
    with Image.open(out) as drawn:
        assert drawn.size[0] == 480
    endless = files.put(io.BytesIO(samples.pdf(1, width=10, height=14_000))).sha256
    draw_page(files, endless, PDF, 1, 480, out)
    with Image.open(out) as drawn:
        assert drawn.size[1] <= 480 * child.TALLEST + 1
    draw_page(files, files.put(io.BytesIO(samples.pages_of_a_fax(2))).sha256, "image/tiff", 2, 480, out)
    with Image.open(out) as drawn:
        assert drawn.size == (80, 100)


def test_what_has_no_such_page_or_cannot_be_opened_says_which(files: LocalFiles, tmp_path: Path) -> None:
    out = tmp_path / "page.png"
    real = files.put(io.BytesIO(samples.pdf())).sha256
    fax = files.put(io.BytesIO(samples.pages_of_a_fax(2))).sha256
    for sha256, media_type in ((real, PDF), (fax, "image/tiff")):
        with pytest.raises(NoPageError):
            draw_page(files, sha256, media_type, 3, 480, out)
    bomb = files.put(io.BytesIO(samples.pixel_bomb())).sha256
    locked = files.put(io.BytesIO(samples.pdf_with_password())).sha256
    for sha256, media_type in ((bomb, "image/png"), (locked, PDF), (real, "image/png"), (real, "application/zip")):
        with pytest.raises(UnreadablePaperError):
            draw_page(files, sha256, media_type, 1, 480, out)
    assert not out.exists()


def test_a_page_is_drawn_once_and_the_cache_stays_within_its_bounds(files: LocalFiles, tmp_path: Path) -> None:
    cache = PageCache(tmp_path / "cache", most_bytes=10_000)
    sha256 = files.put(io.BytesIO(samples.picture("PNG", (300, 200)))).sha256
    first = cache.page(files, sha256, "image/png", 1, 100)
    assert first.startswith(b"\x89PNG")
    files.path(sha256).unlink()
    assert cache.page(files, sha256, "image/png", 1, 160) == first, "rounded up to the same width, and kept"
    for number in range(5):
        (tmp_path / "cache" / sha256[:2] / f"{number:064d}-1-160.png").write_bytes(b"x" * 4000)
    assert cache.prune() >= 3
    cache.forget(sha256)
    assert sum(path.stat().st_size for path in (tmp_path / "cache").glob("??/*")) <= 10_000
    assert not list((tmp_path / "cache").glob(f"??/{sha256}*"))


@pytest.mark.parametrize(
    ("content", "name", "sort", "expected"),
    [
        (samples.pdf(), "đơn.pdf", "pdf", None),
        (samples.zip_bomb(), "đơn.pdf", "archive", "pdf"),
        (samples.zip_bomb(), "anh.zip", "archive", None),
        (b"MZ\x90\0", "đơn.docx", "program", "office"),
        (b"MZ\x90\0", "đơn", "program", None),
        (samples.pdf(), "đơn.exe", "pdf", "program"),
        (samples.document(), "đơn.docx", "office", None),
        (samples.document("xl"), "đơn.docx", "office", "office"),
        (samples.document(macro=True), "đơn.docx", "macro", "office"),
        (samples.document(macro=True), "đơn.docm", "macro", None),
        (samples.zipped(META_INF__MANIFEST_dot_MF=b"x"), "a.zip", "archive", None),
        (b"PK\x03\x04 torn", "đơn.docx", "office", None),
        (b"{\\rtf1 x}", "đơn.doc", "office", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "đơn.doc", "office", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "đơn.xls", "office", "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "đơn.doc", "macro", "office"),
        (samples.picture("WEBP"), "ảnh.webp", "image", None),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "ảnh.heic", "image", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "ảnh.svg", "web", None),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg onload='x'/>", "ảnh.png", "web", "image"),
        ("<html>".encode("utf-16"), "a.txt", "web", "text"),
        (b"<?xml version='1.0'?><to-khai/>", "to-khai.xml", "xml", None),
        (b"#!/bin/sh\n", "đơn.txt", "program", "text"),
        (b"Rar!\x1a\x07\0", "đơn.pdf", "archive", "pdf"),
    ],
)  # fmt: skip
def test_what_a_file_is_and_whether_its_name_says_so(
    content: bytes, name: str, sort: str, expected: str | None
) -> None:
    stream = io.BytesIO(content)
    found = recognise(stream, name)
    assert (found.sort, found.expected, stream.tell()) == (sort, expected, 0)
    if sort in ("web", "xml", "program", "macro"):
        assert found.media_type == "application/octet-stream"
