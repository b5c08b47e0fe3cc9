"""`motcua diagram draft`: a published table becomes a diagram, a line of JSON says what was read; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.commands.diagram import command
from app.engine.gate.verdict import check
from tests.actions.tables import CLEAR, DOUBTFUL


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["draft", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "bang.md"
    path.write_text(CLEAR, "utf-8")
    return path


def test_a_table_becomes_a_diagram_and_a_report(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.bpmn"
    (told,) = lines(run(table, "--out", out))
    assert (told["name"], told["code"], told["verdict"]) == ("Cấp giấy phép thử", "1.000001", "ok")
    assert (told["total"], told["sum"]) == ("P5D", "P5D")
    assert [(step["number"], step["limit"]) for step in told["steps"]] == [
        ("1", "P0DT4H" if told["steps"][0]["limit"] == "P0DT4H" else "PT4H"),
        ("2", "P3DT4H"),
        ("3", "P1D"),
        ("4", "none"),
    ]
    assert told["out"] == str(out)
    assert check("a.bpmn", out.read_bytes()).verdict == "ok"


def test_what_is_doubtful_is_said_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "bang.md"
    path.write_text(DOUBTFUL, "utf-8")
    (told,) = lines(run(path, "--out", tmp_path / "a.bpmn"))
    first = told["remarks"][0]
    assert first["certainty"] == "doubtful"
    limit = next(one for one in told["remarks"] if one["field"] == "limit")
    assert (limit["step"], limit["cell"]["row"] > 1, limit["cell"]["column"]) == ("2", True, 4)


def test_another_name_and_one_of_several_procedures(tmp_path: Path) -> None:
    path = tmp_path / "hai.md"
    path.write_text(CLEAR + "\n" + CLEAR.replace("phép thử", "phép khác").replace("1.000001", "1.000002"), "utf-8")
    both = lines(run(path, "--out", tmp_path / "a.bpmn"))
    assert [Path(one["out"]).name for one in both] == ["a-1.bpmn", "a-2.bpmn"]
    assert all(Path(one["out"]).is_file() for one in both)
    (second,) = lines(run(path, "--out", tmp_path / "b.bpmn", "--number", 2, "--procedure-name", "Tên khác"))
    assert (second["name"], Path(second["out"]).name) == ("Tên khác", "b.bpmn")
    assert run(path, "--out", tmp_path / "b.bpmn", "--number", 3).exit_code == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04 none"),
        ("a.xlsx", b"\x00" * 50),
        ("a.md", b"no table"),
        ("a.csv", b""),
        ("a.pdf", b"%PDF-1.7"),
    ],
)
def test_what_is_no_table_is_told(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = run(path, "--out", tmp_path / "a.bpmn")
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert result.stderr.startswith("Error: ")
    assert not (tmp_path / "a.bpmn").exists()


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(table: Path, tmp_path: Path) -> None:
    for arguments in (
        (tmp_path / "none.md", "--out", tmp_path / "a.bpmn"),
        (table, "--out", tmp_path / "none" / "a.bpmn"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
