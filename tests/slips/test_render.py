from __future__ import annotations

import copy
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.slips import printed, render
from app.slips.content import SlipError, clean_values
from app.slips.fields import Field
from app.slips.forms import FORMS
from app.slips.receipt import ReceiptContent, render_receipt
from app.slips.render import Logo, printed_values, render_slip
from app.slips.samples import CODE, sample_content
from app.slips.symbols import code_in_url
from tests.slips.examples import receipt
from tests.slips.pdf_reading import squeeze
from tests.slips.pictures import colours, cut_off, png, sizes, texts

PAPERS = {"a5": (148, 210), "a4": (210, 297), "a4-landscape": (297, 210)}
KEYS = sorted(FORMS)
OTHERS = sorted(key for key, form in FORMS.items() if form.kind != "receipt")
MARKUP = '#strong[x] $a^2$ *b* _c_ \\ <nhãn> @ref `mã` // x /* y */ = Tiêu đề #panic() #sys.inputs "ngoặc"'
WORD = "W" * 400


def printed_text(content: dict[str, Any], **options: Any) -> str:
    return "".join(texts(render_slip(content, **options)))


def filled(key: str, text: str, rows: int = 3) -> dict[str, Any]:
    """The sample with `text` wherever people write."""

    def value(field: Field, old: Any) -> Any:
        if field.kind == "rows":
            return [
                {column.name: value(column, row.get(column.name)) for column in field.columns} for row in old[:1] * rows
            ]
        return text if field.kind in {"line", "lines"} else old

    content = sample_content(key)
    written = dict.fromkeys(printed._HEAD, text)
    values = {field.name: value(field, content["values"][field.name]) for field in FORMS[key].fields}
    return content | written | {"place_name": text, "number": text[:50], "values": clean_values(key, values)}


@pytest.mark.parametrize("key", KEYS)
def test_every_form_prints_its_sample_whole_on_its_paper(key: str) -> None:
    pdf = render_slip(sample_content(key))

    assert sizes(pdf) == {PAPERS[FORMS[key].paper]}
    assert len(texts(pdf)) <= 3
    assert cut_off(pdf) == []


@pytest.mark.parametrize("key", OTHERS)
def test_every_field_is_printed_and_the_forms_name_and_circular(key: str) -> None:
    content, form = sample_content(key), FORMS[key]
    values = printed_values(content)
    text = printed_text(content)

    for field in form.fields:
        shown = values["values"][field.name]
        cells = (
            [row[column.name] for row in shown for column in field.columns]
            if field.kind == "rows"
            else shown.split("\n")
        )
        assert [one for one in cells if squeeze(one) not in text] == []
    assert squeeze(form.name.upper()) in text.upper()
    assert squeeze(form.title or form.name) in text
    assert (f"Số:127{form.number_suffix}" in text) == form.book
    assert squeeze("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc") in text
    assert squeeze("Quảng Trị, ngày 20 tháng 11 năm 2026") in text


@pytest.mark.parametrize("key", OTHERS)
def test_the_slip_of_a_dossier_has_its_code_bars_and_look_up(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = printed.qr_svg
    monkeypatch.setattr(printed, "qr_svg", lambda url: drawn.append(url) or draw(url))
    content = sample_content(key)
    text = printed_text(content)

    assert [code_in_url(url) for url in drawn] == ([CODE] if content["code"] else [])
    assert (squeeze(f"Mã hồ sơ: {CODE}") in text) == bool(content["code"])
    assert "q8Zr3bX0vYt5mKc2LwPdAg" not in text


@pytest.mark.parametrize("key", KEYS)
def test_demonstration_and_copy_are_marked_on_every_slip(key: str) -> None:
    content, mark = sample_content(key), "BẢN IN LẠI ngày 21 tháng 11 năm 2026 – Lý do: mất"

    assert "KHÔNGCÓGIÁTRỊPHÁPLÝ" in printed_text(content)
    assert "KHÔNGCÓGIÁTRỊPHÁPLÝ" not in printed_text(content | {"demonstration": False})
    assert squeeze(mark) in printed_text(content, mark=mark)


@pytest.mark.parametrize("key", KEYS)
def test_a_logo_stands_in_the_head(key: str) -> None:
    content = sample_content(key)
    logo = Logo("image/png", png("#00ff00"))

    assert (0, 255, 0) not in colours(render_slip(content))
    with_logo = render_slip(content, logo=logo)
    assert ((0, 255, 0) in colours(with_logo)) == (
        FORMS[key].kind != "withdrawal"
    )  # the applicant's own paper has none
    assert cut_off(with_logo) == []


@pytest.mark.parametrize("kind", ["image/jpeg", "image/svg+xml"])
def test_a_logo_may_be_jpeg_or_svg(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#0000ff").save(out, "JPEG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#0000ff"/></svg>'
    logo = Logo(kind, out.getvalue() if kind == "image/jpeg" else svg)

    assert any(
        blue > 240 and red < 15 for red, _, blue in colours(render_slip(sample_content("tt01-2018/02"), logo=logo))
    )


def test_a_logo_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="not a logo"):
        Logo("image/gif", b"GIF89a")


@pytest.mark.parametrize("key", OTHERS)
def test_what_people_write_is_never_markup_nor_cut_off(key: str) -> None:
    pdf = render_slip(filled(key, MARKUP))
    text = "".join(texts(pdf))

    assert squeeze(MARKUP)[:40] in text or squeeze(MARKUP.upper())[:40] in text
    assert cut_off(pdf) == []


@pytest.mark.parametrize("key", OTHERS)
def test_endless_words_break_and_sixty_rows_go_on_under_a_repeated_head(key: str) -> None:
    content = filled(key, WORD, rows=2)
    assert cut_off(render_slip(content)) == []
    rows = next((field for field in FORMS[key].fields if field.kind == "rows"), None)
    if rows is not None:
        content = sample_content(key)
        content["values"][rows.name] = content["values"][rows.name] * 5
        pdf = render_slip(content)
        pages = texts(pdf)
        assert cut_off(pdf) == []
        assert all(f"Trang{number}/{len(pages)}" in page for number, page in enumerate(pages, start=1))
        heads = {"hand_overs": "Ghi chú", "dossiers": "Mã hồ sơ", "fees": "Số tiền", "entries": "Mã hồ sơ"}
        head = "Mã hồ sơ" if key == "office/post_list" else heads.get(rows.name, "Tên thành phần hồ sơ")
        assert all(squeeze(head) in page for page in pages[:-1])


@pytest.mark.parametrize("key", OTHERS)
def test_what_is_left_empty_is_dots_and_a_signature_never_stands_alone(key: str) -> None:
    content = sample_content(key)
    for name in printed._HEAD:
        content[name] = ""
    content |= {"number": "", "place_name": "", "received_at": None, "appointment_at": None}
    content["values"] = {field.name: [] if field.kind == "rows" else None for field in FORMS[key].fields}
    pages = texts(render_slip(content))

    assert len(pages) == 1
    assert FORMS[key].kind == "register" or "........" in pages[0]
    assert "None" not in pages[0]


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec=None), min_size=1, max_size=200), key=st.sampled_from(OTHERS))
def test_any_text_prints(text: str, key: str) -> None:
    try:
        content = filled(key, text)
    except SlipError:  # nothing visible in a required field
        return
    assert cut_off(render_slip(content, mark=text)) == []


@pytest.mark.parametrize("count", range(1, 12))
@pytest.mark.parametrize(
    "key", ["tt01-2018/02", "office/guidance", "office/fee_receipt", "tt01-2018/05", "tt01-2018/06"]
)
def test_signatures_move_with_what_is_signed_for(key: str, count: int) -> None:
    content = sample_content(key)
    rows = next(field.name for field in FORMS[key].fields if field.kind == "rows")
    content["values"][rows] = (content["values"][rows] * 3)[: 2 + count * 2]
    last = texts(render_slip(content))[-1]

    assert squeeze(content["signer_name"]) in last
    before = last.split(squeeze("Ký và ghi rõ họ tên"))[0]
    assert len(before) > 40


def test_a_sum_stands_in_figures_and_in_words() -> None:
    content = sample_content("office/fee_receipt")
    content["values"]["fees"] = [{"name": "Lệ phí", "amount": 100_000}, {"name": "Phí", "amount": 25_000}]
    text = printed_text(content)

    assert squeeze("Tổng cộng: 125.000 đồng") in text
    assert squeeze("Bằng chữ: Một trăm hai mươi lăm nghìn đồng") in text


def test_a_hand_over_says_who_gave_and_who_took_when_and_how_it_ended() -> None:
    content = sample_content("tt01-2018/05")
    content["values"]["hand_overs"] = [
        {
            "giver_agency": "Bộ phận một cửa", "giver": "Lê Văn Quý", "taker_agency": "Phòng Đất đai", "taker": "Hồ Văn Ơn",
            "handed_at": "2026-11-20T01:20:00+00:00", "result": "late", "note": "Chậm vì lũ",
        },
        {"giver_agency": "Phòng Đất đai", "taker_agency": "Bộ phận một cửa"},
    ]  # fmt: skip
    text = printed_text(content)

    for shown in ("1. Giao: Bộ phận một cửa (Lê Văn Quý)", "2. Nhận: Phòng Đất đai (Hồ Văn Ơn)", "08:20, 20/11/2026"):
        assert squeeze(shown) in text
    assert "Quáhạn" in text
    assert "Chậmvìlũ" in text
    assert squeeze("..... giờ ....., ngày ...../...../.........") in text


def test_the_satisfaction_form_asks_for_every_criterion_of_the_decree() -> None:
    (text,) = texts(render_slip(sample_content("office/satisfaction")))

    for word in (
        "Thời gian giải quyết", "Số cơ quan, đơn vị", "Số lần phải liên hệ", "công khai đầy đủ, chính xác", "Thái độ",
        "chi phí", "phản ánh, kiến nghị", "trực tuyến", "Nội dung khác",
    ):  # fmt: skip
        assert squeeze(word) in text


def test_a_receipt_is_the_same_slip_both_ways() -> None:
    issued = receipt()

    assert render_slip(issued.to_dict()) == render_receipt(issued)
    assert render_slip(issued.to_dict(), mark="BẢN SAO") == render_receipt(issued, "BẢN SAO")
    assert isinstance(ReceiptContent.from_dict(sample_content("tt03-2025/01")), ReceiptContent)


@pytest.mark.parametrize(
    ("changes", "printed_to"),
    [
        ({}, "b2e98c80f013c62d3eb5890229ad0fd12ed83c46f1665e530ef64f013248eb97"),
        (
            {"form": "tt03-2025/01", "demonstration": True},
            "cd5e9b49255486a2ec1bf583599d1cc550f70b3fd784da4977f031b907e18ac5",
        ),
    ],
)
def test_receipts_print_to_the_bytes_of_the_first_ones(changes: dict[str, Any], printed_to: str) -> None:
    """A receipt issued before there were other slips prints on. Another typst may change the bytes, a template must not."""
    assert hashlib.sha256(render_receipt(receipt(**changes))).hexdigest() == printed_to


@pytest.mark.parametrize("key", OTHERS)
def test_the_same_content_is_always_the_same_bytes_on_any_thread(key: str) -> None:
    content = sample_content(key)
    before = copy.deepcopy(content)
    with ThreadPoolExecutor(2) as pool:
        together = set(pool.map(render_slip, [content] * 3))

    assert together == {render_slip(content)}
    assert content == before


@pytest.mark.parametrize(
    "damage",
    [
        {"form": "tt99-2099/01"},
        {"form": None},
        {"values": None},
        {"values": []},
        {"issued_at": None},
        {"applicant_name": 5},
    ],
)
def test_a_damaged_stored_slip_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(SlipError):
        render_slip(sample_content("tt01-2018/02") | damage)


def test_a_slip_without_values_or_date_is_refused() -> None:
    for name in ("values", "issued_at"):
        content = sample_content("tt01-2018/02")
        del content[name]
        with pytest.raises(SlipError):
            render_slip(content)


def test_a_register_in_parts_is_whole_and_counts_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_PART", 40)
    content = sample_content("tt01-2018/06")
    row = content["values"]["dossiers"][0]
    content["values"]["dossiers"] = [row | {"number": number, "note": f"dòng{number}."} for number in range(1, 92)]
    pdf = render_slip(content)
    pages = texts(pdf)
    text = "".join(pages)

    assert all(f"dòng{number}." in text for number in (1, 40, 41, 80, 81, 91))
    assert all(page.rstrip().endswith(f"Trang{number}") for number, page in enumerate(pages, start=1))
    assert text.count("SỔTHEODÕIHỒSƠ") == 1
    assert squeeze("Tổng số: 91 hồ sơ") in pages[-1]
    assert sizes(pdf) == {(297, 210)}
    assert cut_off(pdf) == []
