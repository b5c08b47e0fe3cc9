from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.profile import CHOICES
from app.slips.forms import FORMS, RECEIPTS, receipt_form
from app.slips.receipt import ReceiptComponent, ReceiptContent, ReceiptError, render_receipt
from tests.slips.examples import receipt
from tests.slips.pdf_reading import read_pages, squeeze

MARKUP = '#strong[x] $a^2$ *b* _c_ \\ <nhãn> @ref `mã` // x /* y */ = Tiêu đề #panic() #sys.inputs -- --- ~ "ngoặc"'
TEXT_FIELDS = (
    "agency_name", "parent_agency_name", "desk_name", "applicant_name", "applicant_id_number", "applicant_address",
    "applicant_phone", "applicant_email", "procedure_name", "limit_text", "place_of_return", "receiver_name",
    "fee_text", "place_name", "register_book", "register_number",
)  # fmt: skip


def printed(content: ReceiptContent) -> str:
    return "".join(page.text for page in read_pages(render_receipt(content)))


def test_usual_content_takes_one_a5_page() -> None:
    pages = read_pages(render_receipt(receipt()))

    assert len(pages) == 1
    assert (round(pages[0].width_mm), round(pages[0].height_mm)) == (148, 210)


def test_the_same_content_is_always_the_same_bytes() -> None:
    assert render_receipt(receipt()) == render_receipt(receipt())


def test_a_stored_receipt_prints_again_to_the_same_bytes() -> None:
    issued = receipt(register_book="01", register_number="0123", demonstration=True)
    stored = json.loads(json.dumps(issued.to_dict()))

    assert ReceiptContent.from_dict(stored) == issued
    assert render_receipt(ReceiptContent.from_dict(stored)) == render_receipt(issued)


def test_the_pdf_is_dated_by_the_slip_and_not_by_the_clock() -> None:
    pdf = render_receipt(receipt(issued_at=datetime(2026, 11, 20, 1, 16, 42, tzinfo=UTC)))

    assert b"20261120011642" in pdf


def test_many_threads_print_at_once() -> None:
    contents = [receipt(applicant_name=f"Người nộp số {number}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render_receipt, contents))

    assert together == [render_receipt(content) for content in contents]


def test_a_long_list_of_components_continues_under_a_repeated_head() -> None:
    names = [f"Thành phần thứ {number}: bản sao giấy chứng nhận quyền sử dụng đất" for number in range(1, 41)]
    pages = read_pages(render_receipt(receipt(components=tuple(ReceiptComponent(name, 1) for name in names))))

    assert len(pages) == 3
    assert all(squeeze("Tên thành phần hồ sơ") in page.text for page in pages)
    assert all(f"Trang{number}/3" in page.text for number, page in enumerate(pages, start=1))
    assert all(squeeze(name) in "".join(page.text for page in pages) for name in names)


def test_signatures_never_stand_on_a_page_without_what_is_signed_for() -> None:
    for count in range(4, 14):
        parts = tuple(ReceiptComponent(f"Thành phần {number}", 1) for number in range(count))
        signed = next(page for page in read_pages(render_receipt(receipt(components=parts))) if "NGƯỜINỘP" in page.text)
        assert squeeze("5. Thời gian trả kết quả") in signed.text
        assert squeeze("NGƯỜI TIẾP NHẬN HỒ SƠ") in signed.text


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_no_field_is_read_as_markup(field: str) -> None:
    text = printed(receipt(form="tt03-2025/01", **{field: MARKUP}))

    if field in {"agency_name", "parent_agency_name"}:
        assert squeeze(MARKUP.upper()) in text
    else:
        assert squeeze(MARKUP)[:60] in text


def test_no_component_name_is_read_as_markup() -> None:
    assert squeeze(MARKUP) in printed(receipt(components=(ReceiptComponent(MARKUP, 1),)))


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn\u202e gnờưhc nảb \u202c\u200fVăn A",
        "👩\u200d🌾 Trần Thị 😀🇻🇳",
        "=SUM(A1:A9) @cmd|' /C calc'!A0",
        "田中 太郎 العربية ไทย",
        "\x00\x01\x1b[31m\r\n\tNguyễn\ud800\uffff\ufdd0",
        "a" + "\u0301" * 500,
        "",
        "</svg><script>alert(1)</script>&amp;%00",
    ],
)
def test_strange_names_still_give_one_page(name: str) -> None:
    pages = read_pages(render_receipt(receipt(applicant_name=name, receiver_name=name)))

    assert len(pages) == 1
    assert squeeze("Tiếp nhận hồ sơ của:") in pages[0].text


def test_a_direction_override_cannot_turn_text_around() -> None:
    assert squeeze("Nguyễn Văn A") in printed(receipt(applicant_name="\u202eNguyễn\u202c Văn\u2067 A"))


@pytest.mark.parametrize("text", ["W" * 4000, "Một " * 1000, "=" * 4000, "ơ\u0309" * 2000, "😀" * 4000])
def test_four_thousand_characters_are_printed_whole_on_few_pages(text: str) -> None:
    pages = read_pages(render_receipt(receipt(applicant_name=text)))

    assert 1 < len(pages) <= 6


def test_a_word_wider_than_the_page_is_broken_and_not_cut_off() -> None:
    pages = read_pages(render_receipt(receipt(procedure_name="W" * 4000)))

    assert sum(page.text.count("W") for page in pages) == 4000
    assert len(pages) > 1


def test_a_word_that_fits_is_never_broken() -> None:
    email = "bo-phan-mot-cua.trung-tam-hanh-chinh@quangtri.example.vn"

    assert "\u200b" not in printed(receipt(applicant_email=email))
    assert email in printed(receipt(applicant_email=email))


@settings(max_examples=40, deadline=None)
@given(
    name=st.text(st.characters(codec=None), max_size=200),
    part=st.text(st.characters(codec=None), max_size=200),
    desk=st.text(max_size=120),
)
def test_any_text_gives_a_readable_slip_and_survives_storage(name: str, part: str, desk: str) -> None:
    content = receipt(applicant_name=name, components=(ReceiptComponent(part, 1),), desk_name=desk)

    assert ReceiptContent.from_dict(json.loads(json.dumps(content.to_dict()))) == content
    assert 1 <= len(read_pages(render_receipt(content))) <= 4


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"received_at": datetime(2026, 11, 20, 8, 0)}, "received_at"),  # noqa: DTZ001
        ({"appointment_at": datetime(2026, 11, 20, 8, 0)}, "appointment_at"),  # noqa: DTZ001
        ({"lookup_url": "https://motcua.example.vn/tra-cuu?code=H50.12-261121-0002&token=x"}, "lookup_url"),
        ({"lookup_url": "https://motcua.example.vn/tra-cuu"}, "lookup_url"),
        ({"code": "mã hồ sơ"}, "code"),
        ({"sets": -1}, "sets"),
        ({"sets": True}, "sets"),
        ({"form": "tt03-2025/05"}, "form"),
    ],
)
def test_content_that_contradicts_itself_is_refused_by_field(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ReceiptError, match=f"^{named}:"):
        receipt(**changes)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("code"),
        lambda data: data.update(unknown="x"),
        lambda data: data.pop("components"),
        lambda data: data.update(components=[{"title": "x"}]),
        lambda data: data.update(components=[{"name": 5}]),
        lambda data: data.update(components=[{"name": "x", "copies": "1"}]),
        lambda data: data.update(received_at=5),
        lambda data: data.update(agency_name=5),
        lambda data: data.update(received_at="hôm qua"),
    ],
)
def test_a_damaged_stored_receipt_is_refused(damage: Any) -> None:
    data = receipt().to_dict()
    damage(data)

    with pytest.raises(ReceiptError):
        ReceiptContent.from_dict(data)


def test_every_slip_set_of_a_profile_has_receipts_oldest_first() -> None:
    assert set(RECEIPTS) == set(CHOICES["slip_set"])
    for keys in RECEIPTS.values():
        assert [FORMS[key].valid_from for key in keys] == sorted(FORMS[key].valid_from for key in keys)


@pytest.mark.parametrize(
    ("slip_set", "day", "form"),
    [
        ("tt_01_2018", date(2026, 11, 20), "tt01-2018/01"),
        ("tt_03_2025", date(2025, 9, 14), "tt01-2018/01"),
        ("tt_03_2025", date(2025, 9, 15), "tt03-2025/01"),
        ("tt_01_2018", date(2001, 1, 1), "tt01-2018/01"),
    ],
)
def test_the_form_is_the_one_in_force_on_the_day(slip_set: str, day: date, form: str) -> None:
    assert receipt_form(slip_set, day) == form


def test_an_issued_receipt_keeps_its_form_whatever_came_later() -> None:
    stored = receipt(form="tt01-2018/01", issued_at=datetime(2026, 11, 20, 1, 16, tzinfo=UTC)).to_dict()

    assert stored["form"] == "tt01-2018/01"
    assert squeeze("Thông tư số 01/2018/TT-VPCP") in printed(ReceiptContent.from_dict(stored))


def test_a_child_of_a_process_that_printed_is_told_so_instead_of_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    render_receipt(receipt())
    monkeypatch.setattr("app.slips.press.os.getpid", lambda: -1)

    with pytest.raises(RuntimeError, match="after the fork"):
        render_receipt(receipt())
