"""What completing a step of a side process does to the dossier: the closed list that diagrams may name as `effect`.

Which instant counts (QT-19.3a, QT-19.1a, QT-18.4): the one at which the step is completed in the system, never a file's own
date: supplement and extension at their recording, apology, refusal and withdrawal at the desk's confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.actions.given import Given
from app.actions.going_back import to_first_step
from app.actions.running import Running
from app.actions.signed import require_signed
from app.actions.slip_kinds import OF_EFFECT
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules import events, status

Data = Callable[[Work, Running, Given], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Effect:
    """`kind`: of the history row and, where the clock knows it, of the event. `slip`: what must be attached, in words.

    `releases`: the dossier goes back to its procedure; `ends`: the procedure is over.
    """

    kind: str
    slip: str | None = None
    appointment: bool = False
    releases: bool = False
    ends: bool = False
    more: Data | None = None
    after: Callable[[Work, Running], None] | None = None

    def data(self, name: str, work: Work, running: Running, given: Given) -> dict[str, Any]:
        """The data of the clock's event; `name`: the effect's own. Errors: DomainError slip_required, signature_required,
        invalid."""
        given.check_attachments(work)
        data: dict[str, Any] = {}
        kind = OF_EFFECT.get(name)
        if kind in work.rules.profile.signed_slips:
            require_signed(work, given.attachments, kind)
        if given.attachments:
            data["file"] = given.attachments[0]
        elif self.slip is not None and work.rules.profile.slip_files == "required":
            raise DomainError(
                "slip_required",
                f"Phải đính kèm {self.slip} trước khi thực hiện.",
                errors={"attachments": [f"Thiếu tệp: {self.slip}."]},
                extra={"rule": "QT-15.3"},
            )
        if self.appointment:
            if given.appointment is None:
                raise invalid({"appointment": ["Hãy ghi thời gian hẹn lại."]})
            data["appointment"] = given.appointment.isoformat()
        return data | (self.more(work, running, given) if self.more else {})

    def ready(self, work: Work, given: Given) -> bool:
        """Whether what was given is all that this effect needs."""
        filed = bool(given.attachments) or self.slip is None or work.rules.profile.slip_files != "required"
        return filed and (not self.appointment or given.appointment is not None)


ON = Effect(events.FORWARDED)
"""A step of the approval chain: the request goes on to the next, and its time with it."""


def _asker_agency(work: Work, running: Running, given: Given) -> dict[str, Any]:
    """Whose extension it is: its time is charged to the agency that asked (QT-20.2e), merged ones to each (QT-19.1c)."""
    asked = work.diagrams.request(running).data
    return {"agency": asked["asker"]["agency"], "agencies": asked.get("agencies") or [asked["asker"]["agency"]]}


def _merged(work: Work, running: Running, given: Given) -> dict[str, Any]:
    """The participants whose slips stand in this one (QT-19.2b, QT-19.3d)."""
    agencies = work.diagrams.request(running).data.get("agencies")
    return {"agencies": agencies} if agencies else {}


def _outcome(outcome: str) -> Data:
    return lambda work, running, given: {"outcome": outcome, **_merged(work, running, given)}


def _resubmitted(work: Work, running: Running) -> None:
    """Where the profile says so, the work starts again from the first step (defect 18)."""
    if work.rules.profile.supplement_step == "first":
        to_first_step(work)


EFFECTS: Mapping[str, Effect] = {
    "request_supplement": Effect(
        events.SUPPLEMENT_REQUESTED, slip="Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", more=_merged
    ),
    "receive_supplement": Effect(events.SUPPLEMENT_RECEIVED, releases=True, after=_resubmitted),
    "confirm_refusal": Effect(
        events.RESULT_CONFIRMED,
        slip="Phiếu từ chối tiếp nhận, giải quyết hồ sơ",
        ends=True,
        more=_outcome(status.REFUSED),
    ),
    "confirm_stop": Effect(
        events.RESULT_CONFIRMED,
        slip="thông báo dừng giải quyết hồ sơ",
        ends=True,
        more=_outcome(status.STOPPED_EARLY),
    ),
    "confirm_withdrawal": Effect(events.WITHDRAWN, slip="văn bản đề nghị rút hồ sơ có chữ ký", ends=True),
    "deliver_papers": Effect(events.DELIVERED),
    "record_extension": Effect(
        events.EXTENDED, slip="Phiếu gia hạn thời gian giải quyết", appointment=True, more=_asker_agency
    ),
    "record_apology": Effect(
        events.APOLOGISED,
        slip="Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        appointment=True,
        more=_asker_agency,
    ),
    "request_payment": Effect(events.PAYMENT_REQUESTED, slip="thông báo nộp tiền"),
    "confirm_payment": Effect(events.PAYMENT_RECEIVED, slip="chứng từ nộp tiền", releases=True),
    "answer_opinion": Effect("opinion_answered", slip="văn bản trả lời ý kiến"),
    "record_verification": Effect("verification_recorded", slip="biên bản xác minh"),
}
