from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.slips.content import SlipError, clean_values
from app.slips.forms import FORMS
from app.slips.samples import sample_content

SUPPLEMENT, FEES, OFFICE = "tt01-2018/02", "office/fee_receipt", "office/payment_notice"
KEYS = sorted(key for key, form in FORMS.items() if form.kind != "receipt")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def errors(form_key: str, values: Any) -> dict[str, list[str]]:
    with pytest.raises(SlipError) as refused:
        clean_values(form_key, values)
    return refused.value.errors


def cleaned_or_refused(form_key: str, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    try:
        return clean_values(form_key, values), {}
    except SlipError as error:
        return {}, error.errors


def supplement(**changes: Any) -> dict[str, Any]:
    return {"items": [{"name": "Đơn đề nghị", "quantity": 1, "kind": "original"}], "reason": "Thiếu đơn"} | changes


def test_what_is_left_empty_is_there_as_empty() -> None:
    assert clean_values(SUPPLEMENT, supplement()) == {
        "items": [{"name": "Đơn đề nghị", "quantity": 1, "kind": "original"}],
        "reason": "Thiếu đơn",
        "help_phone": "",
        "help_address": "",
    }
    assert clean_values(OFFICE, {"amount": 5, "reason": "Phí"})["limit_at"] is None


def test_missing_and_unknown_fields_are_named() -> None:
    found = errors(SUPPLEMENT, {"reason": "  \n ", "other": "x"})

    assert found == {
        "other": ["Mẫu phiếu không có trường này."],
        "items": ["Cần ít nhất một dòng."],
        "reason": ["Cần nhập nội dung này."],
    }


def test_a_fault_in_a_row_names_row_and_column() -> None:
    rows = [{"name": "Đơn"}, {"name": "", "quantity": "hai"}, "x", {"name": "Giấy", "kind": "stolen"}]

    assert errors(SUPPLEMENT, supplement(items=rows)) == {
        "items": [
            "Dòng 2, Tên thành phần hồ sơ: Cần nhập nội dung này.",
            "Dòng 2, Số lượng: Cần là số nguyên từ 0 đến 9999.",
            "Dòng 3: cần là một đối tượng gồm tên cột và giá trị.",
            "Dòng 4, Loại bản: Cần là một trong: original, certified, copy, electronic.",
        ]
    }


def test_rows_with_nothing_in_them_are_left_out() -> None:
    rows = [{"name": "", "quantity": None}, {"name": "Đơn"}, {}]

    assert [row["name"] for row in clean_values(SUPPLEMENT, supplement(items=rows))["items"]] == ["Đơn"]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        (125_000, 125_000),
        ("125000", 125_000),
        ("125.000", 125_000),
        ("1.250.000 đồng", 1_250_000),
        ("12 500 đ", 12_500),
        (0, 0),
    ],
)
def test_money_is_taken_as_people_write_it(typed: object, amount: int) -> None:
    assert clean_values(OFFICE, {"amount": typed, "reason": "Phí"})["amount"] == amount


@pytest.mark.parametrize(
    "typed", [-1, 1.5, True, "12,5", "1.25", "1.2500", "nhiều", "-5", "１２５", 10**16, [], "9" * 40]
)
def test_what_is_no_amount_of_dong_is_refused(typed: object) -> None:
    assert list(errors(OFFICE, {"amount": typed, "reason": "Phí"})) == ["amount"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-11-20T14:30", "2026-11-20T07:30:00+00:00"),
        ("2026-11-20T14:30:00+07:00", "2026-11-20T07:30:00+00:00"),
        ("2026-11-20T07:30:00+00:00", "2026-11-20T07:30:00+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_the_time_in_viet_nam(typed: str, stored: str) -> None:
    assert clean_values(OFFICE, {"amount": 1, "reason": "Phí", "limit_at": typed})["limit_at"] == stored


@pytest.mark.parametrize("typed", ["ngày mai", "2026-13-01T00:00", 5, "0001-01-01T00:00+14:00", ["2026-11-20T14:30"],
                                   "9999-12-31T23:30:00+00:00"])  # fmt: skip
def test_what_is_no_instant_is_refused(typed: object) -> None:
    assert list(errors(OFFICE, {"amount": 1, "reason": "Phí", "limit_at": typed})) == ["limit_at"]


def test_long_texts_keep_their_lines_and_lose_what_cannot_be_printed() -> None:
    typed = "\n\nMột\r\n\x00Hai\u202e ba\u2028Bốn\t  năm\n"

    assert clean_values("tt01-2018/03", {"reason": typed})["reason"] == "Một\nHai ba\nBốn năm"


@pytest.mark.parametrize(("field", "length"), [("reason", 4001), ("return_place", 501), ("reason", 10**6)])
def test_a_text_that_is_too_long_is_refused(field: str, length: int) -> None:
    assert list(errors("tt01-2018/03", {"reason": "x", field: "a" * length})) == [field]


def test_too_many_rows_are_refused() -> None:
    assert errors(SUPPLEMENT, supplement(items=[{"name": "Đơn"}] * 201)) == {"items": ["Nhiều quá 200 dòng."]}


def test_an_unknown_form_is_an_error_of_its_own() -> None:
    assert list(errors("tt99-2099/01", {})) == ["form"]
    assert list(errors(SUPPLEMENT, [])) == ["values"]


@pytest.mark.parametrize("key", KEYS)
def test_every_sample_is_clean_and_fit_for_storage(key: str) -> None:
    content = sample_content(key)

    assert clean_values(key, content["values"]) == content["values"]
    assert json.loads(json.dumps(content)) == content


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(KEYS), data=st.data())
def test_whatever_is_filled_in_is_cleaned_once_or_refused_by_field(key: str, data: st.DataObject) -> None:
    names = [field.name for field in FORMS[key].fields]
    values = data.draw(st.dictionaries(st.sampled_from([*names, "other"]), anything, max_size=6))
    cleaned, found = cleaned_or_refused(key, values)

    assert set(found) <= {*names, "other"}
    assert all(told and all(told) for told in found.values())
    if not found:
        assert json.loads(json.dumps(cleaned)) == cleaned
        assert clean_values(key, cleaned) == cleaned


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(codec=None), max_size=300))
def test_any_text_survives_cleaning_twice_and_storage(text: str) -> None:
    cleaned, found = cleaned_or_refused("tt01-2018/03", {"reason": text, "return_place": text[:100]})

    assert set(found) <= {"reason"}
    if not found:
        assert clean_values("tt01-2018/03", cleaned) == cleaned
        assert not any(ord(char) < 32 and char != "\n" for char in cleaned["reason"])
        json.dumps(cleaned, ensure_ascii=False).encode()
