"""A dossier's page about whose time it was: people, steps, units and agencies, against their limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.access.guard import requires
from app.access.request import current_caller
from app.rules.explain import spoken
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.views.attribution import attribution_of
from app.views.dossiers import dossier_detail
from app.web.blueprint import page
from app.web.dossier import dossier_page


@page.get("/ho-so/<code:code>/thoi-gian")
@requires(*READERS)
def attribution(code: str) -> str:
    """Who has had the dossier how long, and what of it was late."""
    caller, now = current_caller(), asked_at()
    found = attribution_of(caller, code, now)
    return dossier_page(
        "attribution",
        dossier_detail(caller, code, now),
        "dossier/attribution.html",
        found=found,
        agencies=_told(found["agencies"], found["charged_seconds"]),
        units=_told(found["units"], found["charged_seconds"]),
        steps=_told(found["steps"], found["charged_seconds"]),
        people=_told(found["people"], found["charged_seconds"]),
        late=[one for one in _told(found["people"], 0) if one["late_seconds"] or one["overdue_seconds"]],
        free=[one | {"length": spoken(one["seconds"])} for one in found["free"]],
        whole=spoken(found["charged_seconds"]),
        overdue=spoken(found["overdue_seconds"]) if found["overdue_seconds"] else None,
    )


def _told(rows: Iterable[Mapping[str, Any]], whole: int) -> list[dict[str, Any]]:
    """Rows with their lengths in words, and each one's part of all charged time in percent."""
    return [
        dict(row)
        | {
            "length": spoken(row["seconds"]),
            "late": spoken(row["late_seconds"]) if row["late_seconds"] else None,
            "after_deadline": spoken(row["overdue_seconds"]) if row["overdue_seconds"] else None,
            "free": spoken(row["free_seconds"]) if row["free_seconds"] else None,
            "limit": _limit(row),
            "extra": spoken(row["extra_seconds"]) if row.get("extra_seconds") else None,
            "transfer_late": spoken(row["transfer_late_seconds"]) if row.get("transfer_late_seconds") else None,
            "part": round(100 * row["seconds"] / whole) if whole else 0,
        }
        for row in rows
    ]


def _limit(row: Mapping[str, Any]) -> str | None:
    seconds = row.get("limit_seconds")
    if seconds is None:
        return None
    if row.get("limit_unit") == "calendar":
        return f"{seconds // 86_400} ngày theo lịch" if seconds % 86_400 == 0 else f"{spoken(seconds)} theo lịch"
    return spoken(int(seconds))
