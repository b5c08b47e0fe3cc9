"""What stands around a table: the procedure's name and code, its printed limit, the decision's number and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.drafting.times import Time, read_time
from app.drafting.wording import begun_large, clean, folded, one_line, shortened

CODE = re.compile(r"(?<![\d.])(\d\.\d{6}(?:\.[0-9A-Z]{2,3})*)(?![\d])")
_NAMED = re.compile(
    r"^(?:[#>*\s]*)(?:(?:[IVXLC]+|\d{1,3}(?:\.\d{1,3})*|[a-zA-Z])[.):]\s*)?"
    r"(?:Tên\s+)?(?:Thủ\s+tục(?:\s+hành\s+chính)?|TTHC"
    r"|Quy\s+trình(?:\s+nội\s+bộ)?(?:\s+giải\s+quyết)?(?:\s+(?:thủ\s+tục|TTHC))?)"
    r"(?:\s+số)?(?:\s+[\dIVX]+(?:/\w+)?)?\s*[:.\-–]?\s*(?P<name>.*)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^[#>*\s]*(?:(?:[IVXLC]+|\d{1,3}(?:\.\d{1,3})*)[.):]\s+)?(?P<name>.*)$")
_DECISION = re.compile(
    r"(?:Quyết\s+định(?:\s+số)?|QĐ|Số)\s*[:.]?\s*(\d{1,6}\s*/\s*(?:\d{4}\s*/\s*)?QĐ\s*-\s*[A-ZĐ&]+)", re.IGNORECASE
)
_LONG_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_SHORT_DATE = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b")
_TOTAL = re.compile(
    r"(?:^(?:[ivx\d]+[.)] |[-+*] )?thoi han(?= ?:)"
    r"|tong (?:cong )?(?:so )?(?:thoi gian|thoi han)|(?:thoi han|thoi gian) giai quyet|tong cong"
    r"|thoi han (?:theo quy dinh|cua thu tuc)"
    r"|printed(?: total)?)[^:.\n\d]{0,60}(?:(?=\d+(?:,\d)? (?:gio|ngay))|[^:.\n]{0,60}[:.]?\s*)"
)
_NO_NAME = re.compile(
    r"(?:ma (?:so )?(?:tthc|thu tuc)|ma so|thoi (?:han|gian)|tong |can cu|quyet dinh (?:so|ban hanh"
    r"|cua|\d)|qd\b|so:|cong hoa|doc lap|uy ban|chu tich|phu luc"
    r"|danh muc|ban hanh|kem theo|\(?kem |noi nhan|ghi chu|luu y|kind|source|code|printed"
    r"|cap thuc hien|linh vuc|\*|dvt|don vi tinh"
    r"|trinh tu thuc hien|quy trinh noi bo$|noi dung quy trinh|giai doan|tai |[ivx]+\. tai"
    r"|[a-z][.)] tai|sheet ?\d|trang \d|trang tinh|bang \d)"
)
_UNNAMED = re.compile(
    r"(?:\(|, )?(?:mã\s+(?:số\s+)?(?:TTHC|thủ\s+tục(?:\s+hành\s+chính)?)?\s*[:.]?\s*)?\d\.\d{6}(?:\.[0-9A-Z]{2,3})*\)?",
    re.IGNORECASE,
)
_INTERNAL = re.compile(r"noi bo|giai quyet thu tuc hanh chinh thuoc")
_LONGEST_NAME = 500
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Total:
    text: str
    time: Time


def name_in(text: str) -> tuple[str, str | None, bool]:
    """Name, code, and whether the words around it say that it is a procedure's name. The last such line counts."""
    lines = [one_line(line) for line in clean(text).split("\n")[-MOST_LINES:]]
    last = max((n for n, line in enumerate(lines) if CODE.search(line)), default=-1)
    code = CODE.findall(lines[last])[-1] if last >= 0 else None
    for n, line in reversed(list(enumerate(lines))):
        match = _NAMED.match(line)
        headed = bool(re.match(r"#+\s", line))
        found = _bare(match["name"]) if match else _bare(_numbered(line)) if headed else ""
        if len(found) > 5 and not _INTERNAL.match(folded(found)) and not (headed and _NO_NAME.match(folded(found))):
            return found, code if last >= n else None, True
    for n, line in reversed(list(enumerate(lines))):
        found = _bare(_numbered(line))
        if len(found) > 5 and not _NO_NAME.match(folded(line)) and not _NO_NAME.match(folded(found)):
            own = code if last >= n else None
            return found, own, own is not None or bool(re.match(r"\d{1,3}[.)]\s", line))
    return "", code, code is not None


def total_below(text: str) -> Total | None:
    """As `total_in`, in what follows a table up to the next procedure."""
    lines: list[str] = []
    for line in clean(text).split("\n")[:6]:
        if line.startswith("#") or CODE.search(line) or (_NAMED.match(line) and not _TOTAL.search(folded(line))):
            break
        lines.append(line)
    return total_in("\n".join(lines))


def says_a_procedure(text: str) -> bool:
    """Whether a text between two tables begins another procedure."""
    name, code, sure = name_in(text)
    return bool(code) or (sure and bool(name))


def total_in(text: str) -> Total | None:
    """The printed limit of the whole: the first that is said; None where nothing is."""
    for line in clean(text).split("\n"):
        plain = folded(line)
        match = _TOTAL.search(plain)
        if match is None:
            continue
        rest = line[match.end() :] if len(plain) == len(line) else plain[match.end() :]
        said = re.split(r"\bSum\b|\bNote\b|(?<=[a-zà-ỹ)])\.\s|[,;(]\s*trong đó\b", rest)[0].strip(" .;:-")
        time = read_time(said)
        if time.limit not in (None, "none") and re.search(r"\d|ngày|giờ", said):
            return Total(shortened(said, 200), time)
    return None


def decision_in(text: str) -> tuple[str | None, str | None]:
    """The decision's number and its day (ISO): the first that is named, with the day that stands nearest behind it."""
    own = "\n".join(line for line in text.split("\n") if not folded(line).startswith("can cu"))
    match = _DECISION.search(text := own)
    number = re.sub(r"\s+", "", match[1]).upper() if match else None
    behind = text[match.end() : match.end() + 400] if match else ""
    day = _day(behind) or (_day(text) if match else None)
    return number, day


def _day(text: str) -> str | None:
    found = sorted([*_LONG_DATE.finditer(text), *_SHORT_DATE.finditer(text)], key=lambda match: match.start())
    for match in found:
        try:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        except ValueError:
            continue
    return None


def _numbered(line: str) -> str:
    match = _NUMBERED.match(line)
    return match["name"] if match else line


def _bare(name: str) -> str:
    plain = _UNNAMED.sub("", name)
    plain = re.sub(r"\(\s*\)", "", plain).replace("**", "").strip(" .:;,-–*“”\"'")
    return begun_large(shortened(" ".join(plain.split()), _LONGEST_NAME))
