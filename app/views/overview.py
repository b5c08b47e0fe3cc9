"""A dossier's overview: everything that its page shows at a glance, of one reading, so that the dossier is looked up once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.lawbook import rules_for
from app.messages.texts import TO_APPLICANT
from app.store import attachments, delivery_lists, dossiers, portal_notices, segments, slips
from app.store.dossiers import DossierRow
from app.store.transaction import reading
from app.views.deliveries import brief_view
from app.views.dossiers import detail_of
from app.views.form_data import data_shown
from app.views.parts import attachment_view
from app.views.present import state_of
from app.views.related import related_to
from app.views.remarks import latest_remarks, remark_view
from app.views.slips import slip_view
from app.views.visibility import visible_dossier
from app.views.waiting import waits_seen

MOST_REMARKS = 3
MOST_RELATED = 5
MOST_TOLD = 4
MOST_LOOKED = 30
"""Latest messages among which those that failed are counted."""


def overview_of(caller: Caller, code: str, now: datetime) -> dict[str, Any]:
    """{detail, data, files, slips, waits, spent, told, remarks, more_remarks, related, seq}. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        contents = dossiers.contents(connection, dossier.id)
        detail = detail_of(connection, dossier, contents, caller, now)
        waiting = not detail["open_tasks"] and detail["closed_at"] is None
        said = latest_remarks(connection, dossier.id, caller, MOST_REMARKS + 1)
        return {
            "detail": detail,
            "data": data_shown(connection, dossier, contents.data, caller.day),
            "files": [attachment_view(row) for row in attachments.attachments_of(connection, dossier.id)],
            "slips": [slip_view(slip) for slip in slips.slips_of(connection, dossier.id)],
            "waits": waits_seen(connection, dossier, now) if waiting else None,
            "spent": _spent(connection, dossier, detail, now),
            "told": _told(connection, dossier),
            "remarks": [remark_view(row, caller, now) for row in said[:MOST_REMARKS]],
            "more_remarks": len(said) > MOST_REMARKS,
            "related": related_to(connection, caller, dossier.id, contents.applicant, MOST_RELATED + 1),
            "seq": dossier.history_seq,
        }


def _spent(connection: Connection, dossier: DossierRow, detail: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Who had it how long, in working seconds that were charged, up to now: [{name, agency, step_name, seconds, running}].

    From the segments that ended and the folded clock, so that a long history costs no more; the page of the time spent folds
    the whole history and says what of it was late.
    """
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {
        (row.agency, row.step, row.account): {
            "name": row.name or row.account,
            "agency": row.agency,
            "step_name": row.step_name,
            "seconds": row.seconds,
            "running": False,
        }
        for row in segments.spent_of(connection, dossier.id)
    }
    state, rules = state_of(dossier.clock), rules_for(connection, dossier)
    names = {(one["agency"], one["step"]): one for one in detail["open_tasks"]}
    for held in state.holdings if state.charging else ():
        if held.since >= now or (held.agency, held.step) not in names:
            continue
        task = names[(held.agency, held.step)]
        entry = found.setdefault(
            (held.agency, held.step, held.account),
            {
                "name": task["assignee_name"] if held.account else None,
                "agency": held.agency,
                "step_name": task["step_name"],
                "seconds": 0,
                "running": True,
            },
        )
        entry["seconds"] += rules.calendar_of(held.agency, held.desk).between(held.since, now)
        entry["running"] = True
    return list(found.values())


def _told(connection: Connection, dossier: DossierRow) -> dict[str, Any]:
    """What the applicant was told lately, the newest first, and how many messages did not reach him."""
    rows = [
        brief_view(row)
        for row in delivery_lists.latest_to_applicant(connection, dossier.id, MOST_LOOKED)
        if row.template in TO_APPLICANT
    ]
    notices = [
        {"title": one.subject, "words": "Cổng tra cứu: đã đăng", "at": one.created_at, "failed": False}
        for one in portal_notices.notices_of(connection, dossier.id)
    ]
    newest = sorted([*rows, *notices], key=lambda one: one["at"], reverse=True)
    return {"latest": newest[:MOST_TOLD], "failed": sum(one["failed"] for one in rows)}
