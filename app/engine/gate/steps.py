"""Gate: what a step says of itself: one position, a limit, a stage, its decisions; and what a notice says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.engine.gate.calls import Called
from app.engine.gate.expressions import check_expression
from app.engine.gate.items import items_around
from app.engine.gate.model import Model, Node
from app.engine.names import camunda, properties
from app.engine.problems import Problem, error, warning
from app.engine.steps import ASKER, ASSIGNMENTS, EFFECTS, PAUSES, ROLES, STAGES, UNITS, Step, read_notice, read_step
from app.rules.limits import LimitError, parse_limit

RECIPIENTS = ("holder", "holder_head", "performer", "desk", "desk_head", "lead_head", "applicant")
"""Who a notice may go to: `holder` has the procedure's open steps, `performer` those of the diagram that sends it."""

_POSITION = re.compile(r"[a-z][a-z0-9_]{0,79}")
_AGENCY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_KNOWN = {
    "userTask": (
        "timeLimit",
        "limitUnit",
        "limitGroup",
        "stage",
        "agency",
        "paper",
        "slip",
        "decisions",
        "effect",
        "assign",
        "pause",
    ),
    "sendTask": ("notify", "template"),
    "intermediateCatchEvent": ("limitUnit",),
    "boundaryEvent": ("limitUnit",),
}


def check_steps(model: Model, called: Called, *, standalone: bool, side: bool) -> Iterator[Problem]:
    """`standalone` diagrams (not fragments that others call) are also asked for the desk's two steps; a `side` process may
    name roles, the asker's agency and effects. A fragment may be called for every item of a list: what of it makes sense only
    there is looked at with its callers."""
    steps: list[Step] = []
    for node in model.nodes():
        if node.kind == "userTask":
            step = read_step(node.element)
            steps.append(step)
            yield from _position(node, step, side)
            yield from _effect(node, step, side)
            yield from _limit(node, step, in_items=bool(items_around(node)) or not (standalone or side))
            yield from _routing(node, step, side)
            yield from _choices(node, step)
        elif node.kind == "sendTask":
            yield from _notice(node)
        yield from _unknown_properties(node)
    yield from _groups(model, steps)
    if standalone or side:
        yield from _called_limits(model, called)
    if standalone:
        yield from _stages(model, steps)


def _position(node: Node, step: Step, side: bool) -> Iterator[Problem]:
    if not node.name:
        yield warning(
            "step.name-missing", f"Bước “{node.id}” chưa có tên. Hãy đặt tên như trong quyết định.", node.id, node.line
        )
    if not step.position:
        message = f"Bước {node.label} chưa có vị trí việc làm. Hãy chọn một vị trí."
        yield error("step.position-missing", message, node.id, node.line)
    elif re.search(r"[,;|]", step.position):
        message = f"Bước {node.label} có nhiều vị trí việc làm. Mỗi bước chỉ do một vị trí thực hiện (QT-22.2a): hãy tách bước."
        yield error("step.position-several", message, node.id, node.line)
    elif step.role is not None:
        yield from _role(node, step.role, side)
    elif not _POSITION.fullmatch(step.position):
        message = f"Vị trí việc làm “{step.position}” của {node.label} không phải mã vị trí. Hãy chọn lại, ví dụ desk_officer."
        yield error("step.position-invalid", message, node.id, node.line)
    if step.agency.startswith("="):
        yield from check_expression(step.agency[1:], f"Cơ quan của bước {node.label}", node.id, node.line)
    elif step.agency == ASKER and not side:
        message = (
            f"Bước {node.label} giao cho cơ quan của người đề nghị (asker), chỉ có ở quy trình kèm theo. "
            "Hãy ghi lead hoặc một mã cơ quan."
        )
        yield error("step.agency-asker", message, node.id, node.line)
    elif not _AGENCY.fullmatch(step.agency):
        message = (
            f"Cơ quan “{step.agency}” của bước {node.label} không đúng. Hãy ghi lead, một mã cơ quan, hoặc =biểu thức."
        )
        yield error("step.agency-invalid", message, node.id, node.line)


def _role(node: Node, role: str, side: bool) -> Iterator[Problem]:
    if not side:
        message = (
            f"Bước {node.label} dùng vai “{role}”, chỉ có ở quy trình kèm theo. "
            "Hãy chọn một vị trí việc làm, ví dụ desk_officer."
        )
        yield error("step.position-role", message, node.id, node.line)
    elif role not in ROLES:
        message = (
            f"Vai “{role}” của {node.label} không có. Hãy chọn trong: {', '.join(ROLES)}, hoặc một vị trí việc làm."
        )
        yield error("step.role-unknown", message, node.id, node.line)


def _effect(node: Node, step: Step, side: bool) -> Iterator[Problem]:
    if step.effect is None:
        return
    if not side:
        message = f"Bước {node.label} có tác dụng (effect) “{step.effect}”, chỉ có ở quy trình kèm theo. Hãy xóa đi."
        yield error("effect.misplaced", message, node.id, node.line)
    elif step.effect not in EFFECTS:
        message = f"Tác dụng (effect) “{step.effect}” của {node.label} không có. Hãy chọn trong: {', '.join(EFFECTS)}."
        yield error("effect.unknown", message, node.id, node.line)
    elif step.decisions:
        message = (
            f"Bước {node.label} vừa có lựa chọn vừa có tác dụng (effect): chọn gì thì tác dụng cũng xảy ra. "
            "Hãy tách thành bước xem xét rồi bước thực hiện."
        )
        yield error("effect.with-decisions", message, node.id, node.line)


def _routing(node: Node, step: Step, side: bool) -> Iterator[Problem]:
    """To whom a step is given, and whether the dossier waits for a payment at it."""
    written = properties(node.element)
    assign = written.get("assign", "").strip()
    if assign and assign not in ASSIGNMENTS:
        message = (
            f"Cách giao việc (assign) “{assign[:80]}” của bước {node.label} không có. "
            "Hãy chọn group (cả nhóm), last (người làm gần nhất) hoặc least_loaded (người ít việc nhất)."
        )
        yield error("step.assign-invalid", message, node.id, node.line)
    if step.pause is None:
        return
    if step.pause not in PAUSES:
        known = ", ".join(PAUSES)
        message = (
            f"Khoảng dừng (pause) “{step.pause[:80]}” của bước {node.label} không có. Hãy ghi {known} hoặc xóa đi."
        )
        yield error("step.pause-invalid", message, node.id, node.line)
    elif side or step.stage == "receive":
        where = "quy trình kèm theo" if side else "giai đoạn tiếp nhận"
        message = f"Bước {node.label} có khoảng dừng (pause), không dùng được ở {where}. Hãy xóa đi."
        yield error("step.pause-invalid", message, node.id, node.line)


def _limit(node: Node, step: Step, *, in_items: bool) -> Iterator[Problem]:
    unit = properties(node.element).get("limitUnit", "working").strip() or "working"
    if unit not in UNITS:
        message = (
            f"Đơn vị thời hạn “{unit}” của bước {node.label} không đúng. Hãy chọn working (giờ làm việc) hoặc calendar."
        )
        yield error("step.limit-unit-invalid", message, node.id, node.line)
    elif step.limit is None:
        message = f"Bước {node.label} chưa có thời hạn. Hãy ghi thời hạn trong quyết định, hoặc none nếu không tính thời gian."
        yield warning("step.limit-missing", message, node.id, node.line)
    elif step.limit.startswith("="):
        yield from _computed(node, step, in_items=in_items)
    else:
        try:
            parse_limit(step.limit, unit)
        except LimitError as problem:
            yield error("step.limit-invalid", f"Bước {node.label}: {problem}.", node.id, node.line)
    if step.stage is None:
        message = f"Bước {node.label} chưa ghi giai đoạn. Hãy chọn tiếp nhận, giải quyết hoặc trả kết quả."
        yield warning("step.stage-missing", message, node.id, node.line)
    elif step.stage not in STAGES:
        message = f"Giai đoạn “{step.stage}” của bước {node.label} không có. Hãy chọn một trong: {', '.join(STAGES)}."
        yield error("step.stage-invalid", message, node.id, node.line)


def _computed(node: Node, step: Step, *, in_items: bool) -> Iterator[Problem]:
    if not in_items:
        message = (
            f"Thời hạn của bước {node.label} là biểu thức, chỉ dùng được trong hoạt động lặp theo danh sách. "
            "Hãy ghi thời hạn trong quyết định, ví dụ PT4H."
        )
        yield error("step.limit-computed", message, node.id, node.line)
    elif step.limit_group is not None:
        message = f"Bước {node.label} vừa có thời hạn riêng theo biểu thức vừa thuộc nhóm thời hạn chung. Hãy bỏ một trong hai."
        yield error("step.limit-computed", message, node.id, node.line)
    yield from check_expression((step.limit or "")[1:], f"Thời hạn của bước {node.label}", node.id, node.line)


def _called_limits(model: Model, called: Called) -> Iterator[Problem]:
    """A called step whose limit is worked out for an item must be called for items."""
    processes = called.processes(model)
    todo = [node for node in model.nodes() if node.kind == "callActivity" and not items_around(node)]
    seen: set[str] = set()
    for call in todo:
        target = (call.element.get("calledElement") or "").strip()
        if target in seen or target not in processes or processes[target] is model:
            continue
        seen.add(target)
        for node in processes[target].nodes():
            if items_around(node):
                continue
            if node.kind == "callActivity":
                todo.append(node)
            elif node.kind == "userTask" and (read_step(node.element).limit or "").startswith("="):
                message = (
                    f"Bước {node.label} trong quy trình “{target}” có thời hạn tính theo từng phần tử. "
                    "Hãy gọi quy trình đó trong hoạt động lặp theo danh sách."
                )
                yield error("step.limit-computed", message, call.id, call.line)


def _choices(node: Node, step: Step) -> Iterator[Problem]:
    text = properties(node.element).get("decisions", "").strip()
    if not text:
        return
    entries = [entry for entry in text.split(";") if entry.strip()]
    complete = [decision for decision in step.decisions if decision.title and _IDENTIFIER.fullmatch(decision.value)]
    if len(complete) != len(entries):
        message = (
            f"Các lựa chọn “{text}” của bước {node.label} viết sai. Hãy ghi như: agree=Đồng ý;reject=Không đồng ý."
        )
        yield error("step.decisions-invalid", message, node.id, node.line)
    if len({decision.value for decision in step.decisions}) != len(step.decisions):
        message = f"Bước {node.label} có hai lựa chọn cùng giá trị. Hãy đặt giá trị khác nhau."
        yield error("step.decisions-repeated", message, node.id, node.line)
    if not _IDENTIFIER.fullmatch(node.id):
        message = f"Mã “{node.id}” không dùng được trong điều kiện. Hãy chỉ dùng chữ không dấu, số và dấu gạch dưới."
        yield error("id.not-identifier", message, node.id, node.line)


def _groups(model: Model, steps: list[Step]) -> Iterator[Problem]:
    lines = {node.id: node.line for node in model.nodes()}
    first: dict[str, Step] = {}
    for step in steps:
        if step.limit_group is None:
            continue
        known = first.setdefault(step.limit_group, step)
        if (known.limit, known.limit_unit) != (step.limit, step.limit_unit):
            message = (
                f"Nhóm thời hạn “{step.limit_group}” có hai thời hạn khác nhau ({known.id}: {known.limit}, "
                f"{step.id}: {step.limit}). Các bước cùng nhóm phải ghi cùng một thời hạn chung."
            )
            yield error("step.limit-group-differs", message, step.id, lines.get(step.id))


def _stages(model: Model, steps: list[Step]) -> Iterator[Problem]:
    stages = {step.stage for step in steps}
    if "receive" not in stages:
        message = "Chưa có bước tiếp nhận của bộ phận một cửa; khi ban hành hệ thống sẽ thêm bước “Tiếp nhận hồ sơ”."
        yield warning("procedure.receive-missing", message)
    if "return" not in stages:
        message = "Chưa có bước trả kết quả của bộ phận một cửa; khi ban hành hệ thống sẽ thêm bước “Trả kết quả”."
        yield warning("procedure.return-missing", message)
        if _ends_beside_each_other(model):
            message = (
                "Các nhánh song song kết thúc riêng, nên mỗi điểm kết thúc sẽ được thêm một bước “Trả kết quả”. "
                "Hãy gộp các nhánh bằng cổng song song và vẽ một bước trả kết quả sau cổng đó."
            )
            yield warning("procedure.return-several", message)


def _ends_beside_each_other(model: Model) -> bool:
    """Whether the process has several ordinary ends and a gateway that more than one branch leaves at once."""
    for process in model.processes[:1]:
        ends = [node for node in process.of_kind("endEvent") if not node.definitions()]
        splits = process.of_kind("parallelGateway", "inclusiveGateway")
        return len(ends) > 1 and any(len(process.outgoing(node.id)) > 1 for node in splits)
    return False


def _notice(node: Node) -> Iterator[Problem]:
    notice = read_notice(node.element)
    if not notice.to:
        message = f"Thông báo {node.label} chưa ghi gửi cho ai (notify). Hãy chọn trong: {', '.join(RECIPIENTS)}."
        yield error("notice.recipient-missing", message, node.id, node.line)
    for recipient in notice.to:
        if recipient not in RECIPIENTS:
            message = f"Người nhận “{recipient}” của {node.label} không có. Hãy chọn trong: {', '.join(RECIPIENTS)}."
            yield error("notice.recipient-unknown", message, node.id, node.line)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", notice.template):
        message = f"Thông báo {node.label} chưa có mẫu (template) đúng. Hãy ghi mã mẫu, ví dụ deadline_passed."
        yield error("notice.template-invalid", message, node.id, node.line)


def _unknown_properties(node: Node) -> Iterator[Problem]:
    known = _KNOWN.get(node.kind, ())
    for name in properties(node.element):
        if name not in known:
            hint = f" Các thuộc tính dùng được: {', '.join(known)}." if known else ""
            message = f"Thuộc tính “{name}” của {node.label} không được xét. Hãy sửa tên hoặc xóa đi.{hint}"
            yield warning("property.unknown", message, node.id, node.line)
    form = node.element.get(camunda("formKey"))
    if form is not None and not re.fullmatch(r"[A-Za-z0-9_.:/-]{1,120}", form.strip()):
        message = f"Biểu mẫu “{form}” của {node.label} không phải mã biểu mẫu. Hãy chọn lại biểu mẫu."
        yield error("step.form-invalid", message, node.id, node.line)
