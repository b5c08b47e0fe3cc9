"""Gate: the times of all steps together, beside the time of the whole procedure (a published table can itself be wrong)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine.gate.model import Model, Node, Scope, line_of, read_model
from app.engine.names import properties
from app.engine.problems import Problem, error, warning
from app.engine.reading import parse
from app.engine.steps import Step, read_step
from app.rules.limits import Limit, LimitError, parse_limit

DAY = 28_800  # seconds of a working day
GROUPS = 8  # shared limits that are told apart

_Sums = dict[frozenset[str], int]
"""The longest way so far by which shared limits it has used: a second step of one group adds nothing."""


def check_totals(model: Model, processes: Mapping[str, Model]) -> Iterator[Problem]:
    """What the process itself says of its time, as the property `timeLimit` (and `limitUnit`)."""
    for process in model.processes:
        written = properties(process.element)
        line = line_of(process.element)
        for name in written:
            if name not in ("timeLimit", "limitUnit"):
                message = (
                    f"Thuộc tính “{name}” của quy trình không được xét. Hãy sửa thành timeLimit, limitUnit hoặc xóa đi."
                )
                yield warning("property.unknown", message, process.id, line)
        text = written.get("timeLimit", "").strip()
        if not text:
            continue
        try:
            limit = parse_limit(text, written.get("limitUnit", "").strip() or "working")
        except LimitError as problem:
            yield error("procedure.limit-invalid", f"Thời hạn của quy trình: {problem}.", process.id, line)
            continue
        total = working_total(model, process, processes)
        if limit is not None and total is not None and limit.unit == "working":
            found = differing(total, limit)
            if found is not None:
                yield warning("procedure.limit-differs", found, process.id, line)


def differing(total: int, limit: Limit) -> str | None:
    """What to tell where the steps together need another time than the whole, None where they agree."""
    if limit.unit != "working" or total == limit.seconds:
        return None
    return (
        f"Tổng thời hạn các bước là {told(total)}, thời hạn của cả quy trình là {told(limit.seconds)}. "
        "Hãy đối chiếu với quyết định."
    )


def total_of(files: Mapping[str, bytes], process_id: str) -> int | None:
    """As `working_total`, of files that passed the gate."""
    models = [read_model(parse(content)) for content in files.values()]
    processes = {process.id: model for model in models for process in model.processes}
    model = processes[process_id]
    (process,) = (process for process in model.processes if process.id == process_id)
    return working_total(model, process, processes)


def working_total(model: Model, process: Scope, processes: Mapping[str, Model]) -> int | None:
    """Seconds of working time along the longest way from start to end; None where there are none, or not only such.

    Branches beside each other count as the longest of them, a loop once, a list once, steps of one group once. What events
    on a border lead to is left out: it is not the ordinary way.
    """
    steps = [read_step(node.element) for known in {id(m): m for m in (model, *processes.values())}.values()
             for node in known.nodes() if node.kind == "userTask"]  # fmt: skip
    if any(step.limit_unit != "working" or (step.limit or "").startswith("=") for step in steps):
        return None
    if len({step.limit_group for step in steps}) > GROUPS:
        return None
    longest = max(_walk(process, {frozenset(): 0}, processes, ()).values(), default=0)
    return longest or None


def _walk(scope: Scope, before: _Sums, processes: Mapping[str, Model], calls: tuple[str, ...]) -> _Sums:
    """The longest ways to an end of the scope, begun with those that led to it."""
    order, after = _forward(scope)
    arrived: dict[str, _Sums] = {start.id: dict(before) for start in scope.of_kind("startEvent")}
    done: _Sums = {}
    for name in order:
        sums = _through(scope.nodes[name], arrived.get(name, {}), processes, calls)
        for target in after[name]:
            _merge(arrived.setdefault(target, {}), sums)
        if not after[name]:
            _merge(done, sums)
    return done


def _through(node: Node, sums: _Sums, processes: Mapping[str, Model], calls: tuple[str, ...]) -> _Sums:
    if node.kind == "userTask":
        return _add(read_step(node.element), sums)
    if node.block is not None:
        return _walk(node.block, sums, processes, calls)
    target = (node.element.get("calledElement") or "").strip() if node.kind == "callActivity" else ""
    if target in processes and target not in calls:
        for process in processes[target].processes:
            if process.id == target:
                return _walk(process, sums, processes, (*calls, target))
    return sums


def _add(step: Step, sums: _Sums) -> _Sums:
    try:
        limit = parse_limit(step.limit or "none", step.limit_unit)
    except LimitError:
        limit = None  # said by `gate.steps`
    if limit is None:
        return sums
    found: _Sums = {}
    for used, seconds in sums.items():
        if step.limit_group is None:
            _merge(found, {used: seconds + limit.seconds})
        elif step.limit_group in used:
            _merge(found, {used: seconds})
        else:
            _merge(found, {used | {step.limit_group}: seconds + limit.seconds})
    return found


def _merge(into: _Sums, sums: _Sums) -> None:
    for used, seconds in sums.items():
        into[used] = max(seconds, into.get(used, 0))


def _forward(scope: Scope) -> tuple[list[str], dict[str, list[str]]]:
    """The nodes in an order in which each comes after what leads to it, and what follows each, the ways back left out."""
    follows = {
        name: [*(flow.target for flow in scope.outgoing(name) if flow.target in scope.nodes), *scope.linked(name)]
        for name in scope.nodes
    }
    after: dict[str, list[str]] = {name: [] for name in scope.nodes}
    finished: list[str] = []
    entered: set[str] = set()
    for start in scope.of_kind("startEvent"):
        path = [(start.id, iter(follows[start.id]))]
        entered.add(start.id)
        open_nodes = {start.id}
        while path:
            name, targets = path[-1]
            target = next(targets, None)
            if target is None:
                finished.append(name)
                open_nodes.discard(name)
                path.pop()
            elif target not in open_nodes:
                after[name].append(target)
                if target not in entered:
                    entered.add(target)
                    open_nodes.add(target)
                    path.append((target, iter(follows[target])))
    return finished[::-1], after


def told(seconds: int) -> str:
    """A working time as people say it: whole days, then hours and minutes."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3_600)
    parts = [(days, "ngày làm việc"), (hours, "giờ"), (rest // 60, "phút"), (rest % 60, "giây")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
