"""What an administrator reads when the server cannot run."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.embedded import EmbeddedError, EmbeddedPostgres, binaries
from app.embedded.errors import from_log, from_os_error
from app.embedded.identity import Identity


@pytest.fixture
def damaged(cluster: Path) -> Iterator[Path]:
    """The folder of a stopped cluster whose files may be damaged: the ones below are as before afterwards.

    Only for starts that fail: putting back the control file of a cluster that has run meanwhile would ruin it.
    """
    files = [cluster / "data" / name for name in ("PG_VERSION", "global/pg_control", "postgresql.conf")]
    kept = [file.read_bytes() for file in files]
    yield cluster
    for file, content in zip(files, kept, strict=True):
        file.write_bytes(content)


def test_a_damaged_control_file_is_named_and_left_alone(damaged: Path, postgres_binaries: Path | None) -> None:
    control = damaged / "data" / "global" / "pg_control"
    control.write_bytes(b"\0" * 100)
    with pytest.raises(EmbeddedError, match="bị hỏng"):
        EmbeddedPostgres(damaged, binaries=postgres_binaries).start()
    assert control.stat().st_size == 100


def test_a_cluster_of_another_version_is_named_with_both_versions(
    damaged: Path, postgres_binaries: Path | None
) -> None:
    (damaged / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"do PostgreSQL 9 tạo, chương trình đang có là PostgreSQL \d\d"):
        EmbeddedPostgres(damaged, binaries=postgres_binaries).start()


def test_a_folder_that_is_no_cluster_is_not_overwritten(open_folder: Path) -> None:
    (open_folder / "pg" / "data").mkdir(parents=True)
    precious = open_folder / "pg" / "data" / "precious"
    precious.write_text("x")
    (open_folder / "pg").chmod(0o711)
    with pytest.raises(EmbeddedError, match="thiếu PG_VERSION"):
        EmbeddedPostgres(open_folder / "pg").start()
    assert precious.read_text() == "x"


def test_after_a_failed_start_the_folder_is_free(cluster: Path, postgres_binaries: Path | None) -> None:
    version = cluster / "data" / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")
    server = EmbeddedPostgres(cluster, binaries=postgres_binaries)
    try:
        with pytest.raises(EmbeddedError):
            server.start()
    finally:
        version.write_text(right)
    with EmbeddedPostgres(cluster, binaries=postgres_binaries) as second:
        assert second.alive


def test_own_settings_that_are_wrong_show_the_servers_own_words(damaged: Path, postgres_binaries: Path | None) -> None:
    with (damaged / "data" / "postgresql.conf").open("a") as file:
        file.write("shared_bufers = 1GB\n")
    with pytest.raises(EmbeddedError, match="shared_bufers"):
        EmbeddedPostgres(damaged, binaries=postgres_binaries).start()


def test_too_little_room_is_seen_before_anything_is_written(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(EmbeddedError, match="128 MiB"):
        EmbeddedPostgres(open_folder / "pg").start()
    assert not (open_folder / "pg" / "data").exists()


def test_programs_for_another_machine_are_named(open_folder: Path) -> None:
    for name in ("postgres", "initdb"):
        (open_folder / name).write_bytes(b"\x7fELF\x02\x01\x01" + b"\0" * 100)
        (open_folder / name).chmod(0o755)
    with pytest.raises(EmbeddedError, match="kiến trúc"):
        EmbeddedPostgres(open_folder / "pg", binaries=open_folder).start()


def test_a_missing_wheel_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        binaries.wheel_binaries()


def test_a_folder_that_is_a_file_is_refused(open_folder: Path) -> None:
    (open_folder / "pg").write_text("")
    with pytest.raises(EmbeddedError):
        EmbeddedPostgres(open_folder / "pg").start()


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("FATAL:  could not write lock file: No space left on device", "Đĩa đã đầy"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "không đủ bộ nhớ"),
        ("PANIC:  could not locate a valid checkpoint record", "bị hỏng"),
        ("FATAL:  could not open directory: Permission denied", "không có quyền"),
        ("FATAL:  something nobody has seen", "something nobody has seen"),
    ],
)
def test_the_servers_log_is_translated(line: str, meaning: str) -> None:
    assert meaning in str(from_log("PostgreSQL không khởi động được.", f"LOG:  starting\n{line}\n"))


def test_an_error_of_the_system_names_its_place() -> None:
    error = from_os_error("Không ghi được.", OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    assert str(error) == "Không ghi được. Đĩa đã đầy. (/data/x)"


def test_an_identity_without_a_name_is_shown_by_its_number() -> None:
    assert Identity(4_000_000, 1, switch=True).name == "4000000"
