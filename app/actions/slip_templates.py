"""Replacing the template of a slip, or a logo, without code: uploaded and tried, looked at, taken into use, withdrawn.

Slips that were issued keep the template that they were printed with.
"""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError, invalid
from app.slips.checking import TemplateGuard, TemplateProblem
from app.slips.docx import MEDIA_TYPE as DOCX_TYPE
from app.slips.forms import FORMS
from app.store import organisation, slip_templates
from app.store.slip_templates import DOCX, FORMATS, LOGO, ListedTemplate
from app.store.transaction import reading, transaction
from app.wording import LOCAL

PERMISSIONS = ("slip.manage", "slip.manage_own")
FURTHEST = timedelta(days=730)
"""How far ahead a template may be uploaded."""
TYPST_TYPE = "text/vnd.typst"


@dataclass(frozen=True, slots=True)
class UploadTemplate:
    """`format` is one of FORMATS; `form` a key of FORMS, None for a logo; `agency` a code, None for the whole province.

    `valid_from` None is today. `taken`: into use at once; otherwise it is only kept to be looked at.
    """

    format: str
    content: bytes
    form: str | None = None
    agency: str | None = None
    valid_from: date | None = None
    note: str | None = None
    taken: bool = True


def may_manage(caller: Caller, agency_id: int | None) -> bool:
    """Whether she may replace what stands for that agency; None is the whole province."""
    own = caller.may("slip.manage_own") and agency_id in caller.agency_ids
    return caller.may("slip.manage") or own


def upload(command: UploadTemplate, context: Context, guard: TemplateGuard | None = None) -> int:
    """Try a template or logo and keep it; answers its id. The same key keeps it once.

    Errors: DomainError invalid, forbidden, template_rejected (with `problems`), key_reused.
    """
    now = whole_second(context.now)
    today = now.astimezone(LOCAL).date()
    valid_from = command.valid_from or today
    _check_form(command)
    if not today <= valid_from <= today + FURTHEST:
        raise invalid({"valid_from": ["Phải từ hôm nay đến hai năm tới."]})
    with reading() as connection:
        agency_id = _owner(connection, command.agency, context.caller)
    content, media_type = _tried(command, guard)
    values: dict[str, Any] = {
        "form": command.form,
        "agency_id": agency_id,
        "format": command.format,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": media_type,
        "valid_from": valid_from,
        "uploaded_at": now,
        "uploaded_by": context.caller.account_id,
        "taken_at": now if command.taken else None,
        "note": command.note or None,
    }
    with transaction() as connection:

        def add() -> dict[str, Any]:
            return {"id": slip_templates.add_template(connection, values)}

        answer = once(connection, context.caller.account_id, context.key, context.now, add)
    return int(answer["id"])


def take(template_id: int, context: Context) -> None:
    """Take an uploaded template into use. Errors: DomainError not_found, forbidden, settled."""

    def act(connection: Connection) -> bool:
        return slip_templates.take_template(connection, template_id, whole_second(context.now))

    _settle(template_id, context, act, "Mẫu này đã được áp dụng hoặc đã thu hồi.")


def withdraw(template_id: int, context: Context) -> None:
    """Take a template out of use: what stood before it stands again. Errors: DomainError not_found, forbidden, settled."""

    def act(connection: Connection) -> bool:
        account, now = context.caller.account_id, whole_second(context.now)
        return slip_templates.withdraw_template(connection, template_id, account, now)

    _settle(template_id, context, act, "Mẫu này đã được thu hồi.")


def _settle(template_id: int, context: Context, act: Callable[[Connection], bool], otherwise: str) -> None:
    with transaction() as connection:

        def change() -> dict[str, Any]:
            managed(connection, template_id, context.caller)
            if not act(connection):
                raise DomainError("settled", otherwise)
            return {"id": template_id}

        once(connection, context.caller.account_id, context.key, context.now, change)


def managed(connection: Connection, template_id: int, caller: Caller) -> ListedTemplate:
    """A template that the caller may replace. Errors: DomainError not_found, forbidden."""
    found = slip_templates.find_listed(connection, template_id)
    if found is None:
        raise DomainError("not_found", "Không có mẫu này.")
    if not may_manage(caller, found.agency_id):
        raise _forbidden(found.agency_name)
    return found


def _check_form(command: UploadTemplate) -> None:
    if command.format not in FORMATS:
        raise invalid({"format": [f"Phải là một trong: {', '.join(FORMATS)}."]})
    if command.format == LOGO:
        if command.form is not None:
            raise invalid({"form": ["Logo dùng chung cho mọi mẫu; hãy bỏ trường này."]})
    elif command.form not in FORMS:
        raise invalid({"form": ["Không có mẫu phiếu này."]})
    if not command.content:
        raise invalid({"file": ["Tệp trống."]})


def _owner(connection: Connection, code: str | None, caller: Caller) -> int | None:
    """The id of whose template it becomes. Errors: DomainError invalid, forbidden."""
    agency = organisation.find_agency(connection, code) if code else None
    if code and agency is None:
        raise invalid({"agency": ["Không có cơ quan mã này."]})
    if not may_manage(caller, agency.id if agency else None):
        raise _forbidden(agency.name if agency else None)
    return agency.id if agency else None


def _forbidden(agency_name: str | None) -> DomainError:
    whose = f"của {agency_name}" if agency_name else "của toàn tỉnh"
    return DomainError("forbidden", f"Tài khoản chưa được cấp quyền thay mẫu phiếu, logo {whose}.")


def _tried(command: UploadTemplate, guard: TemplateGuard | None) -> tuple[bytes, str]:
    """The content as it is kept, and its type. Errors: DomainError template_rejected."""
    if guard is None:
        with TemplateGuard() as own:
            return _tried(command, own)
    if command.format == LOGO:
        problems, logo = guard.check_logo(command.content)
        if logo is not None and not problems:
            return logo.content, logo.media_type
    else:
        problems = guard.check(str(command.form), command.format, command.content)
        if not problems:
            word = command.format == DOCX
            return (command.content, DOCX_TYPE) if word else (command.content.removeprefix(BOM_UTF8), TYPST_TYPE)
    raise DomainError(
        "template_rejected",
        "Chưa được nhận. " + told(problems[0], command.format),
        extra={"problems": [_view(one, command.format) for one in problems]},
    )


def told(problem: TemplateProblem, kind: str) -> str:
    """A problem in words: where and what; a Word file has paragraphs, tables included."""
    place = "Đoạn" if kind == DOCX else "Dòng"
    return (f"{place} {problem.line}: " if problem.line is not None else "") + problem.message


def _view(problem: TemplateProblem, kind: str) -> dict[str, Any]:
    place = {DOCX: "paragraph", LOGO: "file"}.get(kind, "line")
    return {"line": problem.line, "place": place, "text": problem.text, "message": problem.message}
