"""What an item of a list runs may run further processes: whatever calls the item off takes them all away."""

from __future__ import annotations

import pytest

from app.engine.definition import build_definition
from app.engine.instance import Instance
from tests.engine.runs import examine
from tests.engine.sketch import sketch

UNTIL = "<bpmn:completionCondition>nrOfCompletedInstances &gt;= 1</bpmn:completionCondition>"
BLOCKS = {"k": "start2 q end2", "q": "start3 w end3", "w": "start4 a end4"}


def listed(content: bytes, *names: str, until: str = "") -> bytes:
    text = content.decode()
    loop = f"<bpmn:loopCardinality>2</bpmn:loopCardinality>{until}</bpmn:multiInstanceLoopCharacteristics>"
    for name in names:
        start = f'<bpmn:subProcess id="{name}">'
        assert start in text
        text = text.replace(start, f"{start}<bpmn:multiInstanceLoopCharacteristics>{loop}")
    return text.encode()


@pytest.mark.parametrize(
    ("content", "moves"),
    [
        (listed(sketch("start k d stop", k="start2 q end2", q="start3 a end3"), "k", until=UNTIL), "a d"),
        (listed(sketch("start k d stop", **BLOCKS), "k", "q", until=UNTIL), "a d"),
        (listed(sketch("start k d stop | late@k c end", k="start2 q end2", q="start3 a end3"), "k"), "late c"),
        (listed(sketch("start k d stop | late@k c end", **BLOCKS), "k"), "late c"),
        (listed(sketch("start k d stop | late@k c end", **BLOCKS), "k", "q"), "late c"),
        (
            listed(sketch("start p d stop", p="start5 k end5 | late@k c end6", **BLOCKS), "p", "k", until=UNTIL),
            "late c d",
        ),
        (listed(sketch("start f+ d stop | f+ k end", **BLOCKS), "w"), "d"),
        (listed(sketch("start f+ d stop | f+ k end", **BLOCKS), "k", "q", "w"), "d"),
        (listed(sketch("start k d end | late@k c end", **BLOCKS), "w"), "late c"),
    ],
    ids=[
        "enough",
        "enough-twice",
        "interrupted",
        "interrupted-deep",
        "interrupted-twice",
        "interrupted-inside",
        "stopped",
        "stopped-thrice",
        "interrupted-from-outside",
    ],
)
def test_what_an_item_runs_goes_with_it(content: bytes, moves: str) -> None:
    definition = build_definition({"sketch": content}, "sketch")
    instance = Instance.start(definition, {}, {})
    for name in moves.split():
        tasks = {opened.step.id: opened.engine_task for opened in instance.open_steps()}
        if name in tasks:
            instance.complete(tasks[name], {})
        else:
            instance.fire(next(timer.engine_task for timer in instance.timers() if timer.element == name))
        examine(instance)
        instance = Instance.load(definition, instance.save(), {})
        examine(instance)
    assert instance.finished
