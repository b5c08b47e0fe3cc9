"""Gate: side processes. A province may redraw who approves; what the process must do to the dossier has to stay in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.engine.gate.items import items_around
from app.engine.gate.model import CONDITIONAL, Model, Node, Scope, line_of
from app.engine.names import is_true
from app.engine.problems import Problem, error
from app.engine.shared import INTAKE, SIDE_PROCESSES
from app.engine.steps import EFFECTS, read_step
from app.rules.intake import AWAIT_CORRECTION
from app.rules.side import SIDE

FURTHER: Mapping[str, tuple[str, ...]] = {
    "rejection": ("deliver_papers",),
    "stopping": ("deliver_papers",),
    "extension": ("record_extension",),
}
"""Effects that a side process may have besides those that it must have, each after the first of these."""
_INSTEAD: Mapping[str, tuple[str, ...]] = {"record_apology": ("record_extension",)}
"""Effects that do as well as another on a way through the diagram (QT-19.1a in two halves, ST-14.3e)."""

_OUTCOMES = ("accept", "refuse", "correct")


def is_side(model: Model) -> bool:
    """Whether the file draws a side process: its process has one of the reserved ids."""
    return any(process.id in SIDE_PROCESSES for process in model.processes)


def check_side(model: Model) -> Iterator[Problem]:
    """What a side process is there for is in it, in order, and no way that nobody refused leads past it."""
    for scope in model.processes:
        if scope.id not in SIDE_PROCESSES:
            continue
        carriers = _carriers(model)
        yield from _listed(model)
        wanted = SIDE[scope.id].effects if scope.id in SIDE else ()
        yield from _foreign(scope, carriers, wanted)
        for effect in wanted:
            if effect not in carriers:
                yield _missing(scope, effect)
            else:
                yield from _avoidable(scope, carriers, effect)
        yield from _order(scope, carriers, wanted)
        if scope.id == INTAKE:
            yield from _intake(scope)


def _carriers(model: Model) -> Mapping[str, list[Node]]:
    """The steps with each effect; of a step inside a block, the block as the process sees it."""
    found: dict[str, list[Node]] = {}
    for node in model.nodes():
        if node.kind == "userTask" and (effect := read_step(node.element).effect) is not None:
            while node.scope.owner is not None:
                node = node.scope.owner
            found.setdefault(effect, []).append(node)
    return found


def _listed(model: Model) -> Iterator[Problem]:
    """An effect is there once: over a list it would come as often as the list says, perhaps never."""
    for node in model.nodes():
        if node.kind == "userTask" and read_step(node.element).effect is not None and items_around(node):
            message = (
                f"Tác dụng (effect) của {node.label} nằm trong hoạt động lặp theo danh sách. Hãy đưa bước này ra ngoài."
            )
            yield error("effect.in-items", message, node.id, node.line)


def _foreign(scope: Scope, carriers: Mapping[str, list[Node]], wanted: tuple[str, ...]) -> Iterator[Problem]:
    known = (*wanted, *FURTHER.get(scope.id, ()))
    for effect, nodes in carriers.items():
        if effect in EFFECTS and effect not in known:
            for node in nodes:
                hint = f" Quy trình này chỉ dùng: {', '.join(known)}." if known else ""
                message = f"Tác dụng (effect) “{effect}” của {node.label} không thuộc quy trình “{scope.id}”.{hint}"
                yield error("effect.foreign", message, node.id, node.line)


def _missing(scope: Scope, effect: str) -> Problem:
    message = (
        f"Quy trình kèm theo “{scope.id}” phải có một bước với tác dụng (effect) “{effect}”. "
        "Hãy thêm thuộc tính này vào bước thực hiện việc đó."
    )
    return error("side.effect-missing", message, scope.id, line_of(scope.element))


def _avoidable(scope: Scope, carriers: Mapping[str, list[Node]], effect: str) -> Iterator[Problem]:
    doing = {node.id for name in (effect, *_INSTEAD.get(effect, ())) for node in carriers.get(name, ())}
    after, breaking = _ways(scope)
    reaching = _leading_to(doing, after, breaking)
    past = _past(scope, doing, after, breaking, reaching)
    for start in scope.of_kind("startEvent"):
        if start.id in past:
            message = (
                f"Có đường đi tới điểm kết thúc mà không qua bước có tác dụng (effect) “{effect}”, dù không ai từ chối. "
                "Hãy nối để mọi đường được đồng ý đều qua bước đó."
            )
            yield error("side.effect-avoidable", message, scope.id, line_of(scope.element))


def _ways(scope: Scope) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What follows each node, and the events on its border that break it off."""
    after = {
        name: [*(flow.target for flow in scope.outgoing(name) if flow.target in scope.nodes), *scope.linked(name)]
        for name in scope.nodes
    }
    breaking: dict[str, list[str]] = {name: [] for name in scope.nodes}
    for event in scope.of_kind("boundaryEvent"):
        host = event.element.get("attachedToRef", "")
        if host in breaking and is_true(event.element.get("cancelActivity", "true")):
            breaking[host].append(event.id)
    return after, breaking


def _leading_to(doing: set[str], after: Mapping[str, list[str]], breaking: Mapping[str, list[str]]) -> set[str]:
    """The nodes from which one of `doing` can still come."""
    found, grown = set(doing), True
    while grown:
        fresh = {name for name in after if name not in found and found.intersection((*after[name], *breaking[name]))}
        found |= fresh
        grown = bool(fresh)
    return found


def _past(
    scope: Scope,
    doing: set[str],
    after: Mapping[str, list[str]],
    breaking: Mapping[str, list[str]],
    reaching: set[str],
) -> set[str]:
    """The nodes from which an end can be reached without passing `doing`, by ways on which nobody refused."""
    past = {node.id for node in scope.of_kind("endEvent")}

    def leads(node: Node) -> bool:
        follows: Iterable[str] = () if node.id in doing else after[node.id]
        if _is_decision(scope, node):
            # A branch from which the effect can no longer come is the refusal.
            follows = [name for name in follows if name in reaching]
        elif node.kind == "parallelGateway" and node.id not in doing and len(after[node.id]) > 1:
            return all(name in past for name in after[node.id])
        return any(name in past for name in (*follows, *breaking[node.id]))

    grown = True
    while grown:
        fresh = {node.id for node in scope.nodes.values() if node.id not in past and leads(node)}
        past |= fresh
        grown = bool(fresh)
    return past


def _is_decision(scope: Scope, node: Node) -> bool:
    if node.kind not in CONDITIONAL:
        return False
    conditions = [flow.condition for flow in scope.outgoing(node.id) if flow.condition is not None]
    return any("_decision" in "".join(str(part) for part in condition.itertext()) for condition in conditions)


def _order(scope: Scope, carriers: Mapping[str, list[Node]], wanted: tuple[str, ...]) -> Iterator[Problem]:
    """What comes second cannot be reached before what comes first: no answer before the request."""
    later = [*wanted[1:], *(name for name in FURTHER.get(scope.id, ()) if name not in _INSTEAD.get(wanted[0], ()))]
    if not wanted or not later:
        return
    first = {node.id for node in carriers.get(wanted[0], ())}
    after, _ = _ways(scope)
    events = {
        name: [e.id for e in scope.of_kind("boundaryEvent") if e.element.get("attachedToRef") == name] for name in after
    }
    seen = {start.id for start in scope.of_kind("startEvent")}
    todo = list(seen)
    while todo:
        name = todo.pop()
        follows = [*(after[name] if name not in first else ()), *events[name]]
        todo += [other for other in follows if other not in seen]
        seen.update(follows)
    for effect in later if first else ():
        for node in carriers.get(effect, ()):
            if node.id in seen and node.id not in first:
                message = (
                    f"Có thể tới {node.label} ({effect}) khi chưa qua bước “{wanted[0]}”. Hãy nối bước đó vào trước."
                )
                yield error("side.effect-order", message, node.id, node.line)


def _intake(scope: Scope) -> Iterator[Problem]:
    """Accepting, refusing and asking for corrections are the three outcomes of one step; the third waits in another."""
    steps = [read_step(node.element) for node in scope.of_kind("userTask")]
    if not any({*_OUTCOMES} <= {decision.value for decision in step.decisions} for step in steps):
        message = (
            f"Quy trình “{INTAKE}” phải có một bước kiểm tra với các lựa chọn {', '.join(_OUTCOMES)} "
            "(tiếp nhận, không tiếp nhận, hướng dẫn hoàn thiện)."
        )
        yield error("side.check-missing", message, scope.id, line_of(scope.element))
    if all(step.id != AWAIT_CORRECTION for step in steps):
        message = f"Quy trình “{INTAKE}” phải có bước chờ người nộp hoàn thiện hồ sơ, mã bước là “{AWAIT_CORRECTION}”."
        yield error("side.wait-missing", message, scope.id, line_of(scope.element))
