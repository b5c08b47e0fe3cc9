"""Chains of absences, against a slow reading of them day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.rules.substitution import Away, resolve

MONDAY = date(2026, 11, 23)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def away(account: int, substitute: int, first: int, last: int) -> Away:
    return Away(account, substitute, day(first), day(last))


def test_one_absence_is_itself() -> None:
    assert resolve([away(1, 2, 0, 4)]) == [away(1, 2, 0, 4)]


def test_a_substitute_who_is_away_herself_passes_it_on_for_those_days() -> None:
    found = resolve([away(1, 2, 0, 6), away(2, 3, 2, 3)])
    assert found == [away(1, 2, 0, 1), away(1, 3, 2, 3), away(1, 2, 4, 6), away(2, 3, 2, 3)]


def test_a_chain_that_comes_back_has_nobody_on_those_days() -> None:
    assert resolve([away(1, 2, 0, 4), away(2, 1, 3, 6)]) == [away(1, 2, 0, 2), away(2, 1, 5, 6)]
    assert resolve([away(1, 2, 0, 0), away(2, 3, 0, 0), away(3, 1, 0, 0)]) == []


def test_absences_that_follow_each_other_with_one_substitute_behind_them_read_as_one_stretch_of_the_first() -> None:
    found = resolve([away(1, 2, 0, 3), away(2, 4, 0, 1), away(2, 4, 2, 3)])
    assert found[0] == away(1, 4, 0, 3)


@st.composite
def _absences(draw: st.DrawFn) -> list[Away]:
    found: list[Away] = []
    for account in range(draw(st.integers(1, 6))):
        first = 0
        for _ in range(draw(st.integers(0, 3))):
            first += draw(st.integers(0, 4))
            last = first + draw(st.integers(0, 5))
            substitute = draw(st.integers(0, 6).filter(lambda other, account=account: other != account))
            found.append(away(account, substitute, first, last))
            first = last + 1
    return found


@given(_absences())
def test_every_day_is_as_following_the_chain_on_that_day_says(absences: list[Away]) -> None:
    resolved = resolve(absences)
    for number in range(40):
        today = day(number)
        named = {one.account: one.substitute for one in absences if one.from_day <= today <= one.to_day}
        stands: dict[int, int] = {}
        for account in named:
            seen, at = {account}, named[account]
            while at in named and at not in seen:
                seen.add(at)
                at = named[at]
            if at not in seen:
                stands[account] = at
        on_day = [one for one in resolved if one.from_day <= today <= one.to_day]
        assert {one.account: one.substitute for one in on_day} == stands
        assert len(on_day) == len(stands)
