"""The form of a simulation: a plan as fields, and the fields read back over the plan that the form began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.errors import invalid
from app.simulation.draws import KINDS, Spread
from app.simulation.load import default_shares
from app.simulation.plan import MOST_PEOPLE, PRIORITIES, LoadPlan, Stream
from app.views.simulations import Proposal

WEEKDAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "CN")
UNITS = {"week": ("tuần", 1.0), "day": ("ngày làm việc", 5.0), "hour": ("giờ làm việc", 40.0)}
"""Of what the number of dossiers is, and how many of them a week has."""
_LONGEST = 24


def fields_of(asked: Proposal) -> dict[str, Any]:
    """What stands in the fields at first; shares in percent."""
    plan = asked.plan
    streams = {one.agency: one.per_week for one in plan.streams}
    return {
        "label": f"{asked.copied.label} (thay đổi)"[:100] if asked.copied is not None else "Phương án gốc",
        "from_on": plan.from_on.isoformat(),
        "weeks": plan.weeks,
        "warm_up": plan.warm_up,
        "seed": plan.seed,
        "unit": "week",
        "priority": plan.priority,
        "absence": _shown(plan.absence * 100),
        "agree": _shown(plan.agree * 100),
        "sent_back": _shown(plan.sent_back * 100),
        "supplements": _shown(plan.supplements * 100),
        "applicant_days": _shown(plan.applicant_days),
        "minutes": _shown(plan.minutes),
        "kind": plan.spread.kind,
        "low": _shown(plan.spread.low * 100),
        "typical": _shown(plan.spread.typical * 100),
        "high": _shown(plan.spread.high * 100),
        "open_only": "1" if plan.open_only else "",
        "streams": [
            {"code": code, "name": name, "value": _shown(streams.get(code, 0))} for code, name in asked.agencies
        ],
        "weekdays": [_shown(one) for one in plan.weekdays],
        "hours": "; ".join(f"{hour}={_shown(one)}" for hour, one in enumerate(plan.hours) if one)
        if len(set(plan.hours)) > 1
        else "",
        "places": [
            {
                "key": f"{agency}.{position}",
                "name": asked.place_names[agency, position],
                "value": "" if (agency, position) in plan.unlimited else plan.number_at((agency, position)),
                "people": [one.name for one in plan.people if (agency, position) in one.places],
            }
            for agency, position in asked.places
        ],
        "steps": [_step_fields(step_id, asked) for step_id in asked.steps],
    }


def _step_fields(step_id: str, asked: Proposal) -> dict[str, Any]:
    step, plan = asked.steps[step_id], asked.plan
    own = plan.spreads.get(step_id)
    values = [one.value for one in step.decisions]
    shares = plan.routes.get(step_id) or (default_shares(values, plan.agree) if values else {})
    times = 1 if own is None or own.minutes else 100
    return {
        "id": step_id,
        "name": step.name,
        "limit": step.limit,
        "unit": ("minutes" if own.minutes else "share") if own is not None else "",
        "kind": own.kind if own is not None else "",
        "low": _shown(own.low * times) if own is not None else "",
        "typical": _shown(own.typical * times) if own is not None else "",
        "high": _shown(own.high * times) if own is not None else "",
        "back": _shown(plan.returns[step_id] * 100) if step_id in plan.returns else "",
        "decisions": [
            {"value": one.value, "title": one.title, "share": _shown(shares.get(one.value, 0) * 100)}
            for one in step.decisions
        ],
    }


def plan_of(typed: Mapping[str, str], asked: Proposal) -> tuple[LoadPlan, str]:
    """The plan and its name, as the fields say. Errors: DomainError invalid, by the fields' names."""
    read = _Reader(typed)
    plan = asked.plan
    label = typed.get("label", "").strip()[:100] or "Mô phỏng"
    unit = UNITS.get(typed.get("unit", "week"), UNITS["week"])[1]
    streams = tuple(
        Stream(code, round(amount * unit, 2))
        for code, _ in asked.agencies
        if (amount := read.amount(f"stream.{code}", 0.0, 100_000)) > 0
    )
    changed = replace(
        plan,
        from_on=read.day("from_on", plan.from_on),
        weeks=round(read.amount("weeks", plan.weeks, 1_000)),
        warm_up=round(read.amount("warm_up", plan.warm_up, 1_000)),
        seed=round(read.amount("seed", plan.seed, 1_000_000_000)),
        streams=streams,
        weekdays=tuple(read.amount(f"weekday.{n}", plan.weekdays[n], 1e6) for n in range(7)),
        hours=read.hours("hours"),
        open_only=bool(typed.get("open_only")),
        absence=read.share("absence", plan.absence),
        agree=read.share("agree", plan.agree),
        sent_back=read.share("sent_back", plan.sent_back),
        supplements=read.share("supplements", plan.supplements),
        applicant_days=read.amount("applicant_days", plan.applicant_days, 1_000),
        minutes=read.amount("minutes", plan.minutes, 100_000),
        spread=Spread(
            read.one_of("kind", KINDS, plan.spread.kind),  # type: ignore[arg-type]  # one of KINDS
            read.share("low", plan.spread.low, 1_000),
            read.share("typical", plan.spread.typical, 1_000),
            read.share("high", plan.spread.high, 1_000),
        ),
        priority=read.one_of("priority", PRIORITIES, plan.priority),  # type: ignore[arg-type]  # one of PRIORITIES
    )
    changed = _staffed(changed, asked, read)
    changed = _steps(changed, asked, read)
    if read.wrong:
        raise invalid(read.wrong)
    return changed, label


def _staffed(plan: LoadPlan, asked: Proposal, read: _Reader) -> LoadPlan:
    unlimited = []
    for agency, position in asked.places:
        name = f"people.{agency}.{position}"
        if name in read.typed and not read.typed[name].strip():
            unlimited.append((agency, position))
            continue
        now = plan.number_at((agency, position))
        plan = plan.staffed((agency, position), round(read.amount(name, now, MOST_PEOPLE)))
    return replace(plan, unlimited=tuple(unlimited))


def _steps(plan: LoadPlan, asked: Proposal, read: _Reader) -> LoadPlan:
    spreads, routes, returns = dict(plan.spreads), dict(plan.routes), dict(plan.returns)
    for step_id, step in asked.steps.items():
        if f"typical.{step_id}" not in read.typed:
            continue
        spreads.pop(step_id, None)
        returns.pop(step_id, None)
        if read.typed[f"typical.{step_id}"].strip():
            spreads[step_id] = _spread(step_id, plan, read)
        if read.typed.get(f"back.{step_id}", "").strip():
            returns[step_id] = read.share(f"back.{step_id}", 0.0)
        shares = {one.value: read.share(f"share.{step_id}.{one.value}", 0.0) for one in step.decisions}
        usual = default_shares(list(shares), plan.agree) if shares else {}
        routes.pop(step_id, None)
        if any(abs(shares[value] - usual[value]) > 0.0005 for value in shares) and sum(shares.values()) > 0:
            routes[step_id] = shares
    return replace(plan, spreads=spreads, routes=routes, returns=returns)


def _spread(step_id: str, plan: LoadPlan, read: _Reader) -> Spread:
    minutes = read.typed.get(f"unit.{step_id}") == "minutes"
    part = 1.0 if minutes else 0.01
    kind = read.one_of(f"kind.{step_id}", KINDS, plan.spread.kind)
    typical = read.amount(f"typical.{step_id}", 0.0, 100_000) * part
    low = read.amount(f"low.{step_id}", 0.0, 100_000) * part
    high = read.amount(f"high.{step_id}", 0.0, 100_000) * part
    return Spread(kind, min(low, typical), typical, max(high, typical), minutes)  # type: ignore[arg-type]  # one of KINDS


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


class _Reader:
    """Reads numbers as people type them, with a comma or a point; what cannot be read is collected in `wrong`."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.wrong: dict[str, list[str]] = {}

    def amount(self, name: str, default: float, most: float) -> float:
        text = self.typed.get(name, "").strip()
        if not text:
            return default
        try:
            value = float(text[:_LONGEST].replace(",", "."))
        except ValueError:
            value = -1.0
        if not 0 <= value <= most:  # also for what is no number at all
            self.wrong.setdefault(name, []).append(f"“{text[:_LONGEST]}” phải là số từ 0 đến {most:g}.")
            return default
        return value

    def share(self, name: str, default: float, most: float = 100) -> float:
        return self.amount(name, default * 100, most) / 100

    def day(self, name: str, default: date) -> date:
        text = self.typed.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else default
        except ValueError:
            self.wrong.setdefault(name, []).append("Ngày phải ghi như 2026-03-02.")
            return default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        found = self.typed.get(name, "")
        return found if found in allowed else default

    def hours(self, name: str) -> tuple[float, ...]:
        """ "7=2; 8=3": hour and weight; nothing typed: all hours alike."""
        text = self.typed.get(name, "").strip()
        found = [0.0] * 24
        for part in text[:500].replace("\n", ";").split(";") if text else ():
            hour, _, weight = part.partition("=")
            try:
                value = float(weight.strip().replace(",", ".") or "1")
                place = int(hour)
            except ValueError:
                value, place = -1.0, 0
            if not (0 <= place < 24 and 0 <= value <= 1e6):
                self.wrong.setdefault(name, []).append("Ghi từng giờ như “7=2; 8=3”, giờ từ 0 đến 23.")
                break
            found[place] = value
        return tuple(found) if text else (1.0,) * 24
