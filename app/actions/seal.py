"""Seal what happened up to the end of yesterday: one Merkle root over every chain that grew and over the logs (QT-6).

Done by a worker once a day, at the first occasion after midnight. A worker that slept for days makes one seal over them all:
what it found is what stood when it woke, and days that nobody looked at cannot be vouched for afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.messages.seal_letter import SEALED
from app.rules.seals import FIRST, Tree, block_leaf, head_leaf, row_digest, seal_hash
from app.store import deliveries, queue, seals
from app.store.seals import Block, SealRow
from app.store.transaction import reading, take_turn, transaction
from app.wording import LOCAL

AT_ONCE = 1_000
"""Blocks written at a time."""

log = structlog.get_logger(__name__)


def seal_yesterday(now: datetime, tell: Sequence[str] = ()) -> SealRow | None:
    """Seal what is not sealed yet, unless yesterday is; None where it is. The hash is mailed to the addresses of `tell`.

    Errors: OperationalError when a log is being written to for longer than a second; the next round tries again.
    """
    day = now.astimezone(LOCAL).date() - timedelta(days=1)
    with reading() as connection:
        last = seals.last_seal(connection)
    if last is not None and last.day >= day:
        return None
    settled = {}
    for name in seals.COLUMNS:
        with transaction() as connection:  # ends at once: nobody else can write to the log meanwhile
            settled[name] = seals.settled(connection, name)
    with transaction() as connection:
        take_turn(connection, "seal")
        seals.take_as_long_as_needed(connection)
        last = seals.last_seal(connection)
        if last is not None and last.day >= day:
            return None
        number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
        seals.add_leaves(connection, number)
        tree = Tree()
        for leaf in seals.leaves_of(connection, number):
            tree.add(head_leaf(leaf.dossier_id, leaf.seq, leaf.hash))
        for name in sorted(seals.COLUMNS):
            _seal_log(connection, tree, number, name, settled[name])
        root, made_at = tree.root(), now
        made = SealRow(
            number,
            day,
            made_at,
            tree.leaves,
            root,
            previous,
            seal_hash(number, day, made_at, tree.leaves, root, previous),
        )
        seals.add_seal(connection, made)
        for address in tell:
            data = {"number": number, "day": f"{day:%d/%m/%Y}", "leaves": tree.leaves, "hash": made.hash.hex()}
            sent = deliveries.add_delivery(connection, None, SEALED, address, data, now)
            queue.defer(connection, SEND_DELIVERY, delivery_id=sent)
    # A log that leaves the machine keeps the hash where the database's owner cannot reach it.
    log.info("sealed", number=number, day=day.isoformat(), leaves=tree.leaves, hash=made.hash.hex())
    return made


def _seal_log(connection: Connection, tree: Tree, number: int, name: str, until: int) -> None:
    """A leaf for each run of rows that came since the last seal; no number between two runs is left out."""
    after = seals.last_sealed_id(connection, name)
    blocks: list[Block] = []
    rows, digest, first = 0, FIRST, after + 1
    last = after
    for row in seals.rows_of_log(connection, name, after, until):
        digest, rows, last = row_digest(digest, row), rows + 1, row[0]
        if rows == seals.IN_A_BLOCK[name]:
            blocks.append(Block(number, name, first, last, rows, digest))
            rows, digest, first = 0, FIRST, last + 1
            if len(blocks) == AT_ONCE:
                _add(connection, tree, blocks)
    if rows:
        blocks.append(Block(number, name, first, last, rows, digest))
    _add(connection, tree, blocks)


def _add(connection: Connection, tree: Tree, blocks: list[Block]) -> None:
    seals.add_blocks(connection, blocks)
    for one in blocks:
        tree.add(block_leaf(one.log, one.first_id, one.last_id, one.rows, one.hash))
    blocks.clear()
