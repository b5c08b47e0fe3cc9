"""How soon a password would be guessed (QT-28.5b): zxcvbn, with the words that people here use and the chooser's own.

The password is looked at as it is typed and without its marks, blanks and dots, as a guesser would write the same words; what
is guessed sooner counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from app.access.password_words import COMMON, NAMES, PHRASES, PLACES
from app.rules.passwords import plain

ENOUGH: Final = 10**8
"""Guesses, in the order of one who knows all that: with the delays of sign-in, and of argon2id for who has the hashes."""
MOST_LOOKED_AT: Final = 72
"""Characters: what is longer is judged by its beginning. The work grows with the square of this."""
_OWN, _HERE, _SYLLABLES = "own", "here", "syllables"
_ADVICE = " Hãy ghép thêm một, hai từ không liên quan với nhau."
_REASONS: Final[Mapping[str, str]] = {
    "spatial": "Quá dễ đoán: các phím nằm cạnh nhau trên bàn phím.",
    "repeat": "Quá dễ đoán: cùng một đoạn lặp lại.",
    "sequence": "Quá dễ đoán: chữ hoặc số theo thứ tự.",
    "regex": "Quá dễ đoán: có năm, ngày tháng và ít chữ khác.",
    "date": "Quá dễ đoán: có ngày tháng năm và ít chữ khác.",
    _OWN: "Quá dễ đoán: lấy từ tên, tên đăng nhập, cơ quan của bạn.",
    _HERE: "Quá dễ đoán: ghép từ tên người, địa danh, từ hay dùng.",
    _SYLLABLES: "Quá dễ đoán: một cụm từ quen thuộc.",
    "dictionary": "Quá dễ đoán: có trong danh sách mật khẩu, từ hay dùng.",
    "bruteforce": "Quá dễ đoán: quá ngắn hoặc quá ít loại ký tự.",
}


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chooses: her own words, small letters without marks."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, username: str, name: str, *more: str) -> Chooser:
        """`more`: names and codes of where she works."""
        found: dict[str, None] = {}
        for text in (username, name, *more):
            parts = re.findall(r"[a-z0-9]+", plain(text))
            begun = ("".join(parts[:count]) for count in range(2, len(parts) + 1))
            for word in (*parts, *begun, "".join(part[0] for part in parts), "".join(parts[-2:])):
                if len(word) > 1:
                    found.setdefault(word)
        return cls(tuple(found))


def weakness(password: str, chooser: Chooser) -> str | None:
    """Why it would be guessed too soon, in words; None where it would not."""
    looked_at = {text[:MOST_LOOKED_AT]: None for text in _spellings(password)}
    worst = min((_judged(text, chooser) for text in looked_at if text), key=lambda found: found[0], default=None)
    if worst is None or worst[0] >= ENOUGH:
        return None
    return _REASONS[_reason(worst[1])] + _ADVICE


def _spellings(password: str) -> Iterable[str]:
    composed = unicodedata.normalize("NFC", password)
    yield composed
    folded = plain(composed)
    yield folded
    yield re.sub(r"[\W_]+", "", folded)


def _judged(text: str, chooser: Chooser) -> tuple[float, list[Mapping[str, Any]]]:
    """Guesses that it takes, and of what it is made.

    Not `zxcvbn.zxcvbn`: that keeps the chooser's words in one dictionary of the process, where another thread's replace them.
    """
    from zxcvbn import matching, scoring  # type: ignore[import-untyped]  # 40 MB of words: only where passwords are chosen

    words = {**_dictionaries(), _OWN: matching.build_ranked_dict(chooser.words)}
    found = scoring.most_guessable_match_sequence(text, matching.omnimatch(text, words))
    return float(found["guesses"]), found["sequence"]


@cache
def _dictionaries() -> Mapping[str, Mapping[str, int]]:
    from zxcvbn import matching

    names = NAMES.split()
    pairs = (first + second for first in names for second in names)  # `ngocanh`, `trantuan`: as usual as one name
    ours = {_HERE: (*COMMON.split(), *PLACES.split(), *names, *pairs), _SYLLABLES: PHRASES.split()}
    ranked = {name: matching.build_ranked_dict(list(dict.fromkeys(words))) for name, words in ours.items()}
    known = {name: words for name, words in matching.RANKED_DICTIONARIES.items() if name != "user_inputs"}
    return {**known, **ranked}


def _reason(sequence: list[Mapping[str, Any]]) -> str:
    """What its longest part that is no noise is."""
    parts = [part for part in sequence if part["pattern"] != "bruteforce"] or sequence
    longest = max(parts, key=lambda part: len(part["token"]))
    kind = str(longest["pattern"])
    named = str(longest.get("dictionary_name", "")) if kind == "dictionary" else kind
    return named if named in _REASONS else kind
