"""Dossier codes (QT-14.1, QT-14.3; TT 01/2018/TT-VPCP Art. 19; QĐ 20/2020/QĐ-TTg Art. 4).

`000.00.12.H50-261121-0001` is agency, date of receipt and number of the day. Since 2020 agency identifiers are written from the
province down (`H50.12`); which order a code uses is the profile's template, and both can always be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rules.profile import Profile

MAX_IDENTIFIER = 35
_PROVINCE = re.compile(r"[A-Y]\d\d", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Z0-9]+(?:\.[A-Z0-9]+)*", re.ASCII)
_CODE = re.compile(r"(?P<identifier>[A-Z0-9.]+)-(?P<date>\d{6})-(?P<number>\d{4,12})", re.ASCII)
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}", re.ASCII)
_AGENCY_PLACEHOLDERS = ("identifier", "top_first", "bottom_first")
_BOTTOM_WIDTHS = (2, 2, 3)  # Y1Y2, Z1Z2, V1V2V3


class CodeError(ValueError):
    """A dossier code, identifier or template that cannot be used; the text (Vietnamese) says why."""


@dataclass(frozen=True, slots=True)
class CodeParts:
    """A code taken apart: the agency's identifier as written, the date of receipt, the number of the day."""

    identifier: str
    on: date
    number: int


def dossier_code(profile: Profile, identifier: str, on: date, number: int) -> str:
    """The code of the dossier that agency `identifier` received as number `number` (from 1) of the day `on`.

    The number has at least four digits and simply grows beyond 9999. Errors: CodeError.
    """
    if number < 1:
        raise CodeError(f"số thứ tự trong ngày phải từ 1, không phải {number}")
    if not 2000 <= on.year <= 2099:
        raise CodeError(f"mã hồ sơ chỉ ghi được năm 2000 đến 2099, không phải {on.year}")
    groups = _groups(identifier)
    values = {
        "identifier": ".".join(groups),
        "top_first": ".".join(_top_first(groups)),
        "bottom_first": ".".join(_bottom_first(groups)),
        "date": f"{on:%y%m%d}",
        "number": f"{number:04d}",
    }
    return _PLACEHOLDER.sub(lambda match: values[match[1]], profile.code_template)


def parse_code(code: str) -> CodeParts:
    """Take a code of either form apart; letters may be small, blanks around it are ignored. Errors: CodeError."""
    match = _CODE.fullmatch(code.strip().upper())
    if match is None:
        raise CodeError(f"mã hồ sơ {code!r} không đúng dạng, ví dụ 000.00.12.H50-261121-0001")
    text = match["date"]
    try:
        on = date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise CodeError(f"mã hồ sơ {code!r} có ngày không tồn tại: {text}") from None
    identifier = ".".join(_groups(match["identifier"]))
    number = int(match["number"])
    if number < 1:
        raise CodeError(f"mã hồ sơ {code!r}: số thứ tự phải từ 1")
    return CodeParts(identifier, on, number)


def check_identifier(identifier: str) -> str:
    """Answer an agency's identifier unchanged if codes can be made of it. Errors: CodeError."""
    _groups(identifier)
    return identifier


def check_template(template: str) -> str:
    """Answer a profile's code template unchanged if `dossier_code` can use it and `parse_code` can read its codes.

    It is `{agency}-{date}-{number}`, where the agency is one of `{identifier}` (as registered), `{top_first}` (`H50.12`) and
    `{bottom_first}` (`000.00.12.H50`). Errors: CodeError.
    """
    if template not in {f"{{{agency}}}-{{date}}-{{number}}" for agency in _AGENCY_PLACEHOLDERS}:
        choices = ", ".join(f"{{{agency}}}" for agency in _AGENCY_PLACEHOLDERS)
        raise CodeError(
            f"mẫu mã hồ sơ {template!r} phải là {{cơ quan}}-{{date}}-{{number}}, cơ quan là một trong {choices}"
        )
    return template


def _groups(identifier: str) -> list[str]:
    if not _IDENTIFIER.fullmatch(identifier) or len(identifier) > MAX_IDENTIFIER:
        raise CodeError(
            f"mã định danh {identifier!r} phải gồm chữ hoa, số và dấu chấm, không quá {MAX_IDENTIFIER} ký tự"
        )
    groups = identifier.split(".")
    if not (_PROVINCE.fullmatch(groups[0]) or _PROVINCE.fullmatch(groups[-1])):
        raise CodeError(f"mã định danh {identifier!r} thiếu mã cấp 1 dạng H50 ở đầu hoặc cuối")
    return groups


def _top_first(groups: list[str]) -> list[str]:
    """From the province down, without the empty levels below the agency's own."""
    if _PROVINCE.fullmatch(groups[0]):
        return groups
    descending = groups[::-1]
    while not descending[-1].strip("0"):
        descending.pop()
    return descending


def _bottom_first(groups: list[str]) -> list[str]:
    """From the fourth level up, empty levels filled with zeros."""
    if _PROVINCE.fullmatch(groups[-1]) and len(groups) > 1:
        return groups
    levels = groups[1:]
    zeros = ["0" * width for width in _BOTTOM_WIDTHS[len(levels) :]]
    return [*zeros[::-1], *levels[::-1], groups[0]]
