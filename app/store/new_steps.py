"""Steps that have come to somebody since she last looked: read from the tasks, so that no action has to write anything.

New is an open step in her hands, or waiting for her position, that nobody it waits for has opened yet. What she brought
about herself is not: a dossier that she registered, a step that she took or that follows her own. A step that was returned
or handed to her is told as that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.store.inbox import Scope

_NOT_HER_OWN = """
       AND NOT EXISTS (SELECT 1 FROM tasks p WHERE p.id = t.predecessor_id AND p.finished_by = :account)
       AND NOT EXISTS (SELECT 1 FROM official_notices n WHERE n.account_id = :account AND n.read_at IS NULL
                                                         AND n.task_id = t.id AND n.event = 'returned')
"""
_NEW = f"""
    SELECT t.id, t.entered_at FROM tasks t
     WHERE t.state = 'open' AND t.opened_at IS NULL AND t.assignee_id IS NULL
       AND t.position_id = ANY(CAST(:positions AS bigint[])) AND t.entered_at > :since {_NOT_HER_OWN}
     UNION ALL
    SELECT t.id, t.entered_at FROM tasks t
     WHERE t.state = 'open' AND t.opened_at IS NULL AND t.assignee_id = ANY(CAST(:holders AS bigint[]))
       AND t.version = 1 AND NOT (t.stage = 'receive' AND t.predecessor_id IS NULL) AND t.entered_at > :since {_NOT_HER_OWN}
"""  # noqa: S608 - fragments of our own
_SINCE = (
    """coalesce((SELECT l.looked_at FROM notice_looks l WHERE l.account_id = :account), '-infinity'::timestamptz)"""
)
_SHOWN = """NOT EXISTS (SELECT 1 FROM notice_switches s
    WHERE s.account_id = :account AND s.way = 'screen' AND s.mode = 'off' AND s.event = {event})"""
_COUNT = text(
    f"""
    SELECT (SELECT count(*) FROM (
              SELECT 1 FROM official_notices n
               WHERE n.account_id = :account AND n.read_at IS NULL AND {_SHOWN.format(event="n.event")}
               LIMIT :most) AS unread) AS unread,
           (SELECT count(*) FROM (
              SELECT 1 FROM ({_NEW.replace(":since", f"({_SINCE})")}) AS came
               WHERE {_SHOWN.format(event="'new'")}
               LIMIT :most) AS fresh) AS fresh
    """  # noqa: S608 - fragments of our own
)
_IDS = text(
    f"""
    SELECT came.id FROM ({_NEW.replace(":since", f"({_SINCE})")}) AS came
     WHERE {_SHOWN.format(event="'new'")}
     ORDER BY came.entered_at DESC, came.id DESC LIMIT :most
    """  # noqa: S608 - fragments of our own
)
_SINCE_THEN = text(f"SELECT came.id FROM ({_NEW}) AS came ORDER BY came.entered_at DESC, came.id DESC LIMIT :most")  # noqa: S608


def unread_and_new(connection: Connection, scope: Scope, most: int) -> tuple[int, int]:
    """How many notices she has not read and how many steps are new to her, each counted to `most`, in one statement."""
    row = connection.execute(_COUNT, _whose(scope) | {"most": most}).one()
    return row.unread, row.fresh


def new_steps(connection: Connection, scope: Scope, most: int) -> list[int]:
    """Ids of the tasks that are new to her, the latest first; none where she switched that off for the screen."""
    return list(connection.execute(_IDS, _whose(scope) | {"most": most}).scalars())


def steps_since(connection: Connection, scope: Scope, since: datetime, most: int) -> list[int]:
    """Ids of the tasks that came after `since` and that nobody has opened yet, the latest first; whenever she looked."""
    return list(connection.execute(_SINCE_THEN, _whose(scope) | {"since": since, "most": most}).scalars())


def _whose(scope: Scope) -> dict[str, Any]:
    return {
        "account": scope.account,
        "positions": list(scope.positions),
        "holders": [scope.account, *scope.absent],
    }
