"""The forms of a draft: a new one, another name, none any more, and which steps have which.

Each is a new state of the draft; where the diagram names a form, diagram and form change in the same state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from app.actions.diagram_drafts import Saved, save_draft
from app.actions.form_check import MOST_CHARACTERS
from app.actions.runner import Context
from app.config import PROJECT_ROOT
from app.engine.form_keys import surroundings, with_forms
from app.errors import DomainError, invalid
from app.store import diagram_drafts, version_forms
from app.store.diagram_drafts import KEPT, DraftFiles
from app.store.transaction import reading

TEMPLATES = PROJECT_ROOT / "forms"
LONGEST_NAME = 60
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}", re.ASCII)
_TAKEN = "Bản vẽ đã có biểu mẫu “{name}”; hãy đặt tên khác."


def empty_form() -> dict[str, Any]:
    """A form without a field, as the editor would write it."""
    return {"type": "default", "schemaVersion": 19, "components": []}


def templates() -> dict[str, Any]:
    """Our own forms to begin from: name -> schema."""
    files = [*TEMPLATES.glob("*.json"), *(TEMPLATES / "templates").glob("*.json")]
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(files)}


def read_form(content: bytes) -> dict[str, Any]:
    """A form-js file that somebody brings. Errors: DomainError invalid (`file`), too_large."""
    if len(content) > 4 * MOST_CHARACTERS:
        raise DomainError("too_large", f"Tệp biểu mẫu quá lớn: nhiều nhất {MOST_CHARACTERS // 1000} nghìn ký tự.")
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise invalid({"file": ["Tệp này không phải JSON đọc được."]}) from problem
    if not isinstance(found, dict) or not isinstance(found.get("components"), list):
        raise invalid({"file": ["Tệp này không phải biểu mẫu form-js (thiếu danh sách components)."]})
    return found


def published_form(procedure: str, version: int, name: str) -> dict[str, Any]:
    """A copy of a form of a published version. Errors: DomainError invalid (`published`)."""
    with reading() as connection:
        found = version_forms.published_form(connection, procedure, version, name)
    if not isinstance(found, dict):
        raise invalid({"published": ["Không có biểu mẫu này."]})
    return found


def add_form(context: Context, draft_id: int, revision: int, name: str, schema: Mapping[str, Any]) -> Saved:
    """A form under a new name. Errors: DomainError invalid (`name`), and as `save_draft`."""
    files = _files(draft_id)
    _free(name, files)
    forms = {**files.forms, name: deepcopy(dict(schema))}
    return save_draft(context, draft_id, revision, replace(files, forms=forms), KEPT, f"Thêm biểu mẫu {name}")


def rename_form(context: Context, draft_id: int, revision: int, old: str, new: str, *, steps_too: bool) -> Saved:
    """Another name for a form, and with `steps_too` for what the steps call it. Errors: as `add_form`; not_found."""
    files = _files(draft_id)
    _there(old, files)
    if new == old:
        raise invalid({"new_name": ["Tên mới giống tên cũ."]})
    _free(new, files, "new_name")
    forms = {new if name == old else name: schema for name, schema in files.forms.items()}
    changed = replace(files, forms=forms)
    if steps_too:
        uses = {step.id: new for step in surroundings(files.diagram).steps if step.form == old}
        changed = replace(changed, diagram=_bound(files.diagram, uses))
    return save_draft(context, draft_id, revision, changed, KEPT, f"Đổi tên biểu mẫu {old} thành {new}")


def remove_form(context: Context, draft_id: int, revision: int, name: str, *, steps_too: bool) -> Saved:
    """Take a form away, and with `steps_too` from the steps that have it. Errors: DomainError not_found, as `save_draft`."""
    files = _files(draft_id)
    _there(name, files)
    changed = replace(files, forms={other: schema for other, schema in files.forms.items() if other != name})
    if steps_too:
        uses: dict[str, str | None] = {step.id: None for step in surroundings(files.diagram).steps if step.form == name}
        changed = replace(changed, diagram=_bound(files.diagram, uses))
    return save_draft(context, draft_id, revision, changed, KEPT, f"Bỏ biểu mẫu {name}")


def bind_form(context: Context, draft_id: int, revision: int, name: str, steps: Collection[str]) -> Saved:
    """Exactly these steps (ids) have the form; the others keep theirs. Errors: DomainError not_found, invalid (`steps`)."""
    files = _files(draft_id)
    _there(name, files)
    known = surroundings(files.diagram).steps
    if set(steps) - {step.id for step in known}:
        raise invalid({"steps": ["Sơ đồ không có bước này; hãy mở lại trang."]})
    uses = {step.id: name if step.id in steps else None for step in known if step.id in steps or step.form == name}
    changed = replace(files, diagram=_bound(files.diagram, uses))
    return save_draft(context, draft_id, revision, changed, KEPT, f"Gắn biểu mẫu {name} vào các bước")


def _bound(diagram: bytes, uses: Mapping[str, str | None]) -> bytes:
    """The diagram as it is where no step changes."""
    if not uses:
        return diagram
    try:
        return with_forms(diagram, uses)
    except ValueError as problem:
        raise DomainError("invalid", "Sơ đồ của bản vẽ không đọc được; hãy sửa sơ đồ trước.") from problem


def _files(draft_id: int) -> DraftFiles:
    with reading() as connection:
        found = diagram_drafts.files_of(connection, draft_id)
    if found is None:
        raise DomainError("not_found", "Không có bản vẽ này.")
    return found


def _there(name: str, files: DraftFiles) -> None:
    if name not in files.forms:
        raise DomainError("not_found", f"Bản vẽ không có biểu mẫu “{name[:LONGEST_NAME]}”.")


def _free(name: str, files: DraftFiles, field: str = "name") -> None:
    if not _NAME.fullmatch(name):
        words = f"Tên chỉ gồm chữ không dấu, số, gạch dưới; bắt đầu bằng chữ; nhiều nhất {LONGEST_NAME} ký tự."
        raise invalid({field: [words]})
    if name.casefold() in {other.casefold() for other in files.forms}:
        raise invalid({field: [_TAKEN.format(name=name)]})


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
