"""Outages as people see them: the list of whoever announces them, and the banner of those who are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.store import outages
from app.store.outages import OutageRow
from app.store.transaction import reading

SHOWN_AFTER = timedelta(hours=12)
"""How long the end of an outage stays on the pages."""
AUDIENCES = {
    "users": "Cán bộ, trên mọi trang",
    "citizens": "Người dân, trên các trang tra cứu",
    "applicants": "Người nộp có hồ sơ đang giải quyết, bằng thư hoặc tin nhắn",
    "heads": "Lãnh đạo, phụ trách các cơ quan, bằng thư",
}


def outage_list() -> list[dict[str, Any]]:
    """Newest first."""
    with reading() as connection:
        return [outage_view(row) for row in outages.all_outages(connection)]


def banners(audience: str, now: datetime) -> list[dict[str, Any]]:
    """What `users` or `citizens` are shown now: outages that go on, and those that ended lately."""
    with reading() as connection:
        rows = outages.announced(connection, now, now - SHOWN_AFTER)
    return [
        {
            "id": row.id,
            "title": row.title,
            "text": (row.end_text or "") if row.ended_at else row.text,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "ended_at": row.ended_at,
        }
        for row in rows
        if audience in row.audience
    ]


def outage_view(row: OutageRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "text": row.text,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "audience": row.audience,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "told_at": row.told_at,
        "ended_at": row.ended_at,
        "end_text": row.end_text,
        "end_told_at": row.end_told_at,
    }
