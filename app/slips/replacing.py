"""Which template and which logo stand for an agency: its own, else those of the agencies above it, else the province's.

Of several of one owner the one counts that began last by that day. What an issued slip was printed with is kept by its id
(`template_by_id`, `logo_by_id`), so that it prints again as it was, withdrawn meanwhile or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.slips.render import Logo
from app.store.slip_templates import DOCX, LOGO, TYPST, TemplateRow, find_template, standing_id

__all__ = ["DOCX", "TYPST", "StoredLogo", "TemplateRow", "current_template", "logo_by_id", "logo_of", "template_by_id"]


@dataclass(frozen=True, slots=True)
class StoredLogo(Logo):
    """A logo with the id of its row."""

    id: int


def current_template(
    connection: Connection, form_key: str, agency_id: int | None, kind: str, day: date
) -> TemplateRow | None:
    """The template in place of the built-in one of that format (`typst` or `docx`), or None; without an agency the
    province's."""
    return _row(connection, standing_id(connection, form_key, agency_id, kind, day))


def logo_of(connection: Connection, agency_id: int | None, day: date) -> StoredLogo | None:
    """The logo that an agency's slips show on that day, or None."""
    return _logo(_row(connection, standing_id(connection, None, agency_id, LOGO, day)))


def template_by_id(connection: Connection, template_id: int | None) -> TemplateRow | None:
    """The template that an issued slip names; None for None."""
    return _row(connection, template_id)


def logo_by_id(connection: Connection, logo_id: int | None) -> StoredLogo | None:
    """The logo that an issued slip names; None for None."""
    return _logo(_row(connection, logo_id))


def _row(connection: Connection, template_id: int | None) -> TemplateRow | None:
    return None if template_id is None else find_template(connection, template_id)


def _logo(row: TemplateRow | None) -> StoredLogo | None:
    return None if row is None else StoredLogo(row.media_type, row.content, row.id)
