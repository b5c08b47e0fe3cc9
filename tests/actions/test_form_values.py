"""What is filled into a step's form, as the server checks it; the same cases run against form-js in test_step_form.py."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from app.actions.form_values import check_form
from app.config import PROJECT_ROOT

CASES = json.loads((PROJECT_ROOT / "tests/web/step_form_cases.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 23)


def checked(components: list[dict[str, Any]], given: dict[str, Any], known: dict[str, Any] | None = None) -> Any:
    return check_form({"components": components}, known or {}, given, TODAY, (7, 8))


def plain(value: Any) -> Any:
    """Without what is empty: form-js has null, no choices or empty rows where the server has nothing, and vice versa."""
    if isinstance(value, dict):
        kept = {key: plain(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        rows = [plain(one) for one in value]
        return rows if any(one != {} for one in rows) else []
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_server_says_what_the_browser_says(case: dict[str, Any]) -> None:
    filled = checked(case["components"], case["given"], case["known"])
    assert sorted(filled.wrong) == [f"data.{path}" for path in case["wrong"]]
    if case["data"] is not None:
        assert plain(filled.data) == plain(case["data"])


@pytest.mark.parametrize(
    ("subtype", "value"),
    [("date", "2026-02-30"), ("date", "30/02/2026"), ("date", 5), ("time", "25:00"), ("time", "8h"),
     ("datetime", "2026-02-30T08:00"), ("datetime", "2026-11-23"), ("date", "2026-1-1"), ("date", "٢٠٢٦-٠١-٠١")],
)  # fmt: skip
def test_a_date_that_no_calendar_has_is_refused(subtype: str, value: Any) -> None:
    filled = checked([{"type": "datetime", "key": "d", "label": "Ngày", "subtype": subtype}], {"d": value})
    assert filled.wrong == {"data.d": ["Không có ngày, giờ này; hãy nhập lại."]}


def test_a_day_that_is_over_is_refused_unless_it_stood_there() -> None:
    form = [{"type": "datetime", "key": "d", "label": "Ngày", "subtype": "date", "disallowPassedDates": True}]
    assert checked(form, {"d": "2026-11-22"}).wrong
    assert not checked(form, {"d": "2026-11-23"}).wrong
    assert not checked(form, {"d": "2026-11-22"}, {"d": "2026-11-22"}).wrong


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "rộng"), ("number", True), ("number", "NaN"), ("number", "1e999"), ("number", [1]), ("textfield", 5),
     ("textfield", "a\x00b"), ("select", "z"), ("radio", {"a": 1}), ("checklist", ["x", "x"]), ("checklist", ["z"]),
     ("taglist", [["x"]]), ("filepicker", [9]), ("filepicker", [7, 8]), ("filepicker", ["x"])],
)  # fmt: skip
def test_what_is_no_value_of_the_field_is_refused(kind: str, value: Any) -> None:
    values = [{"value": "x", "label": "X"}]
    assert list(checked([{"type": kind, "key": "a", "label": "A", "values": values}], {"a": value}).wrong) == ["data.a"]


def test_text_of_a_page_becomes_what_the_field_holds() -> None:
    form: list[dict[str, Any]] = [
        {"type": "number", "key": "n", "label": "N"},
        {"type": "checkbox", "key": "t", "label": "T"},
        {"type": "checklist", "key": "c", "label": "C", "values": [{"value": 1, "label": "Một"}]},
        {"type": "radio", "key": "r", "label": "R", "values": [{"value": True, "label": "Có"}]},
        {"type": "filepicker", "key": "f", "label": "F"},
    ]
    filled = checked(form, {"n": "120,5", "t": ["false", "true"], "c": "1", "r": "true", "f": "8"})
    assert (filled.wrong, filled.data) == ({}, {"n": 120.5, "t": True, "c": [1], "r": True, "f": [8]})


def test_what_may_not_be_changed_here_stays() -> None:
    form: list[dict[str, Any]] = [
        {"type": "textfield", "key": "a", "label": "A", "readonly": True},
        {"type": "textfield", "key": "b", "label": "B", "readonly": '=a = "cũ"'},
        {"type": "expression", "key": "e", "expression": "=1 + 1"},
    ]
    filled = checked(form, {"a": "mới", "b": "mới", "e": 99}, {"a": "cũ", "b": "có"})
    assert filled.data == {"a": "cũ", "b": "có", "e": 2}


def test_what_becomes_hidden_is_nothing_afterwards_and_unknown_data_passes() -> None:
    form: list[dict[str, Any]] = [
        {"type": "radio", "key": "a", "label": "A", "values": ["x", "y"]},
        {"type": "textfield", "key": "b", "label": "B", "conditional": {"hide": '=a = "x"'}},
    ]
    filled = checked(form, {"a": "x", "other": 1}, {"a": "y", "b": "cũ"})
    assert filled.data == {"a": "x", "b": None, "other": 1}


def test_what_hides_something_and_is_hidden_itself_counts_as_it_was() -> None:
    form: list[dict[str, Any]] = [
        {"type": "textfield", "key": "a", "label": "A"},
        {"type": "textfield", "key": "b", "label": "B", "conditional": {"hide": '=a = "x"'}},
        {"type": "textfield", "key": "e", "label": "E", "conditional": {"hide": "=b = null"}},
    ]
    assert checked(form, {"a": "x", "b": "có", "e": "giữ"}).data == {"a": "x"}
    assert checked(form, {"a": "x", "b": "có", "e": "giữ"}, {"b": "cũ"}).data == {"a": "x", "b": None, "e": "giữ"}


def test_schemas_that_cannot_be_read_do_no_harm() -> None:
    form: list[dict[str, Any]] = [
        {"type": "textfield", "key": "a", "label": "A", "conditional": {"hide": "=(("}, "validate": {"pattern": "(("}},
        {"type": "group", "components": "none"},
        {"type": "dynamiclist", "path": "l", "components": [None, {"type": "textfield"}]},
        {"type": "select", "key": "s", "values": "x"},
        {"type": "number", "key": "n", "validate": {"min": "=null"}, "increment": "x", "decimalDigits": True},
        {"key": "k"},
    ]
    filled = checked(form, {"a": "có", "l": {"x": 1}, "n": 5, "s": ""})
    assert sorted(filled.wrong) == ["data.l"]


@pytest.mark.parametrize("value", ["rộng", "NaN", "sNaN", "1e999", True, 1e300])
def test_what_an_older_form_left_as_another_type_is_no_crash(value: Any) -> None:
    validate = {"min": 1, "max": 5}
    number = {"type": "number", "key": "n", "label": "Diện tích", "increment": "1", "validate": validate}
    assert value is True or checked([number], {}, {"n": value}).wrong
    checked([{"type": "textfield", "key": "n", "validate": validate}, number], {}, {"n": value})
