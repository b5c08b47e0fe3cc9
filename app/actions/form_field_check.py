"""What is wrong with one component of a form: its limits, its pattern, what it offers, its expressions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.actions.form_schema import (
    KEYED,
    LIST,
    ONE_OF,
    SEVERAL,
    TEXTS,
    Scope,
    is_expression,
    label_of,
    option_text,
    options_of,
)
from app.engine.feel import EXPRESSION_LIMIT, FeelError, matches, names

MOST_OPTIONS = 500
LONGEST_PATTERN = 1_000
_SUBTYPES = ("date", "time", "datetime")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_EXPRESSIONS = (
    (("conditional", "hide"), "Điều kiện ẩn"),
    (("readonly",), "Điều kiện chỉ đọc"),
    (("expression",), "Công thức"),
    (("valuesExpression",), "Công thức của các lựa chọn"),
    (("validate", "min"), "Mức nhỏ nhất"),
    (("validate", "max"), "Mức lớn nhất"),
    (("validate", "minLength"), "Độ dài ít nhất"),
    (("validate", "maxLength"), "Độ dài nhiều nhất"),
    (("multiple",), "Điều kiện chọn nhiều"),
    (("label",), "Nhãn"),
    (("description",), "Hướng dẫn"),
    (("text",), "Đoạn chữ"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`severity`: error, warning or note; `field` is the component's id, `key` the place of its value with dots."""

    code: str
    severity: str
    message: str
    field: str | None = None
    key: str | None = None

    @classmethod
    def at(cls, component: Mapping[str, Any], place: Sequence[str], code: str, severity: str, message: str) -> Fault:
        own = component.get("id")
        return cls(code, severity, message, own if isinstance(own, str) else None, ".".join(place)[:200] or None)


def check_field(
    component: Mapping[str, Any], place: Sequence[str], positions: Collection[str] | None = None
) -> Iterator[Fault]:
    """What is wrong with the component itself; `positions` are those that agencies have, None when that is not known."""
    kind, name = component.get("type"), label_of(component)[:80]
    for code, severity, message in _all(component, kind, name, positions):
        yield Fault.at(component, place, code, severity, message)


def _all(
    component: Mapping[str, Any], kind: Any, name: str, positions: Collection[str] | None
) -> Iterator[tuple[str, str, str]]:
    if kind in KEYED and component.get("validate") is not None and not isinstance(component["validate"], Mapping):
        yield "field.limits", "error", f"Phần kiểm tra của “{name}” không đọc được."
    if kind in TEXTS:
        yield from _lengths(component, name)
        yield from _pattern(component, name)
    elif kind == "number":
        yield from _numbers(component, name)
    elif kind in (*ONE_OF, *SEVERAL):
        yield from _options(component, name, positions)
    elif kind == "datetime" and (component.get("subtype") or "date") not in _SUBTYPES:
        yield "field.limits", "error", f"“{name}” có kiểu ngày giờ không dùng được."
    elif kind == "expression" and not is_expression(component.get("expression")):
        yield "field.feel", "error", f"“{name}” chưa có công thức (bắt đầu bằng dấu =)."
    elif kind == LIST:
        first = component.get("defaultRepetitions", 1)
        if isinstance(first, bool) or not isinstance(first, int) or not 0 <= first <= 50:
            yield "field.limits", "error", f"Số dòng ban đầu của “{name}” phải từ 0 đến 50."
    for what in ("label", "description", "text"):
        if isinstance(component.get(what), str) and _TEMPLATE.search(component[what]):
            message = f"“{name}” có phần tính sẵn {{{{…}}}}; ai không bật JavaScript sẽ thấy nguyên dấu này."
            yield "field.template", "warning", message


def _validate(component: Mapping[str, Any]) -> Mapping[str, Any]:
    found = component.get("validate")
    return found if isinstance(found, Mapping) else {}


def _lengths(component: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    limits: dict[str, int] = {}
    for limit, title in (("minLength", "ít nhất"), ("maxLength", "nhiều nhất")):
        given = _validate(component).get(limit)
        if given is None or given == "" or is_expression(given):
            continue
        if isinstance(given, bool) or not isinstance(given, int) or given < 0:
            yield "field.limits", "error", f"Số ký tự {title} của “{name}” phải là số nguyên không âm."
        else:
            limits[limit] = given
    if len(limits) == 2 and limits["minLength"] > limits["maxLength"]:
        yield (
            "field.limits",
            "error",
            f"“{name}” đòi ít nhất {limits['minLength']} nhưng chỉ cho {limits['maxLength']} ký tự.",
        )


def _pattern(component: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    pattern, kind = _validate(component).get("pattern"), _validate(component).get("validationType")
    if kind not in (None, "", "custom", "email", "phone"):
        yield "field.limits", "error", f"“{name}” kiểm tra theo kiểu “{str(kind)[:40]}” mà hệ thống không biết."
    if pattern in (None, ""):
        return
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN or not _compiles(pattern):
        yield "field.pattern", "error", f"Biểu thức chính quy của “{name}” viết sai: {str(pattern)[:80]}"


def _compiles(pattern: str) -> bool:
    try:
        matches(pattern, "")
    except FeelError:
        return False
    return True


def _numbers(component: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    limits: dict[str, Decimal] = {}
    for limit, title in (("min", "nhỏ nhất"), ("max", "lớn nhất")):
        given = _validate(component).get(limit)
        if given is None or given == "" or is_expression(given):
            continue
        if (number := _decimal(given)) is None:
            yield "field.limits", "error", f"Mức {title} của “{name}” không phải là số."
        else:
            limits[limit] = number
    if len(limits) == 2 and limits["min"] > limits["max"]:
        yield (
            "field.limits",
            "error",
            f"“{name}” có mức nhỏ nhất ({limits['min']}) lớn hơn mức lớn nhất ({limits['max']}).",
        )
    digits, step = component.get("decimalDigits"), component.get("increment")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 12):
        yield "field.limits", "error", f"Số chữ số sau dấu phẩy của “{name}” phải từ 0 đến 12."
    if step not in (None, "") and ((value := _decimal(step)) is None or value <= 0):
        yield "field.limits", "error", f"Bước nhảy của “{name}” phải là số lớn hơn 0."


def _decimal(given: Any) -> Decimal | None:
    try:
        number = None if isinstance(given, bool) else Decimal(str(given))
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _options(
    component: Mapping[str, Any], name: str, positions: Collection[str] | None
) -> Iterator[tuple[str, str, str]]:
    own = component.get("properties")
    position = own.get("position") if isinstance(own, Mapping) else None
    if isinstance(position, str) and position:
        if positions is not None and position not in positions:
            message = f"“{name}” chọn trong các cơ quan có vị trí “{position[:60]}” mà chưa cơ quan nào có."
            yield "field.position-unknown", "warning", message
        return
    if isinstance(component.get("valuesKey"), str) or is_expression(component.get("valuesExpression")):
        return
    found = component.get("values")
    options = [option.value for option in options_of(component, Scope({}))]
    if not isinstance(found, list) or not options:
        yield "field.no-options", "error", f"“{name}” không có gì để chọn."
        return
    if len(options) < len(found):
        yield "field.options", "error", f"“{name}” có lựa chọn thiếu nhãn hoặc giá trị."
    if len(options) > MOST_OPTIONS:
        yield "field.options", "error", f"“{name}” có quá {MOST_OPTIONS} lựa chọn."
    texts = [option_text(value) for value in options]
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        yield "field.options", "error", f"“{name}” có hai lựa chọn cùng giá trị “{twice[:60]}”."
    first = component.get("defaultValue")
    chosen = first if isinstance(first, list) else [first]
    if any(one not in options for one in chosen if one not in (None, "")):
        yield "field.default", "warning", f"Giá trị ban đầu của “{name}” không nằm trong các lựa chọn."


def expressions_of(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What each is for (Vietnamese), and its FEEL without the sign before it; those inside templates too."""
    for path, what in _EXPRESSIONS:
        found: Any = component
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        if is_expression(found):
            yield what, found[1:]


def feel_problem(text: str) -> str | None:
    """Why an expression cannot be read, or None."""
    if not text.strip():
        return "chưa có biểu thức"
    if len(text) > EXPRESSION_LIMIT:
        return f"dài quá {EXPRESSION_LIMIT} ký tự"
    try:
        names(text)
    except FeelError as problem:
        return f"{problem} (“{text[:60]}”)"
    return None


def names_in(text: str) -> tuple[str, ...]:
    """The variables that an expression reads; none of one that cannot be read."""
    try:
        return names(text)
    except FeelError:
        return ()
