"""What was changed of one thing, newest first, in the words of the log: for the page of that thing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.store.administration_changes import changes_of
from app.views.audit import KINDS, SIGN_INS
from app.views.differences import NOTHING, differences


def changes_view(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """{at, kind, title, by_name, before, after, lines} of each change; a line's `before` is None where there was nothing."""
    return [
        {
            "at": one.at,
            "kind": one.kind,
            "title": KINDS.get(one.kind, one.kind),
            "by_name": one.name,
            "before": one.before,
            "after": one.after,
            "lines": [
                line | {"before": None if line["before"] == NOTHING else line["before"]}
                for line in differences(one.before, one.after)
            ],
        }
        for one in changes_of(connection, subject, SIGN_INS)
    ]
