"""Finding, following and ending processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.processes import living_in, marked, parent_of, send, wait_any_gone, wait_gone


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, cwd=tmp_path, env={"MARK": f"{tmp_path}"})
    yield process
    process.kill()
    process.communicate()


def test_a_process_is_found_by_its_folder_and_by_its_mark(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert living_in(tmp_path) == [sleeper.pid]
    assert marked("MARK", str(tmp_path)) == [sleeper.pid]
    assert marked("MARK", str(tmp_path)[:-1]) == []
    assert living_in(tmp_path / "gone") == []
    assert parent_of(sleeper.pid) == os.getpid()


def test_waiting_ends_with_the_process_or_with_the_time(sleeper: subprocess.Popen[bytes]) -> None:
    assert wait_gone([sleeper.pid], 0.0) == {sleeper.pid}
    wait_any_gone([sleeper.pid], 0.0)
    send([sleeper.pid], signal.SIGKILL)
    wait_any_gone([sleeper.pid, os.getpid()], 60)
    assert wait_gone([sleeper.pid], 60) == set()
    sleeper.wait()
    send([sleeper.pid], signal.SIGTERM)
    assert wait_gone([sleeper.pid], 60) == set()
    wait_any_gone([sleeper.pid], 60)
    assert parent_of(sleeper.pid) == 0


def test_a_child_ends_with_its_killed_owner() -> None:
    program = (
        "import signal, subprocess, sys\nfrom app.processes import die_with_owner\n"
        "child = subprocess.Popen(['/bin/sleep', '600'], preexec_fn=die_with_owner(signal.SIGTERM), start_new_session=True)\n"
        "print(child.pid, flush=True)\nsys.stdin.read()"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    assert wait_gone([child], 0.0) == {child}
    owner.kill()
    owner.communicate()
    assert wait_gone([child], 60) == set()


def test_a_child_whose_owner_is_already_gone_does_not_begin() -> None:
    program = (
        "import os, signal\nfrom app.processes import follow\nfollow(os.getppid() + 1, signal.SIGTERM)\nprint('began')"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
