"""A draft as text, in which a whole reading is asserted at once.

A step is `number | name | who | place | limit | stage …`, then what else there is: the group that shares its limit, back to
which step, its routes; then the codes of what is doubtful and guessed, with the step.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.drafting.model import DraftStep, TableDraft

LONGEST = 60


def rendered(drafts: Sequence[TableDraft]) -> str:
    return "\n\n".join(_draft(draft) for draft in drafts) + "\n"


def _draft(draft: TableDraft) -> str:
    decision = f"; {draft.decision_number} {draft.decided_on}" if draft.decision_number else ""
    lines = [f"{draft.name or '(không tên)'} [{draft.code or '-'}] {draft.total or '-'} {draft.total_unit}{decision}"]
    numbers = {step.key: step.number for step in draft.steps}
    lines += [_step(step, numbers) for step in draft.steps]
    for certainty in ("doubtful", "guessed"):
        said = [
            f"{remark.code} {numbers.get(remark.step or '', '')}".strip()
            for remark in draft.remarks
            if remark.certainty == certainty
        ]
        lines.append(f"{certainty}: {', '.join(said) or 'none'}")
    return "\n".join(lines)


def _step(step: DraftStep, numbers: dict[str, str]) -> str:
    unit = "" if step.limit_unit == "working" else f" {step.limit_unit}"
    group = f" {step.limit_group}" if step.limit_group else ""
    more = [
        f"back to {numbers[step.returns]}" if step.returns else "",
        f"asks {step.agency}" if step.asked else "",
        f"pause {step.pause}" if step.pause else "",
        *(f"{route.value}={route.title}->{numbers.get(route.to, route.to)}" for route in step.routes),
        f"paper {step.paper}" if step.paper else "",
    ]
    who = step.who if len(step.who) <= LONGEST else f"{step.who[:LONGEST]}…"
    told = ", ".join([step.stage, *filter(None, more)])
    return f"{step.number} | {step.name} | {who} | {step.place} | {step.limit}{unit}{group} | {told}"
