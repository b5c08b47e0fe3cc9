"""The arithmetic of seals (QT-6): a Merkle tree over a day's leaves (RFC 6962) and the hash that chains one seal to the next.

Anybody can do it again with nothing but SHA-256: leaves and seals are hashed as canonical JSON (sorted keys, no blanks,
UTF-8), instants as whole microseconds since 1970, hashes as hexadecimal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

NOTHING: Final = hashlib.sha256(b"").digest()
"""The root of no leaves."""
FIRST: Final = bytes(32)
"""What the first seal has as its previous one."""
DOSSIER: Final = "dossier"
"""The kind of a leaf that is the head of a dossier's chain."""
LEFT, RIGHT = "left", "right"
_LEAF, _NODE, _SEAL = b"\0", b"\1", b"\2"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Path = Sequence[tuple[str, bytes]]
"""From a leaf to the root: on which side the other half stands, and its hash."""


def canonical(value: Any) -> bytes:
    """JSON of which there is one way to write it; instants become microseconds, bytes hexadecimal."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(type(value).__name__)


def head_leaf(dossier_id: int, seq: int, head: bytes) -> bytes:
    """The leaf of a dossier: its number, its last row of history and that row's hash."""
    return _hash(_LEAF, canonical([DOSSIER, dossier_id, seq, head]))


def block_leaf(kind: str, first_id: int, last_id: int, rows: int, digest: bytes) -> bytes:
    """The leaf of a run of rows of a log: the numbers it covers, how many rows these are, the digest of them all."""
    return _hash(_LEAF, canonical([kind, first_id, last_id, rows, digest]))


def row_digest(before: bytes, row: Sequence[Any]) -> bytes:
    """The digest of a run of rows with one more at its end; it begins with FIRST."""
    return hashlib.sha256(before + canonical(list(row))).digest()


@dataclass(slots=True)
class Tree:
    """Takes leaves in their order and knows the root; of them all it keeps one hash for each level.

    `path`: after `root()`, the way from the leaf that was added as `wanted`.
    """

    leaves: int = 0
    path: list[tuple[str, bytes]] = field(default_factory=list)
    _done: list[tuple[int, bytes, bool]] = field(default_factory=list)
    """Whole subtrees from left to right: how many leaves, the hash, whether the wanted one is in it."""

    def add(self, leaf: bytes, *, wanted: bool = False) -> None:
        self.leaves += 1
        last = (1, leaf, wanted)
        while self._done and self._done[-1][0] == last[0]:
            last = self._join(self._done.pop(), last)
        self._done.append(last)

    def root(self) -> bytes:
        """Of all leaves together. Nothing can be added afterwards."""
        if not self._done:
            return NOTHING
        last = self._done.pop()
        while self._done:
            last = self._join(self._done.pop(), last)
        self._done.append(last)
        return last[1]

    def _join(self, left: tuple[int, bytes, bool], right: tuple[int, bytes, bool]) -> tuple[int, bytes, bool]:
        if left[2]:
            self.path.append((RIGHT, right[1]))
        elif right[2]:
            self.path.append((LEFT, left[1]))
        return left[0] + right[0], _hash(_NODE, left[1] + right[1]), left[2] or right[2]


def root_of(leaf: bytes, path: Path) -> bytes:
    """The root that a leaf and its path lead to."""
    for side, other in path:
        leaf = _hash(_NODE, other + leaf if side == LEFT else leaf + other)
    return leaf


def seal_hash(number: int, day: date, made_at: datetime, leaves: int, root: bytes, previous: bytes) -> bytes:
    """What is published of a seal: it stands for the root, the day and every seal before."""
    return _hash(_SEAL, canonical([number, day, made_at, leaves, root, previous]))


def proof_fault(proof: Mapping[str, Any], published: str | None = None) -> str | None:
    """What is wrong with a proof (Vietnamese), or None: a dossier's leaf leads to a seal, which is the one published.

    `proof` as `motcua audit proof` writes it; `published` is the seal's hash as it was printed or mailed, if it is known.
    """
    try:
        dossier, seal = proof["dossier"], proof["seal"]
        leaf = head_leaf(int(dossier["id"]), int(dossier["seq"]), bytes.fromhex(dossier["hash"]))
        path = [(str(step["side"]), bytes.fromhex(step["hash"])) for step in proof["path"]]
        root, previous = bytes.fromhex(seal["root"]), bytes.fromhex(seal["previous"])
        made_at, day = datetime.fromisoformat(seal["made_at"]), date.fromisoformat(seal["day"])
        found = seal_hash(int(seal["number"]), day, made_at, int(seal["leaves"]), root, previous)
        claimed = bytes.fromhex(seal["hash"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return "Tệp không phải một chứng thực niêm phong đầy đủ."
    if root_of(leaf, path) != root:
        return "Đường dẫn không đưa từ hồ sơ đến gốc của niêm phong."
    if found != claimed:
        return "Mã băm của niêm phong không khớp với nội dung của nó."
    if published is not None and plain_hash(published) != claimed.hex():
        return "Niêm phong trong chứng thực không phải niêm phong đã công bố."
    return None


def plain_hash(text: str) -> str:
    """A hash as somebody typed it from paper, without blanks and in small letters."""
    return "".join(text.split()).lower()


def _hash(sort: bytes, content: bytes) -> bytes:
    return hashlib.sha256(sort + content).digest()
