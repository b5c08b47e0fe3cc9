"""Roles in side processes: which position of an agency answers for `@unit_head`, `@leader`, `@clerk` and the like.

A role that an agency has not staffed falls to the next that can answer for it, so that no request waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

ASKER = "@asker"


class StaffedPosition(Protocol):
    """A position as the organisation declares it; `unit_kind`: desk, room, leadership or clerk."""

    @property
    def code(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def unit_kind(self) -> str: ...
    @property
    def head(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for the side process: the position and unit of the task from which it was asked."""

    position: str
    unit_id: int


_Choice = Callable[[Sequence[StaffedPosition], Asker], "str | None"]


def _first(found: Iterable[StaffedPosition]) -> str | None:
    return next((position.code for position in found), None)


def _in_kind(kind: str, head: bool | None = None) -> _Choice:
    return lambda staff, asker: _first(
        one for one in staff if one.unit_kind == kind and (head is None or one.head is head)
    )


def _asker(staff: Sequence[StaffedPosition], asker: Asker) -> str | None:
    return _first(one for one in staff if one.code == asker.position)


def _unit_head(staff: Sequence[StaffedPosition], asker: Asker) -> str | None:
    return _first(one for one in staff if one.unit_id == asker.unit_id and one.head)


_LEADER = (_in_kind("leadership", head=True), _in_kind("leadership"))
_DESK = (_in_kind("desk", head=False), _in_kind("desk"))
_ANY_HEAD: _Choice = lambda staff, asker: _first(one for one in staff if one.head)  # noqa: E731
_ANYBODY: _Choice = lambda staff, asker: _first(staff)  # noqa: E731
ROLES: Mapping[str, tuple[_Choice, ...]] = {
    ASKER: (_asker,),
    "@unit_head": (_unit_head, *_LEADER, _asker, _ANY_HEAD),
    "@leader": (*_LEADER, _unit_head, _ANY_HEAD, _asker),
    "@clerk": (_in_kind("clerk"), *_DESK, _asker, *_LEADER),
    "@desk": _DESK,
    "@desk_head": (_in_kind("desk", head=True), *_DESK),
    "@agency_inbox": (_in_kind("clerk"), *_DESK, *_LEADER, _ANY_HEAD, _ANYBODY),
}
"""Each role with the ways to fill it, the proper one first."""


def position_for(role: str, staff: Sequence[StaffedPosition], asker: Asker) -> str | None:
    """The code of the position that plays `role` in an agency with these positions; None where nobody can."""
    return next((code for choose in ROLES[role] if (code := choose(staff, asker)) is not None), None)
