"""Drafts with forms, as the tests of their pages have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.store import accounts, diagram_drafts, procedures
from app.store.diagram_drafts import DraftFiles
from app.views.diagram_drafts import files_of
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene

ASKED = {
    "type": "default",
    "schemaVersion": 19,
    "components": [
        {"type": "textfield", "id": "f1", "key": "owner", "label": "Chủ sử dụng đất", "validate": {"required": True}},
        {"type": "number", "id": "f2", "key": "area", "label": "Diện tích (m2)", "validate": {"min": 1}, "decimalDigits": 1},
        {"type": "select", "id": "f3", "key": "kind", "label": "Loại đất",
         "values": [{"label": "Đất ở", "value": "home"}, {"label": "Đất trồng lúa", "value": "rice"}]},
        {"type": "datetime", "id": "f4", "key": "seen_on", "dateLabel": "Ngày kiểm tra", "subtype": "date"},
        {"type": "filepicker", "id": "f5", "key": "drawing", "label": "Bản vẽ"},
        {"type": "textfield", "id": "f6", "key": "why", "label": "Lý do", "conditional": {"hide": '=kind != "rice"'}},
    ],
}  # fmt: skip


def bound(form: str, step: str = "process", diagram: str = "linear") -> bytes:
    """One of DIAGRAMS with that form at a step."""
    old = f'<bpmn:userTask id="{step}"'.encode()
    return DIAGRAMS[diagram].replace(old, old + f' camunda:formKey="{form}"'.encode())


def draft_with(scene: Scene, forms: Mapping[str, Any], diagram: bytes | None = None) -> int:
    """An open draft of the province's procedure."""
    with scene.writing() as connection:
        procedure = procedures.find_procedure(connection, "1.000001")
        assert procedure is not None
        values = {"procedure_id": procedure.id, "title": "Bản vẽ thử", "base_version": 1, "origin": {"kind": "empty"}}
        admin = accounts.account_ids(connection)["admin"]
        files = DraftFiles(diagram or bound("asked"), forms)
        return diagram_drafts.add_draft(connection, values, files, admin, scene.clock())


def forms_of(scene: Scene, draft_id: int) -> Mapping[str, Any]:
    with scene.app.app_context():
        return files_of(draft_id).forms
