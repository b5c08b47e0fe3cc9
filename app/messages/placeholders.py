"""The small language in which people write messages: plain text, `{ma_ho_so}` for a value, `[…]` for a part that is left out
when a value in it is empty. `{{`, `}}`, `[[` and `]]` are the signs themselves. There is nothing else, and nothing is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.messages.letters import NoticeValues
from app.wording import LOCAL


class PlaceholderError(ValueError):
    """What was typed cannot be used; the text (Vietnamese) says where and why."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`title` is what people read; `value` takes it from the values, empty where there is none."""

    title: str
    value: Callable[[NoticeValues], str]


def _at(name: str) -> Callable[[NoticeValues], str]:
    def value(values: NoticeValues) -> str:
        at: datetime | None = getattr(values, name)
        return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if at else ""

    return value


def money(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,} đồng".replace(",", ".")


PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType(
    {
        "ma_ho_so": Placeholder("Mã hồ sơ", lambda values: values.code),
        "ten_thu_tuc": Placeholder("Tên thủ tục", lambda values: values.procedure_name),
        "co_quan": Placeholder("Cơ quan tiếp nhận", lambda values: values.agency_name),
        "nguoi_nop": Placeholder("Người nộp hồ sơ", lambda values: values.applicant_name),
        "ly_do": Placeholder("Lý do, nội dung", lambda values: values.reason),
        "ngay_nhan": Placeholder("Thời gian nhận hồ sơ", _at("received_at")),
        "hen_tra": Placeholder("Thời gian hẹn trả kết quả", _at("appointment_at")),
        "han_thuc_hien": Placeholder("Ngày cuối cùng phải nộp, trả lời", _at("limit_at")),
        "so_tien": Placeholder("Số tiền", lambda values: money(values.amount)),
        "noi_nhan": Placeholder("Nơi nhận kết quả, giấy tờ", lambda values: values.place_of_return),
        "lien_ket": Placeholder("Đường dẫn tra cứu", lambda values: values.url),
        "thoi_gian_kiem_tra": Placeholder("Thời gian kiểm tra", _at("visit_at")),
        "dia_diem": Placeholder("Địa điểm kiểm tra", lambda values: values.place),
        "thanh_phan": Placeholder("Thành phần kiểm tra", lambda values: values.participants),
        "su_co": Placeholder("Tên sự cố", lambda values: values.title),
        "tu_luc": Placeholder("Sự cố từ lúc", _at("from_at")),
        "den_luc": Placeholder("Sự cố đến lúc", _at("to_at")),
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Text as it stands, the name of a value, or a part that may be left out."""

    text: str = ""
    name: str = ""
    inner: tuple[_Part, ...] = ()


def fill(template: str, values: NoticeValues) -> str:
    """`template` with the values in it. PlaceholderError where it cannot be read."""
    return _filled(_parse(template), values)


def check(template: str) -> None:
    """PlaceholderError where `template` cannot be read: an unknown name, a bracket without its other half."""
    _parse(template)


def _filled(parts: tuple[_Part, ...], values: NoticeValues) -> str:
    found = []
    for part in parts:
        if part.inner:
            names = [one.name for one in part.inner if one.name]
            if all(PLACEHOLDERS[name].value(values) for name in names):
                found.append(_filled(part.inner, values))
        else:
            found.append(PLACEHOLDERS[part.name].value(values) if part.name else part.text)
    return "".join(found)


def _parse(text: str) -> tuple[_Part, ...]:
    outside: list[_Part] = []
    inside: list[_Part] | None = None
    opened, place = 0, 0
    while place < len(text):
        pair, char = text[place : place + 2], text[place]
        into = outside if inside is None else inside
        if pair in ("{{", "}}", "[[", "]]"):
            into.append(_Part(text=char))
            place += 2
        elif char == "{":
            name, place = _name(text, place)
            into.append(_Part(name=name))
        elif char == "[":
            if inside is not None:
                raise PlaceholderError(f"{_where(text, place)}: dấu [ nằm trong một phần [ ] khác.")
            inside, opened = [], place
            place += 1
        elif char == "]" and inside is not None:
            outside.append(_Part(inner=tuple(inside) or (_Part(),)))
            inside = None
            place += 1
        elif char in "}]":
            raise PlaceholderError(
                f"{_where(text, place)}: dấu {char} không có dấu mở; muốn ghi chính dấu đó thì ghi hai lần."
            )
        else:
            into.append(_Part(text=char))
            place += 1
    if inside is not None:
        raise PlaceholderError(f"{_where(text, opened)}: dấu [ không có dấu ] đóng.")
    return tuple(outside)


def _name(text: str, place: int) -> tuple[str, int]:
    end = text.find("}", place)
    if end < 0:
        raise PlaceholderError(f"{_where(text, place)}: dấu {{ không có dấu }} đóng.")
    name = text[place + 1 : end].strip()
    if name not in PLACEHOLDERS:
        raise PlaceholderError(
            f"{_where(text, place)}: không có mục {{{name[:40]}}}. Các mục có: {', '.join(PLACEHOLDERS)}."
        )
    return name, end + 1


def _where(text: str, place: int) -> str:
    before = text[:place]
    return f"Dòng {before.count(chr(10)) + 1}, cột {place - (before.rfind(chr(10)) + 1) + 1}"
