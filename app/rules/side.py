"""Side processes: what may happen to a dossier beside its own procedure, as data (QT-17.4, QT-19, QT-20.2, ST-14, ST-16).

Each is a small diagram of `bpmn/shared` with an approval chain that a province may redraw; what it does to the dossier is
said by the `effect` of its steps. While one that `holds` is open, the steps of the procedure itself are suspended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SUPPLEMENT = "supplement"
REJECTION = "rejection"
WITHDRAWAL = "withdrawal"
STOPPING = "stopping"
EXTENSION = "extension"
PAYMENT = "payment"
OPINION = "opinion"
VERIFICATION = "verification"


@dataclass(frozen=True, slots=True)
class SideRule:
    """`title`: what people read; `effects`: what its diagram must be able to do; `rule`: the article that knows it.

    `many`: several may be open at once (one an agency that is asked); `ends`: it brings the dossier to its end by itself, also
    while that waits for its applicant; `merged`: what the clock is told when a participating agency asks; the lead agency
    merges that into its own slip, and the time is the lead's meanwhile (QT-20.2d).
    """

    process: str
    title: str
    rule: str
    effects: tuple[str, ...]
    holds: bool = False
    many: bool = False
    ends: bool = False
    merged: str | None = None


SIDE: Mapping[str, SideRule] = {
    rule.process: rule
    for rule in (
        SideRule(
            SUPPLEMENT,
            "Yêu cầu bổ sung hồ sơ",
            "QT-19.3a",
            ("request_supplement", "receive_supplement"),
            holds=True,
            merged="agency_supplement_requested",
        ),
        SideRule(
            REJECTION,
            "Trả hồ sơ không giải quyết",
            "QT-18.4",
            ("confirm_refusal",),
            holds=True,
            merged="agency_returned",
        ),
        SideRule(WITHDRAWAL, "Rút hồ sơ", "QT-19.2c", ("confirm_withdrawal",), holds=True, ends=True),
        SideRule(STOPPING, "Dừng giải quyết hồ sơ", "QT-18.4", ("confirm_stop",), holds=True, ends=True),
        SideRule(
            PAYMENT, "Thực hiện nghĩa vụ tài chính", "QT-19.3t", ("request_payment", "confirm_payment"), holds=True
        ),
        SideRule(EXTENSION, "Gia hạn, xin lỗi và hẹn lại", "QT-19.1a", ("record_apology",)),
        SideRule(OPINION, "Lấy ý kiến cơ quan khác", "ST-14.3c", ("answer_opinion",), many=True),
        SideRule(VERIFICATION, "Xác minh thực tế", "ST-14.3b", ("record_verification",)),
    )
}


def holds(process: str) -> bool:
    """Whether this kind of instance suspends the steps of the procedure while it is open."""
    return process in SIDE and SIDE[process].holds
