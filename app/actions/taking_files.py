"""Files as they come in: to a limit, by what they really are, under a name that is safe everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from app.errors import DomainError
from app.store.attachments import RESULT
from app.store.files import FileStore, FileTooLargeError, StoredFile, StoreUnavailableError
from app.store.media_types import PDF, SORTS, USUAL, Recognised, recognise
from app.wording import clean_line, size_words

LONGEST_NAME = 200
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
"""What a folder of Windows takes neither as a name nor in one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is in the store: its bytes, its safe name, and what it is."""

    stored: StoredFile
    name: str
    what: Recognised


def take(files: FileStore, stream: IO[bytes], given_name: str, kind: str, limit: int) -> Taken:
    """Keep what a seekable stream holds, once it is known to be no other thing than it is called.

    Errors: DomainError invalid for an empty file and for one whose name and content contradict each other, too_large beyond
    `limit` bytes, unavailable. Nothing is kept then.
    """
    name = safe_name(given_name)
    if not stream.read(1):
        raise _refused("Tệp rỗng.")
    what = recognise(stream, name)
    if kind == RESULT and what.media_type != PDF:
        raise _refused("Kết quả giải quyết phải là tệp PDF.", rule="ST-15.2")
    if what.expected == "program":
        raise _refused(f"Tệp “{name}” mang tên của một chương trình; hệ thống không nhận chương trình và tệp lệnh.")
    if what.expected is not None:
        ending = name.rpartition(".")[2]
        raise _refused(
            f"Tệp mang tên “{name}” nhưng nội dung là {what.title}. Hãy gửi đúng tệp .{ending}, hoặc đặt lại tên cho đúng."
        )
    try:
        return Taken(files.put(stream, limit), name, what)
    except FileTooLargeError as error:
        raise too_large(limit) from error
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error


def check_sort(name: str, sort: str, procedure: Any, component: str | None) -> None:
    """Errors: DomainError invalid for a sort of file that neither the component nor the procedure takes.

    `procedure` is its row: `components` may carry `types`, and so may the procedure as a whole.
    """
    allowed = allowed_sorts(procedure.components, procedure.file_types, component)
    if sort not in allowed:
        words = "; ".join(SORTS[one] for one in allowed if one in SORTS)
        raise _refused(f"Tệp “{name}” là {SORTS[sort]}, không nhận được ở đây. Được gửi: {words}.")


def allowed_sorts(
    components: Sequence[Mapping[str, Any]], file_types: Sequence[str] | None, component: str | None
) -> Sequence[str]:
    """The sorts of files that a component takes; of a procedure's dossiers where it does not say, or None is named."""
    own = next((part.get("types") for part in components if part["code"] == component), None)
    return own or file_types or USUAL


def limit_of(max_file_bytes: int | None, installation: int) -> int:
    """Bytes that a file of a procedure may have: its own limit, never more than the installation's."""
    return min(max_file_bytes or installation, installation)


def too_large(limit: int) -> DomainError:
    """The refusal of a file of more than `limit` bytes."""
    why = f"Tệp lớn quá mức cho phép: mỗi tệp không quá {size_words(limit)}. Hãy nén nhỏ ảnh, PDF hoặc chia thành nhiều tệp."
    return DomainError("too_large", why, errors={"file": [why]}, extra={"limit": limit})


def safe_name(given: str) -> str:
    """A file name as people see it: one printable line without folders, its ending kept when it is cut."""
    name = clean_line(given.replace("\\", "/").rpartition("/")[2]).lstrip(". ").rstrip(". ")
    name = _FORBIDDEN.sub("_", name)
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        keep = LONGEST_NAME - len(dot + ending)
        name = stem[:keep] + dot + ending if stem and len(ending) <= 10 else name[:LONGEST_NAME]
    return name or "tep"


def _refused(why: str, **extra: Any) -> DomainError:
    return DomainError("invalid", why, errors={"file": [why]}, extra=extra)
