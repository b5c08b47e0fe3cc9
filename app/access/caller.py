"""Who is calling, as actions and queries see it: one value without a request, a session or a framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.rules.permissions import allowed
from app.store.accounts import AccountRow, HeldPosition


@dataclass(frozen=True, slots=True)
class Caller:
    """An active account with the positions it holds on `day` (local date of the call).

    `agency` is the code of the account's own agency; a position may belong to another one.
    """

    account_id: int
    username: str
    name: str
    agency_id: int
    agency: str
    permissions: frozenset[str]
    positions: tuple[HeldPosition, ...]
    day: date

    @classmethod
    def of(cls, account: AccountRow, day: date) -> Caller:
        return cls(
            account_id=account.id,
            username=account.username,
            name=account.name,
            agency_id=account.agency_id,
            agency=account.agency,
            permissions=frozenset(account.permissions),
            positions=account.positions,
            day=day,
        )

    def may(self, permission: str) -> bool:
        """Whether the account has been given that permission. ValueError for a name that is no permission."""
        return allowed(self.permissions, permission)

    def holds(self, position_id: int) -> bool:
        return any(position.id == position_id for position in self.positions)

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies it works in: its own and those of its positions."""
        return frozenset({self.agency_id, *(position.agency_id for position in self.positions)})
