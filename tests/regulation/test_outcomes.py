"""Requirements group 2: early, on time, late, and what is open past its time; the two rates (QT-18.6, 18.7, LA-14.4, 14.5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.rules.clock import ClockRules, ClockState, fold
from app.rules.events import Event
from app.rules.outcome import Counts, Standing, rates, standing_of
from app.rules.profile import Profile
from tests.regulation.provinces import LONG_AN, QUANG_TRI, SOC_TRANG, THAI_NGUYEN
from tests.rules.calendars import LOCAL, OFFICE_CALENDAR, at, shown
from tests.rules.histories import step
from tests.rules.shorthand import FIVE_DAYS

# Received on Monday at 10:00 with five working days: the deadline is the next Monday at 10:00.
RECEIVED, DEADLINE = "2026-03-16 10:00", "2026-03-23 10:00"


def folded(profile: Profile, *later: Event) -> ClockState:
    received = Event("accepted", at(RECEIVED), opens=(step("archive", "1"),), data=FIVE_DAYS)
    return fold((received, *later), ClockRules(OFFICE_CALENDAR, profile)).state


def resolved(profile: Profile, when: str, *before: Event) -> Standing:
    """How the dossier stands that has its result at `when`."""
    state = folded(profile, *before, Event("result_confirmed", at(when), closes=("1",)))
    standing = standing_of(state, at("2026-12-31 08:00"), profile, LOCAL)
    assert standing is not None
    return standing


def unresolved(profile: Profile, now: str, *events: Event) -> Standing:
    """How the dossier stands at `now`, still open."""
    standing = standing_of(folded(profile, *events), at(now), profile, LOCAL)
    assert standing is not None
    return standing


def apology(when: str, until: str) -> Event:
    return Event("apologised", at(when), data={"appointment": until.replace(" ", "T"), "file": "phieu-04.pdf"})


# Quảng Trị Điều 18 khoản 6 ---------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.6")
@pytest.mark.parametrize(
    ("result", "name", "label"),
    [
        ("2026-03-20 16:59", "early", "trước hạn"),
        ("2026-03-23 07:30", "on_time", "đúng hạn"),
        ("2026-03-23 10:00", "on_time", "đúng hạn"),
        ("2026-03-23 10:01", "late", "quá hạn"),
    ],
)
def test_quang_tri_measures_the_moment_of_the_result_against_the_deadline(result: str, name: str, label: str) -> None:
    assert shown(folded(QUANG_TRI).deadline_at) == DEADLINE  # type: ignore[arg-type]
    standing = resolved(QUANG_TRI, result)

    assert (standing.name, standing.label) == (name, label)


@pytest.mark.rule("QT-18.6")
def test_a_result_outside_working_hours_counts_at_the_next_opening_and_may_be_late_for_it() -> None:
    limit_at_noon = Event(
        "accepted", at("2026-03-16 11:30"), opens=(step("archive", "1"),), data={"limit_seconds": 28_800}
    )
    result = Event("result_confirmed", at("2026-03-17 12:00"), closes=("1",))
    state = fold((limit_at_noon, result), ClockRules(OFFICE_CALENDAR, QUANG_TRI)).state

    assert shown(state.deadline_at) == "2026-03-17 11:30"  # type: ignore[arg-type]
    assert state.timeliness == "late"


@pytest.mark.rule("QT-18.6")
def test_waiting_for_the_applicant_makes_no_result_late() -> None:
    request = Event("supplement_requested", at("2026-03-18 10:00"), data={"file": "phieu-02.pdf"})
    withdrawn = Event("withdrawn", at("2026-05-18 10:00"), closes=("1",), data={"file": "de-nghi-rut.pdf"})
    state = folded(QUANG_TRI, request, withdrawn)

    assert state.timeliness == "early"


@pytest.mark.rule("QT-19.1a")
def test_in_quang_tri_an_apologised_dossier_is_overdue_even_with_an_early_result() -> None:
    promised = apology("2026-03-18 10:00", "2026-03-30 07:00")

    assert unresolved(QUANG_TRI, "2026-03-18 11:00", promised) == Standing("overdue", "quá hạn")
    assert resolved(QUANG_TRI, "2026-03-19 10:00", promised) == Standing("late", "quá hạn")


# Long An Điều 14 khoản 4 -----------------------------------------------------------------------------------------------


@pytest.mark.rule("LA-14.4a")
def test_in_long_an_a_result_on_a_day_before_the_appointment_is_early() -> None:
    assert resolved(LONG_AN, "2026-03-20 16:59") == Standing("early", "trước hạn")
    assert resolved(LONG_AN, "2026-03-16 11:00") == Standing("early", "trước hạn")


@pytest.mark.rule("LA-14.4b")
def test_in_long_an_a_result_on_the_day_of_the_appointment_is_on_time_whatever_the_hour() -> None:
    for hour in ("07:00", "10:00", "10:01", "16:59", "17:00", "19:30"):
        assert resolved(LONG_AN, f"2026-03-23 {hour}") == Standing("on_time", "đúng hạn")


@pytest.mark.rule("LA-14.4c")
def test_in_long_an_a_result_on_a_day_after_the_appointment_is_late() -> None:
    assert resolved(LONG_AN, "2026-03-24 07:00") == Standing("late", "trễ hạn")
    assert resolved(LONG_AN, "2026-04-24 07:00") == Standing("late", "trễ hạn")


@pytest.mark.rule("LA-14.4c")
def test_in_long_an_the_day_that_counts_is_that_of_the_appointment_on_the_slip() -> None:
    entered = FIVE_DAYS | {"appointment": "2026-03-25T14:00"}
    events = (
        Event("accepted", at(RECEIVED), opens=(step("archive", "1"),), data=entered),
        Event("result_confirmed", at("2026-03-25 16:00"), closes=("1",)),
    )

    assert fold(events, ClockRules(OFFICE_CALENDAR, LONG_AN)).state.timeliness == "on_time"
    assert fold(events, ClockRules(OFFICE_CALENDAR, QUANG_TRI)).state.timeliness == "late"


@pytest.mark.rule("LA-14.4d")
def test_in_long_an_an_open_dossier_past_its_appointment_is_overdue_in_progress() -> None:
    assert unresolved(LONG_AN, "2026-03-23 10:00") == Standing("open", "trong hạn")
    assert unresolved(LONG_AN, "2026-03-23 10:01") == Standing("overdue", "đang giải quyết quá hạn")


@pytest.mark.rule("LA-14.4d")
def test_a_dossier_that_waits_for_its_applicant_stands_where_it_stopped() -> None:
    request = Event("supplement_requested", at("2026-03-18 10:00"), data={"file": "phieu-02.pdf"})

    assert unresolved(LONG_AN, "2026-05-18 10:00", request).name == "open"


def test_what_was_never_accepted_stands_nowhere() -> None:
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI)
    refused = fold((Event("not_accepted", at("2026-03-16 10:00")),), rules).state

    assert standing_of(refused, at("2026-03-17 08:00"), QUANG_TRI, LOCAL) is None


def test_a_dossier_without_any_limit_is_never_late() -> None:
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI)
    unlimited = Event("accepted", at(RECEIVED), opens=(step("archive", "1"),), data={})
    state = fold((unlimited, Event("result_confirmed", at("2027-03-16 10:00"), closes=("1",))), rules).state

    assert state.timeliness == "on_time"


def test_a_clock_kept_before_results_were_classed_is_read_by_its_mark() -> None:
    state = folded(QUANG_TRI, Event("result_confirmed", at("2026-03-20 10:00"), closes=("1",)))
    kept = state.to_dict()
    del kept["timeliness"]
    late = kept | {"overdue": True}

    for data, name in ((kept, "early"), (late, "late")):
        standing = standing_of(ClockState.from_dict(data), at("2026-12-31 08:00"), QUANG_TRI, LOCAL)
        assert standing is not None
        assert standing.name == name


# The start, and how long -----------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-11.3b", "TN-11.4b")
@pytest.mark.parametrize("profile", [SOC_TRANG, THAI_NGUYEN], ids=lambda profile: profile.id)
def test_an_online_dossiers_time_starts_with_its_acceptance_and_is_the_published_one(profile: Profile) -> None:
    submitted = Event("registered", at("2026-03-13 09:00"), opens=(step("desk", "0"),))
    received = Event("accepted", at(RECEIVED), closes=("0",), opens=(step("archive", "1"),), data=FIVE_DAYS)
    state = fold((submitted, received), ClockRules(OFFICE_CALENDAR, profile)).state

    assert (shown(state.started_at), shown(state.deadline_at)) == (RECEIVED, DEADLINE)  # type: ignore[arg-type]
    assert OFFICE_CALENDAR.between(at(RECEIVED), at(DEADLINE)) == FIVE_DAYS["limit_seconds"]


@pytest.mark.rule("TN-PL.3")
def test_in_thai_nguyen_processing_and_return_take_as_long_as_the_internal_procedure_says() -> None:
    state = folded(THAI_NGUYEN)

    assert state.appointment_at == state.deadline_at
    assert state.limit_seconds == FIVE_DAYS["limit_seconds"]


# The rates -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.7", "LA-14.5")
def test_resolved_of_received_and_in_time_of_resolved_in_percent() -> None:
    found = rates(Counts(received=200, early=90, on_time=45, late=15))

    assert (found.resolution, found.on_time) == (Decimal("75.00"), Decimal("90.00"))


@pytest.mark.rule("QT-18.7", "LA-14.5")
def test_where_nothing_was_received_or_resolved_there_is_no_rate() -> None:
    nothing, waiting = rates(Counts(0)), rates(Counts(3))

    assert (nothing.resolution, nothing.on_time) == (None, None)
    assert (waiting.resolution, waiting.on_time) == (Decimal(0), None)


def test_one_late_dossier_among_many_does_not_round_away() -> None:
    assert rates(Counts(100_000, on_time=99_999, late=1)).on_time == Decimal("99.99")
    assert rates(Counts(100_000, on_time=100_000)).on_time == Decimal(100)
    assert rates(Counts(received=2, on_time=3)).resolution == Decimal(150)  # some came in the period before


def test_where_by_date_and_by_instant_meet_the_switch_decides() -> None:
    by_date = replace(QUANG_TRI, on_time_by="date")

    assert resolved(by_date, "2026-03-23 16:00").name == "on_time"
    assert resolved(QUANG_TRI, "2026-03-23 16:00").name == "late"
