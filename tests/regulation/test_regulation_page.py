"""No rule is forgotten: each has a test that is marked with it or a reason, and docs/regulation.md says so."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from tools.regulation import MOST_WITHOUT, PAGE, Law, Rule, current_page, faults, marked_tests, marks_in, page, read_law

SMALL = Law(
    groups=((1, "Mã", (Rule("QT-14.1", "One code.", ("QT",)), Rule("QT-9.4", "Others.", ("QT",), without="later"))),),
    provinces={"QT": {"name": "Quảng Trị", "profile": "quang_tri"}},
    reasons={"later": "comes later"},
    elsewhere=frozenset({"QT-24.1"}),
)
TESTED = {"QT-14.1": ["tests/a/test_b.py::test_c"]}


def test_every_rule_has_a_test_or_one_of_the_reasons() -> None:
    assert faults(read_law(), marked_tests()) == []


def test_the_page_is_what_make_regulation_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == current_page(), "make regulation"


def test_a_rule_that_nothing_holds_is_named() -> None:
    assert faults(SMALL, TESTED) == []
    assert faults(SMALL, {}) == ["QT-14.1: neither test nor reason"]


def test_a_mark_of_no_rule_is_named() -> None:
    (wrong,) = faults(SMALL, TESTED | {"QT-99": ["tests/a/test_b.py::test_d"]})
    assert wrong == "QT-99: no rule of this name (tests/a/test_b.py::test_d)"
    assert faults(SMALL, TESTED | {"QT-24.1": ["tests/a/test_b.py::test_d"]}) == []


def test_a_reason_is_one_of_the_list_and_only_where_there_is_no_test() -> None:
    ((number, name, (first, second)),) = SMALL.groups
    other = replace(SMALL, groups=((number, name, (first, replace(second, without="never"))),))
    assert faults(other, TESTED) == ["QT-9.4: 'never' is no reason of the list"]
    assert faults(SMALL, TESTED | {"QT-9.4": ["tests/a/test_b.py::test_d"]}) == [
        "QT-9.4: has a test, so it needs no reason"
    ]


def test_there_are_few_reasons() -> None:
    excused = tuple(Rule(f"QT-{number}", "x", ("QT",), without="later") for number in range(MOST_WITHOUT + 1))
    (wrong,) = faults(replace(SMALL, groups=((1, "Mã", excused),)), {})
    assert str(MOST_WITHOUT) in wrong


def test_a_switch_shows_what_the_province_chooses() -> None:
    switched = replace(SMALL, groups=((1, "Mã", (Rule("QT-14.1", "One code.", ("QT",), switches=("late_apology",)),)),))
    assert "| ● `allowed` |" in page(switched, TESTED, {"QT": {"late_apology": "allowed"}})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('@pytest.mark.rule("A", "B")\ndef test_x(): ...', {"A", "B"}),
        ('pytestmark = pytest.mark.rule("A")\ndef test_x(): ...', {"A"}),
        (
            'IDS = {"x": ("A", "B")}\nCASES = [pytest.param(c, marks=pytest.mark.rule(*IDS[c])) for c in IDS]\n'
            '@pytest.mark.parametrize("c", CASES)\ndef test_x(c): ...',
            {"A", "B"},
        ),
        ('@pytest.mark.rule("A")\ndef helper(): ...', set()),
    ],
)
def test_marks_are_read_where_they_stand(source: str, found: set[str]) -> None:
    assert {rule for _, rule in marks_in(ast.parse(source))} == found
