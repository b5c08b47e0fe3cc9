"""Places as tables print them ("VP UBND TP", "Sở Y tế") and the agencies there are: which one a step belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from app.drafting.model import DraftStep, Remark, TableDraft
from app.drafting.places import desk_of
from app.drafting.positions import Known, spelled

SURE = 92
_TOWN = re.compile(r"\b(thanh pho|tp)\b")


def lead_place(draft: TableDraft) -> str:
    """The place of the agency in charge: that of the desk that receives, else the one where most steps are."""
    places = [step.place for step in draft.steps if step.place]
    desks = {step.place for step in draft.steps if step.stage == "receive"}
    for place in dict.fromkeys(places):
        if desk_of(place) in desks:
            return place
    counted = Counter(step.place for step in draft.steps if step.place and step.stage == "resolve")
    return counted.most_common(1)[0][0] if counted else (places[0] if places else "")


def agency_named(place: str, known: Sequence[Known]) -> str | None:
    """The code of the agency that a place names; None where none is near enough."""
    wanted = _plain(place)
    names = {one.agency: _plain(one.agency_name) for one in known}
    scored = [
        (fuzz.token_set_ratio(wanted, name), 100.0 if name.startswith(wanted) else fuzz.ratio(wanted, name), code)
        for code, name in names.items()
    ]
    best = max(scored, default=(0.0, 0.0, ""))
    return best[2] if wanted and best[0] >= SURE and best[1] >= 50 else None


def with_agencies(draft: TableDraft, known: Sequence[Known]) -> TableDraft:
    """The draft with the agency of every step that is done elsewhere; a doubt where that agency is not known."""
    lead = lead_place(draft)
    own = {lead, desk_of(lead), ""}
    steps: list[DraftStep] = []
    remarks = list(draft.remarks)
    codes: dict[str, str | None] = {}
    for step in draft.steps:
        if step.agency != "lead" or step.asked or step.place in own or step.stage != "resolve" or not known:
            steps.append(step)
            continue
        if step.place not in codes:
            codes[step.place] = agency_named(step.place, known)
        code = codes[step.place]
        steps.append(replace(step, agency=code) if code else step)
        where = step.cells.get("position")
        if code:
            name = next(one.agency_name for one in known if one.agency == code)
            text = f"“{step.place}” được hiểu là cơ quan “{name}” ({code})."
            remarks.append(Remark("guessed", "agency.guessed", text, where, step.key, "agency"))
        else:
            text = f"Không có cơ quan nào tên như “{step.place}”; hãy chọn cơ quan làm bước này."
            remarks.append(Remark("doubtful", "agency.unknown", text, where, step.key, "agency"))
    return replace(draft, steps=tuple(steps), remarks=tuple(remarks))


def _plain(text: str) -> str:
    return _TOWN.sub("tinh", spelled(text))
