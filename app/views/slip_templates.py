"""Which templates and logos replace the built-in ones, for those who manage them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.slip_templates import TYPST_TYPE, may_manage
from app.errors import DomainError
from app.lawbook import profile_named
from app.slips.checking import TemplateGuard, TemplateUnprintable
from app.slips.docx import MEDIA_TYPE as DOCX_TYPE
from app.slips.docx import builtin_docx
from app.slips.forms import FORMS, KIND_TITLES, form_of, kinds
from app.slips.replacing import logo_by_id, logo_of
from app.store import organisation, slip_templates
from app.store.slip_templates import DOCX, LOGO, TYPST, ListedTemplate, TemplateRow
from app.store.transaction import reading

CURRENT, UPCOMING, REPLACED, WITHDRAWN, DRAFT = "current", "upcoming", "replaced", "withdrawn", "draft"
STATES: Mapping[str, str] = {
    CURRENT: "Đang dùng",
    UPCOMING: "Chưa đến ngày",
    REPLACED: "Đã có mẫu mới hơn",
    WITHDRAWN: "Đã thu hồi",
    DRAFT: "Chưa áp dụng",
}
PAPERS: Mapping[str, str] = {"a5": "A5", "a4": "A4", "a4-landscape": "A4 ngang"}
_SHARED = "common.typ"


def forms_in_force(profile: str, day: date) -> list[dict[str, str]]:
    """The forms that this province's set has in force that day, in the order of a dossier's life: [{key, kind, name, title,
    paper}]."""
    slip_set = profile_named(profile).slip_set
    return [form_view(form_of(kind, slip_set, day)) for kind in kinds(slip_set, day)]


def form_view(key: str) -> dict[str, str]:
    """Errors: DomainError not_found."""
    form = FORMS.get(key)
    if form is None:
        raise DomainError("not_found", "Không có mẫu phiếu này.")
    return {"key": key, "kind": form.kind, "name": form.name, "title": form.title, "paper": PAPERS[form.paper]}


def template_list(
    caller: Caller, day: date, form: str | None = None, kind: str | None = None, agency: str | None = None
) -> list[dict[str, Any]]:
    """Templates and logos that were taken into use and that the caller may see, the newest first; `agency` is a code."""
    with reading() as connection:
        rows = slip_templates.listed_templates(connection, _seen(caller), form=form, kind=kind)
    current = _current(rows, day)
    return [_view(row, caller, day, current) for row in rows if agency is None or row.agency == agency]


def template_detail(caller: Caller, template_id: int, day: date) -> dict[str, Any]:
    """One of them, or one that is being looked at. Errors: DomainError not_found."""
    with reading() as connection:
        row = _visible(connection, caller, template_id)
        others = slip_templates.listed_templates(connection, form=row.form, kind=row.format)
    return _view(row, caller, day, _current(others, day))


def template_file(caller: Caller, template_id: int) -> tuple[str, TemplateRow]:
    """Name and content. Errors: DomainError not_found."""
    with reading() as connection:
        row = _visible(connection, caller, template_id)
        found = slip_templates.find_template(connection, template_id)
    if found is None:
        raise DomainError("not_found", "Không có mẫu này.")
    ending = {TYPST: "typ", DOCX: "docx"}.get(row.format) or ("png" if row.media_type == "image/png" else "jpg")
    return f"{_stem(row.form)}-{template_id}.{ending}", found


def builtin_file(name: str) -> tuple[str, bytes, str]:
    """File name, content and type of a built-in template: `tt01-2018/02.docx`, `tt01-2018/02.typ`, or the part that all typst
    templates share. Errors: DomainError not_found."""
    key, _, kind = name.rpartition(".")
    if name == _SHARED:
        return _SHARED, _packaged(_SHARED), TYPST_TYPE
    if key in FORMS and kind == "docx":
        return f"{_stem(key)}.docx", builtin_docx(key), DOCX_TYPE
    if key in FORMS and kind == "typ":
        return f"{_stem(key)}.typ", _packaged(FORMS[key].template), TYPST_TYPE
    raise DomainError("not_found", "Không có mẫu gốc này.")


def preview(
    caller: Caller, template_id: int, day: date, profile: str, kind: str, guard: TemplateGuard | None = None
) -> bytes:
    """A sample printed with it: `kind` pdf (typst, logo) or docx. Errors: DomainError not_found, template_rejected."""
    _, row = template_file(caller, template_id)
    if kind != (DOCX if row.format == DOCX else "pdf"):
        raise DomainError("not_found", "Mẫu này xem trước ở dạng khác: DOCX cho mẫu Word, PDF cho mẫu typst và logo.")
    form, content, logo = _sample(row, day, profile)
    return _guarded(guard, lambda own: own.print_sample(form, DOCX if kind == DOCX else TYPST, content, logo))  # type: ignore[no-any-return]


def preview_pages(
    caller: Caller, template_id: int, day: date, profile: str, guard: TemplateGuard | None = None
) -> list[bytes]:
    """The first pages of that sample as PNG, of a typst template or a logo. Errors: as `preview`."""
    _, row = template_file(caller, template_id)
    if row.format == DOCX:
        raise DomainError("not_found", "Mẫu Word xem trước bằng tệp DOCX điền thử.")
    form, content, logo = _sample(row, day, profile)
    return _guarded(guard, lambda own: own.pictures(form, content, logo))  # type: ignore[no-any-return]


def preview_lines(
    caller: Caller, template_id: int, day: date, profile: str, guard: TemplateGuard | None = None
) -> list[str]:
    """What stands in that sample, of a Word template. Errors: as `preview`."""
    _, row = template_file(caller, template_id)
    form, content, logo = _sample(row, day, profile)
    return _guarded(guard, lambda own: own.lines(form, content, logo))  # type: ignore[no-any-return]


def agencies_of(caller: Caller) -> list[tuple[str, str]]:
    """Code and name of the agencies for which she may replace templates; with ("", …) for the whole province."""
    with reading() as connection:
        if caller.may("slip.manage"):
            return [("", "Toàn tỉnh"), *organisation.agency_names(connection, caller.day)]
        own = [organisation.agency_by_id(connection, one) for one in sorted(caller.agency_ids)]
    return [(agency.code, agency.name) for agency in own]


def _seen(caller: Caller) -> Sequence[int] | None:
    return None if caller.may("slip.manage") else sorted(caller.agency_ids)


def _visible(connection: Connection, caller: Caller, template_id: int) -> ListedTemplate:
    row = slip_templates.find_listed(connection, template_id)
    seen = _seen(caller)
    if row is None or not (seen is None or row.agency_id is None or row.agency_id in seen):
        raise DomainError("not_found", "Không có mẫu này.")
    return row


def _current(rows: Sequence[ListedTemplate], day: date) -> set[int]:
    """Of each owner, form and format the one that counts on that day."""
    found: dict[tuple[str | None, int | None, str], ListedTemplate] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from, row.id)):
        if row.withdrawn_at is None and row.taken_at is not None and row.valid_from <= day:
            found[row.form, row.agency_id, row.format] = row
    return {row.id for row in found.values()}


def _view(row: ListedTemplate, caller: Caller, day: date, current: set[int]) -> dict[str, Any]:
    if row.withdrawn_at is not None:
        state = WITHDRAWN
    elif row.taken_at is None:
        state = DRAFT
    elif row.id in current:
        state = CURRENT
    else:
        state = UPCOMING if row.valid_from > day else REPLACED
    form = FORMS.get(row.form or "")
    return {
        "id": row.id,
        "form": row.form,
        "form_name": form.name if form else None,
        "kind_title": KIND_TITLES[form.kind] if form else "Logo",
        "agency": row.agency,
        "agency_name": row.agency_name,
        "format": row.format,
        "media_type": row.media_type,
        "sha256": row.sha256,
        "valid_from": row.valid_from,
        "state": state,
        "state_title": STATES[state],
        "current": state == CURRENT,
        "uploaded_at": row.uploaded_at,
        "uploaded_by": row.uploaded_by,
        "uploaded_by_name": row.uploaded_by_name,
        "taken_at": row.taken_at,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": row.withdrawn_by,
        "note": row.note,
        "manages": may_manage(caller, row.agency_id),
    }


def _sample(row: TemplateRow, day: date, profile: str) -> tuple[str, bytes | None, Any]:
    """Which form to print, with which template and which logo: a logo is shown on the receipt."""
    with reading() as connection:
        if row.format == LOGO:
            return form_of("receipt", profile_named(profile).slip_set, day), None, logo_by_id(connection, row.id)
        return str(row.form), row.content, logo_of(connection, row.agency_id, day)


def _guarded(guard: TemplateGuard | None, make: Any) -> Any:
    try:
        if guard is not None:
            return make(guard)
        with TemplateGuard() as own:
            return make(own)
    except TemplateUnprintable as error:
        raise DomainError("template_rejected", str(error), extra={"problems": []}) from error


def _packaged(name: str) -> bytes:
    return (files("app.slips") / "templates" / name).read_bytes()


def _stem(form: str | None) -> str:
    return "logo" if form is None else form.replace("/", "-")
