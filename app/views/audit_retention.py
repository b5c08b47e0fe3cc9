"""Which months of history are past their retention, and removing one (HT-10.3): the owner's work, never the application's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from app.config import PROJECT_ROOT
from app.lawbook import profile_named
from app.rules.retention import kept_from
from app.store import history_retention, seals
from app.store.history_partitions import Partition
from app.store.history_retention import Standing
from app.store.transaction import reading, snapshot, transaction
from app.views.audit_faults import Asked, Checked
from app.views.audit_verify import faults


@dataclass(frozen=True, slots=True)
class Planned:
    """`reason` (Vietnamese): why it is kept; None where it may go."""

    partition: Partition
    found: Standing
    reason: str | None


def plan(now: datetime) -> Iterator[Planned]:
    """Every month that takes no new dossiers any more, the oldest first. One that may go was read again and is sound."""
    kept = _kept(now)
    with reading() as connection:
        parts = history_retention.full_partitions(connection)
    for part in parts:
        with reading() as connection:
            found = history_retention.standing(connection, part, kept)
        yield Planned(part, found, _reason(found) or _fault(part, now))


def drop(planned: Planned, now: datetime) -> bool:
    """Remove it, on a connection of the owner's; False where it changed since it was planned."""
    with transaction() as connection:
        history_retention.as_owner(connection)
        seals.take_as_long_as_needed(connection)
        return history_retention.empty(connection, planned.partition, planned.found, _kept(now), now)


def _kept(now: datetime) -> Mapping[str, datetime]:
    """Profile -> before which instant a dossier must have been closed; those that keep for ever are left out."""
    names = sorted(file.stem for file in (PROJECT_ROOT / "profiles").glob("*.toml"))
    found = {name: kept_from(profile_named(name).history_kept, now) for name in names}
    return {name: at for name, at in found.items() if at is not None}


def _reason(found: Standing) -> str | None:
    if found.open:
        return f"còn {found.open} hồ sơ đang giải quyết"
    if found.due < found.dossiers:
        return f"{found.dossiers - found.due} trong {found.dossiers} hồ sơ chưa hết hạn lưu giữ, hoặc phải giữ mãi"
    if found.sealed < found.dossiers:
        return f"{found.dossiers - found.sealed} hồ sơ có lịch sử chưa niêm phong"
    return None


def _fault(part: Partition, now: datetime) -> str | None:
    with snapshot() as connection:
        seals.take_as_long_as_needed(connection)
        asked = Asked(from_id=part.from_id, to_id=part.to_id)
        with closing(faults(connection, asked, now, Checked())) as all_faults:
            found = next(all_faults, None)
    return None if found is None else f"kiểm tra thấy sai lệch: {found.words}"
