"""Under which user the server runs. PostgreSQL refuses root; everybody else runs it as himself."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.embedded.errors import EmbeddedError
from app.processes import die_with_owner

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Identity:
    """The server's user. `switch` tells that we are root and have to change to it."""

    uid: int
    gid: int
    switch: bool

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def process_options(self, death_signal: signal.Signals) -> dict[str, Any]:
        """Keyword arguments of `subprocess` for a child under this user that ends with us and not by the terminal's Ctrl-C."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "start_new_session": True,
            "preexec_fn": die_with_owner(death_signal),
        }
        if self.switch:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def server_identity(data: Path) -> Identity:
    """Ourselves; for root the owner of an existing `data` folder, else an unprivileged user of this machine."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), switch=False)
    if data.is_dir():
        owner = data.stat()
        if owner.st_uid != 0:
            return Identity(owner.st_uid, owner.st_gid, switch=True)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid, switch=True)
    raise EmbeddedError(
        "Đang chạy bằng root nhưng máy không có tài khoản thường nào (postgres, nobody) để chạy PostgreSQL. "
        "Hãy tạo tài khoản postgres, hoặc đặt DATABASE_URL."
    )


def can_enter(identity: Identity, folder: Path) -> bool:
    """Whether the server's user can reach `folder`, asked of the kernel (bits, ACLs and mounts alike)."""
    if not identity.switch:
        return os.access(folder, os.X_OK)
    try:
        tried = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **identity.process_options(signal.SIGKILL),
        )
    except OSError as error:
        raise EmbeddedError(
            f"Đang là root nhưng không chuyển được sang tài khoản {identity.name} ({error.strerror}). "
            "Hãy chạy bằng tài khoản thường, hoặc đặt DATABASE_URL."
        ) from error
    return tried.returncode == 0
