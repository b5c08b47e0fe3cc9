"""Drafts as tests have them: begun with a diagram, their decision noted, published by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.prepare_publication import Preparation, PreparePublication, prepare_publication
from app.actions.publish_draft import PublishDraft, PublishedDraft, publish_draft
from app.actions.runner import Context, RequestKey
from app.actions.version_comments import SayOfVersion, say_of_version
from app.lawbook import profile_named
from app.store import accounts, diagram_drafts, procedures
from app.store.diagram_drafts import DraftFiles, DraftRow
from app.wording import LOCAL
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene

DECISION = Preparation("45/QĐ-UBND", date(2026, 11, 20), date(2026, 11, 23))


def context_of(scene: Scene, username: str = "admin", key: str | None = None) -> Context:
    day = scene.clock().astimezone(LOCAL).date()
    with scene.reading() as connection:
        account = accounts.account_by_id(connection, accounts.account_ids(connection)[username], day)
    assert account is not None
    held = RequestKey(key, key.encode().ljust(32)) if key else None
    return Context(Caller.of(account, day), scene.clock(), held)


def begun(
    scene: Scene,
    diagram: bytes = DIAGRAMS["decision"],
    procedure: str = "1.000001",
    forms: Mapping[str, Any] | None = None,
) -> int:
    """A new open draft of that procedure."""
    context = context_of(scene)
    with scene.writing() as connection:
        found = procedures.find_procedure(connection, procedure)
        assert found is not None
        values = {"procedure_id": found.id, "title": "Bản vẽ thử", "base_version": 1, "origin": {"kind": "empty"}}
        return diagram_drafts.add_draft(
            connection, values, DraftFiles(diagram, forms or {}), context.caller.account_id, scene.clock()
        )


def draft(scene: Scene, draft_id: int) -> DraftRow:
    with scene.reading() as connection:
        found = diagram_drafts.find_draft(connection, draft_id)
    assert found is not None
    return found


def noted(scene: Scene, draft_id: int, typed: Preparation = DECISION, **more: Any) -> int:
    """Note its decision; how often it was noted now."""
    seen = Preparation.of(draft(scene, draft_id).preparation).saved
    command = PreparePublication(draft_id, replace(typed, **more), seen)
    with scene.app.app_context():
        return prepare_publication(command, context_of(scene))


def published(
    scene: Scene,
    draft_id: int,
    username: str = "admin",
    despite: str = "Chưa kịp giao vị trí",
    key: str | None = None,
    profile: str = "quang_tri",
    seen: tuple[int, int] | None = None,
) -> PublishedDraft:
    row = draft(scene, draft_id)
    revision, saved = seen or (row.revision, Preparation.of(row.preparation).saved)
    with scene.app.app_context():
        command = PublishDraft(draft_id, revision, saved, despite)
        return publish_draft(command, context_of(scene, username, key), profile_named(profile), scene.guard)


def publishing_seen(scene: Scene) -> dict[str, str]:
    """A draft that is being prepared, and one that was published and waits for the centre's check, with a comment."""
    preparing, sent = begun(scene, DIAGRAMS["linear"]), begun(scene)
    noted(scene, preparing, amends="Thay Quyết định số 12/QĐ-UBND")
    noted(scene, sent)
    done = published(scene, sent, profile="soc_trang")
    with scene.app.app_context():
        command = SayOfVersion(done.procedure, done.version, "Hạn của bước này sai.", "review")
        say_of_version(command, context_of(scene))
    return {"preparing": str(preparing), "published": str(sent), "to_check": str(done.version)}
