"""Each side process along its ways: who asks decides whose word is needed, a refusal ends it with nothing done."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from app.engine.shared import REQUESTS
from app.rules.side import SIDE
from tests.engine.side_runs import SideRun

HEAD, LEADER, DESK = {"by_unit_head": True}, {"by_leader": True, "by_unit_head": True}, {"by_desk": True}
NO_CLERK, NO_LEADER = {"has_clerk": False}, {"has_leader": False}

ISSUED = ["issue", "inform_applicant", "await_supplement"]
REFUSED = ["issue_refusal", "confirm_refusal", "return_papers"]
WAYS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("supplement", {}, ["approve_by_head", "approve_by_leader", *ISSUED]),
    ("supplement", HEAD, ["approve_by_leader", *ISSUED]),
    ("supplement", LEADER, ISSUED),
    ("supplement", NO_LEADER, ["approve_by_head", *ISSUED]),
    ("supplement", NO_LEADER | HEAD, ISSUED),
    ("supplement", NO_CLERK, ["approve_by_head", "approve_by_leader", "issue_by_asker", *ISSUED[1:]]),
    ("supplement", DESK, ["issue_at_desk", "await_supplement"]),
    ("rejection", {}, ["approve_by_head", "approve_by_leader", *REFUSED]),
    ("rejection", HEAD, ["approve_by_leader", *REFUSED]),
    ("rejection", LEADER, REFUSED),
    ("rejection", NO_LEADER | NO_CLERK, ["approve_by_head", *REFUSED[1:]]),
    ("rejection", DESK, ["approve_by_head", "approve_by_leader", *REFUSED]),
    ("withdrawal", {}, ["check_request", "confirm_withdrawal"]),
    ("withdrawal", DESK, ["confirm_withdrawal"]),
    ("stopping", {}, ["check_request", "approve_by_leader", "confirm_stop", "return_papers"]),
    ("stopping", DESK, ["approve_by_leader", "confirm_stop", "return_papers"]),
    ("stopping", LEADER, ["confirm_stop", "return_papers"]),
    ("stopping", DESK | NO_LEADER, ["confirm_stop", "return_papers"]),
    ("extension", {}, ["approve_by_head", "approve_by_leader", "issue_slip", "record_apology"]),
    ("extension", {"separate": True}, ["approve_by_head", "approve_by_leader", "issue_slip", "record_extension"]),
    ("extension", HEAD, ["approve_by_leader", "issue_slip", "record_apology"]),
    ("extension", LEADER | NO_CLERK, ["record_apology"]),
    ("extension", DESK, ["record_apology"]),
    ("payment", {}, ["approve_by_head", "request_payment", "await_payment"]),
    ("payment", HEAD, ["request_payment", "await_payment"]),
    ("payment", DESK, ["request_payment", "await_payment"]),
    ("opinion", {}, ["answer"]),
    ("verification", {}, ["hold_visit"]),
]


@pytest.mark.parametrize(("name", "asked", "steps"), WAYS)
def test_who_asks_decides_whose_word_is_needed(name: str, asked: dict[str, Any], steps: list[str]) -> None:
    run = SideRun(name, **asked).agree()
    assert run.done == steps


def all_askers() -> list[dict[str, bool]]:
    names = ("by_desk", "by_unit_head", "by_leader", "has_clerk", "has_leader", "separate")
    return [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]


@pytest.mark.parametrize("name", REQUESTS)
def test_whoever_asks_it_is_done_once_and_to_the_end(name: str) -> None:
    further = {"rejection": ["deliver_papers"], "stopping": ["deliver_papers"]}
    for asked in all_askers():
        wanted = [*SIDE[name].effects, *further.get(name, [])]
        if name == "extension" and asked["separate"]:
            wanted = ["record_extension"]
        run = SideRun(name, **asked).agree()
        assert run.effects == wanted, asked


REFUSALS = [
    ("supplement", "approve_by_head", ["approve_by_head"]),
    ("supplement", "approve_by_leader", ["approve_by_head", "approve_by_leader"]),
    ("rejection", "approve_by_head", ["approve_by_head"]),
    ("rejection", "approve_by_leader", ["approve_by_head", "approve_by_leader"]),
    ("withdrawal", "check_request", ["check_request"]),
    ("stopping", "check_request", ["check_request"]),
    ("stopping", "approve_by_leader", ["check_request", "approve_by_leader"]),
    ("extension", "approve_by_head", ["approve_by_head"]),
    ("extension", "approve_by_leader", ["approve_by_head", "approve_by_leader"]),
    ("payment", "approve_by_head", ["approve_by_head"]),
]


@pytest.mark.parametrize(("name", "who", "steps"), REFUSALS)
def test_who_does_not_agree_ends_it_with_nothing_done_and_nothing_said(name: str, who: str, steps: list[str]) -> None:
    run = SideRun(name)
    while not run.finished:
        (step,) = run.open
        run.do(step, "reject" if step == who else "agree")
    assert run.done == steps
    assert run.effects == []
    assert run.said == []


@pytest.mark.rule("QT-15.5", "QT-16.4")
def test_the_applicant_hears_of_a_supplement_when_the_desk_has_it_not_when_it_is_proposed_or_issued() -> None:
    """The slip goes to the desk at once; the desk confirms, and then he is told."""
    run = SideRun("supplement").do("approve_by_head", "agree").do("approve_by_leader", "agree").do("issue")
    assert (run.said, run.effects, run.open) == ([], ["request_supplement"], ["inform_applicant"])
    run.do("inform_applicant")
    assert (run.said, run.open) == (["supplement_requested"], ["await_supplement"])


@pytest.mark.rule("QT-15.5", "QT-16.4")
def test_a_supplement_that_the_desk_itself_issues_is_told_at_once() -> None:
    run = SideRun("supplement", by_desk=True).do("issue_at_desk")
    assert (run.said, run.open) == (["supplement_requested"], ["await_supplement"])


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("rejection", {}, ["dossier_refused"]),
        ("withdrawal", {}, ["dossier_withdrawn"]),
        ("stopping", {}, ["dossier_stopped"]),
        ("extension", {}, ["apology_sent"]),
        ("extension", {"separate": True}, ["extension_recorded"]),
        ("payment", {}, ["payment_requested"]),
        ("opinion", {}, ["opinion_asked", "opinion_answered"]),
        ("verification", {}, ["visit_planned"]),
    ],
)
def test_what_was_done_is_said(name: str, asked: dict[str, Any], said: list[str]) -> None:
    assert SideRun(name, **asked).agree().said == said


def test_papers_are_waited_for_after_the_refusal_was_confirmed() -> None:
    run = SideRun("rejection", **LEADER).do("issue_refusal").do("confirm_refusal")
    assert (run.open, run.effects, run.said) == (["return_papers"], ["confirm_refusal"], ["dossier_refused"])


def test_after_the_last_day_the_payment_is_still_waited_for() -> None:
    run = SideRun("payment", **DESK).do("request_payment").pass_day()
    assert run.open == ["await_payment"]
    assert run.said == ["payment_requested", "payment_overdue", "payment_reminder"]
    assert run.do("await_payment").finished


def test_an_opinion_that_is_late_is_told_and_may_still_come() -> None:
    run = SideRun("opinion").pass_day()
    assert (run.open, run.said) == (["answer"], ["opinion_asked", "opinion_overdue"])
    assert run.do("answer").finished


def test_an_answer_in_time_leaves_no_timer_behind() -> None:
    run = SideRun("opinion").do("answer")
    assert run.instance.timers() == []


def test_the_agency_that_is_asked_is_named_by_the_request() -> None:
    run = SideRun("opinion", agency="SXD")
    (answer,) = run.instance.open_steps()
    assert answer.step.agency == "=agency"
    assert run.instance.evaluate("agency") == "SXD"
    assert (answer.step.role, answer.step.effect) == ("@agency_inbox", "answer_opinion")
