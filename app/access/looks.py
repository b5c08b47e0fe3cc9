"""Every look at a dossier is written down (QT-6): views say what was seen, and before the answer leaves it is noted.

The same viewer, dossier and ten minutes are one row; a process that wrote it asks the database no second time. What cannot
be written down is not shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from typing import Final

from flask import Flask, Response, current_app, g, has_request_context
from sqlalchemy.exc import SQLAlchemyError

from app.access.caller import Caller
from app.access.request import origin
from app.errors import DomainError
from app.logs import get_logger
from app.runtime import asked_at
from app.store import looks
from app.store.transaction import transaction

log = get_logger(__name__)
MOST_REMEMBERED: Final = 20_000


class Remembered:
    """The looks that this process wrote lately, the oldest forgotten first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[tuple[int, int, object], None] = OrderedDict()

    def __contains__(self, look: tuple[int, int, object]) -> bool:
        return look in self._known

    def add(self, look: tuple[int, int, object]) -> None:
        with self._lock:
            self._known[look] = None
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


def looked_at(caller: Caller, dossier_id: int, parts: Collection[int]) -> None:
    """The caller sees a dossier in which the agencies `parts` have a part. Outside a request nobody looks."""
    if has_request_context():
        g.setdefault("looks", {})[dossier_id] = (caller.account_id, ground_of(caller, parts))


def ground_of(caller: Caller, parts: Collection[int]) -> str:
    """By what right the caller sees it: one of `looks.GROUNDS`."""
    if caller.own_agency_ids.isdisjoint(parts):
        return looks.MANDATE if not caller.agency_ids.isdisjoint(parts) else looks.CONTROL
    return looks.AGENCY


def install(app: Flask) -> None:
    app.extensions["motcua_looks"] = Remembered()
    app.after_request(_note)


def _note(response: Response) -> Response:
    seen: dict[int, tuple[int, str]] | None = g.pop("looks", None)
    if not seen or response.status_code >= 400:
        return response
    now, came, known = asked_at(), origin(), current_app.extensions["motcua_looks"]
    slot = looks.slot_of(now)
    new = [(dossier, *who) for dossier, who in seen.items() if (dossier, who[0], slot) not in known]
    if not new:
        return response
    try:
        with transaction() as connection:
            for dossier, account, ground in new:
                looks.note_look(connection, dossier, account, now, ground, came.way, came.address)
    except (DomainError, SQLAlchemyError) as error:
        log.error("look_not_noted", reason=type(error).__name__)
        refusal = DomainError("unavailable", "Chưa ghi được lượt xem hồ sơ nên chưa hiển thị; hãy thử lại sau ít phút.")
        return current_app.make_response(current_app.handle_user_exception(refusal))
    for dossier, account, _ in new:
        known.add((dossier, account, slot))
    return response
