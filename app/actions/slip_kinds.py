"""Which slip goes with which act, and which may be issued by itself (QT-15.1, QT-15.3, defect 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.engine.steps import Step
from app.slips.forms import KIND_TITLES

FEE_RECEIPT: Final = "fee_receipt"
FEE_REFUND: Final = "fee_refund"
OF_EFFECT: Final[Mapping[str, str]] = {
    "request_supplement": "supplement",
    "confirm_refusal": "refusal",
    "confirm_stop": "stop_notice",
    "confirm_withdrawal": "withdrawal",
    "record_extension": "extension",
    "record_apology": "apology",
    "request_payment": "payment_notice",
    "confirm_payment": FEE_RECEIPT,
    "answer_opinion": "opinion_reply",
}
"""The slip that a step of a side process records, by the step's effect."""
OF_ACTION: Final[Mapping[str, str]] = {
    "request-supplement": "supplement",
    "ask-correction": "supplement",
    "reject": "refusal",
    "refuse-intake": "refusal",
    "withdraw": "withdrawal",
    "stop": "stop_notice",
    "request-extension": "extension",
    "apologise": "apology",
    "request-payment": "payment_notice",
    "ask-opinion": "opinion",
    "deliver-result": FEE_RECEIPT,
}
"""The slip that can be filled in and issued together with an action."""
BY_ITSELF: Final = (
    "guidance",
    "supplement",
    "refusal",
    "apology",
    "extension",
    "stop_notice",
    "withdrawal",
    "opinion",
    "opinion_reply",
    "payment_notice",
    FEE_RECEIPT,
    "control",
    "satisfaction",
)
"""What may be issued for a dossier by itself; the receipt comes with acceptance, the register is printed."""


def right_to_issue(kind: str) -> str:
    """The action whose right it takes to issue that slip by itself: a receipt says that money was taken (HT-9.1)."""
    return "collect-fee" if kind == FEE_RECEIPT else "issue-slip"


TO_APPLICANT: Final = frozenset(
    {
        "receipt",
        "guidance",
        "supplement",
        "refusal",
        "apology",
        "stop_notice",
        "withdrawal",
        "payment_notice",
        FEE_RECEIPT,
        FEE_REFUND,
        "satisfaction",
    }
)
"""What the applicant may read with the code of his receipt; the others are between offices."""

NEWS: Final[Mapping[str, frozenset[str]]] = {
    "supplement": frozenset({"supplement_requested", "correction_asked"}),
    "refusal": frozenset({"dossier_refused", "not_accepted"}),
    "stop_notice": frozenset({"dossier_stopped"}),
    "withdrawal": frozenset({"dossier_withdrawn"}),
    "apology": frozenset({"apology_sent", "extension_recorded"}),
    "payment_notice": frozenset({"payment_requested"}),
}
"""Slips that say news which the desk confirms before the applicant hears of it, and the messages that tell it (QT-16.4)."""


def of_act(action: str, step: Step) -> str | None:
    """The slip that goes with an action on a task of that step, or None."""
    if action != "forward":
        return OF_ACTION.get(action)
    if step.slip in KIND_TITLES:
        return step.slip
    return OF_EFFECT.get(step.effect) if step.effect is not None else None
