"""Fees: what is due, whether it was paid, and when it may be paid back (TN-PL.6, ST-11.2c, ST-11.4c, LA-8.4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from app.rules.refusal import Refusal
from app.rules.status import GRANTED, NOT_TAKEN, REFUSED, STOPPED_EARLY

BEFOREHAND = "submission"
"""A fee that is paid before the dossier is accepted; others are paid in its course or when the result is collected."""
_UNDONE = frozenset({NOT_TAKEN, REFUSED, STOPPED_EARLY})
"""Ends in which the agency has not completed the service; a withdrawal is the applicant's own."""


def due_total(fees: Iterable[Mapping[str, Any]], when: str | None = None) -> int:
    """The sum of a procedure's fees in đồng, of all or of those paid at one time; of a fee by the piece, one piece."""
    return sum(int(fee.get("amount") or 0) for fee in fees if when is None or fee.get("when") == when)


def still_due(fees: Iterable[Mapping[str, Any]], paid: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What of a procedure's fees is left to be collected, each with the amount that is left; `paid` are receipts' lines.

    By name: money taken for something else, copies or an obligation asked for in the course, pays no fee.
    """
    taken: dict[str, int] = {}
    for line in paid:
        taken[_called(line)] = taken.get(_called(line), 0) + int(line["amount"])
    left = []
    for fee in fees:
        amount = int(fee.get("amount") or 0)
        answered = min(amount, taken.get(_called(fee), 0))
        taken[_called(fee)] = taken.get(_called(fee), 0) - answered
        if amount > answered:
            left.append({**fee, "amount": amount - answered})
    return left


def settled(fees: Iterable[Mapping[str, Any]], paid: Iterable[Mapping[str, Any]], when: str | None = None) -> bool:
    """Whether receipts answer for every fee, of all or of those paid at one time; never where nothing is due."""
    asked = [fee for fee in fees if when is None or fee.get("when") == when]
    return due_total(asked) > 0 and not still_due(asked, paid)


def _called(line: Mapping[str, Any]) -> str:
    return " ".join(unicodedata.normalize("NFC", str(line["name"])).split()).casefold()


def repayable(status: int, outcome: str | None) -> Refusal | None:
    """Why a fee may not be paid back, or None: only where the agency did not complete the service, so neither while it is
    at work, nor of a result that nobody collected, nor when the applicant withdrew (ST-11.4c, LA-8.4)."""
    if status == 3 or outcome in _UNDONE:
        return None
    if outcome == GRANTED or status in (9, 10):
        return Refusal("wrong_state", "Hồ sơ đã có kết quả giải quyết nên không hoàn trả phí, lệ phí.", "ST-11.4c")
    if status == 7:
        return Refusal("wrong_state", "Người nộp tự rút hồ sơ nên không hoàn trả phí, lệ phí.", "ST-11.4c")
    why = "Chỉ hoàn trả khi cơ quan không hoàn thành dịch vụ; hồ sơ này còn đang giải quyết."
    return Refusal("wrong_state", why, "ST-11.4c")
