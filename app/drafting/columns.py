"""Which column of a table says what: by its head in whatever wording, else by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from app.drafting.grid import Line
from app.drafting.model import SourceCell
from app.drafting.people import begins_with_position
from app.drafting.times import read_time
from app.drafting.wording import folded, one_line

PHRASES: Mapping[str, tuple[str, ...]] = {
    "number": (
        "tt",
        "stt",
        "so tt",
        "so thu tu",
        "thu tu",
        "buoc",
        "cac buoc",
        "buoc thuc hien",
        "thu tu buoc",
        "so buoc",
        "thu tu cong viec",
        "ma buoc",
        "step",
    ),
    "work": (
        "noi dung cong viec",
        "noi dung",
        "cong viec",
        "ten cong viec",
        "buoc cong viec",
        "cac buoc cong viec",
        "trinh tu",
        "trinh tu thuc hien",
        "trinh tu cong viec",
        "trinh tu cac buoc thuc hien",
        "cac buoc thuc hien",
        "mo ta",
        "mo ta cong viec",
        "noi dung thuc hien",
        "noi dung cong viec thuc hien",
        "noi dung cac buoc thuc hien",
        "cach thuc thuc hien",
        "hoat dong",
        "nhiem vu",
        "ten buoc",
        "noi dung buoc",
        "mo ta quy trinh",
        "quy trinh",
        "quy trinh thuc hien",
        "noi dung giai quyet",
        "cong viec thuc hien",
        "cong viec cu the",
        "noi dung quy trinh",
        "work",
    ),
    "who": (
        "vi tri",
        "vi tri viec lam",
        "vi tri cong viec",
        "bo phan",
        "bo phan thuc hien",
        "bo phan giai quyet",
        "don vi",
        "don vi thuc hien",
        "co quan",
        "co quan thuc hien",
        "co quan don vi thuc hien",
        "nguoi thuc hien",
        "nguoi xu ly",
        "chuc danh",
        "chuc danh vi tri",
        "chuc vu",
        "trach nhiem",
        "trach nhiem thuc hien",
        "trach nhiem xu ly",
        "trach nhiem thuc hien cong viec",
        "don vi nguoi thuc hien",
        "bo phan nguoi thuc hien",
        "chu the thuc hien",
        "can bo thuc hien",
        "bo phan cong chuc vien chuc giai quyet ho so",
        "can bo cong chuc thuc hien",
        "can bo cong chuc vien chuc thuc hien",
        "doi tuong thuc hien",
        "don vi chu tri",
        "noi thuc hien",
        "vi tri thuc hien",
        "nguoi chiu trach nhiem",
        "don vi xu ly",
        "ca nhan thuc hien",
        "don vi ca nhan thuc hien",
        "bo phan don vi nguoi thuc hien",
        "position",
        "unit",
        "who",
    ),
    "time": (
        "thoi gian",
        "thoi gian thuc hien",
        "thoi han",
        "thoi han giai quyet",
        "thoi gian giai quyet",
        "thoi gian xu ly",
        "thoi han thuc hien",
        "thoi han xu ly",
        "so gio",
        "so ngay",
        "thoi luong",
        "thoi gian quy dinh",
        "dinh muc thoi gian",
        "thoi gian toi da",
        "thoi gian tiep nhan va giai quyet ho so",
        "tong thoi gian",
        "thoi gian noi bo",
        "thoi gian cat giam",
        "thoi gian sau cat giam",
        "so gio lam viec",
        "so ngay lam viec",
        "time",
    ),
    "paper": (
        "ket qua",
        "ket qua thuc hien",
        "ket qua san pham",
        "san pham",
        "san pham ket qua",
        "bieu mau",
        "bieu mau ket qua",
        "ket qua bieu mau",
        "ho so bieu mau",
        "mau phieu",
        "bieu mau su dung",
        "san pham dau ra",
        "ket qua dau ra",
        "giay to",
        "ket qua giai quyet",
        "san pham thuc hien",
    ),
    "note": (
        "co quan phoi hop",
        "trinh cac cap co tham quyen cao hon",
        "ghi chu",
        "luu y",
        "can cu phap ly",
        "co so phap ly",
        "phi",
        "le phi",
        "phi le phi",
        "cach thuc",
        "note",
    ),
    "stage": ("giai doan", "cap thuc hien", "quy trinh con"),
    "procedure": (
        "ten thu tuc",
        "ten thu tuc hanh chinh",
        "ten tthc",
        "ma thu tuc",
        "ma tthc",
        "ma so tthc",
        "linh vuc",
        "so hieu",
        "ma so thu tuc hanh chinh",
        "thanh phan ho so",
    ),
}
"""Folded wordings of heads, by what the column says."""

_EXACT = {"time": ("gio", "ngay", "gio lam viec", "ngay lam viec"), "number": ("b", "no", "#"), "who": ("chu tri",)}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_STEP_NUMBER = re.compile(
    r"(?:(?:gd|giai doan) ?\d+ ?[-.:/]? ?)?(?:buoc|b|step)?[ .:]*(?:\d{1,3}(?:\.\d{1,2})*[a-zđ]?"
    r"|[ivx]{1,5})(?: ?(?:-|den) ?\d{1,3})?[-.): ]*"
)
_INDEX = re.compile(r"\(?(?:\d{1,2}|[a-z])\)?(?:=.*)?")
_LONGEST_HEAD = 90
_ALIKE = 86


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns (from 0) of each kind, and the folded head of each. `guessed`: nobody wrote a head."""

    kinds: tuple[str, ...]
    heads: tuple[str, ...]
    guessed: bool = False
    titles: tuple[str, ...] = ()
    """The heads as printed."""

    def of(self, kind: str) -> list[int]:
        return [n for n, one in enumerate(self.kinds) if one == kind]

    def has(self, *kinds: str) -> bool:
        return all(kind in self.kinds for kind in kinds)


@lru_cache(maxsize=4096)
def kind_of_head(text: str) -> str:
    """What a head's words announce, empty for none."""
    plain = _BRACKETS.sub(" ", folded(text))
    words = " ".join(re.sub(r"[^a-z0-9#]+", " ", plain).split())
    if not words or len(words) > _LONGEST_HEAD or re.search(r"\d", words):
        return ""
    for kind, exact in _EXACT.items():
        if words in exact:
            return kind
    best, kind = max(((_alike(words, phrase), kind) for kind, phrases in PHRASES.items() for phrase in phrases))
    return kind if best >= _ALIKE else ""


def _alike(words: str, phrase: str) -> float:
    if words == phrase:
        return 200.0
    if f" {phrase} " in f" {words} " and len(phrase) >= 0.55 * len(words):
        return 100.0 + len(phrase)
    if min(len(words), len(phrase)) < 5:
        return 0.0
    return float(fuzz.token_sort_ratio(words, phrase))


def find_head(lines: Sequence[Line], at: int) -> tuple[Columns, int] | None:
    """The head that begins with line `at`, one to three lines high, and the first line below it; None where none begins."""
    if not _is_head(lines[at]):
        return None
    end = at + 1
    while end < min(len(lines), at + 3) and _goes_on(lines[at], lines[end]):
        end += 1
    width = len(lines[at].cells)
    kinds, titles = zip(*(_column_head(lines[at:end], n) for n in range(width)), strict=True)
    while end < len(lines) and _is_index(lines[end]):
        end += 1
    columns = Columns(kinds, tuple(map(folded, titles)), titles=titles)
    return (columns, end) if _enough(columns) else None


def is_step_number(text: str) -> bool:
    return bool(_STEP_NUMBER.fullmatch(folded(text)))


def _is_head(line: Line) -> bool:
    cells = line.distinct
    if len(cells) < 2:
        return False
    found = [kind_of_head(cell.text) for cell in cells]
    known = {kind for kind in found if kind}
    return len(known & {"who", "work", "time", "procedure"}) >= 2 and 2 * sum(map(bool, found)) >= len(cells)


def _goes_on(head: Line, line: Line) -> bool:
    """Whether a line is the lower half of a head: it shares merged cells with it, or holds nothing but units and heads."""
    own = [cell for cell in line.distinct if not any(cell is one for one in head.cells)]
    if not own or len(own) > 8:
        return not own and bool(line.distinct)
    shared = len(own) < len(line.distinct)
    like = [kind_of_head(cell.text) or _is_unit(cell.text) for cell in own]
    if shared:
        plain = all(len(cell.text) < 40 and not is_step_number(cell.text) for cell in own)
        return all(like) or (plain and (any(like) or _below_wide(head, line, own)))
    return all(like)


def _below_wide(head: Line, line: Line, own: Sequence[SourceCell]) -> bool:
    """Whether all these stand below cells of the head that are several columns wide, and are no times."""
    places = [n for n, cell in enumerate(line.cells) if any(cell is one for one in own)]
    above = [head.cells[n] for n in places]
    return all(cell is not None and cell.columns > 1 for cell in above) and not any(
        _looks_timed(one.text) for one in own
    )


def _is_unit(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"\(?(?:theo |tinh (?:bang|theo) )?(?:so )?(?:gio|ngay|phut)(?: lam viec| hanh chinh)?\)?", folded(text)
        )
    )


def _column_head(lines: Sequence[Line], column: int) -> tuple[str, str]:
    texts: list[str] = []
    for line in lines:
        cell = line.cells[column]
        if cell is not None and cell.text and cell.text not in texts:
            texts.append(cell.text)
    whole = " ".join(texts)
    kind = kind_of_head(whole) or next((found for text in reversed(texts) if (found := kind_of_head(text))), "")
    return kind, one_line(whole)


def _is_index(line: Line) -> bool:
    """The line of numbers that some heads have below them: (1) (2) (3), or A B C."""
    cells = line.distinct
    whole = [folded(cell.text) for cell in cells]
    if len(cells) < 3 or not all(_INDEX.fullmatch(text) for text in whole):
        return False
    bare = [text.strip("()").split("=")[0] for text in whole]
    return (
        bare == [str(n) for n in range(int(bare[0]), int(bare[0]) + len(bare))]
        if bare[0].isdigit()
        else (bare[0] == "a" and all(len(text) == 1 for text in bare))
    )


def _enough(columns: Columns) -> bool:
    if columns.has("procedure"):
        return False
    return len({"who", "work", "time"} & set(columns.kinds)) >= 2


def guess_columns(lines: Sequence[Line]) -> Columns | None:
    """Columns by what stands in them, for a table without a head; None where it does not look like steps."""
    rows = [line for line in lines if len(line.distinct) > 1]
    if len(rows) < 2:
        return None
    width = len(rows[0].cells)
    texts = [[_text(line, n) for line in rows] for n in range(width)]
    kinds = [""] * width
    for kind, share in (("time", _looks_timed), ("number", is_step_number), ("who", begins_with_position)):
        best, column = max(((_share(texts[n], share), -n) for n in range(width) if not kinds[n]), default=(0.0, 0))
        if best >= 0.6:
            kinds[-column] = kind
    left = [n for n in range(width) if not kinds[n] and any(texts[n])]
    if left:
        kinds[max(left, key=lambda n: sum(map(len, texts[n])))] = "work"
    found = Columns(tuple(kinds), ("",) * width, guessed=True)
    return found if found.has("time") and _enough(found) else None


def _text(line: Line, column: int) -> str:
    cell = line.cells[column]
    return cell.text if cell is not None else ""


def _looks_timed(text: str) -> bool:
    if len(text) > 60:
        return False
    time = read_time(text)
    return time.limit is not None and time.code not in ("limit.no-unit", "limit.at-once") and text.strip() != "-"


def _share(texts: Sequence[str], test: object) -> float:
    filled = [text for text in texts if text]
    if not filled or not callable(test):
        return 0.0
    return sum(bool(test(text)) for text in filled) / len(texts)
