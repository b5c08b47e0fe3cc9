"""Telephone numbers as gateways want them (E.164), and as lists show them."""

from __future__ import annotations

import re

from app.messages.failures import RefusedError

_FILLING = re.compile(r"[\s.\-()/]")
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}")
_VIETNAM = re.compile(r"\+84(2[0-9]{9}|[13-9][0-9]{8})")
_MOBILE = re.compile(r"\+84[35789][0-9]{8}")


class PhoneError(RefusedError):
    """Not a telephone number, or none that can get a short message. Trying again does not help."""


def normalised(text: str, *, mobile: bool = False) -> str:
    """`0912 345 678`, `84912345678` and `+84 912 345 678` as `+84912345678`; numbers of other countries as they are.

    `mobile`: short messages go to it. PhoneError says in Vietnamese what is wrong.
    """
    digits = _FILLING.sub("", text)
    if digits.startswith("00"):
        number = f"+{digits[2:]}"
    elif digits.startswith("0"):
        number = f"+84{digits[1:]}"
    elif digits.startswith("84"):
        number = f"+{digits}"
    else:
        number = digits
    if not re.fullmatch(r"\+[0-9]+", number, re.ASCII):
        raise PhoneError(f"Số điện thoại “{text}” không đúng: chỉ ghi chữ số, có thể bắt đầu bằng +84.")
    if number.startswith("+84"):
        if not _VIETNAM.fullmatch(number):
            raise PhoneError(f"Số điện thoại “{text}” thừa hoặc thiếu chữ số.")
        if mobile and not _MOBILE.fullmatch(number):
            raise PhoneError(f"Số “{text}” không phải số di động nên không nhận được tin nhắn.")
    elif not _ABROAD.fullmatch(number):
        raise PhoneError(f"Số điện thoại “{text}” thừa hoặc thiếu chữ số.")
    return number


def masked(channel: str, recipient: str) -> str:
    """An address as lists show it: `09••••678`, `b•••@example.org`."""
    if channel == "email":
        local, at, host = recipient.partition("@")
        return f"{local[:1]}•••{at}{host}"
    shown = re.sub(r"\s", "", recipient)
    shown = f"0{shown[3:]}" if shown.startswith("+84") else shown
    return f"{shown[:2]}••••{shown[-3:]}" if len(shown) > 6 else "••••"
