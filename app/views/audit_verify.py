"""Whether anything that was written down was changed: chains, seals and logs read again from the first row (QT-6).

Everything is streamed in one snapshot and every reader keeps a few thousand rows: memory does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection

from app.rules.seals import FIRST, Tree, block_leaf, head_leaf, plain_hash, row_digest, seal_hash
from app.store import history_partitions, seals
from app.store.database import BIGINT
from app.store.seals import Block, SealRow
from app.views.audit_chains import chain_faults
from app.views.audit_faults import Asked, Checked, Fault
from app.wording import LOCAL

LATE_BY: Final = timedelta(days=2)
"""Whole days that may pass before a missing seal is a fault: the worker may have been away over a night."""


def faults(connection: Connection, asked: Asked, now: datetime, checked: Checked) -> Generator[Fault, None, None]:
    """What is wrong, one after the other; nothing for a sound archive. `connection` is a snapshot."""
    checked.dropped = history_partitions.dropped(connection)
    known = seals.all_seals(connection)
    yield from _chain_of_seals(known, asked, checked)
    if asked.to_id is None and asked.dossier_id is None:
        yield from _roots(connection, {one.number: one for one in known}, asked.seal, checked)
    elif asked.dossier_id is not None:
        leaf = seals.leaf_in(connection, asked.dossier_id, asked.seal)
        if leaf is not None:
            yield from _roots(connection, {one.number: one for one in known}, leaf.seal, checked)
    yield from chain_faults(connection, asked, checked)
    if asked.to_id is None and asked.dossier_id is None:
        for log in sorted(seals.COLUMNS):
            yield from _log(connection, log, asked.seal, checked)
    if asked.whole:
        yield from _overdue(connection, known, now)


# The seals themselves -----------------------------------------------------------------------------------------------------


def _chain_of_seals(known: list[SealRow], asked: Asked, checked: Checked) -> Iterator[Fault]:
    expected, previous, day = 1, FIRST, date.min
    for seal in known:
        checked.seals += 1
        where = {"seal": seal.number, "day": seal.day.isoformat()}
        if seal.number != expected:
            yield Fault(
                "seal_missing",
                {"seal": expected, "until": seal.number - 1},
                f"Thiếu niêm phong số {expected}"
                + (f" đến {seal.number - 1}" if seal.number - 1 > expected else "")
                + ".",
            )
            previous = seal.previous
        if seal.previous != previous:
            yield Fault("seal_unchained", where, f"Niêm phong số {seal.number} không nối với niêm phong trước nó.")
        if seal.hash != seal_hash(seal.number, seal.day, seal.made_at, seal.leaves, seal.root, seal.previous):
            yield Fault("seal_changed", where, f"Niêm phong số {seal.number} đã bị sửa: mã băm không khớp nội dung.")
        if seal.day <= day:
            yield Fault("seal_out_of_order", where, f"Niêm phong số {seal.number} không sau ngày của niêm phong trước.")
        expected, previous, day = seal.number + 1, seal.hash, seal.day
    hashes = {seal.number: seal.hash.hex() for seal in known}
    for number, published in asked.expected.items():
        if number not in hashes:
            yield Fault("seal_missing", {"seal": number}, f"Không còn niêm phong số {number} đã công bố.")
        elif hashes[number] != plain_hash(published):
            yield Fault("seal_not_published", {"seal": number}, f"Niêm phong số {number} không phải bản đã công bố.")


class _BySeal:
    """Rows that come ordered by their seal, handed out a seal at a time; `strays` are seals that nobody asked for."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._groups = groupby(rows, lambda row: int(row.seal))
        self._next = next(self._groups, None)
        self.strays: list[int] = []

    def take(self, number: int) -> Iterator[Any]:
        while self._next is not None and self._next[0] < number:
            self.strays.append(self._next[0])
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == number:
            yield from self._next[1]
            self._next = next(self._groups, None)


def _roots(connection: Connection, known: dict[int, SealRow], seal: int | None, checked: Checked) -> Iterator[Fault]:
    """Each seal's root made again of its leaves."""
    leaves, blocks = _BySeal(seals.leaves_of(connection, seal)), _BySeal(seals.blocks_of(connection, seal))
    for number in [seal] if seal is not None else sorted(known):
        tree = Tree()
        for leaf in leaves.take(number):
            tree.add(head_leaf(leaf.dossier_id, leaf.seq, leaf.hash))
        for one in blocks.take(number):
            tree.add(block_leaf(one.log, one.first_id, one.last_id, one.rows, one.hash))
        checked.leaves += tree.leaves
        sealed = known.get(number)
        if sealed is not None and (tree.leaves, tree.root()) != (sealed.leaves, sealed.root):
            yield Fault(
                "leaves_changed",
                {"seal": number, "day": sealed.day.isoformat(), "leaves": tree.leaves, "sealed": sealed.leaves},
                f"Các mục của niêm phong số {number} không còn như lúc niêm phong"
                f" ({tree.leaves} mục, lúc đó {sealed.leaves}).",
            )
    for rest in (leaves, blocks):
        list(rest.take(BIGINT))
    for number in sorted({*leaves.strays, *blocks.strays}):
        yield Fault(
            "stray_leaves", {"seal": number}, f"Có mục của niêm phong số {number} nhưng không có niêm phong ấy."
        )


def _overdue(connection: Connection, known: list[SealRow], now: datetime) -> Iterator[Fault]:
    today = now.astimezone(LOCAL).date()
    if known and known[-1].day >= today - timedelta(days=1) - LATE_BY:
        return
    before = now - LATE_BY
    if known or seals.unsealed_since(connection, before):
        last = known[-1].day.strftime("%d/%m/%Y") if known else "chưa có lần nào"
        yield Fault(
            "seal_overdue",
            {"day": (today - timedelta(days=1)).isoformat(), "last": known[-1].day.isoformat() if known else None},
            f"Lâu chưa niêm phong (lần cuối: {last}): tiến trình nền không chạy, hoặc niêm phong đã bị xóa.",
        )


# The logs -----------------------------------------------------------------------------------------------------------------


def _log(connection: Connection, log: str, seal: int | None, checked: Checked) -> Iterator[Fault]:
    """Each sealed run of rows digested again. Rows after the last run are sealed next time."""
    first, last = seals.sealed_range(connection, log, seal)
    if last == 0:
        return
    rows = seals.rows_of_log(connection, log, first - 1, last)
    row = next(rows, None)
    reached = first - 1
    for block in seals.blocks_of_log(connection, log, seal):
        if block.first_id != reached + 1:
            yield Fault(
                "block_missing",
                {"log": log, "first_id": reached + 1, "last_id": block.first_id - 1},
                f"{log}: không có niêm phong cho các dòng {reached + 1} đến {block.first_id - 1}.",
            )
        while row is not None and row[0] < block.first_id:
            row = next(rows, None)
        digest, counted = FIRST, 0
        while row is not None and row[0] <= block.last_id:
            digest, counted, row = row_digest(digest, row), counted + 1, next(rows, None)
        checked.logs += counted
        if (counted, digest) != (block.rows, block.hash):
            yield _block_fault(block, counted)
        reached = block.last_id


def _block_fault(block: Block, counted: int) -> Fault:
    kind, what = "row_changed", "đã bị sửa"
    if counted != block.rows:
        kind, what = ("row_removed", "đã bị xóa") if counted < block.rows else ("row_inserted", "được chèn thêm")
    run = f"dòng {block.last_id}" if block.rows == 1 else f"một dòng trong khoảng {block.first_id} đến {block.last_id}"
    where = {"log": block.log, "first_id": block.first_id, "last_id": block.last_id, "seal": block.seal}
    return Fault(kind, where, f"{block.log}: {run} {what} sau niêm phong số {block.seal}.")
