"""A real clamd of the test's own: its socket, its folder, and one signature, that of the EICAR test file."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from app.papers.clamav import ping
from app.processes import die_with_owner

CLAMD = Path("/usr/sbin/clamd")
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner finds although it harms nobody; never in one piece in a file of ours."""
FOUND = "Motcua.Test.EICAR.UNOFFICIAL"
_CONFIGURATION = """\
LocalSocket {folder}/clamd.sock
LocalSocketMode 600
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}
Foreground yes
MaxThreads 2
ConcurrentDatabaseReload no
SelfCheck 86400
StreamMaxLength {limit}
MaxScanSize {limit}
MaxFileSize {limit}
BytecodeUnsigned no
{user}
"""
_PATIENCE = 30


@contextmanager
def clamd(limit: str = "8M") -> Iterator[str]:
    """Run it; answers its address. AssertionError when it does not start."""
    # Not below pytest's folder: the path of a Unix socket has room for a hundred letters.
    folder = Path(mkdtemp(prefix="clamd-"))
    try:
        (folder / "database").mkdir()
        (folder / "database" / "test.ndb").write_text(f"Motcua.Test.EICAR:0:*:{EICAR.hex()}\n", encoding="ascii")
        user = f"User {pwd.getpwuid(os.geteuid()).pw_name}"
        (folder / "clamd.conf").write_text(
            _CONFIGURATION.format(folder=folder, limit=limit, user=user), encoding="utf-8"
        )
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [str(CLAMD), "--config-file", str(folder / "clamd.conf")],
                stdout=said,
                stderr=said,
                preexec_fn=die_with_owner(signal.SIGKILL),
            )
            address = f"unix://{folder}/clamd.sock"
            try:
                _wait(process, address, folder / "said")
                yield address
            finally:
                process.terminate()
                process.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], address: str, said: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while not ping(address):
        assert process.poll() is None, said.read_text(errors="replace")
        assert time.monotonic() < until, said.read_text(errors="replace")
        time.sleep(0.05)
