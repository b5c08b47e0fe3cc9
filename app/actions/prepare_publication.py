"""What is known of the decision by which a draft will be published, kept with the draft until it is (QT-22.3).

Any part may still be missing: a designer notes what she has. `saved` counts the times it was kept, so that whoever publishes
knows that nobody changed it since her page was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions.decision_scan import Scan, add_scan
from app.actions.diagram_drafts import open_draft
from app.actions.keyed import keyed
from app.actions.moving_versions import state_on
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.rules import versions
from app.store import diagram_drafts, version_reviews
from app.store.diagram_drafts import DraftRow
from app.store.version_reviews import VersionReviewRow
from app.wording import LOCAL

CORRECTABLE = (versions.IN_FORCE, versions.UPCOMING)


@dataclass(frozen=True, slots=True)
class Preparation:
    """`corrects`: the number of the version whose configuration the draft puts right, under that version's decision, for
    `reason`; `amends`: which earlier decision the new one replaces or amends; `scan`: id of a decision's scan; `confirmed`:
    by agency, who said when that its accounts are complete."""

    decision_number: str = ""
    decided_on: date | None = None
    effective_from: date | None = None
    amends: str = ""
    note: str = ""
    corrects: int | None = None
    reason: str = ""
    scan: int | None = None
    confirmed: Mapping[str, Mapping[str, str]] | None = None
    saved: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Preparation:
        """As `diagram_drafts.preparation` has it."""
        return cls(
            decision_number=kept.get("decision_number") or "",
            decided_on=_day(kept.get("decided_on")),
            effective_from=_day(kept.get("effective_from")),
            amends=kept.get("amends") or "",
            note=kept.get("note") or "",
            reason=kept.get("reason") or "",
            corrects=kept.get("corrects"),
            scan=kept.get("scan"),
            confirmed=kept.get("confirmed") or {},
            saved=int(kept.get("saved", 0)),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "decision_number": self.decision_number,
            "decided_on": self.decided_on.isoformat() if self.decided_on else None,
            "effective_from": self.effective_from.isoformat() if self.effective_from else None,
            "amends": self.amends,
            "note": self.note,
            "corrects": self.corrects,
            "reason": self.reason,
            "scan": self.scan,
            "confirmed": {agency: dict(said) for agency, said in (self.confirmed or {}).items()},
            "saved": self.saved,
        }


@dataclass(frozen=True, slots=True)
class PreparePublication:
    """`typed`: its decision; `seen`: the `saved` that the page showed; `file`: a scan that came along, which replaces the
    one there is; `without_file`: that one goes."""

    draft_id: int
    typed: Preparation
    seen: int
    file: Scan | None = None
    without_file: bool = False


def prepare_publication(command: PreparePublication, context: Context) -> int:
    """Keep it; answers how often it was kept now. Errors: DomainError not_found, wrong_state, stale_version, invalid."""
    now = whole_second(context.now)

    def keep(connection: Connection) -> dict[str, Any]:
        draft = open_draft(connection, command.draft_id)
        before = Preparation.of(draft.preparation)
        if before.saved != command.seen:
            raise changed_since(draft)
        typed = command.typed
        if typed.corrects is not None:
            wrong = correctable(connection, draft.procedure, typed.corrects, context)
            typed = replace(
                typed,
                decision_number=wrong.decision_number,
                decided_on=wrong.decided_on,
                effective_from=wrong.effective_from,
                amends="",
            )
        if typed.decided_on and typed.effective_from and typed.effective_from < typed.decided_on:
            raise invalid({"effective_from": ["Không được trước ngày ban hành quyết định."]})
        scan = None if command.without_file else before.scan
        if command.file is not None:
            scan = add_scan(connection, draft.procedure_id, command.file, context.caller.account_id, now)
        kept = replace(typed, scan=scan, confirmed=before.confirmed, saved=before.saved + 1)
        diagram_drafts.change_draft(connection, draft.id, context.caller.account_id, now, preparation=kept.to_dict())
        return {"saved": kept.saved}

    return int(keyed(context, keep)["saved"])


def confirm_accounts(draft_id: int, agency: str, context: Context) -> None:
    """Somebody says that the accounts of an agency are complete for the steps. Errors: DomainError not_found, wrong_state."""

    def keep(connection: Connection) -> dict[str, Any]:
        draft = open_draft(connection, draft_id)
        before = Preparation.of(draft.preparation)
        said = {"by": context.caller.name, "on": context.now.astimezone(LOCAL).date().isoformat()}
        kept = replace(before, confirmed={**(before.confirmed or {}), agency: said})
        account, now = context.caller.account_id, whole_second(context.now)
        diagram_drafts.change_draft(connection, draft.id, account, now, preparation=kept.to_dict())
        return {}

    keyed(context, keep)


def correctable(connection: Connection, code: str, number: int, context: Context) -> VersionReviewRow:
    """A version whose configuration may be put right now. Errors: DomainError not_found, wrong_state."""
    found = version_reviews.find_version(connection, code, number)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{code}” không có phiên bản số {number}.")
    state = state_on(connection, found.procedure_id, number, context.now.astimezone(LOCAL).date())
    if found.repealed_on is not None or state not in CORRECTABLE:
        told = "đã có quyết định bãi bỏ" if found.repealed_on is not None else versions.STATES[state].lower()
        raise DomainError(
            "wrong_state",
            f"Phiên bản số {number} {told} nên không sửa cấu hình được; quyết định chỉ được thay thế hoặc bãi bỏ.",
        )
    return found


def changed_since(draft: DraftRow) -> DomainError:
    """The refusal of what somebody does on a page that is no longer up to date."""
    return DomainError(
        "stale_version",
        f"{draft.changed_by_name} đã sửa bản vẽ hoặc thông tin quyết định sau khi bạn mở trang này; hãy xem lại rồi làm tiếp.",
        extra={"revision": draft.revision, "saved_by": draft.changed_by_name},
    )


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
