"""Moving: from the embedded server to another of an older major version, under other names of owner and login, and back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from app.backups.errors import BackupError
from app.backups.making import make_backup
from app.backups.programs import find_programs
from app.backups.restoring import restore_backup
from app.config import Settings
from app.embedded import EmbeddedPostgres, roles
from app.embedded.cluster import load_passwords
from tests.actions.scene import Scene
from tests.backups.comparing import state
from tests.backups.conftest import Restore, back_up, settings_of
from tests.backups.test_round_trip import at_work, owner_url

DEBIAN = Path("/usr/lib/postgresql/15/bin")
debian = pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's PostgreSQL 15 is not installed")


@contextmanager
def server_of_15() -> Iterator[Settings]:
    """A server as a province's own, whose roles are not called as ours, with two empty databases, `tinh` and `thu`."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "pg", binaries=DEBIAN, durable=False, say=lambda line: None) as server:
            sockets = str(conninfo_to_dict(server.urls().owner)["host"])
            passwords = load_passwords(folder / "pg")
            assert passwords is not None
            with roles.connect(Path(sockets), passwords, "postgres") as connection:
                for name in ("tinh_owner", "tinh_web"):
                    connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'mot-hai-ba' IN ROLE motcua_app")
                for name in ("tinh", "thu"):
                    connection.execute(f"CREATE DATABASE {name} OWNER tinh_owner")
            owner, web = (
                f"postgresql://{name}:mot-hai-ba@/tinh?host={sockets}&port=5432" for name in ("tinh_owner", "tinh_web")
            )
            yield Settings(data=folder / "data", database_url=web, database_owner_url=owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@debian
def test_to_a_server_of_15_with_other_names_within_it_and_back(
    scene: Scene, own_data: Path, kept: Path, restored: Restore, tmp_path: Path
) -> None:
    """Within it Debian's own programs do as well."""
    at_work(scene)
    back_up(scene, kept)
    here = state(owner_url(settings_of(scene)))
    with server_of_15() as there:
        restore_backup(there, owner_url(there), kept)
        assert state(owner_url(there)) == here
        _, manifest = make_backup(there, tmp_path / "by 15", binaries=DEBIAN)
        assert (manifest.server_version, manifest.dump_version) == (15, 15)
        again = replace(there, data=tmp_path / "again")
        restore_backup(again, owner_url(there).replace("/tinh?", "/thu?"), tmp_path / "by 15", binaries=DEBIAN)
        assert state(owner_url(there).replace("/tinh?", "/thu?")) == here
    back = restored(tmp_path / "by 15")
    assert state(owner_url(back)) == here


@debian
def test_programs_that_are_too_old_for_the_server_are_not_taken() -> None:
    assert find_programs(15, DEBIAN).version == 15
    with pytest.raises(BackupError, match="từ PostgreSQL 18 trở lên"):
        find_programs(18, DEBIAN)
