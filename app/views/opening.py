"""Opening a dossier by what somebody typed or a scanner read."""

from __future__ import annotations

import re

from app.errors import DomainError, invalid
from app.rules.codes import CodeError, parse_code
from app.slips.symbols import code_in_url

_LONGEST = 2000
_SPACES = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def code_from_scan(text: str) -> str:
    """The dossier's code in `text`: typed in any case and with spaces, or a whole look-up address as a QR code holds it.

    Errors: DomainError invalid (`code`).
    """
    found: str | None = text if len(text) <= _LONGEST else None
    if found is not None and "?" in found:
        try:
            found = code_in_url(found.strip())
        except ValueError:  # what is no address at all
            found = None
    code = _DASHES.sub("-", _SPACES.sub("", found or "")).upper()
    try:
        parse_code(code)
    except CodeError as error:
        raise _not_a_code() from error
    return code


def _not_a_code() -> DomainError:
    return invalid(
        {"code": ["Đây không phải mã hồ sơ hay mã QR trên giấy tiếp nhận; ví dụ 000.00.12.H50-261121-0001."]}
    )
