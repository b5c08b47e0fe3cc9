"""The seals as people see them, and the proof that a dossier is in one."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError
from app.rules.seals import Tree, block_leaf, head_leaf
from app.store import dossiers, seals
from app.store.seals import SealRow
from app.store.transaction import reading, snapshot
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor

SEE: Final = "audit.view"


def seal_list(caller: Caller, cursor: str | None, page_size: int) -> dict[str, Any]:
    """A page of the seals, the newest first. Errors: DomainError forbidden, invalid."""
    _require(caller)
    before = read_cursor(cursor, "seals", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = seals.seals_before(connection, before, page_size + 1)
        last = seals.last_seal(connection)
    following = make_cursor("seals", rows[page_size - 1].number) if len(rows) > page_size else None
    return page_answer([seal_view(row) for row in rows[:page_size]], last.number if last else 0, following)


def seal_view(seal: SealRow) -> dict[str, Any]:
    """Hashes are hexadecimal; the seal's own stands for all that is in it and before it."""
    return {
        "number": seal.number,
        "day": seal.day,
        "made_at": seal.made_at,
        "leaves": seal.leaves,
        "root": seal.root.hex(),
        "previous": seal.previous.hex(),
        "hash": seal.hash.hex(),
    }


def proof_for(caller: Caller, code: str, number: int | None) -> dict[str, Any]:
    """`proof` for who may see the log. Errors: DomainError forbidden, not_found."""
    _require(caller)
    with snapshot() as connection:
        return proof(connection, code, number)


def proof(connection: Connection, code: str, number: int | None = None) -> dict[str, Any]:
    """That a dossier's history stood like this in a seal, or in the last one that has it: what `proof_fault` checks.

    Errors: DomainError not_found.
    """
    dossier = dossiers.find_dossier(connection, code)
    if dossier is None:
        raise DomainError("not_found", f"Không có hồ sơ {code}.")
    wanted = seals.leaf_in(connection, dossier.id, number)
    seal = seals.seal_by_number(connection, wanted.seal) if wanted else None
    if wanted is None or seal is None:
        which = f"niêm phong số {number}" if number is not None else "lần niêm phong nào"
        raise DomainError("not_found", f"Hồ sơ {code} chưa có trong {which}; mỗi ngày niêm phong một lần, sau nửa đêm.")
    tree = Tree()
    for leaf in seals.leaves_of(connection, seal.number):
        tree.add(head_leaf(leaf.dossier_id, leaf.seq, leaf.hash), wanted=leaf.dossier_id == dossier.id)
    for one in seals.blocks_of(connection, seal.number):
        tree.add(block_leaf(one.log, one.first_id, one.last_id, one.rows, one.hash))
    tree.root()
    return {
        "dossier": {"id": dossier.id, "code": dossier.code, "seq": wanted.seq, "hash": wanted.hash.hex()},
        "path": [{"side": side, "hash": other.hex()} for side, other in tree.path],
        "seal": seal_view(seal),
    }


def _require(caller: Caller) -> None:
    if not caller.may(SEE):
        raise DomainError("forbidden", "Chỉ quản trị viên được giao mới xem niêm phong nhật ký.")
