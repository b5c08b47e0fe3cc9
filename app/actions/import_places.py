"""Where a row's dossier would stand: the steps that it names, whether they can be open together, in whose inbox they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.actions.import_cells import PAYMENT, RESULT
from app.actions.import_columns import folded
from app.actions.import_lookup import Lookup, Match, match
from app.engine.arriving import Way, arrive, leaves_branches_done
from app.engine.definition import Definition
from app.engine.instance import EngineIncident, OpenStep
from app.engine.steps import LEAD, PAUSES, Step
from app.rules.legality import RETURN
from app.store.organisation import AgencyRow, PositionRow
from app.store.procedures import VersionRow


class Telling(Protocol):
    """A row being judged."""

    def text(self, name: str, most: int = 500) -> str: ...
    def doubt(self, name: str, text: str) -> None: ...
    def refuse(self, name: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """`places`: {step, step_name, agency, position, position_name, holder, holder_name} of every task that will be open."""

    steps: tuple[str, ...]
    way: Way
    places: tuple[Mapping[str, Any], ...]
    waits_payment: bool


def places_of(
    row: Telling, lookup: Lookup, agency: AgencyRow, version: VersionRow, status: str, data: Mapping[str, Any]
) -> Standing | None:
    """None where the row was refused."""
    definition = lookup.definition(version)
    steps = _steps(row, lookup, agency, definition, status)
    if not steps:
        return None
    way = lookup.way(version, tuple(step.id for step in steps), data)
    if way is None:
        row.refuse("step", _no_way(lookup, version, definition, steps))
        return None
    if way.guessed:
        row.doubt("step", "Quy trình rẽ nhánh theo dữ liệu mà tệp không có; chọn nhánh dẫn đến bước này.")
    opened = arrive(definition, way, data)
    if leaves_branches_done(opened):
        why = "Các nhánh song song khác được coi là đã xong; nếu chưa, hãy ghi cả các bước đang mở của chúng."
        row.doubt("step", why)
    places = []
    for one in opened.open_steps():
        try:
            place = _place(row, lookup, agency, opened, one)
        except EngineIncident:
            names = ", ".join(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", one.step.agency))
            row.refuse("step", f"Bước “{one.title}” cần dữ liệu hồ sơ ({names}); thêm cột “Dữ liệu: {names}”.")
            return None
        if place is None:
            return None
        places.append(place)
    waits = all(step.pause in PAUSES for step in steps)
    return Standing(tuple(step.id for step in steps), way, tuple(places), waits)


def _steps(row: Telling, lookup: Lookup, agency: AgencyRow, definition: Definition, status: str) -> list[Step]:
    said = row.text("step", 1000)
    if status == RESULT:
        last = [step for step in definition.steps.values() if step.stage == RETURN]
        if said and _step(definition, said).found not in last[-1:]:
            row.doubt("step", "Hồ sơ đã có kết quả nên đặt ở bước trả kết quả.")
        return last[-1:] or _refused(row, "step", "Quy trình của thủ tục không có bước trả kết quả.")
    if status == PAYMENT:
        waits = [step for step in definition.steps.values() if step.pause in PAUSES]
        if not waits:
            return _refused(row, "status", "Quy trình của thủ tục không có bước chờ nộp tiền; hãy ghi bước đang xử lý.")
        if not said:
            return waits[:1]
    if said:
        return _named(row, definition, said)
    return _of_position(row, lookup, agency, definition)


def _refused(row: Telling, name: str, text: str) -> list[Step]:
    row.refuse(name, text)
    return []


def _named(row: Telling, definition: Definition, said: str) -> list[Step]:
    """The steps that a cell names: one, or several between semicolons."""
    whole = _step(definition, said)
    if whole.found is not None and whole.sure:
        return [whole.found]
    parts = [part.strip() for part in re.split(r"[;\n]", said) if part.strip()]
    found: list[Step] = []
    for part in parts:
        one = whole if len(parts) == 1 else _step(definition, part)
        if one.several:
            return _refused(row, "step", f"“{part}” có thể là nhiều bước: {'; '.join(one.several)}.")
        if one.found is None:
            known = "; ".join(step.name for step in definition.steps.values())
            return _refused(row, "step", f"Quy trình không có bước “{part}”. Các bước: {known}.")
        if not one.sure:
            row.doubt("step", f"Hiểu “{part}” là bước “{one.found.name}”.")
        if one.found not in found:
            found.append(one.found)
    return found


def _step(definition: Definition, text: str) -> Match[Step]:
    return match(text, [(step, (step.id, step.name)) for step in definition.steps.values()], lambda step: step.name)


def _of_position(row: Telling, lookup: Lookup, agency: AgencyRow, definition: Definition) -> list[Step]:
    """The step that the named position has; the first of several, and said to be a guess."""
    said = row.text("position")
    if not said:
        return _refused(row, "step", "Chưa ghi bước hiện tại hoặc vị trí đang xử lý.")
    mine: list[Step] = []
    for step in definition.steps.values():
        if step.agency.startswith("="):
            continue
        found = lookup.position(agency.code if step.agency == LEAD else step.agency, step.position)
        if folded(said) in _called(found) or folded(said) == folded(step.position):
            mine.append(step)
    if not mine:
        return _refused(row, "position", f"Quy trình không có bước nào của vị trí “{said}”.")
    if len(mine) > 1:
        names = "; ".join(step.name for step in mine)
        return _refused(row, "position", f"Vị trí “{said}” có nhiều bước ({names}); hãy ghi bước hiện tại.")
    row.doubt("position", f"Không ghi bước: chọn bước “{mine[0].name}” của vị trí “{said}”.")
    return mine


def _called(position: PositionRow | None) -> tuple[str, ...]:
    return (folded(position.code), folded(position.name)) if position else ()


def _no_way(lookup: Lookup, version: VersionRow, definition: Definition, steps: list[Step]) -> str:
    """Why steps cannot be open, each of them or together, and nothing else beside them."""
    names = ", ".join(f"“{step.name}”" for step in steps)
    if len(steps) > 1:
        return f"Các bước {names} không thể cùng mở trong quy trình này."
    (step,) = steps
    if definition.steps[step.id].agency.startswith("=") or "item" in step.agency:
        fields = "asked_agencies" if "item" in step.agency else step.agency[1:]
        return f"Bước {names} mở theo danh sách trong dữ liệu hồ sơ; thêm cột “Dữ liệu: {fields}” với danh sách đó."
    return (
        f"Bước {names} không đứng một mình trong quy trình: nhánh khác cũng phải đang mở. "
        "Hãy ghi đủ các bước đang mở, cách nhau bằng dấu chấm phẩy."
    )


def _place(row: Telling, lookup: Lookup, lead: AgencyRow, opened: Any, one: OpenStep) -> dict[str, Any] | None:
    """Errors: EngineIncident where data does not say whose step it is."""
    step = one.step
    code = lead.code if step.agency == LEAD else step.agency
    if code.startswith("="):
        code = opened.evaluate(code[1:].strip(), one.engine_task)
        if not isinstance(code, str) or not code:
            raise EngineIncident(step.agency)
    position = lookup.position(code, step.position)
    where = lookup.agency_name(code)
    if position is None:
        row.refuse("step", f"Bước “{one.title}” cần vị trí “{step.position}” mà {where} chưa khai báo.")
        return None
    holders = lookup.holders(position.code, code)
    if not holders:
        row.refuse("holder", f"Chưa có ai giữ vị trí “{position.name}” ở {where} để nhận bước “{one.title}”.")
        return None
    found = _holder(row, holders, f"“{position.name}” ở {where}")
    return {
        "step": step.id,
        "ref": one.ref,
        "step_name": one.title,
        "agency": code,
        "agency_name": where,
        "position": position.code,
        "position_name": position.name,
        "holder": found.username if found else None,
        "holder_name": found.name if found else None,
    }


def _holder(row: Telling, holders: list[Any], where: str) -> Any:
    """Who is named among those who hold the position; None leaves it to all of them."""
    said = row.text("holder")
    if not said:
        return None
    bare = re.split(r"\s+[-–,(]\s*|,", said)[0].strip() or said
    wanted = {folded(said), folded(bare)}
    exact = [one for one in holders if one.username.lower() == said.lower()]
    exact = exact or [one for one in holders if folded(one.name) in wanted]
    if len(exact) == 1:
        return exact[0]
    if exact:
        names = ", ".join(one.username for one in exact)
        row.doubt("holder", f"Có nhiều người tên “{said}” ({names}): vào hộp việc chung của vị trí {where}.")
    else:
        row.doubt("holder", f"“{said}” không giữ vị trí {where}: vào hộp việc chung của vị trí.")
    return None
