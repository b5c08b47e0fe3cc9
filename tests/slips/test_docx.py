"""Slips as Word files: every form, filled; text is text; a template reaches nothing; errors tell where they are."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm
from PIL import Image

from app.config import PROJECT_ROOT
from app.slips.checks import docx_text
from app.slips.docx import DocxTemplateError, builtin_docx, docx_template_name, render_docx
from app.slips.forms import FORMS
from app.slips.names import names_of
from app.slips.render import Logo
from app.slips.samples import CODE, sample_content
from app.slips.trials import HOSTILE, MANY, trials
from tests.slips.word_files import word_file

PAPERS = {"a5": (148, 210), "a4": (210, 297), "a4-landscape": (297, 210)}
every_form = pytest.mark.parametrize("key", sorted(FORMS))


def picture(kind: str = "PNG", size: tuple[int, int] = (120, 80)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#a01020").save(out, format=kind)
    return out.getvalue()


@every_form
def test_every_form_has_a_word_file_of_its_paper_with_all_that_was_filled_in(key: str) -> None:
    content = sample_content(key)
    made = render_docx(content, strict=True)
    section = docx.Document(io.BytesIO(made)).sections[0]
    sides = (round((section.page_width or 0) / Mm(1)), round((section.page_height or 0) / Mm(1)))
    assert sides == PAPERS[FORMS[key].paper]
    text = docx_text(made)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert (content["agency_name"].upper() if key != "office/withdrawal" else content["desk_name"]) in text
    if FORMS[key].circular:
        assert FORMS[key].title in text
    for row in content.get("values", {}).values():
        for one in row if isinstance(row, list) else []:
            name = next(value for column, value in one.items() if column in ("name", "giver_agency", "code"))
            assert name in text
    if content["code"]:
        assert CODE in text


@pytest.mark.parametrize("key", sorted({docx_template_name(FORMS[key]): key for key in sorted(FORMS)}.values()))
def test_every_trial_can_be_printed_and_opened_again(key: str) -> None:
    for _, content in trials(key):
        assert docx_text(render_docx(content, strict=True))


def test_many_rows_are_many_rows_and_the_heading_is_repeated() -> None:
    content = dict(trials("tt01-2018/02"))[f"bảng có {MANY} dòng"]
    tables = docx.Document(io.BytesIO(render_docx(content))).tables
    (rows,) = [table for table in tables if len(table.rows) > 10]
    assert len(rows.rows) == MANY + 1
    assert "tblHeader" in rows.rows[0]._tr.xml
    assert rows.rows[MANY].cells[0].text == str(MANY)


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    content = dict(trials("tt01-2018/03"))["chữ có ký tự đặc biệt"]
    text = docx_text(render_docx(content))
    assert text.count(HOSTILE.strip().split(" 'đơn'")[0]) >= 3
    assert "{{ 7 * 7 }} {% if %}" in text
    assert "49" not in text
    braces = content | {"values": content["values"] | {"reason": "{_{ a }_} \x0b\ufffe & <w:p/> ]]>"}}
    assert "{_{ a }_}" in docx_text(render_docx(braces))


def test_lines_stay_lines() -> None:
    content = sample_content("tt01-2018/03")
    content["values"]["reason"] = "Dòng một\nHai\n\nBốn"
    (reason,) = [one for one in docx.Document(io.BytesIO(render_docx(content))).paragraphs if "Dòng một" in one.text]
    assert reason.text == "Dòng một\nHai\n\nBốn"


def test_the_same_slip_is_the_same_file_and_names_itself() -> None:
    content = sample_content("tt03-2025/04")
    made = render_docx(content, mark="BẢN IN LẠI")
    assert made == render_docx(content, mark="BẢN IN LẠI")
    assert made != render_docx(content)
    assert "BẢN IN LẠI" in docx_text(made)
    properties = docx.Document(io.BytesIO(made)).core_properties
    assert (properties.author, CODE in properties.title) == (content["agency_name"], True)


def test_logo_and_codes_are_pictures() -> None:
    content = sample_content("tt01-2018/01")
    without, shown = render_docx(content), render_docx(content, logo=Logo("image/png", picture()))
    count = [len(docx.Document(io.BytesIO(one)).inline_shapes) for one in (without, shown)]
    # Pictures in the cells of tables count too.
    assert count[1] == count[0] + 1 == 3
    no_code = render_docx(sample_content("tt03-2025/07"))
    assert len(docx.Document(io.BytesIO(no_code)).inline_shapes) == 0


def test_the_built_in_templates_are_what_the_tool_writes(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "tools" / "slip_docx.py"), str(tmp_path)],
        check=True,
        capture_output=True,
        cwd=PROJECT_ROOT,
    )
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written.keys() == {docx_template_name(form) for form in FORMS.values()}
    for key, form in FORMS.items():
        assert written[docx_template_name(form)] == builtin_docx(key), form


# What a template may do -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ qr.tpl.docx.save('/tmp/x') }}",
        "{{ qr._draw }}",
        "{{ code | attr('__class__') }}",
        "{{ [code] | map(attribute='__class__') | first }}",
        "{{ '{0.__class__}'.format(code) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ code.format.__self__ }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{{ 'a' * 10000000000 }}",
    ],
)
def test_a_tag_that_reaches_further_is_refused_with_its_paragraph(tag: str) -> None:
    template = word_file("Mã hồ sơ {{ code }}", "", f"Xin chào {tag}")
    with pytest.raises(DocxTemplateError) as refused:
        render_docx(sample_content("tt01-2018/01"), template=template, strict=True)
    assert (refused.value.line, refused.value.text) == (3, f"Xin chào {tag}")


@pytest.mark.parametrize(
    ("paragraphs", "line"),
    [
        (["một", "hai", "{{ cod }}"], 3),
        (["{{ code }}", "{{ values.reson }}"], 2),
        (["{{ code }}", "{% if code %}", "x"], 2),
        (["{{ code }}", "{% endif %}"], 2),
        (["{{ code }}", "{{ code | khong_co }}"], 2),
        (["{{ code }}", "{{ code + }} và {{ number }}"], 2),
        (["{%p if code %}", "{{ code }}", "{%p endif %}", "{{ x }}"], 4),
    ],
)
def test_a_mistake_is_told_with_its_paragraph(paragraphs: list[str], line: int) -> None:
    with pytest.raises(DocxTemplateError) as refused:
        render_docx(sample_content("tt01-2018/02"), template=word_file(*paragraphs), strict=True)
    assert (refused.value.line, refused.value.text) == (line, paragraphs[line - 1])


def test_a_mistake_in_a_table_or_in_the_head_is_found_there() -> None:
    with pytest.raises(DocxTemplateError) as refused:
        render_docx(sample_content("tt01-2018/02"), template=word_file("x", head="{{ foo }}"), strict=True)
    assert (refused.value.part, refused.value.line, refused.value.text) == ("đầu trang", 1, "{{ foo }}")
    document = docx.Document()
    table = document.add_table(3, 1)
    for row, text in zip(
        table.rows, ("{%tr for row in values.items %}", "{{ row.nam }}", "{%tr endfor %}"), strict=True
    ):
        row.cells[0].text = text
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(DocxTemplateError) as refused:
        render_docx(sample_content("tt01-2018/02"), template=out.getvalue(), strict=True)
    assert (refused.value.line, refused.value.text) == (2, "{{ row.nam }}")


def test_a_name_that_is_not_there_prints_nothing_once_the_template_was_taken() -> None:
    made = render_docx(sample_content("tt01-2018/02"), template=word_file("[{{ gone.for_ever }}] {{ code }}"))
    assert f"[] {CODE}" in docx_text(made)


@every_form
def test_every_name_that_is_offered_to_template_writers_is_there(key: str) -> None:
    names = names_of(key)
    assert len({name for name, _ in names}) == len(names)
    template = word_file(*(f"{name}={{{{ {name} }}}}" for name, _ in names))
    text = docx_text(render_docx(sample_content(key), template=template, strict=True))
    assert all(f"{name}=" in text for name, _ in names)


def test_what_is_no_word_file_is_an_error_of_the_template() -> None:
    broken: Any = b"PK\x03\x04 nothing"
    with pytest.raises(DocxTemplateError):
        render_docx(sample_content("tt01-2018/02"), template=broken)
