"""Which template and which logo stand for an agency: its own, else those of the agencies above it, else the province's.

Of several of one owner the one counts that began last by that day. What an issued slip was printed with is kept by its id
(`template_by_id`, `logo_by_id`), so that it prints again as it was, withdrawn meanwhile or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.errors import DomainError
from app.slips.docx import render_docx
from app.slips.foreign_press import print_foreign
from app.slips.render import Logo, SlipTemplateError, render_slip
from app.store.slip_templates import DOCX, TYPST, TemplateRow, find_template, standing_ids

__all__ = [
    "DOCX",
    "TYPST",
    "StoredLogo",
    "TemplateRow",
    "current_ids",
    "current_template",
    "logo_by_id",
    "logo_of",
    "press_docx",
    "press_slip",
    "printing_faults",
    "template_by_id",
]


@dataclass(frozen=True, slots=True)
class StoredLogo(Logo):
    """A logo with the id of its row."""

    id: int


def current_template(
    connection: Connection, form_key: str, agency_id: int | None, kind: str, day: date
) -> TemplateRow | None:
    """The template in place of the built-in one of that format (`typst` or `docx`), or None; without an agency the
    province's."""
    return _row(connection, standing_ids(connection, form_key, agency_id, kind, day)[0])


def current_ids(
    connection: Connection, form_key: str, agency_id: int | None, kind: str, day: date
) -> tuple[int | None, int | None]:
    """Ids of the template and of the logo with which a slip is printed, for the slip to keep."""
    return standing_ids(connection, form_key, agency_id, kind, day)


def logo_of(connection: Connection, agency_id: int | None, day: date) -> StoredLogo | None:
    """The logo that an agency's slips show on that day, or None."""
    return _logo(_row(connection, standing_ids(connection, None, agency_id, TYPST, day)[1]))


def template_by_id(connection: Connection, template_id: int | None) -> TemplateRow | None:
    """The template that an issued slip names; None for None."""
    return _row(connection, template_id)


def logo_by_id(connection: Connection, logo_id: int | None) -> StoredLogo | None:
    """The logo that an issued slip names; None for None."""
    return _logo(_row(connection, logo_id))


def press_slip(content: Mapping[str, Any], template: TemplateRow | None, logo: Logo | None, mark: str = "") -> bytes:
    """A slip as PDF, with a replaced template in a process of its own. Errors: DomainError template_rejected."""
    with printing_faults():
        if template is None:
            return render_slip(content, mark=mark, logo=logo)
        return print_foreign(content, template.content, mark=mark, logo=logo)


def press_docx(content: Mapping[str, Any], template: TemplateRow | None, logo: Logo | None) -> bytes:
    """The same as a Word file."""
    with printing_faults():
        if template is None:
            return render_docx(content, logo=logo)
        return print_foreign(content, template.content, DOCX, logo=logo)


@contextmanager
def printing_faults() -> Iterator[None]:
    """A template that was taken and fails for one slip all the same is no error of ours: DomainError template_rejected."""
    try:
        yield
    except SlipTemplateError as error:
        told = "Mẫu phiếu mà tỉnh hoặc cơ quan đã thay không in được với nội dung này"
        raise DomainError(
            "template_rejected", f"{told} ({error}). Hãy báo người quản lý mẫu phiếu thu hồi mẫu đó."
        ) from error


def _row(connection: Connection, template_id: int | None) -> TemplateRow | None:
    return None if template_id is None else find_template(connection, template_id)


def _logo(row: TemplateRow | None) -> StoredLogo | None:
    return None if row is None else StoredLogo(row.media_type, row.content, row.id)
