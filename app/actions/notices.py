"""What the send tasks of diagrams say (QT-16.4, QT-21): to officials (see `telling_officials`), and to the `applicant`."""

from __future__ import annotations

from typing import Any

from app.actions.running import Running
from app.actions.telling_applicant import tell_applicant
from app.actions.telling_officials import tell_named
from app.actions.work import Work
from app.rules.side import SIDE

_SAID = ("reason", "limit_at", "amount", "visit_at", "place", "participants")
"""What of a request its notices may speak of."""


def announce(work: Work) -> None:
    """Queue what the send tasks of the action's diagrams said, and write it into the history; before `work.finish()`."""
    for running in work.diagrams.loaded():
        _send_notices(work, running)


def _send_notices(work: Work, running: Running) -> None:
    notices = running.engine.take_notices()
    said = _said(work, running) if notices else {}
    for notice in notices:
        count = tell_named(work, notice.to, notice.template, said, running)
        if "applicant" in notice.to:
            tell_applicant(work, notice.template, said=said)
        work.record("notice_sent", None, {"template": notice.template, "to": list(notice.to), "count": count})


def _said(work: Work, running: Running) -> dict[str, Any]:
    if running.row.kind not in SIDE:
        return {}
    asked = work.diagrams.request(running).data
    return {name: asked[name] for name in _SAID if asked.get(name) is not None}
