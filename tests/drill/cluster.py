"""The database of ops/ha on this machine: one etcd, two nodes under Patroni on Debian's PostgreSQL, from the same files."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from app.config import PROJECT_ROOT, Settings
from app.embedded import Urls
from app.processes import die_with_owner
from tests.drill.parts import free_port
from tests.drill.waiting import until

HA = PROJECT_ROOT / "ops" / "ha"
PROGRAMS = ("/usr/bin/etcd", "/usr/bin/patroni")
PATIENCE = 120.0
PASSWORDS = {
    name: f"{name.lower()}0"
    for name in (
        "SUPERUSER_PASSWORD",
        "REPLICATION_PASSWORD",
        "REWIND_PASSWORD",
        "OWNER_PASSWORD",
        "WEB_PASSWORD",
    )
}


@dataclass
class Node:
    """One machine of the cluster: Patroni and the PostgreSQL that it started."""

    name: str
    folder: Path
    values: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def config(self) -> Path:
        return self.folder / "config.yml"

    def write(self) -> None:
        """Its configuration, as `envsubst` renders it."""
        self.folder.mkdir()
        text = Template((HA / "patroni.yml").read_text(encoding="utf-8")).substitute(self.values)
        self.config.write_text(text, encoding="utf-8")
        owner = pwd.getpwnam("postgres")
        for path in (self.folder, self.config):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o700)

    def start(self) -> None:
        self.process = _start(["/usr/bin/patroni", str(self.config)], self.folder / "said.log", dict(self.values))

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As if the machine lost its power: Patroni and every PostgreSQL process of it at once."""
        postmaster = self._postmaster()
        process, self.process = self.process, None
        if process is not None:
            process.kill()
        if postmaster is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGKILL)
        if process is not None:
            process.wait()

    def kill_postgres(self) -> None:
        """Only the postmaster; Patroni lives on and gives the lead away."""
        postmaster = self._postmaster()
        if postmaster is not None:
            os.kill(postmaster, signal.SIGKILL)

    def _postmaster(self) -> int | None:
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None

    def role(self) -> str | None:
        """What Patroni says that it is: `master` (primary) or `replica`, only while it runs."""
        found = self._asked("/patroni")
        return str(found["role"]) if found and found.get("state") == "running" else None

    def streams(self) -> bool:
        """Whether it is a standby that is fed."""
        found = self._asked("/patroni")
        return bool(
            found and found.get("role") == "replica" and found.get("replication_state", "streaming") == "streaming"
        )

    def _asked(self, path: str) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.values['API_PORT']}{path}", timeout=5) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except OSError:
            return None


@dataclass
class Cluster:
    nodes: list[Node]
    etcd: subprocess.Popen[bytes]
    etcd_port: int

    def url(self, user: str, attributes: str) -> str:
        """A URL of all nodes, as an installation has it."""
        hosts = ",".join(f"127.0.0.1:{node.values['PORT']}" for node in self.nodes)
        password = PASSWORDS["OWNER_PASSWORD" if user == "motcua_owner" else "WEB_PASSWORD"]
        given = f"postgresql://{user}:{password}@{hosts}/motcua?target_session_attrs={attributes}&connect_timeout=3"
        return str(Settings.from_env({"DATABASE_URL": given}).database_url)

    def url_of(self, node: Node) -> str:
        """One node's own, for the application's login."""
        return f"postgresql://motcua_web:{PASSWORDS['WEB_PASSWORD']}@127.0.0.1:{node.values['PORT']}/motcua"

    def switch(self) -> None:
        """A planned change of the primary, as before maintenance of its machine."""
        config = str(self.nodes[0].config)
        subprocess.run(["/usr/bin/patronictl", "-c", config, "switchover", "--force"], check=True, capture_output=True)

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if node.role() == "master"), None)

    def standby(self) -> Node | None:
        return next((node for node in self.nodes if node.role() == "replica"), None)

    def is_synchronous(self) -> bool:
        """Whether the primary waits for a standby before it acknowledges: then losing it loses nothing."""
        asked = [
            "/usr/bin/etcdctl",
            "--endpoints",
            f"127.0.0.1:{self.etcd_port}",
            "get",
            "/service/motcua/sync",
            "--print-value-only",
        ]
        found = subprocess.run(
            asked, capture_output=True, text=True, timeout=10, check=False, env=os.environ | {"ETCDCTL_API": "3"}
        )
        try:
            return bool(json.loads(found.stdout)["sync_standby"])
        except (ValueError, KeyError):
            return False

    def complete(self) -> bool:
        """A primary, and a standby that it waits for."""
        primary = self.primary()
        return primary is not None and self.standby() is not None and self.is_synchronous()


class ClusterDatabase:
    """The cluster where a town expects its database: `start`, `stop`, `alive`."""

    def __init__(self, folder: Path) -> None:
        self.cluster: Cluster
        self._folder = folder
        self._stack = ExitStack()

    def start(self) -> Urls:
        self._folder.mkdir()
        self.cluster = self._stack.enter_context(cluster(self._folder))
        return Urls(
            owner=self.cluster.url("motcua_owner", "read-write"), app=self.cluster.url("motcua_web", "read-write")
        )

    @property
    def standby_url(self) -> str:
        """Where readers go."""
        return self.cluster.url("motcua_web", "prefer-standby")

    @property
    def alive(self) -> bool:
        """Patroni sees to it; nobody has to start it."""
        return True

    def stop(self) -> None:
        self._stack.close()


@contextmanager
def cluster(folder: Path, nodes: int = 2) -> Iterator[Cluster]:
    """The cluster in `folder`, complete; ended with everything in it, whatever happens inside."""
    folder.chmod(0o711)
    etcd_port, peer = free_port(), free_port()
    etcd = _start(
        [
            "/usr/bin/etcd",
            f"--data-dir={folder / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{etcd_port}",
            f"--advertise-client-urls=http://127.0.0.1:{etcd_port}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
        ],
        folder / "etcd.log",
        {},
        user=None,
    )
    members = [_node(folder, number, etcd_port) for number in range(1, nodes + 1)]
    place = Cluster(members, etcd, etcd_port)
    try:
        for node in members:
            node.write()
        members[0].start()
        until("the first node is primary", lambda: members[0].role() == "master", PATIENCE)
        for node in members[1:]:
            node.start()
        until("a standby is waited for", place.complete, PATIENCE)
        yield place
    except BaseException:
        for log in (folder / "etcd.log", *(node.folder / "said.log" for node in members)):
            print(
                f"--- {log.parent.name}/{log.name}\n{log.read_text(errors='replace')[-4000:] if log.exists() else ''}"
            )
        raise
    finally:
        for node in members:
            node.kill()
        etcd.kill()
        etcd.wait()


def _node(folder: Path, number: int, etcd_port: int) -> Node:
    place = folder / f"pg{number}"
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1].parent
    values = PASSWORDS | {
        "NODE": f"pg{number}",
        "ADDRESS": "127.0.0.1",
        "NETWORK": "127.0.0.0/8",
        "PORT": str(free_port()),
        "API_PORT": str(free_port()),
        "ETCD": f"127.0.0.1:{etcd_port}",
        "DATA": str(place),
        "BINARIES": str(binaries),
        "ROLES": str(folder / "roles.sh"),
    }
    if number == 1:
        shutil.copy(HA / "roles.sh", folder / "roles.sh")
        (folder / "roles.sh").chmod(0o644)
    return Node(f"pg{number}", place, values)


def _start(
    arguments: list[str], said: Path, environment: Mapping[str, str], user: str | None = "postgres"
) -> subprocess.Popen[bytes]:
    options: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user and os.geteuid() == 0 else {}
    with said.open("ab") as output:
        return subprocess.Popen(
            arguments,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_owner(signal.SIGKILL),
            **options,
        )
