"""Whether what rows name lies in the file store, as large as they say and, where asked, with the bytes that they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from app.doctor.findings import Finding
from app.store import soundness
from app.store.files import CHUNK, FileStore, MissingFileError
from app.store.stored_content import NAMING
from app.store.transaction import reading

PAGE = 500


def content_findings(files: FileStore, *, checksums: bool) -> Iterator[Finding]:
    """What is wrong with stored contents; `checksums`: read each of them whole, else only ask how large it is.

    Outside any transaction, for it may take hours. Errors: StoreUnavailableError.
    """
    for table, _ in NAMING:
        after = 0
        while True:
            with reading() as connection:
                rows = soundness.named_contents(connection, table, after, PAGE)
            if not rows:
                break
            for row in rows:
                if words := _fault(files, row["sha256"], row["size"], checksums=checksums):
                    yield Finding("files", f"{table} {row['id']}, tệp {row['sha256']}: {words}")
            after = rows[-1]["id"]


def _fault(files: FileStore, sha256: str, size: int, *, checksums: bool) -> str | None:
    try:
        found = files.size(sha256)
        if found != size:
            return f"có {found} byte, phải là {size}."
        if checksums and _digest(files, sha256) != sha256:
            return "nội dung đã bị thay đổi."
    except MissingFileError:
        return "không có trong kho tệp."
    except ValueError:
        return "không phải tên của một nội dung."
    return None


def _digest(files: FileStore, sha256: str) -> str:
    digest = hashlib.sha256()
    with files.open(sha256) as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
