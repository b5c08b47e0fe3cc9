"""The Merkle tree of RFC 6962, its paths, and what a proof must hold."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.retention import check_kept, kept_from
from app.rules.seals import FIRST, NOTHING, Tree, head_leaf, proof_fault, root_of, seal_hash

AT = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)


def leaf(number: int) -> bytes:
    return head_leaf(number, number + 3, bytes([number % 256]) * 32)


def split(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return hashlib.sha256(b"\1" + split(leaves[:left]) + split(leaves[left:])).digest()


@given(st.integers(1, 70), st.data())
def test_the_root_is_that_of_the_definition_and_every_leaf_leads_to_it(number: int, data: st.DataObject) -> None:
    leaves = [leaf(one) for one in range(number)]
    wanted = data.draw(st.integers(0, number - 1))
    tree = Tree()
    for place, one in enumerate(leaves):
        tree.add(one, wanted=place == wanted)

    assert tree.root() == split(leaves)
    assert root_of(leaves[wanted], tree.path) == split(leaves)
    assert len(tree.path) <= number.bit_length()
    assert root_of(leaf(number), tree.path) != split(leaves)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree().root() == NOTHING == hashlib.sha256(b"").digest()


def proof() -> dict[str, Any]:
    tree = Tree()
    for one in range(5):
        tree.add(leaf(one), wanted=one == 3)
    root = tree.root()
    return {
        "dossier": {"id": 3, "code": "H-3", "seq": 6, "hash": (bytes([3]) * 32).hex()},
        "path": [{"side": side, "hash": other.hex()} for side, other in tree.path],
        "seal": {
            "number": 1,
            "day": "2026-11-23",
            "made_at": AT.isoformat(),
            "leaves": 5,
            "root": root.hex(),
            "previous": FIRST.hex(),
            "hash": seal_hash(1, date(2026, 11, 23), AT, 5, root, FIRST).hex(),
        },
    }


@pytest.mark.rule("QT-6")
def test_a_proof_holds_without_the_system() -> None:
    made = proof()
    assert proof_fault(made) is None
    printed = " ".join(made["seal"]["hash"].upper()[at : at + 8] for at in range(0, 64, 8))
    assert proof_fault(made, printed) is None
    assert "đã công bố" in (proof_fault(made, "00" * 32) or "")


@pytest.mark.rule("QT-6")
@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("dossier", "seq", 7),
        ("dossier", "id", 4),
        ("dossier", "hash", "00" * 32),
        ("seal", "leaves", 6),
        ("seal", "day", "2026-11-24"),
        ("seal", "root", "11" * 32),
        ("seal", "previous", "11" * 32),
        ("seal", "made_at", "2026-11-23T17:20:01+00:00"),
    ],
)
def test_a_proof_that_was_changed_does_not_hold(part: str, name: str, value: Any) -> None:
    made = proof()
    made[part][name] = value
    assert proof_fault(made) is not None


def _without(*names: str) -> dict[str, Any]:
    made = deepcopy(proof())
    place: Any = made
    for name in names[:-1]:
        place = place[name]
    del place[names[-1]]
    return made


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"dossier": None, "seal": {}, "path": []},
        _without("path"),
        _without("seal", "root"),
        proof() | {"path": [{"side": "left", "hash": "nicht hex"}]},
        proof() | {"path": 7},
        proof() | {"dossier": "x"},
    ],
)
def test_what_is_no_proof_is_said_to_be_none(broken: dict[str, Any]) -> None:
    assert proof_fault(broken) is not None


@pytest.mark.rule("HT-10.3")
def test_retention_is_whole_years_or_for_ever() -> None:
    leap = datetime(2024, 2, 29, 8, tzinfo=UTC)
    assert kept_from("none", leap) is None
    assert kept_from("P5Y", leap) == datetime(2019, 2, 28, 8, tzinfo=UTC)
    assert kept_from("P20Y", AT) == AT.replace(year=2006)
    assert [check_kept(one) for one in ("none", "P1Y", "P99Y")] == ["none", "P1Y", "P99Y"]
    for wrong in ("P0Y", "P100Y", "20", 20, "P1M", "", None):
        with pytest.raises(ValueError, match="P20Y"):
            check_kept(wrong)
