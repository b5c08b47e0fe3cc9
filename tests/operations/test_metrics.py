"""What monitoring reads: counted by every process, answered to those who may, naming no person."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from app import metrics
from app.config import PROJECT_ROOT
from app.errors import DomainError
from app.views import figures
from tests.actions.scene import Scene, is_problem
from tests.fixtures.statements import counted_statements

TOKEN = "m" * 40
NAME = r"motcua[_:][\w:]+"


def read(scene: Scene) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = scene.app.test_client().get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_actions_are_counted_by_name_and_outcome_and_never_by_whom(scene: Scene) -> None:
    before = read(scene)
    code = scene.register()["code"]
    (task,) = scene.open_tasks(code)
    scene.refused(403, "not_a_candidate", "forward", "binh", task.id)
    scene.do("forward", "desk", task.id)
    after = read(scene)

    def more(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0.0)

    assert more("motcua_actions_total", action="register", outcome="done") == 1
    assert more("motcua_actions_total", action="forward", outcome="done") == 1
    assert more("motcua_actions_total", action="forward", outcome="refused") == 1
    assert more("motcua_action_seconds_count", action="forward") == 2
    assert more("motcua_http_requests_total", kind="api", method="write", status="2xx") == 2
    said = scene.app.test_client().get("/metrics").text
    assert code not in said
    assert "binh" not in said


def test_the_gauges_tell_what_waits_and_what_is_late_in_few_statements(scene: Scene) -> None:
    code = scene.register()["code"]
    with scene.writing() as connection:
        connection.execute(text("UPDATE timers SET due_at = :at"), {"at": scene.clock.at - timedelta(minutes=10)})
        connection.execute(
            text("INSERT INTO worker_ticks (name, at) VALUES ('a:1', :at)"),
            {"at": scene.clock.at - timedelta(seconds=7)},
        )
    with counted_statements(scene.app) as statements:
        found = read(scene)
    assert len([one for one in statements if "SELECT" in one]) == 4
    assert found[("motcua_database_up", ())] == 1
    assert found[("motcua_timers_late", ())] > 0
    assert found[("motcua_timers_late_seconds", ())] == 600
    assert found[("motcua_workers", ())] == 1
    assert found[("motcua_last_tick_seconds", ())] == 7
    assert found[("motcua_jobs_waiting", (("state", "failed"),))] == 0
    assert found[("motcua_maintenance", (("mode", "closed"),))] == 0
    assert ("motcua_last_backup_seconds", ()) not in found
    assert found[("motcua_backup_late", ())] == 1
    assert code


@pytest.mark.parametrize(
    ("every", "hours", "late"),
    [("week", 7 * 24, 0), ("week", 12 * 24, 1), ("day", 24, 0), ("day", 48, 1), ("hour", 3, 1)],
)
def test_a_backup_is_late_by_the_provinces_own_schedule(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, every: str, hours: int, late: int
) -> None:
    profile = replace(figures.profile_named("quang_tri"), backup_every=every)
    monkeypatch.setattr(figures, "profile_named", lambda _name: profile)
    with scene.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO backups (folder, name, way, state, taken_at, finished_at, database_bytes, files, files_bytes,"
                " new_files, new_bytes, missing) VALUES ('/b', 'b', 'duty', 'done', :at, :at, 1, 0, 0, 0, 0, 0)"
            ),
            {"at": scene.clock.at - timedelta(hours=hours)},
        )
    assert read(scene)[("motcua_backup_late", ())] == late


def test_only_this_machine_itself_or_who_has_the_token_is_answered(scene: Scene) -> None:
    made = scene.app.extensions["motcua"]
    client = scene.app.test_client()
    asks: list[tuple[dict[str, str], dict[str, str], int]] = [
        ({}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        ({"REMOTE_ADDR": "10.0.0.7"}, {}, 404),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 404),
        ({}, {"Forwarded": "for=127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "10.0.0.7"}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "10.0.0.7"}, {"Authorization": "Bearer wrong"}, 404),
        ({}, {"Authorization": "Bearer é".encode().decode("latin-1")}, 404),
    ]
    scene.app.extensions["motcua"] = replace(made, settings=replace(made.settings, metrics_token=TOKEN))
    try:
        for environ, headers, status in asks:
            assert client.get("/metrics", environ_base=environ, headers=headers).status_code == status, (
                environ,
                headers,
            )
    finally:
        scene.app.extensions["motcua"] = made
    is_problem(client.get("/metrics", headers={"X-Real-IP": "1.2.3.4"}), 404, "not_found")


def test_a_database_that_is_away_is_a_figure_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DomainError("unavailable", "…")

    monkeypatch.setattr(figures, "reading", away)
    assert read(scene)[("motcua_database_up", ())] == 0


def test_processes_of_one_server_count_together_and_a_new_one_counts_on(tmp_path: Path) -> None:
    folder = metrics.share(tmp_path, 1)
    count = (
        "from app import metrics; from app.views.figures import _number; "
        "metrics.answered('api', 'write', 200, 0.1, 'forward'); "
        "print(metrics.counted([_number('motcua_workers', 2)]).decode())"
    )
    try:
        for place in ("1", "2", "1"):
            environment = {**os.environ, metrics.FOLDER: str(folder), metrics.PLACE: place}
            done = subprocess.run(
                [sys.executable, "-c", count],
                env=environment,
                cwd=PROJECT_ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
        assert 'motcua_actions_total{action="forward",outcome="done"} 3.0' in done.stdout
        assert done.stdout.count("\nmotcua_workers 2.0") == 1
        assert {path.name for path in folder.iterdir()} == {
            f"{kind}_{place}.db" for kind in ("counter", "histogram") for place in (1, 2)
        }
        again = metrics.share(tmp_path, 1)
        assert list(again.iterdir()) == []
    finally:
        shutil.rmtree(folder)


def test_every_panel_and_alert_asks_for_a_figure_that_exists() -> None:
    known = {name for family in metrics.REGISTRY.collect() for name in names_of(family.name, family.type)}
    known |= set(figures.NAMES)
    asked: dict[str, set[str]] = {}
    rules = yaml.safe_load((PROJECT_ROOT / "ops" / "prometheus" / "motcua.rules.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            asked[rule.get("alert") or rule["record"]] = set(re.findall(NAME, rule["expr"]))
            known |= {rule["record"]} if "record" in rule else set()
            if "alert" in rule:
                assert {"summary", "look", "do"} <= set(rule["annotations"]), rule["alert"]
                assert rule["labels"]["severity"] in ("page", "ticket")
    board = json.loads((PROJECT_ROOT / "ops" / "grafana" / "motcua.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            asked[panel["title"]] = set(re.findall(NAME, target["expr"]))
    assert len(asked) > 20
    for where, names in asked.items():
        assert names, where
        assert names <= known, (where, names - known)


def names_of(family: str, kind: str) -> set[str]:
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(kind, ("",))
    return {family + end for end in ends}
