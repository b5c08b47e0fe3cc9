"""What can keep the embedded server from running, said so that an administrator knows what to do."""

from __future__ import annotations

import errno
import re

TAIL_LINES = 8

# What PostgreSQL writes into its log -> what that means here. The first match in the new part of the log counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("No space left on device", "Đĩa đã đầy. Giải phóng chỗ trống rồi chạy lại; dữ liệu đã ghi vẫn còn nguyên."),
    ("database files are incompatible", "Dữ liệu do một phiên bản PostgreSQL khác tạo ra."),
    (
        "Cannot allocate memory|could not map anonymous shared memory|could not create shared memory",
        "Máy không đủ bộ nhớ cho PostgreSQL.",
    ),
    (
        r"pg_control|valid checkpoint record|invalid checkpoint|PANIC|could not find the database system"
        r"|missing directory|is not a valid data directory",
        "Dữ liệu của cụm PostgreSQL bị hỏng hoặc thiếu tệp. Hãy phục hồi từ bản sao lưu.",
    ),
    ("Permission denied|Operation not permitted", "PostgreSQL không có quyền đọc hoặc ghi thư mục dữ liệu của nó."),
    ("Read-only file system", "Thư mục dữ liệu nằm trên hệ tệp chỉ đọc."),
)


class EmbeddedError(Exception):
    """The embedded server cannot run. The text says why and what to do; nothing of the data has been removed."""


class AlreadyRunningError(EmbeddedError):
    """Another process supervises the server of the same folder."""


def from_log(what: str, text: str) -> EmbeddedError:
    """`what` failed and PostgreSQL wrote `text`: the known meaning, or else the last lines themselves."""
    meaning = next((says for pattern, says in MEANINGS if re.search(pattern, text)), "")
    tail = "\n".join(f"    {line}" for line in text.strip().splitlines()[-TAIL_LINES:])
    return EmbeddedError(f"{what} {meaning}".rstrip() + (f"\n{tail}" if tail else ""))


def from_os_error(what: str, error: OSError) -> EmbeddedError:
    """`what` failed with an error of the operating system."""
    meaning = {
        errno.ENOSPC: "Đĩa đã đầy.",
        errno.EDQUOT: "Đã hết hạn mức đĩa của tài khoản.",
        errno.EROFS: "Hệ tệp chỉ đọc.",
        errno.EACCES: "Không có quyền.",
        errno.EPERM: "Không được phép.",
        errno.ENOEXEC: "Tệp chạy của PostgreSQL không dành cho kiến trúc máy này (wheel chỉ có cho Linux x86-64 glibc).",
    }.get(error.errno or 0, error.strerror or str(error))
    place = f" ({error.filename})" if error.filename else ""
    return EmbeddedError(f"{what} {meaning}{place}")
