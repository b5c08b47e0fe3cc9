"""The ten dossier states of the national portal and what a dossier can come to (facts.md d; QT-18.4, QT-19.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """A national status: its number is what other systems exchange, its name is what people read."""

    number: int
    name: str

    def to_dict(self) -> dict[str, int | str]:
        """`{"number", "name"}` as the HTTP interface shows it."""
        return {"number": self.number, "name": self.name}


REGISTERED = Status(1, "Mới đăng ký")
ACCEPTED = Status(2, "Được tiếp nhận")
NOT_ACCEPTED = Status(3, "Không được tiếp nhận")
IN_PROGRESS = Status(4, "Đang xử lý")
SUPPLEMENT_NEEDED = Status(5, "Yêu cầu bổ sung giấy tờ")
PAYMENT_NEEDED = Status(6, "Yêu cầu thực hiện nghĩa vụ tài chính")
WITHDRAWN = Status(7, "Công dân yêu cầu rút hồ sơ")
STOPPED = Status(8, "Dừng xử lý")
RESOLVED = Status(9, "Đã xử lý xong")
DELIVERED = Status(10, "Đã trả kết quả")

STATUSES = (
    REGISTERED,
    ACCEPTED,
    NOT_ACCEPTED,
    IN_PROGRESS,
    SUPPLEMENT_NEEDED,
    PAYMENT_NEEDED,
    WITHDRAWN,
    STOPPED,
    RESOLVED,
    DELIVERED,
)

# Outcomes of a dossier. A refusal counts as a result for the clock (QT-18.4), so does a withdrawal (QT-19.2).
GRANTED = "granted"
REFUSED = "refused"
STOPPED_EARLY = "stopped"
WITHDRAWN_BY_APPLICANT = "withdrawn"
OUTCOMES = (GRANTED, REFUSED, STOPPED_EARLY, WITHDRAWN_BY_APPLICANT)
# Before acceptance there is no result to have: the desk did not take the dossier, and nothing measures it.
NOT_TAKEN = "not_accepted"
# Taken over from another system by mistake and withdrawn: it was never here, so no number counts it.
IMPORT_WITHDRAWN = "import_withdrawn"
OUTCOME_NAMES = {
    GRANTED: "đã giải quyết",
    REFUSED: "từ chối giải quyết",
    STOPPED_EARLY: "dừng giải quyết",
    WITHDRAWN_BY_APPLICANT: "người nộp rút hồ sơ",
    NOT_TAKEN: "không tiếp nhận",
    IMPORT_WITHDRAWN: "rút khỏi hồ sơ chuyển từ hệ thống cũ",
}

_ENDS = {
    WITHDRAWN_BY_APPLICANT: WITHDRAWN,
    REFUSED: STOPPED,
    STOPPED_EARLY: STOPPED,
    NOT_TAKEN: NOT_ACCEPTED,
    IMPORT_WITHDRAWN: NOT_ACCEPTED,
}
_WAITS = {"supplement": SUPPLEMENT_NEEDED, "payment": PAYMENT_NEEDED}


def status_of(number: int) -> Status:
    """The status with this national number. Errors: ValueError for any number but 1 to 10."""
    if not 1 <= number <= len(STATUSES):
        raise ValueError(f"no national status {number}")
    return STATUSES[number - 1]


def derive(
    previous: int,
    *,
    accepted: bool,
    left_desk: bool,
    result: bool,
    delivered: bool,
    outcome: str | None = None,
    waiting: str | None = None,
) -> Status:
    """The status of a dossier from what happened to it.

    `outcome`: one of OUTCOMES once there is a result, or NOT_TAKEN; what ends without a grant keeps that as its status, also
    when the papers were collected. `waiting`: what the applicant owes, `supplement` or `payment`. `left_desk`: a unit beyond
    the desk has, or had, a step of it. A dossier never falls back from 4 to 2 because an official returned it to the desk:
    `previous` (a national number, 0 for a new dossier) says where it was.
    """
    if outcome in _ENDS:
        return _ENDS[outcome]
    if delivered:
        return DELIVERED
    if result:
        return RESOLVED
    if waiting is not None:
        return _WAITS[waiting]
    if not accepted:
        return REGISTERED
    if left_desk or previous >= IN_PROGRESS.number:
        return IN_PROGRESS
    return ACCEPTED
