"""Every benchmark of `motcua bench` runs to its end and answers one JSON object. What it measured says nothing here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import motcua
from app.config import PROJECT_ROOT
from app.slips.forms import FORMS


def measured(name: str) -> dict[str, Any]:
    """The answer of a short run in a process of its own, as people start it."""
    found = subprocess.run(
        [sys.executable, "-m", "app", "bench", name, "--quick"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONWARNINGS": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-3000:]
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def test_inboxes_are_measured_at_two_sizes_beside_their_bare_statements() -> None:
    answer = measured("inbox")
    few, many = (int(size) for size in answer["built"])
    assert few < many
    requests = answer["requests"]
    assert {"mine", "position", "unit", "unit, second page", "position, a word", "counts"} <= requests.keys()
    assert requests["mine"]["total"] > 0
    assert all(timed[what]["many_ms"] > 0 for timed in requests.values() for what in ("statements", "request"))
    assert answer["worst_ratio"] == requests[answer["worst"]]["request"]["ratio"] > 0


def test_a_dossiers_pages_and_changes_are_measured_at_two_sizes() -> None:
    answer = measured("dossier")
    assert {"page, waiting", "page, timeline", "dossier", "task"} <= answer["requests"].keys()
    changes = {"forward", "registration"}
    assert all(timed["statements"]["many_ms"] > 0 for name, timed in answer["requests"].items() if name not in changes)
    assert all(answer["requests"][name]["request"]["many_ms"] > 0 for name in changes)


def test_working_time_is_measured_beside_the_package_once_both_answer_alike() -> None:
    answer = measured("worktime")
    assert (answer["working_days"], answer["answers_compared"] > 0, answer["holidays"] > 0) == (30, True, True)
    assert set(answer["microseconds"]) > {"ours"}
    assert answer["ratio"] >= 100  # of three thousand: no load of the machine, which both meet, brings it here


def test_the_engine_is_measured_beside_the_library_once_both_stand_at_the_same_step() -> None:
    answer = measured("engine")
    assert set(answer["places"]) == {"start", "end"}
    for place in answer["places"].values():
        assert place["ratio_to_stock"]["median"] < 1 / 3  # of a tenth
        assert place["bytes"]["ours"] < 2048 < place["bytes"]["stock"]
    assert answer["returns"]["bytes_most"] < answer["returns"]["bytes_first"] + 64


def test_the_gate_is_measured_on_every_shipped_diagram() -> None:
    answer = measured("check")
    shipped = {path.stem for path in (PROJECT_ROOT / "bpmn").glob("*/*.bpmn")}
    assert answer["diagrams"].keys() == shipped
    for taken in answer["diagrams"].values():
        assert min(taken["source_ms"], taken["all_ms"]) > 0
    assert answer["diagrams"][answer["slowest"]]["worker_ms"] == answer["slowest_ms"]


def test_every_form_is_measured_and_a_print_file_at_two_sizes() -> None:
    answer = measured("slip")
    assert answer["forms"].keys() == FORMS.keys()
    assert all(taken["ms"] > 0 for taken in answer["forms"].values())
    assert [found["pages"] for found in answer["print_files"].values()] == [20, 60]
    assert answer["growth_ratio"] > 0


@pytest.mark.drill
def test_a_batch_is_measured_beside_as_many_single_actions() -> None:
    answer = measured("batch")
    assert answer["ratio"] > 0


@pytest.mark.drill
def test_actions_are_measured_beside_the_bare_route() -> None:
    answer = measured("action")
    assert answer["statements_per_action"] > 0
    assert all(found["ratio"] > 0 for found in answer["concurrency"].values())


def test_a_benchmark_that_is_not_there_is_named_with_those_that_are() -> None:
    refused = CliRunner().invoke(motcua, ["bench", "nothing"])
    assert refused.exit_code == 2
    assert all(name in refused.output for name in ("action", "batch", "engine", "inbox"))


@pytest.fixture(autouse=True, scope="module")
def nothing_is_left() -> Any:
    """The folder of a benchmark is gone when it ends."""
    before = set((PROJECT_ROOT / "var").glob("bench-*"))
    yield
    assert set((PROJECT_ROOT / "var").glob("bench-*")) <= before
