"""A province may redraw a side process; what it must do to the dossier has to stay in it."""

from __future__ import annotations

import re
import unicodedata

import pytest

from app.engine.gate.steps import RECIPIENTS
from app.engine.gate.verdict import Verdict, check
from app.engine.shared import REQUESTS, SIDE_PROCESSES, side_files
from app.engine.steps import EFFECTS, ROLES
from app.rules import roles
from app.rules.side import SIDE
from tests.actions.diagrams import line
from tests.actions.drawing import diagram, end, parallel, start, step
from tests.engine.faults import Replacements
from tests.engine.side_faults import MISPLACED, SIDE_FAULTS, redrawn


def errors(verdict: Verdict) -> set[str]:
    return {problem.code for problem in verdict.problems if problem.severity == "error"}


@pytest.mark.parametrize("name", SIDE_PROCESSES)
def test_a_side_process_passes_by_itself_without_a_warning(name: str) -> None:
    """Neither the desk's two steps nor anything else of a procedure is asked of it."""
    assert check(f"{name}.bpmn", side_files()[f"{name}.bpmn"]).problems == ()


@pytest.mark.parametrize(
    ("code", "name", "replacements"), SIDE_FAULTS, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(SIDE_FAULTS)]
)
def test_a_redrawn_one_that_would_not_do_its_work_is_refused(code: str, name: str, replacements: Replacements) -> None:
    verdict = check(f"{name}.bpmn", redrawn(name, *replacements))
    assert verdict.verdict == "rejected"
    assert code in errors(verdict), [(problem.code, problem.message) for problem in verdict.problems]
    for problem in verdict.problems:
        assert problem.message == unicodedata.normalize("NFC", problem.message)
        assert re.search(r"[.)]$", problem.message), problem.message


@pytest.mark.parametrize(("code", "content"), MISPLACED, ids=[code for code, _ in MISPLACED])
def test_a_procedure_may_not_say_what_only_side_processes_may(code: str, content: bytes) -> None:
    assert errors(check("linear.bpmn", content)) == {code}


def test_the_day_of_an_answer_is_known_in_side_processes_only() -> None:
    timer = "<bpmn:timeDate>limit_at</bpmn:timeDate>"
    drawn = redrawn(
        "deadline_watch", ('<bpmn:timeDate xsi:type="bpmn:tFormalExpression">due_soon_at</bpmn:timeDate>', timer)
    )
    assert errors(check("deadline_watch.bpmn", drawn)) == set()
    procedure = drawn.replace(b'"deadline_watch"', b'"watched"')
    assert errors(check("watched.bpmn", procedure)) == {"timer.instant-unknown"}


def test_a_shorter_chain_with_own_positions_passes() -> None:
    """Who approves is the province's business: here one clerk asks, and the desk waits."""
    chain = diagram(
        "supplement",
        [
            start(),
            step("issue", "clerk", "PT4H", agency="asker", effect="request_supplement"),
            step("wait", "@desk", "none", effect="receive_supplement"),
            end(),
        ],
        line("start", "issue", "wait", "done"),
    )
    assert errors(check("supplement.bpmn", chain)) == set()


def test_side_by_side_is_as_good_as_one_after_the_other() -> None:
    steps = [step("visit", "@asker", agency="asker", effect="record_verification"), step("photograph", "@clerk")]
    ways = [*line("start", "split", "visit", "join", "done"), *line("split", "photograph", "join")]
    drawn = diagram("verification", [start(), parallel("split"), *steps, parallel("join"), end()], ways)
    assert errors(check("verification.bpmn", drawn)) == set()


def test_every_effect_belongs_to_a_side_process_and_is_drawn() -> None:
    drawn = {step.effect for name in REQUESTS for step in check(name, side_files()[f"{name}.bpmn"]).steps} - {None}
    assert drawn == set(EFFECTS)
    assert {effect for rule in SIDE.values() for effect in rule.effects} <= set(EFFECTS)


def test_rules_and_diagrams_speak_of_the_same() -> None:
    assert set(REQUESTS) == set(SIDE)
    assert set(ROLES) == set(roles.ROLES)
    assert "performer" in RECIPIENTS
