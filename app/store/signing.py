"""Signing that is under way on somebody's own machine: what was prepared, for whom, until when.

A prepared file is the attachment's bytes with an increment behind them; only the increment is kept, so nothing can put other
bytes before it. A session is used once: `take_session` claims its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, one


class SigningSession(Base):
    __tablename__ = "signing_sessions"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    certificate: Mapped[bytes]
    """The signer's, DER."""
    chain: Mapped[bytes]
    """Further certificates that came with it, PEM, one after another."""
    increment: Mapped[bytes]
    signed_attributes: Mapped[bytes]
    """DER: what the signature is made over."""
    prepared: Mapped[dict[str, Any]]
    """`app.signatures.external.Prepared` without its bytes."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: int
    dossier_id: int
    attachment_id: int
    account_id: int
    certificate: bytes
    chain: bytes
    increment: bytes
    signed_attributes: bytes
    prepared: dict[str, Any]
    expires_at: datetime
    used_at: datetime | None


_SESSION = select(
    SigningSession.id,
    SigningSession.dossier_id,
    SigningSession.attachment_id,
    SigningSession.account_id,
    SigningSession.certificate,
    SigningSession.chain,
    SigningSession.increment,
    SigningSession.signed_attributes,
    SigningSession.prepared,
    SigningSession.expires_at,
    SigningSession.used_at,
)


def add_session(connection: Connection, **values: Any) -> int:
    """Keep what was prepared; `values` are the columns."""
    session_id: int = connection.execute(
        insert(SigningSession).values(**values).returning(SigningSession.id)
    ).scalar_one()
    return session_id


def find_session(connection: Connection, session_id: int, account_id: int, attachment_id: int) -> SessionRow | None:
    """The account's own session about that file, used or over or not."""
    row = connection.execute(
        _SESSION.where(
            SigningSession.id == session_id,
            SigningSession.account_id == account_id,
            SigningSession.attachment_id == attachment_id,
        )
    ).one_or_none()
    return one(SessionRow, row)


def take_session(connection: Connection, session_id: int, now: datetime) -> bool:
    """Use it up; False when a twin has used it, or its time is over."""
    changed = connection.execute(
        update(SigningSession)
        .where(SigningSession.id == session_id, SigningSession.used_at.is_(None), SigningSession.expires_at > now)
        .values(used_at=now)
    )
    return changed.rowcount == 1


def drop_sessions_of(connection: Connection, account_id: int) -> int:
    """What the account has begun to sign and not signed yet is dropped; returns how much that was."""
    query = delete(SigningSession).where(SigningSession.account_id == account_id, SigningSession.used_at.is_(None))
    return connection.execute(query).rowcount


def drop_sessions(connection: Connection, before: datetime) -> int:
    """Remove those whose time was over before that instant; returns how many."""
    return connection.execute(delete(SigningSession).where(SigningSession.expires_at < before)).rowcount
