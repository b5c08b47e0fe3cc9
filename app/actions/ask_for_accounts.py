"""Ask an agency's administrators to register the accounts that steps of a coming process still lack (QT-22.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions.announce_version import WANTED, tell_page
from app.actions.diagram_drafts import open_draft
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError
from app.store import organisation
from app.store.administrators import administrator_ids
from app.store.official_notices import Whom


def ask_for_accounts(draft_id: int, agency: str, positions: dict[str, str], day: date, context: Context) -> int:
    """How many were asked; `positions`: name by code of what nobody holds on `day`, the day of effect.

    Errors: DomainError not_found, wrong_state, invalid, key_reused."""

    def make(connection: Connection) -> dict[str, Any]:
        draft = open_draft(connection, draft_id)
        known = organisation.find_agency(connection, agency)
        if known is None:
            raise DomainError("not_found", f"Không có cơ quan mã “{agency}”.")
        if not positions:
            raise DomainError("wrong_state", f"{known.name} đã có tài khoản ở mọi bước.")
        people = administrator_ids(connection, known.id)
        text = (
            f"Quy trình “{draft.procedure_name}” sẽ áp dụng từ {day:%d/%m/%Y}. {known.name} chưa có tài khoản giữ: "
            f"{', '.join(f'{name} ({code})' for code, name in positions.items())}. Đề nghị đăng ký trước ngày đó."
        )
        path = f"/quan-tri/co-quan/{known.code}"
        told = tell_page(connection, Whom(accounts=tuple(people)), WANTED, path, text, whole_second(context.now))
        return {"told": told}

    return int(keyed(context, make)["told"])
