"""The printed forms of the slips, each known by its name and the circular that has it in force from a day.

A number alone names nothing: TT 03/2025/TT-VPCP gave the 05 and 06 of TT 01/2018/TT-VPCP to other slips. Which set an
installation prints is its profile's `slip_set`; a stored slip names its form, so it prints for ever as it was issued.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SlipForm:
    """One slip of one circular. `valid_from` is the first day on which it may be issued.

    `fee_line`: fees are an item of their own. `notes`: what the circular lets the holder know, after the template's own.
    """

    template: str
    name: str
    number: str
    circular: str
    legal_basis: str
    valid_from: date
    fee_line: bool = False
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """As the slip's foot shows it."""
        return f"{self.number}, {self.circular}"


FORMS: Mapping[str, SlipForm] = {
    "tt01-2018/01": SlipForm(
        template="receipt.typ",
        name="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        number="Mẫu số 01",
        circular="Thông tư số 01/2018/TT-VPCP",
        legal_basis="Nghị định số 61/2018/NĐ-CP",
        valid_from=date(2018, 11, 23),  # the day on which the circular was signed
    ),
    "tt03-2025/01": SlipForm(
        template="receipt.typ",
        name="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        number="Mẫu số 01",
        circular="Thông tư số 03/2025/TT-VPCP",
        legal_basis="Nghị định số 118/2025/NĐ-CP",
        valid_from=date(2025, 9, 15),
        fee_line=True,
        notes=(
            "Khi chưa có kết quả, có thể đề nghị dừng giải quyết hồ sơ tại nơi đã nộp (Nghị định số 118/2025/NĐ-CP, Điều 21).",
        ),
    ),
}
"""By the key that a stored slip names."""

RECEIPTS: Mapping[str, tuple[str, ...]] = {
    "tt_01_2018": ("tt01-2018/01",),
    "tt_03_2025": ("tt01-2018/01", "tt03-2025/01"),
}
"""The receipt's forms by a profile's `slip_set`, oldest first: a circular replaces the one before it on a day of its own."""


def receipt_form(slip_set: str, day: date) -> str:
    """The key of the receipt's form that this set has in force on that day; before them all, the oldest."""
    keys = RECEIPTS[slip_set]
    return next((key for key in reversed(keys) if FORMS[key].valid_from <= day), keys[0])
