"""One task as who opens it sees it: its form, its data and what may be done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.actions.open_task import Offer, OpenedTask
from app.rules.intake import transfer_due
from app.rules.legality import RECEIVE
from app.store.joint_handlers import JointRow
from app.views.present import candidates_view, dossier_facts, task_view


def task_detail(opened: OpenedTask, now: datetime) -> dict[str, Any]:
    """The task's view with `form`, `data`, `limit`, and every action: allowed or why not, and what it needs."""
    work = opened.work
    return task_view(opened.task, work.dossier, work.clock, work.rules, now) | {
        **candidates_view(opened.candidates),
        "form": opened.form,
        "data": opened.data,
        "actions": [_offer_view(offer) for offer in opened.offers],
        "dossier_status": dossier_facts(work.dossier)["status"],
        "limit": opened.step.limit,
        "limit_unit": opened.step.limit_unit,
        "joint": [_joint_view(one) for one in opened.joint],
        "paper_received": {"at": opened.paper.at, "name": opened.paper.name} if opened.paper else None,
        "transfer_due_at": _transfer_due(opened),
    }


def _transfer_due(opened: OpenedTask) -> datetime | None:
    """By when the desk has to pass on what it accepted online (HT-8.2a); None where that is not asked."""
    work, task = opened.work, opened.task
    accepted = work.clock.started_at
    if task.state != "open" or task.stage != RECEIVE or work.dossier.channel != "online" or accepted is None:
        return None
    return transfer_due(work.rules.profile, work.rules.desk or work.rules.calendar, accepted)


def _joint_view(one: JointRow) -> dict[str, Any]:
    return {
        "username": one.username,
        "name": one.name,
        "asked": one.asked,
        "asked_at": one.added_at,
        "contribution": one.contribution,
        "contributed_at": one.contributed_at,
    }


def _offer_view(offer: Offer) -> dict[str, Any]:
    view: dict[str, Any] = {
        "name": offer.name,
        "title": offer.title,
        "allowed": offer.allowed,
        "why": offer.why,
        "needs": list(offer.needs),
        "decisions": [{"value": value, "title": title} for value, title in offer.decisions],
    }
    if offer.to_steps:
        view["to_steps"] = [{"id": step, "title": title} for step, title in offer.to_steps]
    if offer.proposal:
        view["proposal"] = offer.proposal
    if offer.slip:
        view["slip"] = offer.slip
    if offer.destinations:
        view["ahead"] = [asdict(one) for one in offer.destinations]
    if offer.accounts:
        view["accounts"] = [{"username": username, "name": name} for username, name in offer.accounts]
    return view
