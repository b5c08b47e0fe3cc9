"""Drafts of diagrams for tests: designers, a draft of the procedure `linear`, and what is saved of it."""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.actions.diagram_drafts import begin_draft
from app.actions.runner import Context
from app.store import accounts
from app.store.diagram_drafts import DraftFiles
from app.store.transaction import reading
from app.wording import LOCAL
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene

LINEAR = DIAGRAMS["linear"]
FORM: dict[str, Any] = {"type": "default", "components": [{"key": "note", "type": "textfield", "label": "Ghi chú"}]}


def designers(scene: Scene, *names: str) -> None:
    """Accounts that design and nothing else, in the provincial office; `lan` unless said otherwise."""
    with scene.writing() as connection:
        for name in names or ("lan",):
            factories.account(connection, name, scene.province.office, permissions=("diagram.design",))


def reviewer(scene: Scene, name: str = "thu") -> None:
    """Somebody who checks procedures and designs none."""
    with scene.writing() as connection:
        factories.account(connection, name, scene.province.office, permissions=("procedure.review",))


def context_of(scene: Scene, username: str) -> Context:
    """Somebody who acts now; inside an application context."""
    now = scene.clock()
    with reading() as connection:
        ids = accounts.account_ids(connection)
        found = accounts.account_by_id(connection, ids[username], now.astimezone(LOCAL).date())
    assert found is not None
    return Context(Caller.of(found, now.astimezone(LOCAL).date()), now)


def new_draft(scene: Scene, username: str = "admin", procedure: str = "1.000001", **files: Any) -> int:
    """A draft of that procedure, begun by that person with the diagram `linear`; its id."""
    kept = DraftFiles(files.pop("diagram", LINEAR), **files)
    with scene.app.app_context():
        return begin_draft(context_of(scene, username), procedure, "Vẽ lại", kept, {"kind": "empty"})
