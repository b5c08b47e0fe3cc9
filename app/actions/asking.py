"""What the actions that ask for a side process share: they are legal and say why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.actions.checks import comment_of, require_legal
from app.actions.given import Given
from app.actions.side import Request, ask
from app.actions.work import Work
from app.errors import invalid
from app.store import organisation
from app.store.tasks import TaskRow


def ask_from(work: Work, task: TaskRow, action: str, reason: str | None, request: Request) -> None:
    """Legal, and with a reason: then it is asked."""
    require_legal(action, work, task)
    text = comment_of(reason)
    details: dict[str, Any] = {key: value for key, value in request.details.items() if value is not None}
    if request.given is not None:
        request.given.check_attachments(work)
    ask(
        work,
        task,
        replace(request, details={"reason": text, **details}),
    )


def checked_agencies(work: Work, codes: tuple[str, ...]) -> list[str]:
    """Codes of agencies that exist, each once. Errors: DomainError invalid."""
    if not codes:
        raise invalid({"agencies": ["Hãy chọn ít nhất một cơ quan."]})
    for code in codes:
        if organisation.find_agency(work.connection, code) is None:
            raise invalid({"agencies": [f"Không có cơ quan “{code}”."]})
    return list(dict.fromkeys(codes))


def merged_agencies(work: Work, codes: tuple[str, ...]) -> list[str] | None:
    """The participants whose slips are merged into one, if any. Errors: DomainError invalid."""
    return checked_agencies(work, codes) if codes else None


__all__ = ["Given", "Request", "ask_from", "checked_agencies", "merged_agencies"]
