"""What somebody filled into a step's form, checked as form-js checks it in the browser, and stricter where that is lax.

Values come as JSON from the API or as text from a page's form. What the browser hides the server drops, what is computed is
computed here, a read-only or disabled field keeps what it had, and a date that no calendar has is refused (a browser rolls it
over). `tests/web/step_form_cases.json` holds the cases that both are run against.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from app.actions.form_schema import (
    LIST,
    MOST_ROWS,
    ONE_OF,
    SEVERAL,
    TEXTS,
    Placed,
    computed,
    drop_at,
    has_at,
    is_expression,
    label_of,
    merged,
    option_text,
    options_of,
    placed_fields,
    put_at,
    value_at,
)
from app.engine.feel import FeelError, matches
from app.wording import TextFault, typed_text

LONGEST = 10_000
"""Characters of one field, unless its form says less."""
MOST_ROUNDS = 4
"""How often fields are computed from one another."""
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
PHONE = r"^(\+|00)?[0-9]([ .-]?[0-9]){7,14}$"
"""Numbers as people here write them, national ones too; the browser is given the same pattern."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_NO_DATE = "Không có ngày, giờ này; hãy nhập lại."


@dataclass(slots=True)
class Filled:
    """`data`: what becomes the dossier's, by its first key; `wrong`: what is wrong, by `data.<path>`."""

    data: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)


def check_form(
    form: Any, known: Mapping[str, Any], given: Mapping[str, Any], today: date, files: Collection[int] = ()
) -> Filled:
    """What was given, over what is known already. `files`: ids of the dossier's attachments, for a field that chooses some."""
    filled = Filled()
    whole = merged(known, given)
    for place in placed_fields(form, whole):
        _take(place, whole, known, given, filled, files)
    _compute(form, whole)
    # As form-js: what is hidden is taken back to what the page began with, and so hides or shows what depends on it.
    seen = deepcopy(whole)
    for place in placed_fields(form, whole):
        if place.hidden and (before := value_at(known, place.path)) is not None:
            put_at(seen, place.path, before)
        elif place.hidden:
            drop_at(seen, place.path)
    places = list(placed_fields(form, seen))
    for place in places:
        if place.hidden:
            _drop(place, whole, known)
            filled.wrong.pop(f"data.{place.name}", None)
        elif place.field.get("disabled") is not True:
            _check(place, value_at(whole, place.path), value_at(known, place.path), today, filled)
    keys = {str(place.path[0]) for place in places}
    filled.data = {name: value for name, value in given.items() if name not in keys}
    filled.data |= {
        name: whole[name] for name in whole if name in keys and (name in given or whole[name] != known.get(name))
    }
    return filled


def values_shown(
    form: Any, known: Mapping[str, Any], given: Mapping[str, Any], files: Collection[int] = ()
) -> dict[str, Any]:
    """The data as a page shows it: what was typed over what is known, each value in its field's type, right or wrong."""
    whole = merged(known, given)
    for place in placed_fields(form, whole):
        _take(place, whole, known, given, Filled(), files)
    _compute(form, whole)
    return whole


def _take(
    place: Placed,
    whole: dict[str, Any],
    known: Mapping[str, Any],
    given: Mapping[str, Any],
    filled: Filled,
    files: Collection[int],
) -> None:
    """Read the value that was given for a field into the type that it has."""
    if place.type == LIST:
        _take_list(place, whole, known, filled)
    elif place.type == "expression":
        pass
    elif _kept(place):
        before = value_at(known, place.path)
        before = place.field.get("defaultValue") if before is None else before
        unticked = place.type == "checkbox" and place.field.get("disabled") is not True
        put_at(whole, place.path, False if before is None and unticked else before)
    elif has_at(whole, place.path):
        value, fault = _read(place, value_at(whole, place.path), files)
        put_at(whole, place.path, value)
        if fault is not None and has_at(given, place.path):
            filled.wrong[f"data.{place.name}"] = [fault]
    elif place.field.get("defaultValue") is not None:
        put_at(whole, place.path, place.field["defaultValue"])


def _take_list(place: Placed, whole: dict[str, Any], known: Mapping[str, Any], filled: Filled) -> None:
    rows = value_at(whole, place.path)
    if _kept(place):
        put_at(whole, place.path, deepcopy(value_at(known, place.path)))
    elif rows is None or rows == "":
        put_at(whole, place.path, [])
    elif not isinstance(rows, list) or len(rows) > MOST_ROWS:
        put_at(whole, place.path, [])
        filled.wrong[f"data.{place.name}"] = [f"Phải là danh sách không quá {MOST_ROWS} dòng."]
    else:
        put_at(whole, place.path, [row if isinstance(row, dict) else {} for row in rows])


def _kept(place: Placed) -> bool:
    """Whether nobody may change it here."""
    readonly = place.field.get("readonly")
    shut = readonly is True or (is_expression(readonly) and computed(readonly, place.scope) is True)
    return shut or place.field.get("disabled") is True


def _drop(place: Placed, whole: dict[str, Any], known: Mapping[str, Any]) -> None:
    """What is hidden is not kept; what was kept earlier becomes nothing."""
    if value_at(known, place.path) is not None and len(place.path) == 1:
        put_at(whole, place.path, None)
    else:
        drop_at(whole, place.path)


def _compute(form: Any, whole: dict[str, Any]) -> None:
    for _ in range(MOST_ROUNDS):
        changed = False
        for place in placed_fields(form, whole):
            expression = place.field.get("expression")
            if place.type == "expression" and is_expression(expression):
                value = computed(expression, place.scope)
                if value != value_at(whole, place.path) or not has_at(whole, place.path):
                    put_at(whole, place.path, value)
                    changed = True
        if not changed:
            return


def _read(place: Placed, value: Any, files: Collection[int]) -> tuple[Any, str | None]:
    """The value as the field has it, and what is wrong with it; nothing given is None, or no choice."""
    kind = place.type
    if kind in SEVERAL or kind == "filepicker":
        return _several(place, value, files)
    if kind == "checkbox":
        last = value[-1] if isinstance(value, list) and value else value
        return (last is True or last == "true"), None
    if value is None or value == "":
        return None, None
    if kind in TEXTS:
        return _text(value, lines=kind == "textarea")
    if kind == "number":
        return _number(place, value)
    if kind in ONE_OF:
        return _one_of(place, value)
    if kind == "datetime":
        return _datetime(place, value)
    return value, None


def _text(value: Any, *, lines: bool) -> tuple[Any, str | None]:
    if not isinstance(value, str):
        return None, "Phải là chữ."
    try:
        return typed_text(value, LONGEST, lines=lines) or None, None
    except TextFault as fault:
        return value, str(fault)


def _number(place: Placed, value: Any) -> tuple[Any, str | None]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None, "Phải là một số."
    try:
        number = Decimal(str(value).strip().replace(",", "."))
        if not number.is_finite() or len(number.as_tuple().digits) > 15 or abs(number.adjusted()) > 15:
            raise InvalidOperation
    except InvalidOperation:
        return value, "Phải là một số."
    if place.field.get("serializeToString") is True:
        return str(value).strip().replace(",", "."), None
    return (int(number) if number == number.to_integral_value() else float(number)), None


def _one_of(place: Placed, value: Any) -> tuple[Any, str | None]:
    for option in options_of(place.field, place.scope):
        if (option.value == value and type(option.value) is type(value)) or option.text == value:
            return option.value, None
    return value, "Hãy chọn một mục trong danh sách."


def _several(place: Placed, value: Any, files: Collection[int]) -> tuple[Any, str | None]:
    chosen = [one for one in (value if isinstance(value, list) else [value]) if one not in ("", None)]
    if place.type == "filepicker":
        return _files(place, chosen, files)
    options = {option.text: option.value for option in options_of(place.field, place.scope)}
    found, fits = [], True
    for one in chosen:
        text = one if isinstance(one, str) and one in options else option_text(one)
        fits = fits and text in options and options[text] not in found
        found.append(options.get(text, one))
    return found, None if fits else "Có lựa chọn không nằm trong danh sách."


def _files(place: Placed, chosen: list[Any], files: Collection[int]) -> tuple[Any, str | None]:
    """Files of the dossier itself, by their ids: one, or several where the field says so."""
    numbers = [int(one) if isinstance(one, str) and _NUMBER.fullmatch(one) else one for one in chosen]
    if any(type(one) is not int or one not in files for one in numbers) or len(set(numbers)) != len(numbers):
        return chosen, "Hãy chọn trong các tệp của hồ sơ."
    several = place.field.get("multiple")
    if is_expression(several):
        several = computed(several, place.scope)
    if len(numbers) > 1 and several is not True:
        return numbers, "Chỉ chọn được một tệp."
    return numbers, None


def _datetime(place: Placed, value: Any) -> tuple[Any, str | None]:
    subtype = place.field.get("subtype") or "date"
    text = value.strip() if isinstance(value, str) else ""
    day, _, clock = (
        text.partition("T") if subtype == "datetime" else ((text, "", "") if subtype == "date" else ("", "", text))
    )
    try:
        if subtype != "time":
            if not _DAY.fullmatch(day):
                raise ValueError
            date.fromisoformat(day)
        if subtype != "date":
            if not _TIME.fullmatch(clock):
                raise ValueError
            time.fromisoformat(clock)
            datetime.fromisoformat(f"2026-01-01T{clock}")
    except ValueError:
        return value, _NO_DATE
    return text, None


def _check(place: Placed, value: Any, before: Any, today: date, filled: Filled) -> None:
    """What form-js would say of a value that the page shows."""
    name = f"data.{place.name}"
    if name in filled.wrong or place.type in (LIST, "expression"):
        return
    label, validate = label_of(place.field), place.validate
    faults = []
    unticked = place.type == "checkbox" and value is False
    if validate.get("required") and (value is None or value in ("", []) or unticked):
        faults.append(f"Hãy nhập “{label}”.")
    if place.type == "number":
        faults += _number_faults(place.field, value)
    future = place.type == "datetime" and place.field.get("disallowPassedDates") is True
    if future and isinstance(value, str) and value != before and value[:10] < today.isoformat():
        faults.append("Không được là ngày đã qua.")
    faults += _bounds(place, value) + _forms(place, value)
    if faults:
        filled.wrong[name] = faults[:1]


def _number_faults(component: Mapping[str, Any], value: Any) -> list[str]:
    if not value:
        return []
    number, digits, increment = _decimal(value), component.get("decimalDigits"), component.get("increment")
    if number is None or number.is_infinite() or abs(number.adjusted()) > 15:  # an older answer of another type
        return ["Phải là một số."]
    exponent = number.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    if isinstance(digits, int) and not isinstance(digits, bool) and 0 <= digits < decimals:
        return ["Phải là số nguyên."] if digits == 0 else [f"Nhiều nhất {digits} chữ số sau dấu phẩy."]
    step = _decimal(increment)
    if step and number % step:
        return [f"Phải là bội số của {step}."]
    return []


def _bounds(place: Placed, value: Any) -> list[str]:
    faults = []
    if value is not None and value != "" and not isinstance(value, bool | list):
        number = _decimal(value)
        for name, words in (("min", "Không được nhỏ hơn"), ("max", "Không được lớn hơn")):
            bound = _bound(place, name)
            if bound is None:
                continue
            limit = _decimal(bound)
            if number is None or limit is None or (number < limit if name == "min" else number > limit):
                faults.append(f"{words} {bound}.")
    if isinstance(value, str) and value:
        for name, words in (("minLength", "Ít nhất"), ("maxLength", "Nhiều nhất")):
            limit = _decimal(_bound(place, name))
            long = _javascript_length(value.strip())
            if limit is not None and (long < limit if name == "minLength" else long > limit):
                faults.append(f"{words} {limit} ký tự.")
    return faults


def _bound(place: Placed, name: str) -> Any:
    found = place.validate.get(name)
    return computed(found, place.scope) if is_expression(found) else found


def _decimal(value: Any) -> Decimal | None:
    try:
        number = None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None
    return None if number is None or number.is_nan() else number


def _javascript_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _forms(place: Placed, value: Any) -> list[str]:
    """Pattern, e-mail, telephone."""
    if not isinstance(value, str) or not value:
        return []
    pattern, kind = place.validate.get("pattern"), place.validate.get("validationType")
    if isinstance(pattern, str) and pattern and not _matches(pattern, value):
        told = place.validate.get("patternErrorMessage")
        return [told if isinstance(told, str) and told else "Không đúng dạng yêu cầu."]
    if kind == "email" and not _EMAIL.fullmatch(value):
        return ["Địa chỉ thư điện tử không đúng."]
    if kind == "phone" and not re.fullmatch(PHONE, value, re.ASCII):
        return ["Số điện thoại không đúng."]
    return []


def _matches(pattern: str, value: str) -> bool:
    """By the browser's own regular expressions, which the isolate has too; a pattern that cannot be read refuses nothing."""
    try:
        return matches(pattern, value)
    except FeelError:
        return True
