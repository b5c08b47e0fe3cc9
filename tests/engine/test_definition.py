from __future__ import annotations

import threading

import pytest

from app.engine.definition import Definition, DefinitionCache, build_definition
from app.engine.instance import Instance
from app.engine.problems import DiagramRejected
from app.engine.steps import Decision, Step
from tests.engine.faults import altered
from tests.engine.runs import definition, diagram


def test_a_step_is_what_the_designer_wrote() -> None:
    content = altered(
        "linear",
        ('camunda:candidateGroups="room_head"', 'camunda:candidateGroups=" room_head " camunda:formKey="review_form"'),
        (
            '<camunda:property name="stage" value="resolve" />',
            '<camunda:property name="stage" value="resolve" /><camunda:property name="limitUnit" value="calendar" />'
            '<camunda:property name="limitGroup" value="shared" /><camunda:property name="agency" value="SYT" />'
            '<camunda:property name="paper" value="yes" /><camunda:property name="slip" value="05" />'
            '<camunda:property name="decisions" value="agree=Đồng ý; reject = Không đồng ý" />',
        ),
    )
    assert build_definition({"x": content}).steps["review"] == Step(
        id="review",
        name="Bước review",
        position="room_head",
        agency="SYT",
        limit="P1D",
        limit_unit="calendar",
        limit_group="shared",
        stage="resolve",
        form="review_form",
        paper="yes",
        slip="05",
        decisions=(Decision("agree", "Đồng ý"), Decision("reject", "Không đồng ý")),
    )


def test_the_main_process_is_the_one_that_nobody_calls() -> None:
    files = {"inner": diagram("inner"), "outer": diagram("outer")}
    assert build_definition(files).process_id == "outer"
    assert build_definition(files, "inner").process_id == "inner"
    assert build_definition(files).name == "Thử outer"


@pytest.mark.parametrize(
    ("files", "process", "code"),
    [
        ({"a": b"<nothing"}, None, "xml.malformed"),
        ({"a": b"<nothing/>"}, None, "process.main-unclear"),
        ({"a": diagram("linear"), "b": diagram("parallel")}, None, "process.main-unclear"),
        ({"a": diagram("outer")}, None, "engine.rejected"),
        ({"a": diagram("linear")}, "other", "engine.rejected"),
        ({"a": diagram("linear"), "b": diagram("linear")}, "linear", "engine.rejected"),
    ],
)
def test_what_cannot_run_is_refused(files: dict[str, bytes], process: str | None, code: str) -> None:
    with pytest.raises(DiagramRejected) as caught:
        build_definition(files, process)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_definition_is_built_once_and_the_least_used_goes_first() -> None:
    built: list[str] = []

    def loader(name: str) -> dict[str, bytes]:
        built.append(name)
        return {name: diagram(name)}

    cache = DefinitionCache(2)
    first = cache.get("linear", lambda: loader("linear"))
    cache.get("parallel", lambda: loader("parallel"))
    assert cache.get("linear", lambda: loader("linear")) is first
    cache.get("terminate", lambda: loader("terminate"))
    assert len(cache) == 2
    assert cache.get("linear", lambda: loader("linear")) is first
    cache.get("parallel", lambda: loader("parallel"))
    assert built == ["linear", "parallel", "terminate", "parallel"]


def test_a_definition_that_could_not_be_built_is_tried_again() -> None:
    cache = DefinitionCache(2)
    with pytest.raises(DiagramRejected):
        cache.get("key", lambda: {"x": b"<broken"})
    assert cache.get("key", lambda: {"x": diagram("linear")}).process_id == "linear"


def test_threads_that_ask_at_once_share_one_building() -> None:
    built: list[str] = []
    found: list[Definition] = []
    gate = threading.Barrier(4)
    cache = DefinitionCache(4)

    def loader() -> dict[str, bytes]:
        built.append("parallel")
        return {"parallel": diagram("parallel")}

    def ask() -> None:
        gate.wait()
        found.append(cache.get("parallel", loader))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == ["parallel"]
    assert len({id(made) for made in found}) == 1


def test_instances_in_threads_do_not_disturb_each_other() -> None:
    shared = definition("parallel_loop")
    ends: list[bool] = []

    def work() -> None:
        instance = Instance.start(shared, {}, {})
        for answer in ("reject", "reject", "agree"):
            for name in ("a", "b", "c", "d"):
                for opened in instance.open_steps():
                    if opened.step.id == name:
                        instance = Instance.load(shared, instance.save(), {})
                        instance.complete(opened.engine_task, {f"{name}_decision": answer})
        ends.append(instance.finished)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [True] * 4
