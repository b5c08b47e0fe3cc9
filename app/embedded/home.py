"""Where a cluster lies: in its folder, or, when root's folder is closed to the server's user, under /var/lib/motcua.

A folder holds `lock`, `passwords.json`, `server.log` and either the cluster itself (`data/`, `socket/`) or a file `location`
that names the folder under /var/lib/motcua where those two are. No folder that was there before us is ever chmod-ed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.embedded.binaries import can_run, copy_binaries
from app.embedded.errors import EmbeddedError, from_os_error
from app.embedded.identity import Identity, can_enter, server_identity
from app.embedded.urls import PORT

log = logging.getLogger("motcua.embedded")

ELSEWHERE = Path("/var/lib/motcua")
LOCATION = "location"
ORIGIN = "origin.json"
SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path without its final NUL
SOCKET_FALLBACK = Path("/tmp")  # noqa: S108 - the folder in it is ours, 0700, and checked before use


@dataclass(frozen=True, slots=True)
class Home:
    """`data` is PGDATA, `sockets` holds the Unix socket; both 0700 and owned by `identity`."""

    data: Path
    sockets: Path
    binaries: Path
    identity: Identity


def make_folder(folder: Path) -> None:
    """Make `folder` and its missing parents so that others cannot list them; as root the server's user may still pass through.

    Folders that exist are left as they are.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            place.chmod(mode)  # mkdir's own mode would pass through the umask
    except OSError as error:
        raise from_os_error("Không tạo được thư mục dữ liệu.", error) from error


def find_home(folder: Path, binaries: Path, say: Callable[[str], None]) -> Home:
    """Decide, and remember, where the cluster of `folder` lies. Call under the folder's lock."""
    elsewhere = _recorded(folder)
    data = (elsewhere or folder) / "data"
    identity = server_identity(data)
    open_to_server = can_enter(identity, folder) and (data.exists() or _can_give_away(folder, identity))
    if elsewhere is None and data.exists() and not open_to_server:
        raise EmbeddedError(
            f"Dữ liệu nằm ở {data} nhưng tài khoản {identity.name} không đi qua được các thư mục phía trên. "
            "Hãy cho phép đi qua (chmod o+x) các thư mục đó, hoặc chuyển thư mục dữ liệu sang nơi khác."
        )
    if elsewhere is None and not open_to_server:
        elsewhere = _settle_elsewhere(folder)
        say(
            f"CHÚ Ý: đang chạy bằng root và tài khoản {identity.name} không dùng được {folder}, nên dữ liệu PostgreSQL "
            f"được đặt ở {elsewhere}; tệp {folder / LOCATION} ghi nhớ chỗ này."
        )
        if abandoned := _abandoned():
            say(f"Thư mục dữ liệu của các cụm sau không còn; nếu không cần nữa thì xóa được: {' '.join(abandoned)}")
    if not can_run(binaries, identity):
        copied = copy_binaries(binaries, _base())
        say(f"CHÚ Ý: tài khoản {identity.name} không vào được {binaries}, nên chạy PostgreSQL từ bản chép {copied}.")
        binaries = copied
    home = elsewhere or folder
    sockets = socket_path(home / "socket")
    own_folder(sockets, identity)
    return Home(home / "data", sockets, binaries, identity)


def socket_path(wanted: Path) -> Path:
    """`wanted`, or a short folder under /tmp when a socket's path in it would be too long or unsafe in PostgreSQL's lists."""
    too_long = len(os.fsencode(wanted / f".s.PGSQL.{PORT}")) > SOCKET_PATH_LIMIT
    if not too_long and not re.search(r"[\s,'\"\\]", str(wanted)):
        return wanted
    return SOCKET_FALLBACK / f"motcua-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:24]}"


def own_folder(path: Path, identity: Identity) -> None:
    """Make `path` 0700 for the server's user; one that exists must already be just that."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid != identity.uid or found.st_mode & 0o077:
            raise EmbeddedError(
                f"{path} phải là thư mục 0700 của tài khoản {identity.name}; hãy kiểm tra hoặc xóa nó."
            ) from None
    except OSError as error:
        raise from_os_error("Không tạo được thư mục.", error) from error
    else:
        path.chmod(0o700)
        if identity.switch:
            os.chown(path, identity.uid, identity.gid)


def _can_give_away(folder: Path, identity: Identity) -> bool:
    """Whether root may make files of the server's user in `folder`: some mounts (NFS, shared folders of a VM) forbid it."""
    probe = folder / ".probe"
    try:
        probe.mkdir(exist_ok=True)
        if identity.switch:
            os.chown(probe, identity.uid, identity.gid)
    except PermissionError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.rmdir()
    return True


def read_home(folder: Path) -> tuple[Path, Path] | None:
    """Data and socket folder of a cluster that exists, without changing anything; None where there is none."""
    home = _recorded(folder) or folder
    data = home / "data"
    if not (data / "PG_VERSION").exists():
        return None
    return data, socket_path(home / "socket")


def _base() -> Path:
    """/var/lib/motcua: root's, anybody may pass through, nobody may list."""
    make_folder(ELSEWHERE)
    if ELSEWHERE.stat().st_uid != 0 or ELSEWHERE.stat().st_mode & 0o022:
        raise EmbeddedError(f"{ELSEWHERE} phải thuộc về root và chỉ root được ghi.")
    return ELSEWHERE


def _settle_elsewhere(folder: Path) -> Path:
    place = _base() / secrets.token_hex(8)
    make_folder(place)
    origin = folder.stat()
    (place / ORIGIN).write_text(json.dumps({"folder": str(folder), "device": origin.st_dev, "inode": origin.st_ino}))
    (folder / LOCATION).write_text(f"{place}\n")
    return place


def _abandoned() -> list[str]:
    """Clusters here whose folder is gone. Never removed by us: the folder may be on a disk that is not mounted now."""
    notes = ELSEWHERE.glob(f"*/{ORIGIN}")
    return sorted(str(note.parent) for note in notes if not Path(json.loads(note.read_text())["folder"]).exists())


def _recorded(folder: Path) -> Path | None:
    """The place that `location` names. It must exist and must have been made for this very folder, not for one copied from."""
    note = folder / LOCATION
    if not note.exists():
        return None
    place = Path(note.read_text().strip())
    hint = f"Phục hồi nó, hoặc xóa tệp {note} để bắt đầu với cơ sở dữ liệu trống."
    if not place.is_relative_to(ELSEWHERE) or not (place / ORIGIN).exists():
        raise EmbeddedError(f"Tệp {note} trỏ tới {place} nhưng ở đó không có dữ liệu. {hint}")
    origin = json.loads((place / ORIGIN).read_text())
    first = Path(origin["folder"])
    here = folder.stat()
    moved = (origin["device"], origin["inode"]) == (here.st_dev, here.st_ino) or not (first / LOCATION).exists()
    if first != folder and not moved:
        raise EmbeddedError(f"Dữ liệu ở {place} thuộc về {first}; {folder} có vẻ là một bản chép. {hint}")
    return place
