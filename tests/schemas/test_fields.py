"""Fields: what comes in is clean, and what is wrong is told in Vietnamese."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from app.schemas.fields import Choice, Day, Flag, Instant, Many, Part, Record, Schema, Text, Whole, text_faults


class Inner(Schema):
    name = Text(5, required=True, least=1)


class Body(Schema):
    line = Text(10)
    lines = Text(20, lines=True)
    secret = Text(10, strip=False)
    code = Text(10, pattern=r"[A-Z]+", expected="chữ hoa")
    kind = Choice(("a", "b"))
    count = Whole(1, 9)
    flag = Flag()
    day = Day()
    at = Instant()
    parts = Many(Part(Inner), most=2)
    data = Record()


def load(**values: Any) -> Any:
    return Body().load(values)


def test_text_is_stripped_and_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "  Đông Hà ")
    assert load(line=decomposed) == {"line": "Đông Hà"}
    assert load(lines=" a\r\nb\tc \n") == {"lines": "a\nb\tc"}
    assert load(secret=" x ") == {"secret": " x "}
    assert load(line="") == {"line": ""}


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"line": "a\nb"}, "line", "Có ký tự điều khiển không được phép."),
        ({"line": "a\u2028b"}, "line", "Có ký tự điều khiển không được phép."),
        ({"line": "a\x85b"}, "line", "Có ký tự điều khiển không được phép."),
        ({"lines": "a\x0bb"}, "lines", "Có ký tự điều khiển không được phép."),
        ({"lines": "\ud800"}, "lines", "Có ký tự điều khiển không được phép."),
        ({"line": "ệ" * 11}, "line", "Dài quá 10 ký tự."),
        ({"line": "x" * 10_000_000}, "line", "Dài quá 10 ký tự."),
        ({"line": None}, "line", "Không được để trống (null)."),
        ({"line": 5}, "line", "Phải là chuỗi ký tự."),
        ({"code": "abc"}, "code", "Không đúng dạng: chữ hoa."),
        ({"kind": "c"}, "kind", "Phải là một trong: a, b."),
        ({"kind": []}, "kind", "Phải là một trong: a, b."),
        ({"count": 0}, "count", "Phải từ 1 đến 9."),
        ({"count": "x"}, "count", "Phải là số nguyên."),
        ({"count": 1.0}, "count", "Phải là số nguyên."),
        ({"count": "9" * 30}, "count", "Phải là số nguyên."),
        ({"flag": "maybe"}, "flag", "Phải là true hoặc false."),
        ({"day": "2026-02-30"}, "day", "Phải là ngày dạng YYYY-MM-DD."),
        ({"day": "0001-01-01"}, "day", "Phải là ngày dạng YYYY-MM-DD."),
        ({"day": 20261121}, "day", "Phải là ngày dạng YYYY-MM-DD."),
        ({"at": "2026-11-21T08:00:00"}, "at", "Phải có múi giờ, ví dụ 2026-11-21T14:30:00+07:00."),
        ({"at": "hôm qua"}, "at", "Phải là thời điểm ISO 8601 có múi giờ."),
        ({"parts": [{"name": "a"}] * 3}, "parts", "Có quá 2 mục."),
        ({"parts": "a"}, "parts", "Phải là một danh sách."),
        ({"data": []}, "data", "Phải là một đối tượng JSON."),
        ({"more": 1}, "more", "Không có trường này."),
    ],
)
def test_what_is_wrong_is_told(values: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        load(**values)
    assert refused.value.messages == {field: [told]}


def test_inner_faults_name_their_place() -> None:
    with pytest.raises(ValidationError) as refused:
        load(parts=[{"name": "a"}, {"name": ""}])
    assert refused.value.messages == {"parts": {1: {"name": ["Không được để trống."]}}}
    with pytest.raises(ValidationError) as refused:
        load(parts=[{}, 5])
    assert refused.value.messages == {
        "parts": {0: {"name": ["Phải có trường này."]}, 1: {"_schema": ["Phải là một đối tượng JSON."]}}
    }


def test_values_of_other_kinds() -> None:
    loaded = load(count="7", day="2026-11-21", at="2026-11-21T08:00:00+07:00", flag=True, kind="a")
    assert loaded == {
        "count": 7,
        "day": date(2026, 11, 21),
        "at": datetime(2026, 11, 21, 1, tzinfo=UTC),
        "flag": True,
        "kind": "a",
    }
    assert Body().dump({"at": datetime(2026, 11, 21, 1, tzinfo=UTC)}) == {"at": "2026-11-21T08:00:00+07:00"}


def test_faults_of_free_json_are_found_at_any_depth_without_recursion() -> None:
    deep: Any = "\0"
    for _ in range(5000):
        deep = [deep]
    assert list(text_faults({"a": {"b": [1, "\ud800", "ok"]}, "c\0": "x"})) == ["c\ufffd", "a.b.1"]
    assert len(text_faults(deep)) == 1
    assert text_faults({"a": ["Đông Hà", 1, None, True, 1.5]}) == {}
