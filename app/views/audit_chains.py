"""Every dossier's chain read again, beside what the seals say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from app.store import seals
from app.store.history import GENESIS, link
from app.store.history_partitions import last_drop
from app.views.audit_faults import Asked, Checked, Fault


@dataclass(slots=True)
class _Subject:
    """A dossier as the check names it; `head` is None where there is no such dossier any more."""

    id: int
    code: str | None
    head: tuple[int, bytes] | None

    def fault(self, kind: str, words: str, **more: Any) -> Fault:
        name = f"Hồ sơ {self.code}" if self.code else f"Hồ sơ số {self.id} (không còn)"
        return Fault(kind, {"dossier": self.id, "code": self.code, **more}, f"{name}: {words}")


class _ByDossier:
    """Rows that come ordered by dossier, handed out a dossier at a time."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._groups = groupby(rows, lambda row: int(row.dossier_id))
        self._next = next(self._groups, None)

    @property
    def next_id(self) -> int | None:
        return None if self._next is None else self._next[0]

    def take(self, dossier_id: int) -> Iterator[Any]:
        if self._next is not None and self._next[0] == dossier_id:
            yield from self._next[1]
            self._next = next(self._groups, None)


def chain_faults(connection: Connection, asked: Asked, checked: Checked) -> Iterator[Fault]:
    """What is wrong with the chains, dossier by dossier."""
    which, values = _which(asked)
    heads = _ByDossier(_rows(connection, _HEADS, which.replace(" dossier_id ", " id "), values))
    rows = _ByDossier(_rows(connection, _ROWS, which, values))
    leaves = _ByDossier(_rows(connection, _LEAVES, which, values))
    while True:
        at = [one for one in (heads.next_id, rows.next_id, leaves.next_id) if one is not None]
        if not at:
            return
        number = min(at)
        checked.dossiers += 1
        found = list(heads.take(number))
        subject = (
            _Subject(number, found[0].code, (found[0].history_seq, bytes(found[0].history_hash))) if found else None
        )
        yield from _chain(subject or _Subject(number, None, None), rows, leaves, checked)


def _chain(subject: _Subject, rows: _ByDossier, leaves: _ByDossier, checked: Checked) -> Iterator[Fault]:
    """One chain from its beginning, or from where retention has cut it."""
    marks = {int(leaf.seq): leaf for leaf in leaves.take(subject.id)}
    before, previous = 0, GENESIS
    drop = last_drop(checked.dropped, subject.id)
    if drop is not None:
        kept = [leaf for leaf in marks.values() if leaf.seal <= drop.seal]
        if kept:
            base = max(kept, key=lambda leaf: int(leaf.seq))
            before, previous = int(base.seq), bytes(base.hash)
    if subject.head is None:
        yield subject.fault("dossier_missing", "đã được niêm phong nhưng không còn trong cơ sở dữ liệu.")
    for row in rows.take(subject.id):
        checked.rows += 1
        if row.seq != before + 1:
            gone = f"dòng {before + 1}" if row.seq == before + 2 else f"các dòng {before + 1} đến {row.seq - 1}"
            yield subject.fault("row_removed", f"{gone} của lịch sử đã bị xóa.", seq=before + 1, until=row.seq - 1)
        elif link(previous, subject.id, row.seq, row.at, row.kind, row.account_id, row.task_id, row.data) != bytes(
            row.hash
        ):
            yield subject.fault("row_changed", f"dòng {row.seq} của lịch sử đã bị sửa hoặc chèn vào.", seq=row.seq)
        mark = marks.get(row.seq)
        if mark is not None and bytes(mark.hash) != bytes(row.hash):
            words = f"dòng {row.seq} không còn như niêm phong số {mark.seal} đã ghi: lịch sử đã bị viết lại."
            yield subject.fault("rewritten", words, seq=row.seq, seal=mark.seal)
        before, previous = row.seq, bytes(row.hash)
    yield from _end(subject, before, previous, marks)


def _end(subject: _Subject, last: int, reached: bytes, marks: dict[int, Any]) -> Iterator[Fault]:
    if subject.head is not None:
        seq, head = subject.head
        if seq > last:
            words = f"các dòng cuối ({last + 1} đến {seq}) của lịch sử đã bị xóa."
            yield subject.fault("row_removed", words, seq=last + 1, until=seq)
        elif seq < last:
            words = f"các dòng {seq + 1} đến {last} được chèn thêm: hồ sơ chỉ có {seq} dòng lịch sử."
            yield subject.fault("row_inserted", words, seq=seq + 1, until=last)
        elif head != reached:
            yield subject.fault("rewritten", f"đầu chuỗi không khớp dòng cuối ({last}) của lịch sử.", seq=last)
    sealed = max(marks, default=0)
    if sealed > last:
        mark = marks[sealed]
        words = f"niêm phong số {mark.seal} đã ghi {sealed} dòng lịch sử, nay chỉ còn {last}."
        yield subject.fault("row_removed", words, seq=last + 1, until=sealed, seal=mark.seal)


_HEADS = "SELECT id AS dossier_id, code, history_seq, history_hash FROM dossiers{which} ORDER BY id"
_ROWS = "SELECT dossier_id, seq, at, kind, account_id, task_id, data, hash FROM history{which} ORDER BY dossier_id, seq"
_LEAVES = "SELECT dossier_id, seal, seq, hash FROM seal_leaves{which} ORDER BY dossier_id, seal"


def _which(asked: Asked) -> tuple[str, dict[str, int]]:
    """The dossiers that are asked for, as a condition on `dossier_id`."""
    if asked.dossier_id is not None:
        return " WHERE dossier_id = :dossier", {"dossier": asked.dossier_id}
    if asked.seal is not None:
        of_seal = "SELECT l.dossier_id FROM seal_leaves l WHERE l.seal = :seal"
        return f" WHERE dossier_id IN ({of_seal})", {"seal": asked.seal}
    if asked.to_id is not None:
        return " WHERE dossier_id >= :from_id AND dossier_id < :to_id", {"from_id": asked.from_id, "to_id": asked.to_id}
    return "", {}


def _rows(connection: Connection, query: str, which: str, values: dict[str, int]) -> Iterator[Any]:
    return seals.stream(connection, text(query.format(which=which)).bindparams(**values))
