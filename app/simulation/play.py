"""A play: how it began and every move since, as one short text that an address can carry; replayed, it is the dossier.

Nothing of a play is kept anywhere: going back, undoing the last move and sending somebody the address all come of that.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.rules import events
from app.rules.clock import ClockRules
from app.simulation.played import PlayedProcedure
from app.simulation.walk import Walk, WalkRefused
from app.wording import LOCAL

MOST_MOVES = 300
MOST_TEXT = 3_200
"""Characters of a play in an address, which servers and mail programs still take."""
_MOST_JSON = 60_000
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=LOCAL), datetime(2190, 1, 1, tzinfo=LOCAL)

FORWARD, RETURN, MESSAGE, TO, NEXT, HOUR, DAY_END, MORNING = "f", "r", "m", "t", "n", "h", "e", "d"
SUPPLEMENT, SUPPLIED, PAYMENT, PAID, APOLOGY, EXTENSION = "s", "S", "p", "P", "a", "x"
DECIDES: Mapping[str, str] = {
    SUPPLEMENT: events.SUPPLEMENT_REQUESTED,
    SUPPLIED: events.SUPPLEMENT_RECEIVED,
    PAYMENT: events.PAYMENT_REQUESTED,
    PAID: events.PAYMENT_RECEIVED,
    APOLOGY: events.APOLOGISED,
    EXTENSION: events.EXTENDED,
}
"""Moves that only the clock knows; the last two carry the new appointment."""
KINDS = frozenset({FORWARD, RETURN, MESSAGE, TO, NEXT, HOUR, DAY_END, MORNING, *DECIDES})

Move = tuple[str, tuple[Any, ...]]
"""Its kind, and what it takes: forward (ref, decision, data), return (ref, to), message (name), to (local ISO instant)."""


class BadPlay(ValueError):  # noqa: N818
    """No play of ours: cut off, or changed by hand. The text (Vietnamese) says so."""


@dataclass(frozen=True, slots=True)
class Play:
    """`at` an aware instant; `seen`: ids of steps and timers that earlier plays took."""

    at: datetime
    agency: str
    electronic: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    seen: tuple[str, ...] = ()

    def and_then(self, kind: str, *given: Any) -> Play:
        """Errors: BadPlay, when there are too many."""
        if len(self.moves) >= MOST_MOVES:
            raise BadPlay(f"Lượt thử đã có {MOST_MOVES} thao tác; hãy bắt đầu lượt mới.")
        return replace(self, moves=(*self.moves, (kind, given)))

    def without_last(self) -> Play:
        return replace(self, moves=self.moves[:-1])

    def to_text(self) -> str:
        """Errors: BadPlay, when it does not fit into an address."""
        said = [
            self.at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S"),
            self.agency,
            int(self.electronic),
            dict(self.data),
            [[kind, *given] for kind, given in self.moves],
            list(self.seen),
        ]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        packed = urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
        if len(text.encode()) > _MOST_JSON or len(packed) > MOST_TEXT:
            raise BadPlay("Lượt thử đã quá dài để ghi trong địa chỉ trang; hãy bắt đầu lượt mới.")
        return packed

    @classmethod
    def from_text(cls, text: str) -> Play:
        """The inverse of `to_text`. Errors: BadPlay."""
        try:
            if len(text) > MOST_TEXT:
                raise ValueError
            unpacker = zlib.decompressobj()
            raw = unpacker.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_JSON)
            said = json.loads(raw)
            # What cannot be written again, or not be asked of the database: lone surrogates, NaN, NUL.
            if b"\\u0000" in json.dumps(said, ensure_ascii=False, allow_nan=False).encode():
                raise ValueError
            at, agency, electronic, data, moves, seen = said
            began = datetime.fromisoformat(at).replace(tzinfo=LOCAL)
            made = tuple((str(kind), tuple(given)) for kind, *given in moves)
            if (
                not isinstance(agency, str)
                or not isinstance(data, dict)
                or not all(isinstance(one, str) for one in seen)
            ):
                raise ValueError
            if len(made) > MOST_MOVES or any(kind not in KINDS for kind, _ in made):
                raise ValueError
        except (ValueError, TypeError, KeyError, zlib.error, Base64Error, RecursionError) as problem:
            raise BadPlay("Địa chỉ của lượt thử không còn nguyên vẹn; hãy bắt đầu lượt mới.") from problem
        return cls(check_instant(began), agency, bool(electronic), data, made, tuple(seen))


@dataclass(frozen=True, slots=True)
class Replayed:
    """`walk` as it stands after `done` moves; `refused`: why the next one could not be made, None when all were."""

    walk: Walk
    done: int
    refused: WalkRefused | None = None


def replay(procedure: PlayedProcedure, rules: ClockRules, play: Play) -> Replayed:
    """The dossier after all moves, or up to the first that is refused. Raises WalkRefused where it cannot even begin."""
    walk = procedure.accept(rules, play.agency, play.at, play.data, electronic=play.electronic)
    for done, (kind, given) in enumerate(play.moves):
        try:
            make(walk, kind, given)
        except WalkRefused as refusal:
            # A move may have advanced the clock before it was refused: what stands is what the moves before it led to.
            before = replay(procedure, rules, replace(play, moves=play.moves[:done]))
            return Replayed(before.walk, done, refusal)
    return Replayed(walk, len(play.moves))


def make(walk: Walk, kind: str, given: tuple[Any, ...]) -> None:
    """Make one move. Raises WalkRefused."""
    try:
        _make(walk, kind, given)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as problem:
        if isinstance(problem, WalkRefused):
            raise
        raise WalkRefused("Thao tác này không đọc được.") from problem


def _make(walk: Walk, kind: str, given: tuple[Any, ...]) -> None:
    if kind == FORWARD:
        ref, decision, data = (*given, None, None)[:3]
        walk.complete(str(ref), walk.now, decision, data if isinstance(data, dict) else None)
    elif kind == RETURN:
        ref, to = given
        walk.returned(str(ref), str(to), walk.now)
    elif kind == MESSAGE:
        walk.message(str(given[0]), walk.now)
    elif kind in DECIDES:
        more = {"appointment": check_instant(_local(str(given[0]))).isoformat()} if kind in (APOLOGY, EXTENSION) else {}
        walk.decide(DECIDES[kind], walk.now, **more)
    else:
        walk.advance(check_instant(_moment(walk, kind, given)))


def _moment(walk: Walk, kind: str, given: tuple[Any, ...]) -> datetime:
    """To when a move of the clock goes."""
    if kind == TO:
        return _local(str(given[0]))
    if kind == HOUR:
        return walk.now + timedelta(hours=1)
    if kind == MORNING:
        return walk.rules.calendar.next_day(walk.now)
    if kind == DAY_END:
        end = walk.rules.calendar.day_end(walk.now)
        if end is None or end <= walk.now:
            end = walk.rules.calendar.day_end(walk.rules.calendar.next_day(walk.now))
        return end or walk.now
    coming = walk.alarms()
    if not coming:
        raise WalkRefused("Không còn mốc nào tự xảy ra.")
    return coming[0].at


def _local(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def check_instant(at: datetime) -> datetime:
    """Errors: BadPlay for a year in which nobody plays."""
    if not _EARLIEST <= at < _LATEST:
        raise BadPlay("Thời điểm phải ở trong khoảng từ năm 1990 đến năm 2189.")
    return at
