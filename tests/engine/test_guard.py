from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine.guard import Guard
from tests.engine.runs import DIAGRAMS, diagram

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard() as made:
        yield made


def codes(document: dict[str, object]) -> set[str]:
    problems = document["problems"]
    assert isinstance(problems, list)
    return {problem["code"] for problem in problems}


def test_a_file_and_its_content_get_the_same_verdict(guard: Guard) -> None:
    path = str(DIAGRAMS / "linear.bpmn")
    by_path = guard.check_file(path, {})
    by_content = guard.check(path, diagram("linear"), {})
    assert by_path == by_content
    assert by_path["verdict"] == "ok"


def test_what_a_file_calls_is_given_along(guard: Guard) -> None:
    assert codes(guard.check("outer", diagram("outer"), {})) >= {"call.process-unknown"}
    assert guard.check("outer", diagram("outer"), {"inner": diagram("inner")})["verdict"] == "ok"


def test_one_worker_serves_many_files(guard: Guard) -> None:
    guard.check("linear", diagram("linear"), {})
    worker = guard.worker.process
    guard.check("linear", b"\x00", {})
    assert worker is not None
    assert guard.worker.process is worker


def test_what_is_no_file_is_refused(guard: Guard, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert codes(guard.check_file(str(tmp_path / "pipe"), {})) == {"file.not-regular"}
    assert codes(guard.check_file(str(tmp_path), {})) == {"file.not-regular"}
    assert codes(guard.check_file("/dev/zero", {})) == {"file.not-regular"}
    assert codes(guard.check_file(str(tmp_path / "none"), {})) == {"file.missing"}
    assert codes(guard.check_file("a\0b", {})) == {"file.unreadable"}
    (tmp_path / "link").symlink_to("link")
    assert codes(guard.check_file(str(tmp_path / "link"), {})) == {"file.unreadable"}


def test_a_check_that_takes_too_long_is_stopped_and_the_next_file_is_served() -> None:
    with Guard(time_limit=0.0) as hurried:
        assert codes(hurried.check("linear", diagram("linear"), {})) == {"check.too-slow"}
        worker = hurried.worker.process
        hurried.worker.time_limit = 10.0
        assert hurried.check("linear", diagram("linear"), {})["verdict"] == "ok"
        assert hurried.worker.process is not worker


def test_a_check_that_needs_too_much_memory_is_stopped() -> None:
    with Guard(memory_limit=1024 * 1024) as narrow:
        assert codes(narrow.check("linear", diagram("linear"), {})) == {"check.too-heavy"}


def test_a_worker_that_dies_is_a_verdict_and_is_replaced() -> None:
    with Guard() as made:
        made.check("linear", diagram("linear"), {})
        assert made.worker.process is not None
        made.worker.process.kill()
        made.worker.process.wait()
        assert made.check("linear", diagram("linear"), {})["verdict"] == "ok"


def test_closing_ends_the_worker() -> None:
    made = Guard()
    made.check("linear", diagram("linear"), {})
    worker = made.worker.process
    made.close()
    assert worker is not None
    assert worker.poll() is not None


def motcua(*arguments: str | bytes, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[bytes]:
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.cli import main; main()"
    command = [sys.executable, "-c", code, str(REPOSITORY), "diagram", "check", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=120, check=False)


def test_the_command_prints_a_line_of_json_a_file_and_says_by_its_exit_whether_all_pass(tmp_path: Path) -> None:
    (tmp_path / "good.bpmn").write_bytes(diagram("linear"))
    (tmp_path / "bad.bpmn").write_bytes(b"PK\x03\x04")
    good = motcua("good.bpmn", cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, b"")
    assert json.loads(good.stdout)["file"] == "good.bpmn"
    assert "Bước receive".encode() in good.stdout
    both = motcua("good.bpmn", "bad.bpmn", "none.bpmn", b"\xff.bpmn", cwd=tmp_path)
    assert (both.returncode, both.stderr) == (1, b"")
    verdicts = [json.loads(line)["verdict"] for line in both.stdout.splitlines()]
    assert verdicts == ["ok", "rejected", "rejected", "rejected"]


def test_the_command_knows_the_shipped_shared_processes() -> None:
    shipped = [str(path) for path in sorted((REPOSITORY / "bpmn").glob("*/*.bpmn"))]
    started = time.monotonic()
    done = motcua(*shipped)
    assert done.returncode == 0, done.stdout.decode()
    assert len(done.stdout.splitlines()) == len(shipped)
    assert time.monotonic() - started < 60
