"""Who stands in for whom on which days: absences as they are entered, resolved along chains.

A substitute who is away herself is stood in for by her own substitute. Where a chain comes back to somebody in it there is
nobody, and the work stays with whoever is away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Away:
    """An account is away on these days (both included), and whom it named to stand in."""

    account: int
    substitute: int
    from_day: date
    to_day: date


def resolve(absences: Iterable[Away]) -> list[Away]:
    """The same days with the account that really stands in, by account and day; days with nobody are left out.

    No account may have two absences on one day.
    """
    by_account: dict[int, list[Away]] = defaultdict(list)
    for away in absences:
        by_account[away.account].append(away)
    for own in by_account.values():
        own.sort(key=lambda away: away.from_day)
    found: list[Away] = []
    for account in sorted(by_account):
        for away in by_account[account]:
            found.extend(_merged(_followed(away, by_account, (account,))))
    return found


def _followed(away: Away, by_account: Mapping[int, Sequence[Away]], seen: tuple[int, ...]) -> Iterator[Away]:
    """The stretches of `away`, each with who stands in at the end of the chain."""
    if away.substitute in seen:
        return
    first = away.from_day
    for other in by_account.get(away.substitute, ()):
        if other.to_day < first or other.from_day > away.to_day:
            continue
        if other.from_day > first:
            yield Away(away.account, away.substitute, first, other.from_day - _DAY)
        begins, ends = max(first, other.from_day), min(away.to_day, other.to_day)
        passed_on = Away(away.account, other.substitute, begins, ends)
        yield from _followed(passed_on, by_account, (*seen, away.substitute))
        first = ends + _DAY
    if first <= away.to_day:
        yield Away(away.account, away.substitute, first, away.to_day)


def _merged(stretches: Iterable[Away]) -> Iterator[Away]:
    """Stretches that follow each other with the same substitute, as one."""
    last: Away | None = None
    for away in stretches:
        if last is not None and last.substitute == away.substitute and last.to_day + _DAY == away.from_day:
            last = Away(last.account, last.substitute, last.from_day, away.to_day)
            continue
        if last is not None:
            yield last
        last = away
    if last is not None:
        yield last
