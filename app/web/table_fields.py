"""The fields of the page that corrects a table, read into what they mean; bounded, because anybody may send anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.actions.keep_units import CreatePosition
from app.actions.table_drafts import Accept, suggested_data
from app.drafting.correcting import MOST_ROUTES, STAGES, limit_of
from app.drafting.duties import ascii_id
from app.drafting.model import TableDraft
from app.errors import invalid
from app.wording import clean_line

LONG, SHORT = 500, 64
_TEXTS = {"number": SHORT, "name": LONG, "place": 200, "agency": 200}


def head_of(draft: TableDraft, form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form says of the whole. Errors: DomainError invalid."""
    head: dict[str, Any] = {}
    for name, most in (("name", LONG), ("code", SHORT), ("decision_number", SHORT)):
        if name in form:
            head[name] = clean_line(form[name])[:most] or ("" if name == "name" else None)
    if "total_amount" in form:
        try:
            total, unit = limit_of(form["total_amount"][:20], form.get("total_span", ""))
        except ValueError as fault:
            raise invalid({"total_amount": [str(fault)]}) from None
        head |= {"total": total, "total_unit": unit}
        head["total"] = draft.total if _same(total, draft.total) and unit == draft.total_unit else total
    return head


def steps_of(draft: TableDraft, form: MultiDict[str, str]) -> dict[str, dict[str, Any]]:
    """Step -> what the form says of it. Errors: DomainError invalid, with the names of the fields."""
    keys = [step.key for step in draft.steps]
    said: dict[str, dict[str, Any]] = {}
    faults: dict[str, list[str]] = {}
    for step in draft.steps:
        prefix = f"b-{step.key}-"
        if f"{prefix}name" not in form:
            continue
        values: dict[str, Any] = {
            name: clean_line(form.get(prefix + name, ""))[:most]
            for name, most in _TEXTS.items()
            if prefix + name in form
        }
        if not values.get("name"):
            faults[f"{prefix}name"] = [f"Bước {step.number}: hãy ghi tên bước."]
        values["position"] = _position(form.get(f"{prefix}position", ""))
        values["stage"] = _one_of(form.get(f"{prefix}stage"), STAGES, step.stage)
        values["limit_group"] = ascii_id(form.get(f"{prefix}group", "")[:SHORT]) or None
        returns = form.get(f"{prefix}returns", "")
        values["returns"] = returns if returns in keys and returns != step.key else None
        values["asked"] = (step.asked or "asked_agencies") if form.get(f"{prefix}asked") else None
        values["pause"] = "payment" if form.get(f"{prefix}pause") else None
        values["agency"] = values.get("agency") or "lead"
        if step.asked and not values["asked"] and values["agency"].startswith("="):
            values["agency"] = "lead"
        values["routes"] = _routes(form, prefix, keys)
        try:
            limit, unit = limit_of(form.get(f"{prefix}amount", "")[:20], form.get(f"{prefix}unit", ""))
        except ValueError as fault:
            faults[f"{prefix}amount"] = [f"Bước {step.number}: {fault}"]
            continue
        same = _same(limit, step.limit) and unit == step.limit_unit
        values |= {"limit": step.limit if same else limit, "limit_unit": unit if limit != "none" else step.limit_unit}
        said[step.key] = _kept(step, values)
    if faults:
        raise invalid(faults)
    return said


def acceptance(table_id: int, draft: TableDraft, form: MultiDict[str, str], version: int | None) -> Accept:
    """Errors: DomainError invalid."""
    chosen = form.get("procedure", "")
    typed = clean_line(form.get("procedure_code", ""))[:SHORT]
    create: dict[str, Any] | None = None
    if chosen in ("new", "other") or not chosen:
        if not typed:
            raise invalid({"procedure_code": ["Hãy chọn thủ tục, hoặc ghi mã thủ tục."]})
        code = typed
    else:
        code = clean_line(chosen)[:SHORT]
    if chosen == "new":
        field_name = clean_line(form.get("field", ""))[:200]
        agencies = form.getlist("create_agencies")[:200]
        level = form.get("level", "2")
        create = suggested_data(draft, agencies, field_name, int(level) if level in ("1", "2", "3") else 2)
    return Accept(table_id, version, code, create, _positions(form), bool(form.get("anyway")))


def _positions(form: MultiDict[str, str]) -> tuple[CreatePosition, ...]:
    made, faults = [], {}
    for chosen in form.getlist("make_position")[:100]:
        code, _, agency = chosen.partition("@")
        unit = form.get(f"unit-{chosen}", "")
        name = clean_line(form.get(f"title-{chosen}", ""))[:200]
        if not unit or not name:
            faults[f"unit-{chosen}"] = [f"Vị trí {code} ở {agency}: hãy ghi tên và chọn đơn vị."]
            continue
        made.append(CreatePosition(agency, unit, ascii_id(code), name))
    if faults:
        raise invalid(faults)
    return tuple(made)


def _position(text: str) -> str | None:
    """The code of "code – name", as the list offers them."""
    return ascii_id(clean_line(text).split(" – ")[0]) or None


def _routes(form: MultiDict[str, str], prefix: str, keys: list[str]) -> list[tuple[str, str]]:
    rows = []
    for number in range(1, MOST_ROUTES + 1):
        title = clean_line(form.get(f"{prefix}route-{number}", ""))[:120]
        to = form.get(f"{prefix}to-{number}", "next")
        if title:
            rows.append((title, to if to in keys or to == "end" else "next"))
    return rows


def _kept(step: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without routes that stayed as they were, so that their values stay too."""
    same = [(route.title, route.to) for route in step.routes] == list(values["routes"])
    return {name: value for name, value in values.items() if not (name == "routes" and same)}


def _same(one: str | None, other: str | None) -> bool:
    """PT4H and P0DT4H are one limit; only the words differ."""
    return one == other


def _one_of(value: str | None, allowed: Mapping[str, str], otherwise: str) -> str:
    return value if value is not None and value in allowed else otherwise
