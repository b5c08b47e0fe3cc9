"""What a published table says about time, as ISO 8601: half days, quarter days, hours, what is not counted, what is unclear.

A working day has eight hours (QT-18.2). `ngày` alone is taken as a working day, which the caller says as guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from app.drafting.model import Certainty
from app.drafting.wording import folded
from app.rules.limits import parse_limit

Unit = Literal["working", "calendar"]

HOURS_A_DAY = 8
MOST_DAYS = 3650

_REMEMBERED = 400

_SPOKEN = {"gio": "giờ", "ngay": "ngày", "phut": "phút", "buoi": "buổi"}
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
_COUNTED = "mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi"
_WORDS = {word: n for n, word in enumerate(_COUNTED.split("|"), start=1)}
_NUMBER = rf"\d+\s+\d+\s*/\s*\d+|\d+\s*/\s*\d+|\d+(?:[.,]\d+)?|nua|\b(?:{_COUNTED})\b"
_UNITS = r"ngay|nlv|gio|tieng|h|phut|p|buoi|tuan|thang|working days?|days?|hours?|minutes?"
_AMOUNT = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?:\(\s*[a-z ]+\s*\)\s*)?\(?(?P<unit>{_UNITS})(?![a-z])(?P<rest>\s*ruoi\b)?"
)
_BARE = re.compile(rf"(?P<number>{_NUMBER})(?:\s*\(?(?:chung|lam viec)\)?)?")
_RANGE = re.compile(
    rf"(?:{_NUMBER})\s*(?:ngay|gio|h)?(?: lam viec)?\s*(?:-|den|toi|~)\s*(?:{_NUMBER})\s*(?:ngay|gio|h\b|buoi)"
)
_CLOCK = re.compile(r"(\d{1,2})\s*h\s*(\d{2})\b")
_CALENDAR = re.compile(
    r"duong lich|ngay lich|theo lich|tu nhien|(?:ke ca|tinh ca"
    r"|bao gom ca?) (?:cac )?(?:ngay )?(?:nghi|thu bay|chu nhat)|calendar"
)
_WORKING = re.compile(
    r"lam viec|\bn?lv\b|hanh chinh|working|(?:khong (?:ke|tinh|bao gom)|tru) (?:cac )?ngay (?:nghi|le|thu bay)"
)
_SHARED = re.compile(r"\bchung\b|\btong\b|dung chung|cho ca")
_UNCOUNTED = re.compile(
    r"khong tinh|khong quy dinh|khong ap dung|khong gioi han|khong co thoi (?:gian|han)|not counted"
    r"|theo (?:giay |phieu )?(?:lich )?hen|khi (?:co|nhan) (?:duoc )?ket qua|sau khi co ket qua|ngay khi co ket qua"
)
_AT_ONCE = re.compile(
    r"trong ngay|trong buoi|cung ngay|giai quyet ngay|tra ngay|ngay khi|ngay sau khi|ngay lap tuc|lap tuc"
)
_ELSEWHERE = re.compile(r"theo quy dinh|theo (?:thoi han|van ban|ke hoach|luat|nghi dinh|yeu cau)|tuy theo|tuy thuoc")
_CASES = re.compile(r"truong hop|neu |doi voi|hoac|vung sau|phuc tap|con lai")
_EQUAL = re.compile(r"\(([^()]*)\)|(?:=|tuong duong|tuc la|hay la)([^()=]*)")
_APART = re.compile(r"[;+\n]|\bva\b|\bhoac\b")
_TIMES = re.compile(rf"\b[x*]\s*(?:0*8\s*(?P<hours>gio|h|tieng)|{_NUMBER})")
_ADDED = re.compile(r"\d\s*\+\s*\d")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[. ]\d{3})+(?![\d/])")
_LEFT_OUT = re.compile(
    r"\(\s*khong tinh(?: vao)?(?: tong)?(?: thoi (?:gian|han))?(?: giai quyet| thuc hien| xu ly)?\s*\)"
)
_ON_A_DAY = re.compile(r"(?:tu )?ngay \d{1,2} thang \d{1,2}(?: nam \d{4})?|(?:tu )?ngay \d{1,2}[/-]\d{1,2}[/-]\d{4}")
_DAY = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}(?: .*)?")


@dataclass(frozen=True, slots=True)
class Time:
    """A time as read. `limit` is an ISO duration, `none` or None; `unit` is None where only `ngày` is said; `code` names
    what makes it less than plainly read, `why` says it (Vietnamese)."""

    limit: str | None
    unit: Unit | None = None
    certainty: Certainty = "read"
    code: str = ""
    why: str = ""
    shared: bool = False

    @property
    def hours(self) -> Fraction:
        return hours_of(self.limit, self.unit or "working")


@dataclass(frozen=True, slots=True)
class _Amount:
    minutes: Fraction
    kind: str
    """`day`, `hour`, `half` (buổi), `week` or `month`."""
    unit: Unit | None


def read_time(text: str, header: str = "") -> Time:
    """One cell of time; `header` is the folded head of its column, which may hold the unit."""
    return _known(text, header) if len(text) + len(header) <= _REMEMBERED else _read(text, header)


def _read(text: str, header: str) -> Time:
    plain = _spelled(text)
    unit = _unit(plain) or _unit(header)
    found = _sought(plain, header, unit)
    if found is not None:
        return replace(found, shared=bool(_SHARED.search(plain)))
    return _without_number(plain, text)


_known = lru_cache(maxsize=4096)(_read)


def hours_of(limit: str | None, unit: str = "working") -> Fraction:
    """Hours of an ISO limit: working hours, or real ones of calendar time. Nothing for `none` and None."""
    if limit is None:
        return Fraction(0)
    parsed = parse_limit(limit, unit, HOURS_A_DAY * 3600)
    return Fraction(parsed.seconds, 3600) if parsed else Fraction(0)


def spoken(hours: Fraction) -> str:
    """Working hours as people say them: `80 giờ (10 ngày làm việc)`."""
    return f"{decimal(hours)} giờ ({decimal(hours / HOURS_A_DAY)} ngày làm việc)"


def decimal(number: Fraction) -> str:
    """A number with a decimal comma: `0,25`."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".").replace(".", ",")


def iso(minutes: Fraction, *, in_days: bool, unit: str = "working") -> str:
    """Minutes as a duration: in days and hours, or in hours, as the table prints it."""
    day = (HOURS_A_DAY if unit == "working" else 24) * 60
    days, left = divmod(minutes, day) if in_days else (0, minutes)
    hours, rest = divmod(left, 60)
    whole, seconds = divmod(rest * 60, 60)
    clock = "".join(f"{int(n)}{letter}" for n, letter in ((hours, "H"), (whole, "M"), (seconds, "S")) if int(n))
    return "P" + (f"{int(days)}D" if days else "") + (f"T{clock}" if clock else "")


def _spelled(text: str) -> str:
    for sign, plain in _VULGAR.items():
        text = text.replace(sign, f" {plain}")
    text = re.sub(r"(\d)\s*[.,]\s+(\d)", r"\1,\2", text)
    text = re.sub(r"(\d)\s*['’′](?!\w)", r"\1 phút", text)
    text = re.sub(r"(\d) +và +(?=\d+ */ *\d)", r"\1 ", text)
    lines = folded(_CLOCK.sub(r"\1 giờ \2 phút", "; ".join(text.split("\n"))))
    return _ON_A_DAY.sub(" ", lines).strip(" .;:")


def _unit(plain: str) -> Unit | None:
    if _WORKING.search(plain):
        return "working"
    if _CALENDAR.search(plain):
        return "calendar"
    return "working" if re.search(r"\b(?:gio|hours?|buoi)\b", plain) else None


def _sought(plain: str, header: str, unit: Unit | None) -> Time | None:
    """The time where the cell has a number, else None."""
    if _DAY.fullmatch(plain):
        return Time(
            None, None, "doubtful", "limit.date", "ô có ngày tháng; có thể phần mềm bảng tính đã đổi 1/2 thành ngày"
        )
    if _RANGE.search(plain):
        most = _amounts(plain, unit)
        limit = _iso_of(max(most, key=lambda one: one.minutes), unit) if most else None
        return Time(limit, unit, "doubtful", "limit.range", "là một khoảng; đã lấy số lớn nhất")
    if _THOUSANDS.search(plain):
        return Time(None, unit, "doubtful", "limit.unreadable", "không rõ là số nghìn hay số lẻ")
    if times := _TIMES.search(plain):
        return _multiplied(plain, header, unit, times)
    if _LEFT_OUT.search(plain):
        why = "ghi số nhưng ghi không tính; đã lấy là không tính"
        return Time("none", unit, "doubtful", "limit.contradicts", why)
    main, beside = _apart(plain)
    found = _amounts(main, unit)
    if not found and (beside_found := _amounts(beside, unit)):
        found, beside = beside_found, ""
    if not found:
        return _bare(plain, header, unit)
    return _together(plain, main, beside, found, unit)


def _apart(plain: str) -> tuple[str, str]:
    """What is said, and what is said again in brackets or behind an equals sign."""
    beside = " ".join(match[1] or match[2] or "" for match in _EQUAL.finditer(plain))
    return _EQUAL.sub(" ", plain), beside


def _multiplied(plain: str, header: str, unit: Unit | None, times: re.Match[str]) -> Time | None:
    """`3 ngày x 8 giờ = 24 giờ` says the hours of a day; `0,5 ngày x 2` is for a person to count."""
    if times["hours"]:
        return _sought(f"{plain[: times.start()]} {plain[times.end() :]}", header, unit)
    amounts = _amounts(plain[: times.start()], unit)
    limit = _iso_of(amounts[0], unit) if amounts else None
    return Time(limit, unit, "doubtful", "limit.several", "có phép nhân; đã lấy số đứng trước")


def _together(plain: str, main: str, beside: str, found: list[_Amount], unit: Unit | None) -> Time:
    if any(one.minutes > MOST_DAYS * 24 * 60 for one in found):
        return Time(None, unit, "doubtful", "limit.unreadable", "quá dài")
    first = found[0]
    if first.kind in ("week", "month"):
        limit = _iso_of(first, "calendar")
        return Time(
            limit, "calendar", "doubtful", "limit.long-unit", "tính bằng tuần hoặc tháng; đã đổi ra ngày theo lịch"
        )
    if len({one.minutes for one in found}) == 1 and not (len(found) > 1 and _APART.search(main)):
        found = found[:1]  # the same twice: `08 giờ/01 ngày`
    if (len(found) > 1 and not _descending(found, main)) or _ADDED.search(main):
        return Time(
            _iso_of(first, unit), unit, "doubtful", "limit.several", "có nhiều thời hạn; đã lấy thời hạn đầu tiên"
        )
    whole = replace(first, minutes=sum((one.minutes for one in found), Fraction(0)))
    if whole.minutes == 0:
        return Time("none", unit)
    time = Time(_iso_of(whole, unit), unit or whole.unit)
    again = _amounts(beside, unit)
    if again and (sum(one.minutes for one in again) != whole.minutes or len(again) > 1):
        cases = bool(_CASES.search(beside))
        why = "có trường hợp khác trong ngoặc" if cases else "phần trong ngoặc không khớp; đã lấy phần ngoài ngoặc"
        return replace(time, certainty="doubtful", code="limit.several" if cases else "limit.contradicts", why=why)
    if _CASES.search(plain):
        return replace(time, certainty="doubtful", code="limit.conditional", why="chỉ đúng trong một trường hợp")
    return time


def _descending(found: list[_Amount], main: str) -> bool:
    """Whether several amounts are one: `1 ngày 4 giờ`, not `1 ngày; 4 giờ` or two of one unit."""
    order = ["day", "half", "hour", "minute"]
    places = [order.index(one.kind) for one in found if one.kind in order]
    return places == sorted(set(places)) and not re.search(r"[;+]|\bhoac\b", main)


def _amounts(plain: str, unit: Unit | None) -> list[_Amount]:
    return [made for match in _AMOUNT.finditer(plain) if (made := _amount(match, unit)) is not None]


def _amount(match: re.Match[str], unit: Unit | None) -> _Amount | None:
    number = _number(match["number"])
    if number is None:
        return None
    if match["rest"]:
        number += Fraction(1, 2)
    return _measured(number, match["unit"], unit)


def _measured(number: Fraction, name: str, unit: Unit | None) -> _Amount:
    day = 24 if unit == "calendar" else HOURS_A_DAY
    if name.startswith(("gio", "hour", "tieng")) or name == "h":
        return _Amount(number * 60, "hour", "working")
    if name.startswith(("phut", "minute")) or name == "p":
        return _Amount(number, "minute", "working")
    if name == "buoi":
        return _Amount(number * HOURS_A_DAY * 30, "half", "working")
    if name in ("tuan", "thang"):
        return _Amount(
            number * (7 if name == "tuan" else 30) * 24 * 60, "week" if name == "tuan" else "month", "calendar"
        )
    return _Amount(number * day * 60, "day", unit)


def _iso_of(amount: _Amount, unit: Unit | None) -> str | None:
    if amount.minutes <= 0:
        return "none"
    return iso(amount.minutes, in_days=amount.kind not in ("hour", "minute"), unit=unit or amount.unit or "working")


def _bare(plain: str, header: str, unit: Unit | None) -> Time | None:
    """A number alone has the unit of its column's head."""
    match = _BARE.fullmatch(plain.strip("()[] "))
    number = _number(match["number"]) if match else None
    if number is None:
        return None
    if number == 0:
        return Time("none", unit)
    if number > MOST_DAYS * 24:
        return Time(None, unit, "doubtful", "limit.unreadable", "quá dài")
    units = re.findall(r"\b(gio|ngay|phut|buoi|hours?|days?)\b", re.sub(r"thoi gian|thoi han", "", header))
    if units:
        limit = _iso_of(_measured(number, units[0], unit), unit)
        if len(set(units)) > 1:
            why = f"tiêu đề cột ghi nhiều đơn vị; đã lấy “{_SPOKEN.get(units[0], units[0])}”"
            return Time(limit, unit, "doubtful", "limit.no-unit", why)
        return Time(limit, unit)
    guess = _iso_of(_measured(number, "ngay", unit), unit)
    return Time(guess, unit, "doubtful", "limit.no-unit", "không có đơn vị; đã lấy là ngày")


def _number(text: str) -> Fraction | None:
    text = text.strip()
    if text == "nua":
        return Fraction(1, 2)
    if text in _WORDS:
        return Fraction(_WORDS[text])
    whole, _, rest = text.replace(",", ".").rpartition(" ") if re.search(r"\d\s+\d+\s*/", text) else ("", "", text)
    try:
        top, _, bottom = rest.replace(",", ".").replace(" ", "").partition("/")
        value = Fraction(top) / (Fraction(bottom) if bottom else 1)
        return value + (Fraction(whole) if whole else 0)
    except (ValueError, ZeroDivisionError):
        return None


def _without_number(plain: str, text: str) -> Time:
    if not text.strip():
        return Time(None, None, "doubtful", "limit.missing", "ô thời gian trống")
    if re.fullmatch(r"[-/.x ]*", plain) or _UNCOUNTED.search(plain):
        guessed = not re.search(r"khong tinh", plain)
        certainty: Certainty = "guessed" if guessed else "read"
        return Time(
            "none", None, certainty, "limit.uncounted" if guessed else "", "không tính thời gian" if guessed else ""
        )
    if re.fullmatch(r"(?:trong )?(?:gio|ngay) hanh chinh|gio hc|ghc|hours? of work", plain):
        return Time(
            "none", None, "guessed", "limit.uncounted", "giờ hành chính: làm việc trong giờ, không tính thời gian"
        )
    if _AT_ONCE.search(plain):
        limit, why = (
            ("PT4H", "trong buổi: nửa ngày") if "buoi" in plain else ("P1D", "giải quyết ngay: lấy 1 ngày làm việc")
        )
        exact = re.fullmatch(r"(?:ngay )?(?:trong|cung) (?:ngay|buoi)(?: lam viec)?", plain)
        return Time(limit, "working", "guessed" if exact else "doubtful", "limit.at-once", why)
    if _ELSEWHERE.search(plain):
        return Time(None, None, "doubtful", "limit.elsewhere", "thời hạn ghi ở nơi khác")
    return Time(None, None, "doubtful", "limit.unreadable", "không đọc được thời hạn")
