"""What somebody filled into a slip: checked field by field, cleaned, and fit to be stored as JSON.

| kind of field | comes in as | is stored as |
| --- | --- | --- |
| line, lines | text | text: NFC, no control or invisible characters; `lines` keeps its line breaks |
| instant | ISO 8601; without an offset it is the time in Việt Nam | ISO 8601 in UTC |
| date | YYYY-MM-DD | the same |
| money | whole đồng, a number or text as "125.000" | int |
| number | whole number or its digits | int |
| choice | one of the values of `choices` | the same |
| rows | a list of objects by `columns` | the same, rows with nothing in them left out |

What is left empty is stored as "" (texts, choices), null (instants, dates, money, numbers) or [] (rows).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from app.slips.fields import Field
from app.slips.forms import FORMS
from app.wording import LOCAL, clean_line

_MOST_MONEY = 10**15
_YEARS = range(1900, 2201)
_MOST_NUMBER = 9999
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+|\d{1,16}")
_DIGITS = re.compile(r"\d{1,9}")
_UNIT = re.compile(r"\s*(?:đồng|đ|vnđ|vnd)\.?$", re.IGNORECASE)


class SlipError(ValueError):
    """A slip cannot be filled this way; `errors` holds what is wrong by field, in Vietnamese."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors: dict[str, list[str]] = {name: list(told) for name, told in errors.items()}
        super().__init__("; ".join(f"{name}: {' '.join(told)}" for name, told in self.errors.items()))


class _Fault(ValueError):  # noqa: N818
    """One field cannot be taken; the texts say why."""

    def __init__(self, *told: str) -> None:
        super().__init__(*told)
        self.told = list(told)


def clean_values(form_key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of every field of a form, JSON-safe; cleaning them again changes nothing.

    Errors: SlipError, by field; under "form" when there is no such form, under its own name for a field it has not.
    """
    if form_key not in FORMS:
        raise SlipError({"form": [f"Không có mẫu phiếu “{clean_line(str(form_key))[:60]}”."]})
    if not isinstance(values, Mapping):
        raise SlipError({"values": ["Nội dung phiếu phải là một đối tượng gồm tên trường và giá trị."]})
    return _cleaned(FORMS[form_key].fields, values)


def _cleaned(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name for field in fields}
    errors = {clean_line(str(name))[:60]: ["Mẫu phiếu không có trường này."] for name in values if name not in known}
    found: dict[str, Any] = {}
    for field in fields:
        try:
            found[field.name] = _value(field, values.get(field.name))
        except _Fault as fault:
            errors[field.name] = fault.told
    if errors:
        raise SlipError(errors)
    return found


def _value(field: Field, value: Any) -> Any:
    if field.kind == "rows":
        return _rows(field, value)
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise _Fault("Cần nhập nội dung này.")
        return "" if field.kind in {"line", "lines", "choice"} else None
    return _READ[field.kind](field, value)


def _rows(field: Field, value: Any) -> list[dict[str, Any]]:
    if value is None or value == "":
        value = []
    if not isinstance(value, (list, tuple)):
        raise _Fault("Cần là một danh sách các dòng.")
    if len(value) > field.limit:
        raise _Fault(f"Nhiều quá {field.limit} dòng.")
    rows: list[dict[str, Any]] = []
    told: list[str] = []
    labels = {column.name: column.label for column in field.columns}
    for number, row in enumerate(value, start=1):
        if not isinstance(row, Mapping):
            told.append(f"Dòng {number}: cần là một đối tượng gồm tên cột và giá trị.")
        elif any(cell not in (None, "") for cell in row.values()):
            try:
                rows.append(_cleaned(field.columns, row))
            except SlipError as error:
                told += [
                    f"Dòng {number}, {labels.get(name, name)}: {' '.join(of)}" for name, of in error.errors.items()
                ]
    if told:
        raise _Fault(*told[:20])
    if field.required and not rows:
        raise _Fault("Cần ít nhất một dòng.")
    return rows


def _line(field: Field, value: Any) -> str:
    return _text(field, value, clean_line)


def _lines(field: Field, value: Any) -> str:
    return _text(field, value, clean_lines)


def clean_lines(text: str) -> str:
    """Several lines, each as `clean_line` leaves it; blank lines at either end are dropped."""
    return "\n".join(clean_line(line) for line in re.split(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", text)).strip("\n")


def _text(field: Field, value: Any, clean: Any) -> str:
    if not isinstance(value, str):
        raise _Fault("Cần là văn bản.")
    if len(value) > 4 * field.limit + 64:
        raise _Fault(f"Dài quá {field.limit} ký tự.")
    text: str = clean(value)
    if len(text) > field.limit:
        raise _Fault(f"Dài quá {field.limit} ký tự.")
    if field.required and not text:
        raise _Fault("Cần nhập nội dung này.")
    return text


def _instant(field: Field, value: Any) -> str:
    del field
    told = "Cần là một thời điểm, ví dụ 2026-11-20T14:30."
    if not isinstance(value, str):
        raise _Fault(told)
    try:
        at = datetime.fromisoformat(value.strip())
        at = (at if at.utcoffset() is not None else at.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Fault(told) from None
    if at.year not in _YEARS:  # at the calendar's ends there is no local time to print
        raise _Fault(told)
    return at.isoformat()


def _date(field: Field, value: Any) -> str:
    del field
    told = "Cần là một ngày, ví dụ 2026-11-20."
    try:
        day = date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise _Fault(told) from None
    if day.year not in _YEARS:
        raise _Fault(told)
    return day.isoformat()


def _money(field: Field, value: Any) -> int:
    del field
    if isinstance(value, str):
        digits = _UNIT.sub("", value.strip())
        value = int(re.sub(r"[. ]", "", digits)) if _GROUPED.fullmatch(digits) and digits.isascii() else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_MONEY:
        raise _Fault("Cần là số tiền tính bằng đồng, ví dụ 125.000.")
    return value


def _number(field: Field, value: Any) -> int:
    most = field.most or _MOST_NUMBER
    if isinstance(value, str):
        value = int(value) if value.isascii() and _DIGITS.fullmatch(value := value.strip()) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise _Fault(f"Cần là số nguyên từ 0 đến {most}.")
    return value


def _choice(field: Field, value: Any) -> str:
    known = [choice for choice, _ in field.choices]
    if not isinstance(value, str) or value not in known:
        raise _Fault(f"Cần là một trong: {', '.join(known)}.")
    return value


_READ = {
    "line": _line, "lines": _lines, "instant": _instant, "date": _date,
    "money": _money, "number": _number, "choice": _choice,
}  # fmt: skip
