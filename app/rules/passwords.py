"""What a password of one's own must be (QT-28.5b, ST-26.5): long, not the account's own words, not one of the first guesses."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LEAST: Final = 10
MOST: Final = 200
_FEWEST_KINDS = 5
"""So many different characters at least."""
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_COMMON = frozenset(
    [
        "password",
        "passw0rd",
        "passwrd",
        "matkhau",
        "matkhaumoi",
        "motcua",
        "mot",
        "cua",
        "motcuadientu",
        "dichvucong",
        "hanhchinh",
        "hanhchinhcong",
        "ubnd",
        "uybannhandan",
        "vietnam",
        "vietnamvodich",
        "vietnamtoiyeu",
        "hanoi",
        "saigon",
        "hochiminh",
        "quangtri",
        "hatinh",
        "longan",
        "soctrang",
        "thainguyen",
        "admin",
        "administrator",
        "quantri",
        "quantrivien",
        "canbo",
        "congchuc",
        "nguoidung",
        "taikhoan",
        "user",
        "guest",
        "root",
        "test",
        "demo",
        "default",
        "welcome",
        "xinchao",
        "anhyeuem",
        "emyeuanh",
        "iloveyou",
        "yeuem",
        "toiyeuvietnam",
        "hanhphuc",
        "giadinh",
        "conyeu",
        "bongda",
        "manchester",
        "barcelona",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "abc",
        "abcd",
        "abcdef",
        "abcxyz",
        "letmein",
        "changeme",
        "doimatkhau",
        "monkey",
        "dragon",
        "master",
        "superman",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "starwars",
        "pokemon",
        "naruto",
        "computer",
        "internet",
        "samsung",
        "iphone",
        "google",
        "facebook",
        "zalo",
        "nguyen",
        "tran",
        "le",
        "pham",
        "hoang",
        "phan",
        "vu",
        "vo",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "ly",
    ]
)
_LEET = str.maketrans("013457@$!", "oieastasi")


def fault_of(password: str, username: str, name: str = "") -> str | None:
    """Why a password may not be chosen, in words; None where it may."""
    if len(password) < LEAST:
        return f"Phải có ít nhất {LEAST} ký tự."
    if len(password) > MOST:
        return f"Dài quá {MOST} ký tự."
    plain = _folded(password)
    words = [word for word in (username.casefold(), *re.split(r"[._@-]", username.casefold())) if len(word) > 3]
    if any(word in plain for word in words) or (name and _letters(_folded(name)) == _letters(plain)):
        return "Không được chứa tên đăng nhập, họ tên."
    if len(set(password)) < _FEWEST_KINDS or _is_row(plain):
        return "Quá dễ đoán: các ký tự lặp lại hoặc nối tiếp nhau trên bàn phím."
    core = plain.strip("0123456789!@#$%^&*()._- ")
    if _letters(plain) in _COMMON or _letters(core.translate(_LEET)) in _COMMON:
        return "Quá dễ đoán: một từ hay dùng thêm vài chữ số. Hãy ghép nhiều từ không liên quan với nhau."
    return None


def _folded(text: str) -> str:
    """Small letters without marks."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(mark for mark in split if not unicodedata.combining(mark))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


def _is_row(plain: str) -> bool:
    """Whether it is nothing but runs along the keyboard, the alphabet or the digits."""
    runs = [row[at : at + 3] for whole in _ROWS for row in (whole, whole[::-1]) for at in range(len(row) - 2)]
    marks = plain
    for run in runs:
        while len(run) and run in marks:
            marks = marks.replace(run, "\0")
    return len(re.sub("\0", "", marks)) <= len(plain) // 3
