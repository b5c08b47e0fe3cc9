"""When something may be asked for a dossier beside its own steps (QT-17.4, QT-19, ST-14): the side processes' legality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.rules.refusal import Refusal

if TYPE_CHECKING:
    from app.rules.legality import TaskFacts

_HELD = Refusal("task_suspended", "Hồ sơ đang chờ một thủ tục kèm theo kết thúc, chưa làm thêm được.", "QT-19.3a")


def _state(text: str, rule: str) -> Refusal:
    return Refusal("wrong_state", text, rule)


def _of_step(rule: str, *, resolve: bool = False) -> Callable[[TaskFacts], Refusal | None]:
    """Asked by whoever has a step of the procedure; `resolve`: not by the desk that has just received it."""

    def check(facts: TaskFacts) -> Refusal | None:
        if facts.kind != "main":
            return _state("Chỉ người đang giữ một bước của quy trình mới đề nghị được.", rule)
        if facts.result_confirmed:
            return _state("Hồ sơ đã có kết quả nên không đề nghị được nữa.", "QT-18.4")
        if resolve and facts.stage != "resolve":
            return _state("Chỉ đề nghị được ở bước giải quyết.", rule)
        return None

    return check


def _of_desk(
    rule: str, *, before_acceptance: bool = False, while_waiting: bool = False
) -> Callable[[TaskFacts], Refusal | None]:
    """An act of the receiving desk upon the whole dossier, whoever has its step; `while_waiting`: also while it waits for the
    applicant's papers or payment."""

    def check(facts: TaskFacts) -> Refusal | None:
        if not facts.at_desk:
            return Refusal("forbidden", "Chỉ bộ phận một cửa tiếp nhận hồ sơ mới thực hiện được.", rule)
        if not facts.open or facts.kind not in ("main", "intake"):
            return _state("Hãy thực hiện từ bước đang mở của hồ sơ.", rule)
        if facts.result_confirmed:
            return _state("Hồ sơ đã có kết quả nên không thực hiện được nữa.", "QT-18.4")
        if facts.kind == "intake" and not before_acceptance:
            return _state("Hồ sơ chưa được tiếp nhận nên chưa tính thời gian giải quyết.", "QT-18.1")
        return _HELD if facts.held and not (while_waiting and facts.waiting) else None

    return check


OF_STEP: Mapping[str, Callable[[TaskFacts], Refusal | None]] = {
    "request-supplement": _of_step("QT-19.3a"),
    "reject": _of_step("QT-18.4"),
    "request-extension": _of_step("QT-19.1a", resolve=True),
    "request-payment": _of_step("QT-19.3t"),
    "ask-opinion": _of_step("ST-14.3c", resolve=True),
    "arrange-visit": _of_step("ST-14.3b", resolve=True),
}
"""Beside the basics: open, not suspended, of the caller's position, not taken by somebody else."""
OF_DESK: Mapping[str, Callable[[TaskFacts], Refusal | None]] = {
    "withdraw": _of_desk("QT-19.2c", before_acceptance=True, while_waiting=True),
    "stop": _of_desk("QT-18.4", while_waiting=True),
    "apologise": _of_desk("QT-19.1a"),
}
