"""The fields of our schemas: strict about what comes in, and telling people in Vietnamese what is wrong.

Text is NFC without NUL, control characters or lone surrogates, because what passes here is stored, printed and searched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import marshmallow as ma
from marshmallow import ValidationError, fields, validate

from app.jsontext import shown_instant
from app.store.database import BIGINT
from app.wording import TextFault, typed_text

FIRST_YEAR, LAST_YEAR = 1900, 2200
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOLD = {
    "required": "Phải có trường này.",
    "null": "Không được để trống (null).",
    "validator_failed": "Giá trị không hợp lệ.",
}


class Schema(ma.Schema):
    """Base of every schema: a field that it does not know is an error, not silence."""

    class Meta:
        unknown = ma.RAISE

    error_messages = {"type": "Phải là một đối tượng JSON.", "unknown": "Không có trường này."}  # noqa: RUF012


class Text(fields.Field[str]):
    """Text of at most `most` characters after NFC and stripping, at least `least`; `lines` allows tabs and line breaks.

    `strip=False` keeps outer blanks (passwords). `pattern` must match the whole, `expected` says in words what it wants.
    """

    default_error_messages = {  # noqa: RUF012
        **_TOLD,
        "invalid": "Phải là chuỗi ký tự.",
        "blank": "Không được để trống.",
        "short": "Phải có ít nhất {least} ký tự.",
        "long": "Dài quá {most} ký tự.",
        "characters": "Có ký tự điều khiển không được phép.",
        "pattern": "Không đúng dạng: {expected}.",
    }

    def __init__(
        self,
        most: int,
        *,
        least: int = 0,
        lines: bool = False,
        strip: bool = True,
        pattern: str | None = None,
        expected: str = "",
        **kwargs: Any,
    ) -> None:
        metadata = (
            {"maxLength": most} | ({"minLength": least} if least else {}) | ({"pattern": pattern} if pattern else {})
        )
        super().__init__(metadata={**metadata, **kwargs.pop("metadata", {})}, **kwargs)
        self.most, self.least, self.lines, self.strip = most, least, lines, strip
        self.pattern = re.compile(pattern) if pattern else None
        self.expected = expected

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            text = typed_text(value, self.most, lines=self.lines, strip=self.strip)
        except TextFault as fault:
            raise self.make_error(fault.kind, most=self.most) from fault
        self._check_length(text)
        if self.pattern is not None and text and not self.pattern.fullmatch(text):
            raise self.make_error("pattern", expected=self.expected)
        return text

    def _check_length(self, text: str) -> None:
        if len(text) < self.least:
            raise self.make_error("short" if text else "blank", least=self.least)


class FileText(fields.Field[str]):
    """The text of a file, taken as it is: neither stripped nor composed anew; whoever takes it says how long it may be."""

    default_error_messages = {**_TOLD, "invalid": "Phải là chuỗi ký tự."}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Choice(fields.Field[str]):
    """One of a few words."""

    default_error_messages = {**_TOLD, "choice": "Phải là một trong: {choices}."}  # noqa: RUF012

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(metadata={"enum": list(choices), **kwargs.pop("metadata", {})}, **kwargs)
        self.choices = frozenset(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.make_error("choice", choices=", ".join(sorted(self.choices)))
        return value


class Whole(fields.Integer):
    """A whole number from `low` to `high`, both included; never a truth value."""

    default_error_messages = {**_TOLD, "invalid": "Phải là số nguyên.", "too_large": "Số quá lớn."}  # noqa: RUF012

    def __init__(self, low: int = 0, high: int = BIGINT, **kwargs: Any) -> None:
        bounds = validate.Range(min=low, max=high, error=f"Phải từ {low} đến {high}.")
        super().__init__(validate=bounds, **kwargs)

    def _validated(self, value: Any) -> int:
        # Digits as text are how a query says a number.
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
            return int(value)
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class Rate(fields.Float):
    """A share in percent, with two decimals; only ever answered."""

    default_error_messages = {**_TOLD, "invalid": "Phải là số.", "too_large": "Số quá lớn."}  # noqa: RUF012


class Amount(fields.Float):
    """A number from 0 to `high`, both included."""

    default_error_messages = {  # noqa: RUF012
        **_TOLD,
        "invalid": "Phải là số.",
        "special": "Phải là số.",
        "too_large": "Số quá lớn.",
    }

    def __init__(self, high: float = 1, **kwargs: Any) -> None:
        bounds = validate.Range(min=0, max=high, error=f"Phải từ 0 đến {high:g}.")
        super().__init__(validate=bounds, **kwargs)


class Flag(fields.Boolean):
    default_error_messages = {**_TOLD, "invalid": "Phải là true hoặc false."}  # noqa: RUF012


class Day(fields.Date):
    """An ISO date from year 1900 to 2200."""

    default_error_messages = {  # noqa: RUF012
        **_TOLD,
        "invalid": "Phải là ngày dạng YYYY-MM-DD.",
        "format": "Phải là ngày dạng YYYY-MM-DD.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.make_error("invalid", input=value)
        return day


class Instant(fields.AwareDateTime):
    """An instant with offset, from year 1900 to 2200: shown in local time, accepted with any offset."""

    default_error_messages = {  # noqa: RUF012
        **_TOLD,
        "invalid": "Phải là thời điểm ISO 8601 có múi giờ.",
        "invalid_awareness": "Phải có múi giờ, ví dụ 2026-11-21T14:30:00+07:00.",
        "format": "Phải là thời điểm ISO 8601 có múi giờ.",
    }

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else shown_instant(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        at = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= at.year <= LAST_YEAR:  # nobody reckons working time at the calendar's ends
            raise self.make_error("invalid", input=value)
        return at


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages = {**_TOLD, "type": "Phải là một đối tượng JSON."}  # noqa: RUF012


class Many(fields.List[Any]):
    """A list of at most `most` items."""

    default_error_messages = {**_TOLD, "invalid": "Phải là một danh sách.", "many": "Có quá {most} mục."}  # noqa: RUF012

    def __init__(self, inner: Any, *, most: int = 200, **kwargs: Any) -> None:
        super().__init__(inner, metadata={"maxItems": most, **kwargs.pop("metadata", {})}, **kwargs)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:  # before the items, which may be a million
            raise self.make_error("many", most=self.most)
        return super()._deserialize(value, attr, data, **kwargs)


class Record(fields.Dict):
    """A JSON object of the form's own making; see `checked_json` for what may stand in it."""

    default_error_messages = {**_TOLD, "invalid": "Phải là một đối tượng JSON."}  # noqa: RUF012


class Anything(fields.Raw):
    """A value that is only described, never checked: answers that are data of their own."""

    default_error_messages = {**_TOLD}  # noqa: RUF012


def text_faults(value: Any) -> dict[str, list[str]]:
    """Where in parsed JSON stand NUL characters or lone surrogates, which no database takes: `{"a.0.b": [message]}`."""
    faults: dict[str, list[str]] = {}
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str):
            if "\0" in item or _SURROGATE.search(item):
                faults[path or "body"] = ["Có ký tự không được phép."]
        elif isinstance(item, dict):
            for key, inner in item.items():
                clean = _SURROGATE.sub("\ufffd", key.replace("\0", "\ufffd"))
                if clean != key:
                    faults[f"{path}.{clean}".strip(".")] = ["Tên trường có ký tự không được phép."]
                waiting.append((f"{path}.{clean}".strip("."), inner))
        elif isinstance(item, list):
            waiting.extend((f"{path}.{index}".strip("."), inner) for index, inner in enumerate(item))
    return faults


__all__ = [
    "Anything",
    "Choice",
    "Day",
    "FileText",
    "Flag",
    "Instant",
    "Many",
    "Part",
    "Record",
    "Schema",
    "Text",
    "ValidationError",
    "Whole",
    "text_faults",
]
