"""What somebody asks by SMS (ST-17.1): `HS` and the dossier's code, however it was typed."""

from __future__ import annotations

import re

_ASKED = re.compile(r"\s*(?:HS|HỒ\s*SƠ|HO\s*SO)?\s*[:.]?\s*([0-9A-Z.\-\s]+?)\s*", re.IGNORECASE)
MOST_AN_HOUR = 20
"""Questions of one number within an hour."""
HELP = "Soạn HS và mã hồ sơ ghi trên giấy tiếp nhận, ví dụ: HS 000.00.12.H50-261123-0001."


def asked_code(text: str) -> str | None:
    """The code in a question, in capitals and without blanks; None where there is none."""
    found = _ASKED.fullmatch(" ".join(text.upper().split()))  # hundreds of blanks could be shared out in too many ways
    if found is None:
        return None
    code = re.sub(r"\s+", "", found.group(1)).strip(".-")
    return code if any(char.isdigit() for char in code) and len(code) <= 64 else None
