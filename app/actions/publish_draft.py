"""Publish a draft (ban hành): what its designers drew, under the decision that they noted, becomes a version; told at once.

Everything is one transaction: the version, the draft that is published now, the log, what officials are told. A key publishes
once however often it is sent; of two who publish one draft the second finds it published.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions.administering import log
from app.actions.announce_version import announce, ask_for_check
from app.actions.diagram_drafts import open_draft
from app.actions.keyed import keyed
from app.actions.prepare_publication import Preparation, changed_since, correctable
from app.actions.publication import StepAccounts, step_accounts
from app.actions.publish_version import MAIN_FILE, Prepared, PublishVersion, add_prepared, prepare
from app.actions.runner import Context, whole_second
from app.engine.guard import Guard
from app.errors import DomainError, invalid
from app.rules.profile import Profile
from app.rules.publication import PENDING
from app.store import diagram_drafts, procedures, version_reviews
from app.store.diagram_drafts import PUBLISHED, DraftFiles, DraftRow
from app.store.transaction import reading
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class PublishDraft:
    """`revision` and `saved`: the state of the draft and of its decision that the page showed; `despite`: why it is published
    although steps have no account yet."""

    draft_id: int
    revision: int
    saved: int
    despite: str = ""


@dataclass(frozen=True, slots=True)
class PublishedDraft:
    """`told`: how many people heard of it; `review`: one of `publication.REVIEWS`."""

    procedure: str
    version: int
    review: str
    told: int


def publish_draft(
    command: PublishDraft, context: Context, profile: Profile, guard: Guard | None = None
) -> PublishedDraft:
    """Errors: DomainError not_found, wrong_state (published or put away already), stale_version (somebody changed it since),
    invalid (decision incomplete, `despite` wanting), diagram_rejected, key_reused."""
    with reading() as connection:
        draft = diagram_drafts.find_draft(connection, command.draft_id)
        files = diagram_drafts.files_of(connection, command.draft_id)
    if draft is None or files is None:
        raise DomainError("not_found", "Không có bản vẽ này.")
    known = Preparation.of(draft.preparation)
    made = prepare(as_version(draft, files, known, context), context.caller.account_id, context.now, guard, profile)

    def make(connection: Connection) -> dict[str, Any]:
        now_there = open_draft(connection, command.draft_id)
        there = Preparation.of(now_there.preparation)
        seen = (command.revision, command.saved)
        if (now_there.revision, there.saved) != seen or (draft.revision, known.saved) != seen:
            raise changed_since(now_there)
        return _publish(connection, command, now_there, there, made, context, profile)

    return PublishedDraft(**keyed(context, make))


def as_version(draft: DraftRow, files: DraftFiles, known: Preparation, context: Context) -> PublishVersion:
    """What is to be published of a draft; the parts of its decision that nobody has noted yet are today's."""
    today = context.now.astimezone(LOCAL).date()
    return PublishVersion(
        procedure=draft.procedure,
        diagram=files.diagram,
        file_name=MAIN_FILE,
        decision_number=known.decision_number,
        decided_on=known.decided_on or today,
        effective_from=known.effective_from or today,
        forms={_json_name(name): _json(schema) for name, schema in files.forms.items()},
        sides={name: str(text).encode() for name, text in files.sides.items()},
        called={name: str(text).encode() for name, text in files.called.items()},
    )


def _publish(
    connection: Connection,
    command: PublishDraft,
    draft: DraftRow,
    known: Preparation,
    made: Prepared,
    context: Context,
    profile: Profile,
) -> dict[str, Any]:
    _require_decision(known)
    procedures.lock_versions(connection, draft.procedure_id)
    more = _columns(connection, draft, known, context)
    vacant = vacant_steps(connection, draft.procedure_id, made, known, context)
    if vacant and not command.despite.strip():
        why = f"Còn {len(vacant)} chỗ chưa có tài khoản giữ bước; hãy đăng ký, hoặc ghi lý do vẫn ban hành."
        raise invalid({"despite": [why]})
    more["vacancy_reason"] = command.despite.strip() or None if vacant else None
    published = add_prepared(connection, draft.procedure, made, profile, more)
    account, now = context.caller.account_id, whole_second(context.now)
    diagram_drafts.change_draft(
        connection, draft.id, account, now, state=PUBLISHED, published_version=published.version
    )
    row = version_reviews.find_version(connection, draft.procedure, published.version)
    assert row is not None  # noqa: S101 - it was added just now
    after = {"version": row.number, "decision_number": row.decision_number, "draft": draft.id}
    after |= {"corrects": row.corrects, "reason": row.correction_reason} if row.corrects is not None else {}
    kind = "version_published" if row.corrects is None else "version_corrected"
    log(connection, context, kind, f"procedure:{draft.procedure}", None, {}, after)
    if published.review == PENDING:
        told = ask_for_check(connection, row, now, date.fromisoformat(by) if (by := published.review_by) else None)
    else:
        told = announce(connection, row, now, account)
    return {"procedure": draft.procedure, "version": row.number, "review": published.review, "told": told}


def vacant_steps(
    connection: Connection, procedure_id: int, made: Prepared, known: Preparation, context: Context
) -> list[StepAccounts]:
    """Where nobody could work a step on the day on which the version takes effect, or today if that is past (QT-22.4)."""
    today = context.now.astimezone(LOCAL).date()
    day = max(today, known.effective_from or today)
    return [one for one in step_accounts(connection, procedure_id, made.values["steps"], day) if not one.accounts]


def _columns(connection: Connection, draft: DraftRow, known: Preparation, context: Context) -> dict[str, Any]:
    more: dict[str, Any] = {
        "decision_file_id": known.scan,
        "amends": known.amends or None,
        "announcement": known.note or None,
    }
    if known.corrects is None:
        return more
    wrong = correctable(connection, draft.procedure, known.corrects, context)
    more["decision_file_id"] = known.scan or wrong.decision_file
    return more | {
        "corrects": wrong.number,
        "stands_for": wrong.version.place,
        "applies_from": context.now.astimezone(LOCAL).date(),
        "correction_reason": known.reason,
    }


def _require_decision(known: Preparation) -> None:
    wanting = {
        "decision_number": (known.decision_number, "Phải ghi số quyết định."),
        "decided_on": (known.decided_on, "Phải ghi ngày quyết định."),
        "effective_from": (known.effective_from, "Phải ghi ngày bắt đầu áp dụng."),
    }
    errors = {name: [told] for name, (value, told) in wanting.items() if not value}
    if known.corrects is not None and not known.reason:
        errors["reason"] = ["Phải ghi cấu hình sai ở đâu."]
    if errors:
        raise invalid(errors)


def _json_name(name: str) -> str:
    return name if "." in name else f"{name}.json"


def _json(schema: Any) -> bytes:
    return json.dumps(schema, ensure_ascii=False, indent=2).encode()
