"""Tampering with what is kept: as the database's owner, behind the application's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, text

from app.actions.seal import seal_yesterday
from app.embedded import Urls
from app.store.database import sqlalchemy_url
from app.store.history import GENESIS, history_of, link
from app.store.seals import SealRow
from app.store.transaction import snapshot
from app.views.audit_faults import Asked, Checked, Fault
from app.views.audit_verify import faults
from tests.actions.scene import Scene


@contextmanager
def owner(urls: Urls) -> Iterator[Connection]:
    """A transaction of the owner, with the foreign keys' triggers on."""
    engine = create_engine(sqlalchemy_url(urls.owner))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tomorrow(scene: Scene, days: int = 1) -> datetime:
    return scene.clock() + timedelta(days=days)


def sealed(scene: Scene, days: int = 1, tell: tuple[str, ...] = ()) -> SealRow:
    """The seal that the worker makes some days from now."""
    with scene.app.app_context():
        made = seal_yesterday(tomorrow(scene, days), tell)
    assert made is not None
    return made


def found(scene: Scene, asked: Asked | None = None, days: int = 1) -> list[Fault]:
    with scene.app.app_context(), snapshot() as connection:
        return list(faults(connection, asked or Asked(), tomorrow(scene, days), Checked()))


def kinds(scene: Scene, asked: Asked | None = None, days: int = 1) -> list[str]:
    return [fault.kind for fault in found(scene, asked, days)]


def dossier_id(connection: Connection, code: str) -> int:
    number: int = connection.execute(text("SELECT id FROM dossiers WHERE code = :code"), {"code": code}).scalar_one()
    return number


def rewrite(connection: Connection, number: int, seq: int, **changed: Any) -> None:
    """Change a row of history and make every hash after it, and the dossier's own, anew: the chain is whole again."""
    previous = GENESIS
    rows = history_of(connection, number)
    for row in rows:
        values = {
            "at": row.at,
            "kind": row.kind,
            "account_id": row.account_id,
            "task_id": row.task_id,
            "data": row.data,
            **(changed if row.seq == seq else {}),
        }
        previous = link(previous, number, row.seq, **values)
        connection.execute(
            text("UPDATE history SET kind = :kind, hash = :hash WHERE dossier_id = :dossier AND seq = :seq"),
            {"kind": values["kind"], "hash": previous, "dossier": number, "seq": row.seq},
        )
    connection.execute(
        text("UPDATE dossiers SET history_hash = :hash WHERE id = :dossier"), {"hash": previous, "dossier": number}
    )
