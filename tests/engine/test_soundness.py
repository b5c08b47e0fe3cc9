"""The search of every marking: what is sound passes, what is not is named with its element and the way that leads there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.engine.definition import build_definition
from app.engine.gate import soundness as gate_soundness
from app.engine.gate.calls import check_calls
from app.engine.gate.dry_run import dry_run
from app.engine.gate.model import read_model
from app.engine.gate.soundness import check_soundness
from app.engine.gate.verdict import check
from app.engine.problems import Problem
from app.engine.reading import parse
from tests.engine.runs import diagram
from tests.engine.sketch import DAY, sketch

REPOSITORY = Path(__file__).parents[2]


def problems(content: bytes, shared: Mapping[str, bytes] | None = None) -> list[Problem]:
    model = read_model(parse(content))
    return list(check_soundness(model, check_calls(model, shared or {}).models.values()))


def told(*args: str, **bodies: str) -> list[tuple[str, str | None]]:
    found = problems(sketch(*args, **bodies))
    for problem in found:
        assert problem.message == unicodedata.normalize("NFC", problem.message)
        assert ("Đường đi: " in problem.message, problem.message[-1]) == (True, ".")
    return [(problem.code.removeprefix("soundness."), problem.element) for problem in found]


SOUND = [
    "start a b end",
    "start a x b end | x c end2",
    "start a x b x2 d end | x c x2",
    "start split+ a join+ c end | split+ b join+",
    "start split+ a end | split+ b end2",
    "start o a o2 d end | o b o2 | o c o2",
    "start x0 a x b end | x x0",
    "start split+ x0 a x join+ c end | x x0 | split+ b join+",
    "start v t_long b x end | v m_answer c x",
    "start r_answer a end | late@a b end2",
    "start a end | late@@a b end2",
    "start x0 a x end | late@@a b end2 | x x0",
    "start split+ a x join+ c end | late@a d x | split+ b join+",
    "start o a o2 d end | o b o2 | late@@a c o2 | o e end2",
    "start s1+ s2+ a j1+ c end | s2+ b j1+ | s1+ d e j2+ end2 | s1+ f j2+",
    # Beside the step, a reminder comes to the next one: it may be open twice.
    "start a x d end | late@@a x",
]
"""Each can be brought to its end from wherever it stands."""

UNSOUND = [
    ("start x a join+ c end | x b join+", [("deadlock", "join")]),
    ("start split+ a join+ c end | split+ b x join+ | x end2", [("deadlock", "join")]),
    ("start split+ a join+ c end | late@a d end2 | split+ b join+", [("deadlock", "join")]),
    ("start o a join+ c end | o b join+", [("deadlock", "join")]),
    ("start v t_long b join+ end | v m_answer c join+", [("deadlock", "join")]),
    ("start split+ a join+ end | late@@a b join+", [("deadlock", "join")]),
    ("start split+ a x c end | split+ b x", [("unsynchronised", "c")]),
    ("start split+ a x t_long end | split+ b x", [("unsynchronised", "t_long")]),
    ("start split+ x0 a x join+ c end | x x0 | split+ b x0", [("unsynchronised", "a")]),
    ("start split+ a x0 join+ c end | split+ b x0 | split+ d join+", [("unsynchronised", "join")]),
    ("start split+ x0 a s2+ x0 | s2+ b join+ end | split+ c join+", [("unsynchronised", "b")]),
]


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_passes(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(("text", "expected"), UNSOUND)
def test_what_is_not_sound_is_named(text: str, expected: list[tuple[str, str]]) -> None:
    found = told(text)
    assert found[: len(expected)] == expected
    assert told("start0 k end0", k=text) == found, "inside a sub-process too"


def test_the_way_to_a_deadlock_is_told_in_words() -> None:
    content = sketch("start s x a join+ c end | x b join+").decode().replace('name="Bước s"', 'name="Tiếp nhận"')
    content = content.replace('id="x_to_a"', 'id="x_to_a" name="Đủ hồ sơ"')
    (problem,) = problems(content.encode())
    assert (problem.code, problem.severity, problem.element) == ("soundness.deadlock", "error", "join")
    assert f'id="{problem.element}"' in content.splitlines()[(problem.line or 0) - 1]
    assert "Đường đi: Tiếp nhận [Đủ hồ sơ] → Bước a." in problem.message
    assert "chờ nhánh từ “Bước b” (b)" in problem.message


def test_the_way_to_a_step_that_is_open_twice_is_told_in_words() -> None:
    (problem,) = problems(diagram("merge_without_join"))
    assert "Đường đi: Bước b → Bước c." in problem.message


def test_a_loop_that_nothing_leads_out_of_is_told() -> None:
    # The default leads out, but the same question has just been answered the other way.
    content = sketch("start a x1 b x2 c x0 b2 x3 x0 | x1 end | x2 end2 | x3 end3").decode()
    for gate, target in (("x1", "b"), ("x2", "c"), ("x3", "x0")):
        content = content.replace(f'{gate} = "{target}"', 'a_decision = "go"')
    assert [problem.code for problem in problems(content.encode())] == ["soundness.no-completion"]


def same_question(second: str) -> bytes:
    """Two gateways, the second of which asks whether to go on to a join."""
    text = "start a x1 s+ b x2 j+ d end | x1 e x2 | s+ c j+ | x2 end2"
    content = sketch(text).decode()
    return content.replace('x1 = "s"', 'a_decision = "go"').replace('x2 = "j"', second).encode()


def test_the_same_question_is_not_answered_in_two_ways_without_a_step_that_decides_it_again() -> None:
    assert problems(same_question('a_decision = "go"')) == []
    assert problems(same_question('a_decision != "stay"')) != []
    assert problems(same_question('b_decision = "go"')) != []


def test_a_terminating_end_that_closes_open_steps_is_a_warning() -> None:
    (problem,) = problems(sketch("start split+ a stop | split+ b end"))
    assert (problem.code, problem.severity, problem.element) == ("soundness.improper-completion", "warning", "stop")
    assert "bước “Bước b” (b)" in problem.message
    assert problems(sketch("start a x stop | x end")) == []


def test_what_is_thrown_is_followed_to_where_it_is_caught() -> None:
    for name in ("subprocess_error", "escalation_beside", "escalation_interrupting", "transaction", "error_call"):
        assert problems(diagram(name), {"inner_error": diagram("inner_error")}) == [], name


SHIPPED = {path.stem: path.read_bytes() for path in (REPOSITORY / "bpmn" / "shared").glob("*.bpmn")}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "bpmn").glob("*/*.bpmn")), ids=lambda path: path.stem)
def test_every_shipped_diagram_is_sound_and_has_few_markings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_soundness, "STATE_LIMIT", 400)
    assert problems(path.read_bytes(), SHIPPED) == []


def test_many_branches_beside_each_other_are_no_matter() -> None:
    branches = "".join(f" | s+ a{n} b{n} j+" for n in range(60))
    assert told(f"start s+ a b j+ end{branches}") == []


def test_what_is_too_large_is_given_up_in_time_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_soundness, "TIME_LIMIT", 0.3)
    branches = "".join(f" | s+ a{n} x{n} j+ | late{n}@a{n} b{n} x{n}" for n in range(20))
    content = sketch(f"start s+ a j+ end{branches}")
    assert [(problem.code, problem.severity) for problem in problems(content)] == [("soundness.bounded", "warning")]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("run.open-twice", sketch("start split+ a x c end | split+ b x")),
        ("run.stuck", sketch("start split+ a join+ c end | split+ b x join+ | x end2")),
    ],
)
def test_the_dry_run_finds_what_the_search_gave_up(code: str, content: bytes) -> None:
    assert [problem.code for problem in dry_run(build_definition({"sketch": content}, "sketch"))] == [code]


ESCALATION = '<bpmn:escalationEventDefinition escalationRef="cry" />'


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_what_every_item_of_a_list_cries_for_may_be_open_as_often(sequential: str) -> None:
    loop = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
    replacements = [
        ('<bpmn:subProcess id="k">', f'<bpmn:subProcess id="k">{loop}</bpmn:multiInstanceLoopCharacteristics>'),
        (f"{DAY}</bpmn:boundaryEvent>", f"{ESCALATION}</bpmn:boundaryEvent>"),
        (f"{DAY}</bpmn:intermediateCatchEvent>", f"{ESCALATION}</bpmn:intermediateThrowEvent>"),
        ('<bpmn:intermediateCatchEvent id="t_cry"', '<bpmn:intermediateThrowEvent id="t_cry"'),
    ]
    declared = '<bpmn:escalation id="cry" name="cry" escalationCode="cry" />'
    content = sketch("start k d end | heard@@k help end2", declared, k="start2 a t_cry c end3").decode()
    for old, new in replacements:
        assert old in content
        content = content.replace(old, new)
    assert [p.code for p in check("sketch", content.encode()).problems if p.severity == "error"] == []


def test_what_is_unsound_is_refused_by_the_gate_once() -> None:
    verdict = check("sketch.bpmn", sketch("start split+ a x c end | split+ b x"))
    assert [p.code for p in verdict.problems if p.severity == "error"] == ["soundness.unsynchronised"]
