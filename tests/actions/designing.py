"""Drafts of diagrams for tests: designers, a draft of the procedure `linear`, and what is saved of it."""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.actions.diagram_drafts import begin_draft, save_parts
from app.actions.draft_beginnings import Beginning, begin
from app.actions.draft_keeping import discard_draft
from app.actions.draft_talk import add_comment, settle_comment
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


def drafts_seen(scene: Scene) -> dict[str, str]:
    """`draft`: one of `linear`, begun with its version, drawn on and talked about; `dropped`: one that was put away."""
    with scene.app.app_context():
        draft = begin(context_of(scene, "admin"), Beginning("linear", "version", version=1))["id"]
        dropped = begin(context_of(scene, "admin"), Beginning("linear", "empty", "Vẽ thử rồi bỏ"))["id"]
        drawn = LINEAR.decode().replace("Bước process", "Thẩm định hồ sơ").replace("PT8H", "P2D")
        save_parts(context_of(scene, "admin"), draft, 1, {"diagram": drawn, "forms": {"note": FORM}}, "kept", "Bản đầu")
        asked = add_comment(context_of(scene, "admin"), draft, "Thời hạn lấy ở đâu?", "process")
        add_comment(context_of(scene, "admin"), draft, "Ở dòng 3 của bảng.", parent=asked)
        settle_comment(
            context_of(scene, "admin"), draft, add_comment(context_of(scene, "admin"), draft, "Ổn"), settled=True
        )
        discard_draft(context_of(scene, "admin"), dropped)
    return {"draft": str(draft), "dropped": str(dropped)}
