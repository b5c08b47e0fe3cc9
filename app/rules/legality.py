"""What may be done to a task, and why not: one function over plain facts, asked by the runner and by the list of offers.

The diagram owns the order of the steps; this module owns what is legal at a step. An illegal action is answered with the
reason in words and, where a regulation says so, its article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.rules.legality_side import OF_DESK, OF_STEP
from app.rules.refusal import Refusal
from app.rules.side import PAYMENT, SIDE, SUPPLEMENT

RECEIVE = "receive"
RESOLVE = "resolve"
RETURN = "return"

MOST_STEPS_AT_ONCE = 2
"""QT-22.2c: "one or two real steps"."""


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task as the rules see it. `kind` is the instance's: main, intake or another side process."""

    kind: str
    stage: str
    open: bool
    suspended: bool
    candidate: bool
    mine: bool
    assigned: bool
    result_confirmed: bool
    stands_in: bool = False
    """The caller stands in for who has it today."""
    earlier_steps: bool = True
    """Whether some earlier step exists to return to; the runner finds out which."""
    forwarded_by_me: bool = False
    successors_untouched: bool = False
    at_once: bool = False
    """The procedure is one that is done at once (`done_at_once`)."""
    needs_input: bool = False
    """The step asks for a decision or has a form."""
    awaits_correction: bool = False
    """The step waits for the applicant to send an online dossier again."""
    manages: bool = False
    """The caller may share out the work of the task's agency."""
    supervises: bool = False
    """The caller heads the unit or the agency that has the task, or the receiving one, or controls all."""
    vacant: bool = False
    """Nobody holds its position: it waits for an administrator, and can only be recalled or gone past."""
    joint: bool = False
    """The caller was asked to contribute to the step and has not yet."""
    paper: bool = False
    """Papers of the dossier go along with it, and where they are is recorded (QT-20.1a)."""
    paper_received: bool = False
    """Somebody has confirmed for this step that they have come."""
    at_desk: bool = False
    """The caller sits at the desk that received the dossier."""
    held: bool = False
    """A side process holds the dossier."""
    waiting: bool = False
    """It waits for the applicant's papers or payment, and for nothing else."""
    apology_open: bool = False
    """An extension or apology is on its way, and the profile bars closing meanwhile (ST-16.1d)."""
    delegated: bool = False
    """The caller does it under a delegation, in another's name."""
    not_delegated: str | None = None
    """Why a delegation of its position that the caller has does not cover it."""


_FINISHED = Refusal("task_finished", "Bước này đã được xử lý xong; hãy mở hồ sơ để xem bước hiện tại.", "QT-17.4")
_VACANT = Refusal(
    "wrong_state",
    "Chưa có ai giữ vị trí việc làm của bước này; quản trị đã được báo và bước mở khi có người giữ vị trí.",
    "QT-22.2a",
)
_TOLD = Refusal(
    "wrong_state", "Đã báo cho người nộp nên không rút lại yêu cầu được: chờ người nộp thực hiện.", "QT-19.3a"
)
_SUSPENDED = Refusal("task_suspended", "Hồ sơ đang tạm dừng; chờ thủ tục kèm theo kết thúc.", "QT-19.3a")
_NOT_YOURS = Refusal(
    "not_a_candidate", "Bước này thuộc vị trí việc làm khác; chỉ người giữ vị trí đó được xử lý.", "QT-22.2a"
)
_IN_HER_NAME = Refusal(
    "wrong_state",
    "Việc được ủy quyền không nhận về riêng, không chuyển cho người khác: hãy xử lý, hoặc để người ủy quyền tự làm.",
    "TN-25.2",
)
_TAKEN = Refusal("task_taken", "Bước này đã có người khác nhận; hãy liên hệ người đó hoặc người phụ trách.", "QT-22.2b")


def done_at_once(stages: Iterable[str | None], same_day: bool) -> bool:
    """Whether a procedure is resolved right after receipt (QT-22.2c): due the same day, with one or two real steps between
    receiving and returning. `stages`: of the version's steps."""
    return same_day and 1 <= sum(stage not in (RECEIVE, RETURN) for stage in stages) <= MOST_STEPS_AT_ONCE


def refusal(action: str, facts: TaskFacts) -> Refusal | None:
    """Why `action` (the last part of its path, e.g. `forward`) is not legal now, or None when it is."""
    if action in _ALONE:
        return _ALONE[action](facts)
    return _basics(facts) or _CHECKS[action](facts)


def _not_open(facts: TaskFacts) -> Refusal:
    return _VACANT if facts.vacant else _FINISHED


def _basics(facts: TaskFacts) -> Refusal | None:
    if facts.vacant:
        return _VACANT
    hers = facts.mine or facts.stands_in
    if not facts.candidate and not hers:
        return Refusal("not_a_candidate", facts.not_delegated, "TN-25.2") if facts.not_delegated else _NOT_YOURS
    if not facts.open:
        return _FINISHED
    if facts.suspended:
        return _SUSPENDED
    if facts.assigned and not hers:
        return _TAKEN
    return None


def _state(text: str, rule: str | None = None) -> Refusal:
    return Refusal("wrong_state", text, rule)


def _accept(facts: TaskFacts) -> Refusal | None:
    if facts.kind != "intake":
        return _state("Chỉ hồ sơ trực tuyến đang chờ kiểm tra mới cần tiếp nhận.", "QT-18.1")
    if facts.awaits_correction:
        return _state("Hồ sơ đang chờ người nộp sửa, bổ sung; ghi nhận hồ sơ nộp lại rồi mới kiểm tra.", "HT-8.1a")
    return None


def _check_online(facts: TaskFacts) -> Refusal | None:
    """Refusing, or asking for corrections: the other two ends of the check of an online dossier."""
    if facts.kind != "intake" or facts.awaits_correction:
        return _state("Chỉ làm được khi kiểm tra hồ sơ nộp trực tuyến, trước khi tiếp nhận.", "HT-8.1a")
    return None


def _receive_correction(facts: TaskFacts) -> Refusal | None:
    if facts.kind != "intake" or not facts.awaits_correction:
        return _state("Chỉ ghi nhận được khi hồ sơ trực tuyến đang chờ người nộp sửa, bổ sung.", "HT-8.1a")
    return None


def _claim(facts: TaskFacts) -> Refusal | None:
    if facts.delegated:
        return _IN_HER_NAME
    return _state("Bạn đã nhận bước này rồi.", "QT-22.2b") if facts.mine else None


def _release(facts: TaskFacts) -> Refusal | None:
    if facts.delegated:
        return _IN_HER_NAME
    return (
        None
        if facts.mine or facts.stands_in
        else _state("Bạn chưa nhận bước này nên không có gì để trả lại nhóm.", "QT-22.2b")
    )


def _forward(facts: TaskFacts) -> Refusal | None:
    if facts.kind == "intake":
        return _state("Hồ sơ trực tuyến phải được tiếp nhận trước khi chuyển.", "QT-18.1")
    if facts.kind == "main" and facts.stage == RETURN:
        return _state("Bước trả kết quả không chuyển tiếp: hãy xác nhận có kết quả rồi trả kết quả.", "QT-18.4")
    return None


def _complete(facts: TaskFacts) -> Refusal | None:
    if facts.kind != "main" or not facts.at_once:
        return _state(
            "Chỉ thủ tục phải trả kết quả trong ngày, có một hoặc hai bước, mới giải quyết ngay được.", "QT-22.2c"
        )
    if facts.needs_input:
        return _state("Bước này phải chọn kết quả hoặc nhập dữ liệu: hãy dùng “Chuyển bước tiếp theo”.", "QT-22.2c")
    return None


def _return(facts: TaskFacts) -> Refusal | None:
    if facts.kind in SIDE and not facts.result_confirmed:
        return _TOLD if facts.waiting and facts.kind in (SUPPLEMENT, PAYMENT) else None
    if facts.kind != "main" or not facts.earlier_steps:
        return _state("Không có bước trước nào để trả lại.", "QT-17.4")
    if facts.result_confirmed:
        return _state("Đã xác nhận có kết quả nên không trả lại bước trước được.", "QT-18.4")
    return None


def _handoff(facts: TaskFacts) -> Refusal | None:
    return _IN_HER_NAME if facts.delegated else None


def _reassign(facts: TaskFacts) -> Refusal | None:
    if not facts.manages:
        return Refusal(
            "forbidden", "Chỉ người được giao phân công công việc của cơ quan mới điều chuyển được.", "QT-17.4"
        )
    return _standing(facts)


def _join(facts: TaskFacts) -> Refusal | None:
    return _standing(facts) if facts.manages else _basics(facts)


def _contribute(facts: TaskFacts) -> Refusal | None:
    if not facts.joint:
        return _state("Bạn không được mời phối hợp ở bước này, hoặc đã gửi ý kiến phối hợp.", "QT-17.4")
    return _standing(facts)


def _paper_received(facts: TaskFacts) -> Refusal | None:
    if not facts.paper:
        return _state("Hồ sơ này không có bản giấy phải chuyển kèm.", "QT-20.1a")
    if facts.paper_received:
        return _state("Bản giấy đã được xác nhận là đã nhận ở bước này.", "QT-20.1a")
    return None


def _standing(facts: TaskFacts) -> Refusal | None:
    """What must hold of a task whoever has it."""
    if not facts.open:
        return _not_open(facts)
    return _SUSPENDED if facts.suspended else None


def _confirm_result(facts: TaskFacts) -> Refusal | None:
    if facts.kind != "main" or facts.stage != RETURN:
        return _state("Chỉ bộ phận một cửa ở bước trả kết quả mới xác nhận có kết quả.", "QT-18.4")
    if facts.result_confirmed:
        return _state("Kết quả đã được xác nhận.", "QT-18.4")
    if facts.apology_open:
        return _state("Đang làm thủ tục xin lỗi, hẹn lại: xong thủ tục này mới kết thúc hồ sơ được.", "ST-16.1d")
    return None


def _deliver_result(facts: TaskFacts) -> Refusal | None:
    if facts.kind != "main" or facts.stage != RETURN:
        return _state("Chỉ bộ phận một cửa ở bước trả kết quả mới trả kết quả.", "QT-18.5")
    if not facts.result_confirmed:
        return _state("Phải xác nhận có kết quả trước khi trả cho người nộp.", "QT-18.4")
    return None


def _press(facts: TaskFacts) -> Refusal | None:
    if not facts.supervises:
        return Refusal(
            "forbidden", "Chỉ phụ trách đơn vị, lãnh đạo cơ quan và bộ phận kiểm soát mới đôn đốc được.", "ST-26.1"
        )
    if not facts.open:
        return _not_open(facts)
    if facts.suspended or facts.waiting:
        return _SUSPENDED
    if facts.mine:
        return _state("Bước này do chính bạn đang giữ.", "ST-26.1")
    return None


def _recall(facts: TaskFacts) -> Refusal | None:
    if facts.open or facts.kind != "main" or not facts.forwarded_by_me:
        return _state("Chỉ người vừa chuyển bước này mới thu hồi được.", "QT-17.4")
    if facts.suspended:
        return _SUSPENDED
    if facts.result_confirmed or not facts.successors_untouched:
        return _state("Bước sau đã được mở hoặc đã xử lý nên không thu hồi được nữa.", "QT-17.4")
    return None


_ALONE: dict[str, Callable[[TaskFacts], Refusal | None]] = {
    "recall": _recall,
    "reassign": _reassign,
    "press": _press,
    "join": _join,
    "contribute": _contribute,
    **OF_DESK,
}
"""Actions that others than the task's own people may take."""
_CHECKS: dict[str, Callable[[TaskFacts], Refusal | None]] = {
    "accept": _accept,
    "refuse-intake": _check_online,
    "ask-correction": _check_online,
    "receive-correction": _receive_correction,
    "paper-received": _paper_received,
    "claim": _claim,
    "release": _release,
    "forward": _forward,
    "complete": _complete,
    "return": _return,
    "handoff": _handoff,
    "confirm-result": _confirm_result,
    "deliver-result": _deliver_result,
    **OF_STEP,
}
OWN_WORK = frozenset(_CHECKS)
"""Actions of whoever has the task, or of who stands in for her."""
