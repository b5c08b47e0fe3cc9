from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.engine import feel
from app.engine.feel.isolate import Isolates

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('review_decision = "agree"', True),
        ("missing = 1", False),
        ("missing > 1", None),
        ("amount > 5 and kind != null", True),
        ("address.commune", "Đông Hà"),
        ('họ và tên = "An"', True),
        ('kind in ("firm", "person")', True),
        ("count(list) + 1", 4),
        ('string length("Đông")', 4),
        ('date("2026-12-01") < date("2026-12-02")', True),
        ('duration("P1D") = duration("PT24H")', True),
        ("every x in list satisfies x > 0", True),
        ("if amount > 1 then 0.5 else 2", 0.5),
    ],
)
def test_feel_means_what_it_means_in_the_browser(expression: str, value: object) -> None:
    context = {
        "review_decision": "agree",
        "amount": 6,
        "kind": "firm",
        "address": {"commune": "Đông Hà"},
        "họ và tên": "An",
        "list": [1, 2, 3],
    }
    assert feel.evaluate(expression, context) == value
    assert feel.evaluate(expression, context) == value, "the remembered result is the same"


def test_a_result_is_remembered_for_the_values_it_came_from_and_no_others() -> None:
    assert feel.evaluate("a = 1", {"a": 1, "b": 1})
    assert not feel.evaluate("a = 1", {"a": 2, "b": 1})
    assert not feel.evaluate("a = 1", {"a": "1"})
    assert feel.evaluate("a = 1", {"a": 1, "b": 7})


def test_what_changes_by_itself_is_not_remembered() -> None:
    assert len({feel.evaluate("now()", {}) for _ in range(5)}) > 1


def test_now_is_the_offices_now() -> None:
    assert str(feel.evaluate("now()", {})).endswith("+07:00")


@pytest.mark.parametrize("expression", ["a +", "", "${x}", "a = 'x'", "if a then b", "x" * 5_000])
def test_what_cannot_be_read_is_an_error_with_a_place(expression: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.names(expression)
    assert 0 <= caught.value.position <= len(expression)
    if expression.strip():
        with pytest.raises(feel.FeelError):
            feel.evaluate(expression, {"a": 1})


def test_the_variables_of_an_expression_are_named() -> None:
    assert feel.names("address.commune = home and b > 1") == ("address", "home", "b")


def test_an_endless_expression_is_stopped_and_the_next_one_works() -> None:
    with pytest.raises(feel.FeelError, match="quá lâu"):
        feel.evaluate("for i in 1..1000000000 return i", {})
    assert feel.evaluate("1 + 1", {}) == 2


def test_an_expression_that_eats_memory_is_stopped_and_the_next_one_works() -> None:
    with pytest.raises(feel.FeelError):
        feel.evaluate('for i in 1..20000000 return string(i) + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', {})
    assert feel.evaluate("2 + 2", {}) == 4


def test_an_abused_isolate_is_not_used_again() -> None:
    isolates = Isolates()
    assert isolates.run("1", "{}") == 1
    first = isolates._isolate
    with pytest.raises(feel.FeelError):
        isolates.run("for i in 1..1000000000 return i", "{}")
    assert isolates._isolate is None
    assert isolates.run("2", "{}") == 2
    assert isolates._isolate is not first


def test_many_threads_share_one_isolate() -> None:
    results: list[object] = []

    def work(number: int) -> None:
        results.extend(feel.evaluate(f"a + {number}", {"a": index}) for index in range(20))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(index + number for number in range(4) for index in range(20))


def in_a_new_process(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_procedure_without_conditions_never_starts_v8() -> None:
    code = """
import sys
from app.engine.definition import build_definition
from app.engine.instance import Instance
content = open("tests/engine/diagrams/linear.bpmn", "rb").read()
instance = Instance.start(build_definition({"x": content}), {}, {})
instance.complete(instance.open_steps()[0].engine_task, {})
print("py_mini_racer" in sys.modules)
"""
    assert in_a_new_process(code) == "False"


def test_after_a_fork_the_child_makes_its_own_isolate_and_never_hangs_in_its_parents() -> None:
    fresh = """
import os
from app.engine import feel
child = os.fork()
if child == 0:
    os._exit(0 if feel.evaluate("1 + 1", {}) == 2 else 1)
print(os.waitpid(child, 0)[1], feel.evaluate("2 + 2", {}))
"""
    assert in_a_new_process(fresh) == "0 4"
    late = """
import os, sys
from app.engine import feel
feel.evaluate("1 + 1", {})
child = os.fork()
if child == 0:
    try:
        feel.evaluate("3 + 3", {})
    except feel.FeelError:
        sys.exit(0)
    sys.exit(1)
print(os.waitpid(child, 0)[1])
"""
    assert in_a_new_process(late) == "0"


def test_whichever_thread_an_isolate_comes_from_it_may_end_in_another() -> None:
    """Threads older than the one that started V8 may not touch its pages; neither may the process's last steps."""
    older = """
import threading
from app.engine import feel
started = threading.Event()
answers = []
def last():
    started.wait()
    try:
        feel.evaluate("count(for x in 1..10000000, y in 1..10000000 return x)", {})
    except feel.FeelError:
        answers.append(feel.evaluate("2 + 2", {}))
old = threading.Thread(target=last)
old.start()
first = threading.Thread(target=lambda: answers.append(feel.evaluate("1 + 1", {})))
first.start()
first.join()
started.set()
old.join()
print(*answers)
"""
    assert in_a_new_process(older) == "2 4"
