"""A version as it really runs, from dossiers that people worked: figures of steps, and event logs that a mining tool reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.store.transaction import reading
from tests.actions.scene import Scene, is_problem

PERIOD = "first=2026-11-01&last=2026-11-30"
VERSION = "/procedures/linear/versions/1"
AS_RUN = f"{VERSION}/as-run?{PERIOD}"
READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pm4py
kind, file = sys.argv[1:]
if kind == "xes":
    log = pm4py.read_xes(file)
    done = log[log["lifecycle:transition"] == "complete"]
    steps = done[done["motcua:step"].notna()]
    found = {
        "cases": sorted(log["case:concept:name"].unique()),
        "activities": sorted(steps["concept:name"].unique()),
        "variants": len(pm4py.get_variants(steps)),
        "starts": pm4py.get_start_activities(steps),
        "working": steps.groupby("motcua:step")["motcua:working_seconds"].max().to_dict(),
        "resources": sorted(log["org:resource"].dropna().unique()),
    }
else:
    log = pm4py.read_ocel2_json(file)
    found = {
        "types": sorted(pm4py.ocel_get_object_types(log)),
        "cases": sorted(log.objects[log.objects["ocel:type"] == "dossier"]["ocel:oid"]),
        "activities": sorted(log.events["ocel:activity"].unique()),
        "events": len(log.events),
        "related": sorted(log.relations["ocel:qualifier"].unique()),
    }
print(json.dumps(found, default=str))
"""
"""What the tool makes of a file; in a process of its own, for it warns of much and looks for displays."""


def mined(kind: str, content: bytes, folder: Path) -> Any:
    file = folder / f"log.{kind}"
    file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, kind, str(file)], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def worked(scene: Scene) -> list[str]:
    """Three dossiers: one walked to its second step after three hours, one of which the first step is late, one sent back."""
    scene.publish("linear")
    codes = [scene.register(procedure="linear")["code"] for _ in range(3)]
    for code in codes:
        (first,) = scene.open_tasks(code)
        scene.do("forward", scene.holder(first), first.id)
    scene.clock.move(hours=2)
    for code in codes[:2]:
        (task,) = scene.open_tasks(code)
        scene.do("forward", scene.holder(task), task.id)
    (task,) = scene.open_tasks(codes[2])
    scene.do("return", scene.holder(task), task.id, {"comment": "Thiếu đơn"})
    return codes


def figures(scene: Scene, who: str = "admin") -> dict[str, Any]:
    return {step["id"]: step for step in scene.get(who, AS_RUN)["steps"]}


def test_each_step_has_its_figures_from_the_dossiers_of_the_period(scene: Scene, worked: list[str]) -> None:
    found = scene.get("admin", AS_RUN)
    assert found["whole"]["dossiers"] == 3
    assert (found["whole"]["resolved"], found["whole"]["open"]) == (0, 3)
    with scene.app.app_context(), reading() as connection:
        steps = [row.step for row in connection.execute(text("SELECT step FROM tasks ORDER BY id"))]
    first, second = steps[0], steps[3]
    known = figures(scene)
    drawn = [step["id"] for step in scene.get("admin", VERSION)["steps"]]
    assert list(known)[: len(drawn)] == drawn, "the order of the diagram"
    assert (known[first]["done"], known[first]["open"], known[first]["came_back"]) == (3, 1, 1)
    assert (known[second]["done"], known[second]["dossiers"], known[second]["returned"]) == (3, 3, 1)
    assert known[second]["median_seconds"] == 2 * 3600
    assert known[second]["returned_share"] == pytest.approx(1 / 3)
    assert all(step["late"] == 0 for step in known.values())


def test_a_step_that_is_open_past_its_due_time_counts_as_late(scene: Scene, worked: list[str]) -> None:
    scene.clock.move(days=30)
    late = [step for step in figures(scene).values() if step["late"]]
    assert late
    assert all(0 < step["late_share"] <= 1 and step["open"] for step in late)


def test_only_dossiers_received_in_the_period_count(scene: Scene, worked: list[str]) -> None:
    found = scene.get("admin", f"{VERSION}/as-run?first=2026-12-01&last=2026-12-31")
    assert found["whole"]["dossiers"] == 0
    assert all(step["dossiers"] == 0 for step in found["steps"])


def test_an_agency_sees_what_it_received_and_others_nothing(scene: Scene, worked: list[str]) -> None:
    assert scene.get("director", AS_RUN)["own_only"] is True
    is_problem(scene.client("binh").get(f"/api/v1{AS_RUN}"), 403, "forbidden")


@pytest.mark.parametrize(
    ("query", "field"),
    [("first=2026-11-30&last=2026-11-01", "den"), ("first=2016-11-30&last=2026-11-01", "tu")],
)
def test_a_period_that_is_none_is_refused(scene: Scene, worked: list[str], query: str, field: str) -> None:
    answer = scene.client("admin").get(f"/api/v1{VERSION}/as-run?{query}")
    assert field in is_problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize("form", ["xes", "ocel.json"])
def test_an_event_log_is_read_by_a_tool_that_mines_processes(
    scene: Scene, worked: list[str], tmp_path: Path, form: str
) -> None:
    answer = scene.client("admin").get(f"/api/v1{VERSION}/event-log.{form}?{PERIOD}")
    assert answer.status_code == 200
    found = mined("xes" if form == "xes" else "ocel", answer.data, tmp_path)
    assert found["cases"] == sorted(worked)
    with scene.app.app_context(), reading() as connection:
        done = connection.execute(text("SELECT DISTINCT step_name FROM tasks WHERE state = 'done'")).scalars().all()
    assert set(done) <= set(found["activities"])
    if form == "xes":
        assert found["activities"] == sorted(done)
        assert found["variants"] == 1
        assert sum(found["starts"].values()) == 3
        assert set(found["resources"]) == {"can-bo-1", "can-bo-2"} | set(found["resources"])
        assert max(found["working"].values()) == 2 * 3600
    else:
        assert found["types"] == ["agency", "dossier", "official", "position"]
        assert {"dossier", "agency", "position", "official"} <= set(found["related"])
    assert b"Tr\xe1\xba\xa7n V\xc4\x83n B\xc3\xacnh" not in answer.data, "no applicant is named"


def test_taking_an_event_log_is_noted(scene: Scene, worked: list[str]) -> None:
    scene.client("admin").get(f"/api/v1{VERSION}/event-log.xes?{PERIOD}")
    rows = scene.get("admin", "/administration-changes?kind=event_log_exported")["data"]
    assert [(row["subject"], row["after"]["dossiers"]) for row in rows] == [("procedure:linear", 3)]
