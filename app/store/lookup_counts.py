"""How much strangers have looked up by code from an address, by the hour; of all processes, forgotten after two hours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Connection, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base


class LookupCount(Base):
    __tablename__ = "lookup_counts"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)  # lost in a crash of the database: an hour begins anew
    address: Mapped[str] = mapped_column(primary_key=True)
    hour_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


def count(connection: Connection, address: str, hour_at: datetime, weight: int) -> int:
    """Add to the count of that hour; answers what it is now."""
    added = insert(LookupCount).values(address=address, hour_at=hour_at, count=weight)
    query = added.on_conflict_do_update(
        index_elements=["address", "hour_at"], set_={"count": LookupCount.count + weight}
    ).returning(LookupCount.count)
    found: int = connection.execute(query).scalar_one()
    return found


def forget(connection: Connection, before: datetime) -> None:
    connection.execute(delete(LookupCount).where(LookupCount.hour_at < before))
