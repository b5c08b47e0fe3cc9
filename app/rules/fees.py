"""Fees: what is due, whether it was paid, and when it may be paid back (TN-PL.6, ST-11.2c, ST-11.4c, LA-8.4)."""

from __future__ import annotations

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


def settled(due: int, collected: int) -> bool:
    """Whether receipts answer for what is due."""
    return due > 0 and collected >= due


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
