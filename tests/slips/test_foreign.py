from __future__ import annotations

from importlib.resources import files

import pytest

from app.slips.foreign import MOST_CHARACTERS, SlipTemplateError
from app.slips.forms import FORMS
from app.slips.render import render_slip
from app.slips.samples import sample_content
from tests.slips.pdf_reading import squeeze
from tests.slips.pictures import texts

HEAD = '#import "common.typ": *\n#let form(d) = sheet(d)[\n'
FOOT = "\n]\n#one(form)\n"
CONTENT = sample_content("tt01-2018/03")


def refused(template: str) -> SlipTemplateError:
    with pytest.raises(SlipTemplateError) as error:
        render_slip(CONTENT, template=template)
    return error.value


def test_a_replacing_template_reads_the_same_content_and_the_common_module() -> None:
    own = HEAD + '#head(d)\n#title(d, value: "Phiếu của tỉnh")\n#told("Lý do của tỉnh", d.values.reason)' + FOOT
    (text,) = texts(render_slip(CONTENT, template=own))

    assert squeeze("PHIẾU CỦA TỈNH") in text
    assert squeeze("Lý do của tỉnh: " + CONTENT["values"]["reason"].split("\n")[0]) in text
    assert squeeze("Mẫu số 03, Thông tư số 01/2018/TT-VPCP") in text


@pytest.mark.parametrize("key", sorted(FORMS))
def test_the_parts_of_the_common_module_serve_every_form(key: str) -> None:
    own = HEAD + '#head(d)\n#title(d)\n#applicant(d)\n#signatures(signature("Người ký", d.signer_signature))' + FOOT
    (text,) = texts(render_slip(sample_content(key), template=own))

    assert squeeze(FORMS[key].name.upper()) in text.upper()


def test_a_template_needs_no_common_module() -> None:
    assert texts(render_slip(CONTENT, template="#let d = json(bytes(sys.inputs.content))\n#d.code")) == [
        CONTENT["code"]
    ]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Một\n#nope", 4),
        ("#d.nope", 3),
        ("Một\nHai\n#d.values.nope", 5),
        ("#field(1, 2)", 3),
        ('Một\n#fit(5, "x")', 4),
        ('#(1 + "a")', 3),
        ("\n\n#balanced(1, 5mm)", 5),
        ("#panic()", 3),
        ('#image("a.png")', 3),
        ("Một\n#let f = (", 4),
        ("#{ while true {} }", 3),
    ],
)
def test_what_is_wrong_is_told_with_the_templates_own_line(body: str, line: int) -> None:
    """Issue 6: a template that does not render is refused with its line, also when the fault shows in our module."""
    error = refused(HEAD + body + FOOT)

    assert error.line == line
    assert str(error).startswith(f"Dòng {line}: ")
    assert "/" not in error.told.replace("TT/", ""), "no path of the server is told"


@pytest.mark.parametrize(
    "reaching",
    [
        '#import "@preview/example:0.1.0": *',
        '#import "@local/example:0.1.0": *',
        '#import "\\u{40}preview/example:0.1.0": *',
        '#import ("@" + "preview/example:0.1.0"): *',
        '#import/**/"@preview/example:0.1.0"',
        '#{ include "../../secret.typ" }',
        '#let x = eval("1")',
        '#dictionary(std).at("ev" + "al")("1")',
        '#plugin("x.wasm")',
        '#import "common.typ" + ""',
    ],
)
def test_nothing_can_be_fetched_from_the_net(reaching: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.slips.render.press_source", lambda *_, **__: pytest.fail("typst saw it"))
    error = refused("= Phiếu\n" + reaching)

    assert error.line == 2


@pytest.mark.parametrize("path", ["/etc/passwd", "../__init__.py", "../../config.py", "/../forms.py"])
def test_no_file_outside_the_templates_is_read(path: str) -> None:
    assert refused(f'#read("{path}")').line == 1


@pytest.mark.parametrize(
    "template",
    ['#import "common.typ"', '#import "common.typ": fit, one', '#import "common.typ" as c', "standard, important"],
)
def test_what_only_looks_like_it_is_taken(template: str) -> None:
    render_slip(CONTENT, template=template)


def test_an_endless_template_is_refused_by_its_length() -> None:
    assert refused("a" * (MOST_CHARACTERS + 1)).line is None


def test_a_template_with_broken_characters_does_not_break_us() -> None:
    assert len(texts(render_slip(CONTENT, template="\ud800 Phiếu \x00"))) == 1


def test_our_own_templates_pass_as_replacements() -> None:
    source = (files("app.slips") / "templates" / "refusal.typ").read_text(encoding="utf-8")

    assert render_slip(CONTENT, template=source) == render_slip(CONTENT)
