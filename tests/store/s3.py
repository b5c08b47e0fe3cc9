"""A real S3 server of the test's own: rclone serves a folder, under a key, on a port of loopback."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.processes import die_with_owner
from app.setting_values import Bucket

RCLONE = Path(sys.executable).with_name("rclone")
KEY, SECRET = "motcua", "a-secret-of-the-test"
_PATIENCE = 30


@contextmanager
def s3_server(folder: Path) -> Iterator[Bucket]:
    """Serve `folder`, in which the bucket `papers` is made; AssertionError when it does not start."""
    (folder / "papers").mkdir(parents=True)
    said = folder.with_suffix(".log")
    arguments = ["serve", "s3", "--config", "", "--addr", "127.0.0.1:0", "--auth-key", f"{KEY},{SECRET}"]
    with said.open("wb") as output:
        process = subprocess.Popen(
            [str(RCLONE), *arguments, "--vfs-cache-mode", "off", str(folder)],
            stdout=output,
            stderr=output,
            preexec_fn=die_with_owner(signal.SIGKILL),
        )
        try:
            yield Bucket(_address(process, said), "papers", KEY, SECRET)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    """Where it says that it listens."""
    until = time.monotonic() + _PATIENCE
    while not (found := re.search(r"\[(http://127\.0\.0\.1:\d+)/\]", said.read_text(errors="replace"))):
        assert process.poll() is None, said.read_text(errors="replace")
        assert time.monotonic() < until, said.read_text(errors="replace")
        time.sleep(0.05)
    return found[1]
