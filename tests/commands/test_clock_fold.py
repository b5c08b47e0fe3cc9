"""`motcua clock fold`: a JSON object a case, and nothing that a file holds makes a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import motcua
from tests.rules.calendars import CASES, CASES_FILE


def fold(file: Path) -> Result:
    return CliRunner().invoke(motcua, ["clock", "fold", str(file)])


def written(folder: Path, content: Any) -> Path:
    file = folder / "cases.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_every_worked_case_is_answered_in_order() -> None:
    result = fold(CASES_FILE)
    answers = [json.loads(line) for line in result.stdout.splitlines()]

    assert (result.exit_code, result.stderr) == (0, "")
    assert [answer["id"] for answer in answers] == [case["id"] for case in CASES]
    for answer, case in zip(answers, CASES, strict=True):
        expected = {name: value for name, value in case["expect"].items() if name != "warnings_at"}
        assert answer == expected | {"id": case["id"]}


def test_a_bad_case_is_reported_and_the_others_are_folded(tmp_path: Path) -> None:
    bad = CASES[1] | {"events": [{"at": "2026-03-11T08:00", "type": "vanish"}]}
    result = fold(written(tmp_path, [CASES[0], bad, None, CASES[2]]))

    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["C01", "C04"]
    first, second = result.stderr.splitlines()
    assert "C03" in first
    assert "vanish" in first
    assert "thứ 3" in second


@pytest.mark.parametrize("content", [b"{", b"\xff", b"{}", b"[" * 100_000, b""])
def test_a_file_that_holds_no_cases_is_one_message(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    result = fold(file)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cases.json" in result.stderr


def test_a_missing_file_is_one_message(tmp_path: Path) -> None:
    assert fold(tmp_path / "cases.json").exit_code == 2
