"""Who is calling, as actions and queries see it: one value without a request, a session or a framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.rules.permissions import allowed
from app.store.accounts import AccountRow, HeldDelegation, HeldPosition, Person


@dataclass(frozen=True, slots=True)
class Caller:
    """An active account with the positions it holds on `day` (local date of the call).

    `agency` is the code of the account's own agency; a position may belong to another one. `absent` are the accounts for
    which it stands in that day; their positions are among its own. `delegated` is what others let it do, within limits;
    it holds none of their positions.
    """

    account_id: int
    username: str
    name: str
    agency_id: int
    agency: str
    permissions: frozenset[str]
    positions: tuple[HeldPosition, ...]
    day: date
    absent: tuple[Person, ...] = ()
    must_change_password: bool = False
    """It may do nothing but choose a password of its own (ST-26.5)."""
    delegated: tuple[HeldDelegation, ...] = ()

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
            absent=account.absent,
            must_change_password=account.must_change_password,
            delegated=account.delegated,
        )

    def may(self, permission: str) -> bool:
        """Whether the account has been given that permission. ValueError for a name that is no permission."""
        return allowed(self.permissions, permission)

    def holds(self, position_id: int) -> bool:
        return any(position.id == position_id for position in self.positions)

    def stands_in_for(self, account_id: int | None) -> bool:
        return any(person.id == account_id for person in self.absent)

    def instead_of(self, position_id: int, assignee_id: int | None) -> Person | None:
        """For whom she acts on a task of that position that this account has, or nobody yet; None for her own work."""
        absent = assignee_id
        if assignee_id is None:
            absent = next((held.absent_id for held in self.positions if held.id == position_id), None)
        return next((person for person in self.absent if person.id == absent), None)

    def delegations_of(self, position_id: int, assignee_id: int | None) -> tuple[HeldDelegation, ...]:
        """Under which delegations a task of that position may be hers to do, limits apart: one that nobody has, or that the
        delegator has."""
        return tuple(
            one for one in self.delegated if one.position_id == position_id and assignee_id in (None, one.giver.id)
        )

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies it works in: its own and those of its positions."""
        return frozenset({self.agency_id, *(position.agency_id for position in self.positions)})

    @property
    def own_agency_ids(self) -> frozenset[int]:
        """The same without those for which its agency only acts (TN-25.2)."""
        own = (position.agency_id for position in self.positions if position.mandate_id is None)
        return frozenset({self.agency_id, *own})
