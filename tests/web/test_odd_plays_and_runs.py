"""What nobody types but anybody can send: addresses made by hand, drawings in other encodings, states that are gone."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.actions.designing import new_draft
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]


@pytest.mark.parametrize("period", ["tu=9999-12-31&den=9999-12-31", "den=9999-12-31", "tu=0001-01-01&den=0001-01-02"])
def test_a_period_at_the_calendars_ends_is_refused_in_words(scene: Scene, desk: AtDesk, period: str) -> None:
    scene.publish("linear")
    here = "/thu-tuc/linear/phien-ban/1/thuc-te"
    for address in (here, f"{here}/du-lieu", f"{here}.xes", f"{here}.ocel.json"):
        answer = desk("admin").client.get(f"{address}?{period}")
        assert answer.status_code < 500, address


def test_numbers_that_are_no_digits_of_ours_choose_no_runs(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    assert desk("admin").client.get(f"{home}/so-sanh?cac=²,³").status_code == 400


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1258"])
def test_a_drawing_in_another_encoding_is_simulated(scene: Scene, desk: AtDesk, encoding: str) -> None:
    text = DIAGRAMS["decision"].decode()
    head, _, rest = text.partition("?>")
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{rest}' if head.startswith("<?xml") else text
    content = declared.encode(encoding, "xmlcharrefreplace")
    made = begun(scene, content)
    admin = desk("admin")
    for place in (
        "mo-phong",
        "chay-thu",
        "chay-thu/moi-duong",
        "ban-hanh",
        "so-sanh",
        "ban-ve",
        "bieu-mau",
        "lich-su",
        "",
    ):
        answer = admin.client.get(f"/thiet-ke/{made}/{place}".rstrip("/"))
        assert answer.status_code < 400, place


def packed(said: Any) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(said).encode(), 9)).decode().rstrip("=")


AT = "2026-11-24T08:00:00"


@pytest.mark.parametrize(
    "said",
    [
        [AT, "\x00", 0, {}, [], []],
        [AT, "\ud800", 0, {}, [], []],
        [AT, "A", 0, {"x": "\ud800"}, [], []],
        [AT, "A", 0, {"\ud800": 1}, [], []],
        [AT, "A", 0, {}, [], ["\ud800"]],
        [AT, "A", 0, {"x": float("nan"), "y": float("inf")}, [], []],
        [AT, "A", 0, {"amount": [{}, [1]], "agencies": {"a": 1}}, [], []],
        [AT, "A", 0, {}, [["f", {"a": 1}]], []],
        [AT, "A", 0, {}, [["f", "\ud800", "\ud800", {"\ud800": 1}]], []],
        [AT, "A", 0, {}, [["m", "\ud800"]], []],
        [AT, "A", 0, {}, [["t", "9999-12-31T23:59:59"]], []],
        [AT, "A", 0, {}, [["t", "2189-12-31T23:59:59"]], []],
        [AT, "A", 0, {}, [["x", "0001-01-01T00:00:00+14:00"]], []],
        [AT, "A", 0, {}, [[["f"]]], []],
        ["2189-12-31T23:59:59", "A", 0, {}, [["d"], ["e"], ["h"], ["n"]], []],
        [AT, "A", 0, {"x": json.loads("[" * 200 + "]" * 200)}, [], []],
    ],
)
def test_a_play_made_by_hand_is_never_more_than_refused(scene: Scene, desk: AtDesk, said: Any) -> None:
    made = begun(scene)
    admin = desk("admin")
    for place in ("chay-thu", "chay-thu/so-do", "chay-thu/moi-duong"):
        for more in ("", "&sua=1"):
            answer = admin.client.get(f"/thiet-ke/{made}/{place}?luot={packed(said)}{more}")
            assert answer.status_code < 500, place


DRAWN = DIAGRAMS["decision"].decode()
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
HEAD += 'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="x"'
BROKEN = {
    "nothing": f"{HEAD}/>",
    "empty": f"{HEAD}><process id='p'/></definitions>",
    "no ids": f"{HEAD}><process><startEvent/><userTask/><sequenceFlow/></process></definitions>",
    "two processes": f"{HEAD}><process id='p'><task id='a'/></process><process id='p'><task id='a'/></process></definitions>",
    "round": f"{HEAD}><process id='p'><task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='a'/>"
    "<sequenceFlow id='f' sourceRef='f' targetRef='q'/></process></definitions>",
    "calls itself": f"{HEAD}><process id='p'><startEvent id='s'/><callActivity id='c' calledElement='p'/>"
    "<sequenceFlow id='f' sourceRef='s' targetRef='c'/></process></definitions>",
    "timer": f"{HEAD}><process id='p'><startEvent id='s'><timerEventDefinition><timeCycle>R-1/PT0S</timeCycle>"
    "</timerEventDefinition></startEvent></process></definitions>",
    "deep": f"{HEAD}><process id='p'>" + "<subProcess id='x'>" * 200 + "</subProcess>" * 200 + "</process></definitions>",
    "drawn oddly": f"{HEAD}><process id='p'><task id='a' name='&lt;img src=x onerror=alert(1)&gt;'/></process><di:BPMNDiagram>"
    "<di:BPMNPlane><di:BPMNShape bpmnElement='a'><dc:Bounds x='NaN' y='1e999' width='ba' height='-1'/></di:BPMNShape>"
    "<di:BPMNShape/><di:BPMNEdge bpmnElement='zz'/></di:BPMNPlane></di:BPMNDiagram></definitions>",
    "a limit without end": DRAWN.replace("PT4H", "PT" + "9" * 60 + "H"),
    "conditions": DRAWN.replace("</bpmn:process>", "<bpmn:sequenceFlow id='zz' sourceRef='a' targetRef='b'>"
    "<bpmn:conditionExpression>=" + "(" * 3000 + "</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process>"),
}  # fmt: skip
FORMS: dict[str, Any] = {
    "a": {"components": [1, None, "x", {"key": 5}, {"type": []}, {"key": "k", "type": "select", "values": 3}]},
    "b": {"components": [{"type": "dynamiclist", "path": 3, "components": "x"}, {"key": "k", "validate": 7}]},
    "c/..": {},
}


@pytest.mark.parametrize("which", BROKEN)
def test_a_broken_drawing_is_told_of_on_every_page_of_its_draft(scene: Scene, desk: AtDesk, which: str) -> None:
    made = begun(scene, BROKEN[which].encode(), forms=FORMS)
    admin = desk("admin")
    pages = (
        "mo-phong chay-thu chay-thu/moi-duong chay-thu/so-do ban-hanh ban-hanh/tai-khoan so-sanh so-sanh/du-lieu ban-ve"
    )
    pages += " bieu-mau bieu-mau/a bieu-mau/b lich-su lich-su/1 lich-su/1/du-lieu so-do.bpmn gop-y"
    found = {place: admin.client.get(f"/thiet-ke/{made}/{place}").status_code for place in pages.split()}
    assert {place: code for place, code in found.items() if code >= 500} == {}
    answer = admin.client.get(f"/thiet-ke/{made}")
    assert answer.status_code == 200
    for route in ("diff", "", "states/1"):
        assert scene.client("admin").get(f"/api/v1/diagram-drafts/{made}/{route}".rstrip("/")).status_code < 500


@pytest.mark.parametrize("limit", ["PT4000000H", "PT99999999999H", "P99999999D", "PT0.0000001H", "P100Y"])
def test_a_limit_of_centuries_is_refused_or_played_never_a_fault(scene: Scene, desk: AtDesk, limit: str) -> None:
    made = begun(scene, DRAWN.replace("PT4H", limit).encode())
    admin = desk("admin")
    begin = packed([AT, "A", 0, {}, [], []])
    for place in ("mo-phong", f"chay-thu?luot={begin}", "chay-thu/moi-duong", "ban-hanh", "so-sanh"):
        assert admin.client.get(f"/thiet-ke/{made}/{place}").status_code < 500, place
