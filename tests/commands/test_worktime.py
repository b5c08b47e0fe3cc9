"""`motcua worktime`: one answer a line, bad lines reported beside the good ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import motcua
from tests.rules.calendars import OFFICE


@pytest.fixture
def calendar_file(tmp_path: Path) -> Path:
    file = tmp_path / "lịch.json"
    file.write_text(json.dumps(OFFICE), encoding="utf-8")
    return file


def worktime(*arguments: str, lines: str | bytes = "") -> Result:
    return CliRunner().invoke(motcua, ["worktime", *arguments], input=lines)


def test_due_answers_with_the_local_offset(calendar_file: Path) -> None:
    lines = "2026-03-11T18:20\t960\n2026-03-11T11:20:00Z\t960\r\n2026-08-28 16:00:00\t480\n2026-03-11T09:00+09:00\t0\n"
    result = worktime("due", "--calendar", str(calendar_file), lines=lines)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "2026-03-13T17:00:00+07:00",
        "2026-03-13T17:00:00+07:00",
        "2026-09-03T16:00:00+07:00",
        "2026-03-11T07:00:00+07:00",
    ]


def test_minutes_may_have_fractions(calendar_file: Path) -> None:
    result = worktime("due", "--calendar", str(calendar_file), lines="2026-03-11T08:00\t0.5\n2026-03-11T08:00\t1e1\n")

    assert result.stdout.splitlines() == ["2026-03-11T08:00:30+07:00", "2026-03-11T08:10:00+07:00"]


def test_between_answers_seconds_of_either_sign(calendar_file: Path) -> None:
    lines = "2026-03-11T07:00\t2026-03-12T07:00\n2026-03-12T07:00\t2026-03-11T07:00\n2026-03-14\t2026-03-15"
    result = worktime("between", "--calendar", str(calendar_file), lines=lines)

    assert (result.exit_code, result.stdout.splitlines()) == (0, ["28800", "-28800", "0"])


def test_the_default_calendar_knows_tet() -> None:
    result = worktime("due", lines="2026-02-13T16:00\t120\n")

    assert result.stdout == "2026-02-23T08:00:00+07:00\n"


def test_bad_lines_are_numbered_on_stderr_and_leave_their_place_empty(calendar_file: Path) -> None:
    lines = b"\n".join(
        [
            b"2026-03-11T08:00\t60",
            b"h\xc3\xb4m nay\t60",
            b"2026-03-11T08:00\tm\xe1\xbb\x99t",
            b"2026-03-11T08:00",
            b"",
            b"2026-03-11T08:00\t-5",
            b"2026-03-11T08:00\tNaN",
            b"2026-03-11T08:00\t60\t60",
            b"\xff\t60",
            b"9999-12-31T16:00\t500",
            b"2026-03-11T08:00\t1e9999999",
            b"2026-03-11T09:00\t60",
        ]
    )
    result = worktime("due", "--calendar", str(calendar_file), lines=lines)

    assert result.exit_code == 1
    assert result.stdout.split("\n") == ["2026-03-11T09:00:00+07:00", *[""] * 10, "2026-03-11T10:00:00+07:00", ""]
    reported = [line.split(":")[0] for line in result.stderr.splitlines()]
    assert reported == [f"dòng {number}" for number in (2, 3, 4, 6, 7, 8, 9, 10, 11)]


@pytest.mark.parametrize("text", ["{", '{"weekly": {"mon": 5}}', "[]", "[" * 100_000])
def test_an_unusable_calendar_is_one_message(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lịch.json"
    file.write_text(text, encoding="utf-8")
    result = worktime("due", "--calendar", str(file), lines="2026-03-11T08:00\t60\n")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "lịch.json" in result.stderr


def test_a_missing_calendar_is_one_message(tmp_path: Path) -> None:
    result = worktime("between", "--calendar", str(tmp_path / "không có.json"))

    assert (result.exit_code, "không đọc được" in result.stderr) == (2, True)


def test_it_starts_without_a_web_framework_or_a_database() -> None:
    code = (
        "import sys; from app.cli import motcua; motcua(['worktime', 'due'], standalone_mode=False); "
        "print([name for name in ('flask', 'sqlalchemy', 'SpiffWorkflow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="2026-03-11T08:00\t60\n", capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["2026-03-11T09:00:00+07:00", "[]"]
