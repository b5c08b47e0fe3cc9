"""Moving a running instance to another version of its diagram.

Every task of the saved state finds its element in the new diagram: under its own id, or under the one that the administrator
names. What is open or waits must be there, of the same kind, in the same process or block; what is over and is not there any
more is left out, so that going back offers only what exists. Events that the new diagram adds to an open activity begin to
wait, those that it takes away are dropped. Then the new state is walked on from where it stands, and so is every way back
from it: what would get stuck is not moved, a step back that would is not offered any more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.engine.catching import FirstEventGateway
from app.engine.definition import Definition
from app.engine.instance import EngineIncident, Instance
from app.engine.items import ItemsTask
from app.engine.records import Document, Level, Record, add_waiting, drop, put_between, splice
from app.engine.rehearsal import Finding, goes_on
from app.engine.spiff import (
    BoundaryEvent,
    BoundaryEventJoin,
    BoundaryEventSplit,
    CatchingEvent,
    EndJoin,
    InclusiveGateway,
    ParallelGateway,
    SubWorkflowTask,
    TaskState,
    UserTask,
)

SPLIT, JOIN, ITEM = ".BoundaryEventSplit", ".BoundaryEventJoin", "[item]"
_GATEWAYS = (ParallelGateway, InclusiveGateway)
_STOPS = (UserTask, CatchingEvent, SubWorkflowTask, ItemsTask, BoundaryEventSplit, BoundaryEventJoin)
"""Where a token does not pass by itself."""


class CannotMove(Exception):  # noqa: N818
    """Why not, each reason a sentence (Vietnamese)."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class BadMapping(Exception):  # noqa: N818
    """The mapping names what there is not; reason (Vietnamese) by the id that it is about."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Moved:
    """The instance under the new diagram; `lost`: names of the steps that cannot be gone back to any more."""

    engine: Instance
    lost: tuple[str, ...] = ()


class Mover:
    """From one definition to another; what was found out about one state is kept for the others that stand alike.

    `mapping`: element ids of the old diagram to those of the new one, where they differ. Raises BadMapping.
    """

    def __init__(self, old: Definition, new: Definition, mapping: Mapping[str, str]) -> None:
        self.old, self.new = old, new
        self.mapping = dict(mapping)
        self._tried: dict[str, tuple[str | None, tuple[int, ...]]] = {}
        before, after = elements(old), elements(new)
        targets = list(mapping.values())
        faults = {name: f"Sơ đồ cũ không có phần tử “{name}”." for name in mapping if name not in before}
        for name, target in mapping.items():
            if target not in after:
                faults[name] = f"Sơ đồ mới không có phần tử “{target}”."
            elif targets.count(target) > 1 or (target in before and target not in mapping and target != name):
                faults[name] = f"“{target}” ứng với hai phần tử của sơ đồ cũ."
        if faults:
            raise BadMapping(faults)

    def move(self, state: bytes, context: Mapping[str, Any]) -> Moved:
        """Raises CannotMove."""
        document = Document.read(state)
        if document.level.done:
            raise CannotMove("Quy trình của hồ sơ đã kết thúc.")
        before = _offered(Instance.load(self.old, state, context))
        reasons = list(_LevelMove(self, document.level, self.old.spec, self.new.spec).carry_over())
        if reasons:
            raise CannotMove(*dict.fromkeys(reasons))
        engine = self._going_on(document.write(), context)
        document = Document.read(engine.save())
        shape = document.shape()
        if shape not in self._tried:
            self._tried[shape] = self._try(engine.save())
        refusal, places = self._tried[shape]
        if refusal is not None:
            raise CannotMove(refusal)
        if places:
            notices = engine.take_notices()
            records = list(document.level.every())
            for place in places:
                _forget(records[place])
            engine = Instance.load(self.new, document.write(), context)
            engine._run.notices = list(notices)
        after = _offered(engine)
        return Moved(engine, tuple(name for task_id, name in before.items() if task_id not in after))

    def _going_on(self, state: bytes, context: Mapping[str, Any]) -> Instance:
        """The instance under the new diagram, its joins asked again whether they still wait."""
        try:
            engine = Instance.load(self.new, state, context)
            opened = {step.engine_task for step in engine.open_steps()}
            with engine._incidents():
                for task in list(engine._run.all_tasks()):
                    if task._state == TaskState.WAITING and isinstance(task.task_spec, (*_GATEWAYS, EndJoin)):
                        task.task_spec._update(task)
                engine._advance()
        except EngineIncident as incident:
            raise CannotMove(f"Sơ đồ mới không chạy tiếp được từ chỗ hồ sơ đang đứng: {incident}") from incident
        if engine.finished or not opened <= {step.engine_task for step in engine.open_steps()}:
            raise CannotMove("Theo sơ đồ mới, các bước đang mở của hồ sơ sẽ kết thúc ngay khi chuyển.")
        return engine

    def _try(self, state: bytes) -> tuple[str | None, tuple[int, ...]]:
        """Why a state that stands like this cannot be worked on, or the places of the records that are to be left out so that
        nobody goes back to them."""
        finding = self._fault(state)
        if finding is not None:
            return self._told(finding), ()
        document = Document.read(state)
        records = list(document.level.every())
        places = {str(record.id): place for place, record in enumerate(records) if record.id}
        bad: list[int] = []
        while (name := self._bad_way_back(document.write())) is not None:
            bad.append(places[name])
            _forget(records[places[name]])
        return None, tuple(bad)

    def _bad_way_back(self, state: bytes) -> str | None:
        """The id of a completed step to which nobody may go back: from there the open step would not be reached, or the
        instance would get stuck."""
        engine = Instance.load(self.new, state, {})
        tried: set[str] = set()
        for opened in engine.open_steps():
            for earlier in engine.earlier_steps(opened.engine_task):
                name = earlier.engine_task
                if not _leads_to(engine, name, opened.engine_task):
                    return UUID(name).hex
                if name not in tried:
                    tried.add(name)
                    back = Instance.load(self.new, state, {})
                    try:
                        back.go_back(name)
                        finding = self._fault(back.save(), walks=3)
                    except EngineIncident:
                        return UUID(name).hex
                    if finding is not None:
                        return UUID(name).hex
        return None

    def _fault(self, state: bytes, walks: int = 6) -> Finding | None:
        finding = goes_on(self.new, state, walks=walks)
        # A reminder that was started before may be started again in the next round of a loop.
        return None if finding is not None and finding.fault == "open-twice" and self.new.beside else finding

    def _told(self, finding: Finding) -> str:
        way = " → ".join(f"“{_title(self.new, name)}”" for name in finding.path[-6:]) or "ngay khi chuyển"
        if finding.fault == "open-twice":
            return f"Chạy thử theo sơ đồ mới: bước “{_title(self.new, finding.detail)}” sẽ mở hai lần cùng lúc ({way})."
        if finding.fault == "stuck":
            return f"Chạy thử theo sơ đồ mới: hồ sơ sẽ bị kẹt, không còn bước nào để làm ({way})."
        return f"Chạy thử theo sơ đồ mới dừng vì sự cố: {finding.detail} ({way})."


class _LevelMove:
    """One running process and the one that takes its place; `old` and `new` are their specifications."""

    def __init__(self, mover: Mover, level: Level, old: Any, new: Any) -> None:
        self._mover = mover
        self._level = level
        self._old, self._new = old, new
        self._found: dict[int, str | None] = {}
        """Names in the new diagram, by the record's identity."""
        self._was: dict[int, Any] = {}
        """The old specifications of called processes."""

    def carry_over(self) -> Iterator[str]:
        """Changes the records; yields why it cannot be."""
        records = list(self._level.records())
        for record in records:
            self._found[id(record)] = self._place(record)
            self._was[id(record)] = self._old.task_specs[record.name]
        reasons = [reason for record in records for reason in self._obstacles(record)]
        if reasons:
            yield from reasons
            return
        for record in records:
            if self._found[id(record)] is None:
                self._leave_out(record)
        for record in self._level.records():
            record.name = str(self._found[id(record)])
        for record in list(self._level.records()):
            if not self._arrives(record):
                gate, before = self._new.task_specs[record.name], self._new.task_specs[record.parent.name]  # type: ignore[union-attr]
                yield (
                    f"Một nhánh đang chờ ở cổng gộp “{_name(gate)}”, nhưng trong sơ đồ mới “{_name(before)}” không dẫn "
                    "thẳng tới cổng này."
                )
        for record in list(self._level.records()):
            self._attach_events(record)
        for record in list(self._level.records()):
            if record.sub is not None:
                yield from self._inner(record)

    def _translated(self, name: str) -> str:
        if name == self._old.end.name:
            return str(self._new.end.name)
        base = _base(name)
        return self._mover.mapping.get(base, base) + name[len(base) :]

    def _place(self, record: Record) -> str | None:
        """The name of the record's task in the new diagram; None where there is none of its kind."""
        name = self._translated(record.name)
        before, after = self._old.task_specs[record.name], self._new.task_specs.get(name)
        if after is None or not self._same_kind(before, after):
            return None
        if isinstance(before, BoundaryEvent):
            above = record.parent
            if above is None or self._found.get(id(above)) not in after._inputs:
                return None
        return name

    def _same_kind(self, before: Any, after: Any) -> bool:
        if type(before) is not type(after):
            return False
        if isinstance(before, ItemsTask):
            return bool(before.plan.sequential == after.plan.sequential) and self._same_kind(
                before.item_spec, after.item_spec
            )
        if isinstance(before, BoundaryEventSplit):
            return self._same_kind(self._old.task_specs[_base(before.name)], self._new.task_specs[_base(after.name)])
        if isinstance(before, CatchingEvent) and not isinstance(before, FirstEventGateway):
            return type(before.event_definition) is type(after.event_definition)
        return True

    def _obstacles(self, record: Record) -> Iterator[str]:
        before = self._old.task_specs[record.name]
        found = self._found[id(record)]
        after = self._new.task_specs[found] if found is not None else None
        if isinstance(before, BoundaryEvent):
            yield from self._of_event(record, before, after)
        elif not record.is_live or isinstance(before, BoundaryEventJoin | EndJoin):
            return
        elif after is None:
            yield self._missing(record, before)
        elif isinstance(before, UserTask):
            yield from self._of_step(before, after)

    def _of_event(self, record: Record, before: Any, after: Any) -> Iterator[str]:
        """What an event started beside a running step must go on beside it."""
        goes_on_beside = record.state == TaskState.COMPLETED and any(
            one.is_live and not isinstance(self._old.task_specs[one.name], BoundaryEventJoin | EndJoin)
            for one in record.below()
        )
        if not goes_on_beside:
            return
        if after is None and not before.cancel_activity:
            yield f"Nhánh do sự kiện “{_name(before)}” mở ra còn đang chạy, sơ đồ mới không có sự kiện này ở cùng chỗ."
        elif after is not None and after.cancel_activity != before.cancel_activity:
            yield f"Nhánh do sự kiện “{_name(before)}” mở ra còn đang chạy, sơ đồ mới đã đổi sự kiện này (ngắt hay không ngắt)."

    def _of_step(self, before: Any, after: Any) -> Iterator[str]:
        old, new = self._mover.old.steps[before.bpmn_id], self._mover.new.steps[after.bpmn_id]
        if old.stage != new.stage:
            yield f"Bước đang mở “{old.name}” chuyển sang giai đoạn khác trong sơ đồ mới."
        if old.pause != new.pause:
            yield f"Bước đang mở “{old.name}”: sơ đồ mới đổi việc chờ người nộp ở bước này."

    def _missing(self, record: Record, before: Any) -> str:
        before = before.item_spec if isinstance(before, ItemsTask) else before
        name = _name(before)
        exists = self._translated(record.name) in self._new.task_specs
        elsewhere = not exists and self._mover.mapping.get(_base(record.name), _base(record.name)) in elements(
            self._mover.new
        )
        why = "đã là phần tử loại khác" if exists else "nằm ở khối khác" if elsewhere else "không có"
        if isinstance(before, UserTask):
            hint = "" if exists or elsewhere else "; hãy chỉ ra bước thay cho nó, hoặc chờ bước này xong"
            return f"Bước đang mở “{name}” {why} trong sơ đồ mới{hint}."
        if isinstance(before, _GATEWAYS):
            return f"Một nhánh đang chờ ở cổng gộp “{name}”, cổng này {why} trong sơ đồ mới."
        if isinstance(before, CatchingEvent):
            return f"Hồ sơ đang chờ sự kiện “{name}”, sự kiện này {why} trong sơ đồ mới."
        return f"“{name}” đang chạy, {why} trong sơ đồ mới."

    def _leave_out(self, record: Record) -> None:
        if record.state == TaskState.WAITING:
            drop(record)
        elif record.parent is not None:  # not one that went with the list that it was an item of
            splice(record)

    def _arrives(self, record: Record) -> bool:
        """Whether a token at a join stands on one of its flows; it is put on one to which its place leads by itself."""
        gate = self._new.task_specs[record.name]
        if not isinstance(gate, _GATEWAYS) or len(set(gate._inputs)) < 2 or record.parent is None:
            return True
        if record.parent.name in gate._inputs:
            return True
        leading = self._leading(self._new.task_specs[record.parent.name], gate)
        if len(leading) == 1:
            put_between(record, leading.pop())
            return True
        return bool(record.state != TaskState.WAITING)

    def _leading(self, source: Any, gate: Any) -> set[str]:
        """Those of the join's flows that are reached from `source` without anybody doing anything."""
        found: set[str] = set()
        seen: set[str] = set()
        queue = deque(source.outputs)
        while queue:
            spec = queue.popleft()
            if spec.name in seen or spec is gate or isinstance(spec, _STOPS):
                continue
            seen.add(spec.name)
            if spec.name in gate._inputs:
                found.add(spec.name)
            queue.extend(spec.outputs)
        return found

    def _attach_events(self, record: Record) -> None:
        """The events that the new diagram draws on the border of an activity; those of an open one begin to wait."""
        split = self._new.task_specs.get(record.name + SPLIT)
        if split is None or record.parent is None:
            return
        around = record.parent if record.parent.name == split.name else put_between(record, split.name)
        if not record.is_live:
            return
        present = {child.name for child in around.children}
        for spec in split.outputs:
            if isinstance(spec, BoundaryEvent) and spec.name not in present:
                add_waiting(around, spec.name)

    def _inner(self, record: Record) -> Iterator[str]:
        assert record.sub is not None  # noqa: S101 - asked by the caller
        before = self._mover.old.subprocess_specs[self._was[id(record)].spec]
        after = self._mover.new.subprocess_specs[self._new.task_specs[record.name].spec]
        yield from _LevelMove(self._mover, record.sub, before, after).carry_over()


def _forget(record: Record) -> None:
    """Leaves out a completed step, with what was put around it for the events on its border."""
    around = record.parent
    splice(record)
    if around is not None and around.name == record.name + SPLIT:
        splice(around)


def _base(name: str) -> str:
    """The id of the element that a specification was made for."""
    for suffix in (SPLIT, JOIN, ITEM):
        name = name.removesuffix(suffix)
    return name


def elements(definition: Definition) -> set[str]:
    """The ids of everything that is drawn."""
    specs = (definition.spec, *definition.subprocess_specs.values())
    return {spec.bpmn_id for process in specs for spec in process.task_specs.values() if spec.bpmn_id}


def _title(definition: Definition, element: str) -> str:
    for process in (definition.spec, *definition.subprocess_specs.values()):
        if element in process.task_specs:
            return _name(process.task_specs[element])
    return element


def _name(spec: Any) -> str:
    return str(spec.bpmn_name or spec.bpmn_id or spec.name)


def _offered(engine: Instance) -> dict[str, str]:
    """The names of the steps that may be gone back to, by the ids of their tasks."""
    return {
        earlier.engine_task: earlier.step.name
        for opened in engine.open_steps()
        for earlier in engine.earlier_steps(opened.engine_task)
    }


def _leads_to(engine: Instance, earlier: str, opened: str) -> bool:
    """Whether the open step still comes after the earlier one, as the diagram is drawn."""
    run = engine._run
    before, after = _places(run, run.find(UUID(earlier))), _places(run, run.find(UUID(opened)))
    for level, spec in before:
        for other, target in after:
            if level is other:
                return spec is target or _reaches(spec, target)
    return False


def _places(run: Any, task: Any) -> list[tuple[Any, Any]]:
    """Where a task stands in each of the processes around it, the innermost first."""
    places = []
    while True:
        task = task.parent if "item" in task.internal_data else task
        places.append((task.workflow, task.task_spec))
        if task.workflow is run:
            return places
        task = run.find(task.workflow.parent_task_id)


def _reaches(source: Any, target: Any) -> bool:
    seen: set[str] = set()
    queue = deque(source.outputs)
    while queue:
        spec = queue.popleft()
        if spec is target:
            return True
        if spec.name not in seen:
            seen.add(spec.name)
            queue.extend(spec.outputs)
    return False
