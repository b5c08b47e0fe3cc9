"""Whole numbers and amounts of money as Vietnamese reads them aloud, for papers that say an amount twice."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_BILLION = 1_000_000_000


def number_in_words(number: int) -> str:
    """`125005` as "một trăm hai mươi lăm nghìn không trăm linh năm". ValueError below zero."""
    if number < 0:
        raise ValueError("only whole numbers from zero are read out")
    return _read(number, leading=True) or _DIGITS[0]


def money_in_words(amount: int) -> str:
    """`125000` (đồng) as "một trăm hai mươi lăm nghìn đồng"."""
    return f"{number_in_words(amount)} đồng"


def _read(number: int, *, leading: bool) -> str:
    """`leading`: nothing stands before it, so its hundreds are not filled up with "không trăm"."""
    if number >= _BILLION:
        above, below = divmod(number, _BILLION)
        head = f"{_read(above, leading=leading)} tỷ"
        return f"{head} {_read(below, leading=False)}" if below else head
    words: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:
            words += _group(group, full=bool(words) or not leading)
            words += [_SCALES[place]] if place else []
    return " ".join(words)


def _group(group: int, *, full: bool) -> list[str]:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        return words + (["linh"] if words and ones else []) + ([_DIGITS[ones]] if ones else [])
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        return [*words, "mốt"]
    if ones == 5:
        return [*words, "lăm"]
    return words + ([_DIGITS[ones]] if ones else [])
