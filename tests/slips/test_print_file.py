from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psutil
import pypdfium2 as pdfium
import pytest

from app.slips import render
from app.slips.content import SlipError
from app.slips.foreign import SlipTemplateError
from app.slips.print_file import PrintFile
from app.slips.render import Logo, Printing, render_many, render_slip
from app.slips.samples import sample_content
from tests.slips.examples import receipt
from tests.slips.pdf_reading import squeeze
from tests.slips.pictures import colours, cut_off, png, sizes, texts


def receipts(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        yield receipt(code=f"000.00.12.H50-261121-{number:04d}", applicant_name=f"Người nộp số {number}.").to_dict()


def made(slips: Any, **options: Any) -> bytes:
    pieces: list[bytes] = []
    render_many(slips, pieces.append, **options)
    return b"".join(pieces)


def test_many_receipts_are_one_file_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_BATCH", 4)
    pieces: list[bytes] = []
    pages = render_many(receipts(10), pieces.append)
    shown = texts(b"".join(pieces))

    assert pages == len(shown) == 10
    for number, page in enumerate(shown, start=1):
        assert squeeze(f"Người nộp số {number}.") in page
        assert f"H50-261121-{number:04d}" in page
        assert page.endswith("Trang1/1")
    assert sizes(b"".join(pieces)) == {(148, 210)}
    assert cut_off(b"".join(pieces)) == []


def test_a_slip_in_a_file_is_the_slip_by_itself() -> None:
    for key in ("tt01-2018/01", "tt01-2018/02", "tt01-2018/05", "office/opinion"):
        content = sample_content(key)
        assert texts(made([content, content])) == texts(render_slip(content)) * 2


def test_slips_of_every_kind_may_stand_in_one_file() -> None:
    own = '#import "common.typ": *\n#let form(d) = sheet(d)[Của tỉnh]\n#one(form)'
    logo = Logo("image/png", png("#00ff00"))
    refusal = sample_content("tt01-2018/03")
    shown = texts(
        made(
            [
                refusal,
                Printing(refusal, mark="BẢN IN LẠI lần 2"),
                Printing(refusal, template=own),
                sample_content("office/opinion"),
                Printing(refusal, logo=logo),
                next(receipts(1)),
            ]
        )
    )

    assert len(shown) == 6
    assert [squeeze("BẢN IN LẠI lần 2") in page for page in shown] == [False, True, False, False, False, False]
    assert squeeze("Của tỉnh") in shown[2]
    assert squeeze("VĂN BẢN XIN Ý KIẾN") in shown[3]
    assert squeeze("Người nộp số 1.") in shown[5]
    assert (0, 255, 0) in colours(made([Printing(refusal, logo=logo)]))


@pytest.mark.parametrize(
    ("own", "batches"),
    [
        ('#import "common.typ": *\n#let form(d) = sheet(d)[Của tỉnh #d.applicant_name]\n#one(form)\n', 1),
        ('#import "common.typ": *\n#let d = json(bytes(sys.inputs.content))\n#sheet(d)[Của tỉnh #d.applicant_name]', 0),
        (
            '#import "common.typ": *\n#let form(d) = { assert("of-many" not in d); sheet(d)[Của tỉnh #d.applicant_name] }\n'
            "#one(form)",
            1,
        ),
    ],
)
def test_a_replaced_template_sets_many_where_it_can(own: str, batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    press_many = render.press_many
    monkeypatch.setattr(render, "press_many", lambda source, *rest: tried.append(source) or press_many(source, *rest))
    shown = texts(made(Printing(content, template=own) for content in receipts(3)))

    assert [squeeze(f"Của tỉnh Người nộp số {number}.") in page for number, page in enumerate(shown, start=1)] == [
        True
    ] * 3
    assert len(tried) == batches


def test_a_template_that_reaches_out_is_refused_in_a_file_too() -> None:
    own = '#import "@preview/a:1.0.0"\n#one(form)'

    with pytest.raises(SlipTemplateError):
        made([Printing(next(receipts(1)), template=own)])


def test_each_slip_counts_its_own_pages() -> None:
    long = sample_content("tt01-2018/02")
    pages = texts(made([long, sample_content("tt01-2018/03"), long]))

    assert [page[-8:] for page in pages] == ["Trang1/2", "Trang2/2", "Trang1/1", "Trang1/2", "Trang2/2"]


def test_the_same_slips_are_the_same_bytes() -> None:
    assert made(receipts(5)) == made(receipts(5))
    assert made(receipts(5)) != made(receipts(4))


def test_the_file_has_a_title_and_the_date_of_its_newest_slip() -> None:
    older, newer = (
        sample_content("tt01-2018/03"),
        sample_content("office/opinion") | {"issued_at": "2026-12-01T02:03:04+00:00"},
    )
    with pdfium.PdfDocument(made([newer, older], title="Tập phiếu ngày 01/12")) as document:
        found = document.get_metadata_dict()

    assert found["Title"] == "Tập phiếu ngày 01/12"
    assert found["CreationDate"] == "D:20261201020304+0000"


def test_a_file_is_written_as_it_comes_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_BATCH", 3)
    asked, written = [], []

    def asking() -> Iterator[dict[str, Any]]:
        for number, content in enumerate(receipts(9)):
            asked.append((number, sum(map(len, written))))
            yield content

    render_many(asking(), written.append)
    before_each_batch = [length for number, length in asked if number % 3 == 0]

    assert before_each_batch == sorted(set(before_each_batch))
    assert before_each_batch[-1] > 50_000


def test_five_batches_take_no_more_memory_than_one() -> None:
    """`motcua bench slip` measures a thousand; here only that batches are forgotten."""
    process = psutil.Process()
    peak = 0

    def grown(count: int) -> int:
        nonlocal peak
        peak = 0

        def write(_: bytes) -> None:
            nonlocal peak
            peak = max(peak, process.memory_info().rss)

        render_many(receipts(count), write)
        return peak

    few = grown(25)
    assert grown(125) < few + 40_000_000  # each batch that stayed would add about 28 MB


def test_no_slips_make_no_file() -> None:
    with pytest.raises(ValueError, match="without pages"):
        made([])


def test_a_damaged_slip_is_named_as_by_itself() -> None:
    with pytest.raises(SlipError):
        made([sample_content("tt01-2018/03"), {"form": "tt99-2099/01", "issued_at": "2026-12-01T02:03:04+00:00"}])


@pytest.mark.parametrize(
    "damage",
    [
        lambda pdf: b"",
        lambda pdf: b"%PDF-1.7 nothing",
        lambda pdf: pdf[:-10],
        lambda pdf: pdf.replace(b"startxref\n", b"startxref\n9"),
        lambda pdf: b"x" + pdf,
    ],
)
def test_what_typst_did_not_write_is_refused(damage: Any) -> None:
    pdf = render_slip(sample_content("tt01-2018/03"))
    file = PrintFile(lambda _: None)

    with pytest.raises(ValueError, match=r"."):
        file.add(damage(pdf))


def test_strings_and_streams_are_not_renumbered() -> None:
    """A text that looks like a reference, in a name, a title or a picture, stays as it is."""
    content = sample_content("tt01-2018/03") | {"applicant_name": "Số 12 0 R (3 0 R", "agency_name": "7 0 R) \\ 8 0 R"}
    pieces: list[bytes] = []
    file = PrintFile(pieces.append)
    for _ in range(3):
        file.add(render_slip(content))  # with tags: strings, names and structure
    assert file.close(datetime(2026, 12, 1, tzinfo=UTC), "Tập 5 0 R") == 3

    assert texts(b"".join(pieces)) == texts(render_slip(content)) * 3
