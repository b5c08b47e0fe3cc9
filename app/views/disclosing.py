"""What is handed to a competent authority at its request (TN-19.3): a package with a manifest, kept, listed and logged.

A package holds of each dossier what its page shows, its history and how its deadline came about as JSON, its slips as PDF,
its files as they were handed in, and `manifest.json` and `SHA256SUMS` over all of that. What is in quarantine is named there
and left out.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.administering import log
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.jsontext import dumps
from app.rules.permissions import lacking
from app.runtime import runtime
from app.store import attachments, disclosures
from app.store.disclosures import DisclosureRow
from app.store.dossiers import DossierRow
from app.store.files import CHUNK, MissingFileError, StoreUnavailableError, file_store
from app.store.transaction import reading, transaction
from app.views.cursors import an_id, make_cursor, read_cursor
from app.views.dossiers import dossier_detail
from app.views.parts import attachment_view, clock_of, timeline_of
from app.views.slips import printed_slip, slips_of
from app.views.visibility import visible_dossier

DISCLOSE: Final = "dossier.disclose"
SEE: Final = (DISCLOSE, "audit.view")
MOST_DOSSIERS: Final = 100
MOST_BYTES: Final = 1024 * 1024 * 1024
SPOOLED: Final = 8 * 1024 * 1024
ZIP: Final = "application/zip"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Disclose:
    """`dossiers` are codes, each once; `basis` is the article by which the authority may ask."""

    authority: str
    request_number: str
    requested_on: date
    basis: str
    reason: str
    dossiers: tuple[str, ...]


def disclose(command: Disclose, context: Context) -> int:
    """Make the package, keep it and log it; answers its id. Errors: DomainError forbidden, invalid, unavailable, key_reused."""
    caller = context.caller
    _require(caller)
    if command.requested_on > caller.day:
        raise invalid({"requested_on": ["Ngày của văn bản không được sau hôm nay."]})
    found = _dossiers(caller, command.dossiers)
    at = whole_second(context.now)
    with tempfile.SpooledTemporaryFile(SPOOLED) as package:
        files = _write(package, command, found, caller, at)
        package.seek(0)
        try:
            kept = file_store(runtime().settings).put(package)
        except StoreUnavailableError as error:
            raise _away() from error

    def make(connection: Connection) -> dict[str, Any]:
        values = {
            "authority": command.authority,
            "request_number": command.request_number,
            "requested_on": command.requested_on,
            "basis": command.basis,
            "reason": command.reason,
            "agency_id": caller.agency_id,
            "sha256": kept.sha256,
            "size": kept.size,
            "files": files,
            "made_by": caller.account_id,
            "made_at": at,
            "address": context.address,
        }
        made = disclosures.add_disclosure(connection, values, [(one.id, one.code) for one in found])
        after = {name: values[name] for name in ("authority", "request_number", "requested_on", "basis", "reason")}
        after |= {"codes": [one.code for one in found], "sha256": kept.sha256}
        log(connection, context, "disclosure_made", f"disclosure:{made}", caller.agency_id, {}, after)
        return {"id": made}

    made: int = keyed(context, make)["id"]
    return made


def disclosure_list(caller: Caller, cursor: str | None, page_size: int) -> dict[str, Any]:
    """The newest first: of the caller's agency, of all for `audit.view`. Errors: DomainError forbidden, invalid."""
    after = read_cursor(cursor, "disclosures", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = disclosures.list_disclosures(connection, _agencies(caller), after, page_size + 1)
    following = make_cursor("disclosures", rows[page_size - 1].id) if len(rows) > page_size else None
    data = [_view(row, caller) for row in rows[:page_size]]
    return {"data": data, "total": len(data), "next": following}


def disclosure_detail(caller: Caller, disclosure_id: int) -> dict[str, Any]:
    """One of them. Errors: DomainError forbidden, not_found."""
    return _view(_row(caller, disclosure_id), caller)


def take_package(caller: Caller, disclosure_id: int, now: datetime, address: str | None) -> tuple[str, str]:
    """File name and SHA-256 of the package, for whoever may hand it out; taking it is logged.

    Errors: DomainError forbidden, not_found.
    """
    _require(caller)
    row = _row(caller, disclosure_id)
    if row.agency_id not in caller.agency_ids:
        raise _unknown()
    with transaction() as connection:
        context = Context(caller, now, address=address)
        after = {"authority": row.authority, "request_number": row.request_number, "sha256": row.sha256}
        log(connection, context, "disclosure_taken", f"disclosure:{row.id}", row.agency_id, {}, after)
    return f"cung-cap-ho-so-{row.id}.zip", row.sha256


def disclosed_to(connection: Connection, dossier_id: int) -> list[dict[str, Any]]:
    """To whom a dossier was handed out, the latest first."""
    rows = disclosures.disclosures_of(connection, dossier_id)
    return [
        {
            "id": row.id,
            "authority": row.authority,
            "request_number": row.request_number,
            "requested_on": row.requested_on,
            "basis": row.basis,
            "made_by_name": row.name,
            "agency_name": row.agency_name,
            "made_at": row.made_at,
        }
        for row in rows
    ]


def _require(caller: Caller) -> None:
    if not caller.may(DISCLOSE):
        raise DomainError("forbidden", lacking((DISCLOSE,)))


def _agencies(caller: Caller) -> frozenset[int] | None:
    if not any(caller.may(name) for name in SEE):
        raise DomainError("forbidden", lacking(SEE))
    return None if caller.may("audit.view") else caller.agency_ids


def _row(caller: Caller, disclosure_id: int) -> DisclosureRow:
    agencies = _agencies(caller)
    with reading() as connection:
        row = disclosures.disclosure_by_id(connection, disclosure_id)
    if row is None or (agencies is not None and row.agency_id not in agencies):
        raise _unknown()
    return row


def _unknown() -> DomainError:
    return DomainError("not_found", "Không có lần cung cấp hồ sơ này.")


def _away() -> DomainError:
    return DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.")


def _view(row: DisclosureRow, caller: Caller) -> dict[str, Any]:
    return {
        "id": row.id,
        "authority": row.authority,
        "request_number": row.request_number,
        "requested_on": row.requested_on,
        "basis": row.basis,
        "reason": row.reason,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "dossiers": row.dossiers,
        "files": row.files,
        "size": row.size,
        "sha256": row.sha256,
        "made_by": row.username,
        "made_by_name": row.name,
        "made_at": row.made_at,
        "may_take": caller.may(DISCLOSE) and row.agency_id in caller.agency_ids,
    }


def _dossiers(caller: Caller, codes: tuple[str, ...]) -> list[DossierRow]:
    """Those that the caller sees. Errors: DomainError invalid."""
    if not codes or len(codes) > MOST_DOSSIERS:
        raise invalid({"dossiers": [f"Mỗi lần cung cấp từ 1 đến {MOST_DOSSIERS} hồ sơ."]})
    found, unknown, size = dict[int, DossierRow](), list[str](), 0
    with reading() as connection:
        for code in codes:
            try:
                dossier = visible_dossier(connection, code, caller)
            except DomainError:
                unknown.append(code)
                continue
            found[dossier.id] = dossier
            size += sum(row.size for row in attachments.attachments_of(connection, dossier.id))
    if unknown:
        told = ", ".join(unknown[:20])
        raise invalid({"dossiers": [f"Không có hoặc cơ quan của bạn không tham gia giải quyết: {told}."]})
    if size > MOST_BYTES:
        raise invalid({"dossiers": ["Tệp của các hồ sơ này quá 1 GB; hãy chia thành nhiều lần cung cấp."]})
    return list(found.values())


def _write(package: IO[bytes], command: Disclose, found: list[DossierRow], caller: Caller, at: datetime) -> int:
    """The package's bytes; how many files it holds beside manifest and sums."""
    listed = list[dict[str, Any]]()
    sums = list[str]()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for dossier in found:
            files, left_out = list[dict[str, Any]](), list[dict[str, Any]]()
            for path, content in _parts(dossier, caller, at, left_out):
                with archive.open(path, "w", force_zip64=True) as entry, content:
                    digest, size = _copied(content, entry)
                files.append({"path": path, "sha256": digest, "size": size})
                sums.append(f"{digest}  {path}")
            listed.append({"code": dossier.code, "files": files, "left_out": left_out})
        manifest = dumps(_manifest(command, caller, at, listed)).encode()
        archive.writestr("manifest.json", manifest)
        sums.append(f"{hashlib.sha256(manifest).hexdigest()}  manifest.json")
        archive.writestr("SHA256SUMS", "\n".join(sums) + "\n")
    return sum(len(one["files"]) for one in listed)


def _manifest(command: Disclose, caller: Caller, at: datetime, listed: list[dict[str, Any]]) -> Mapping[str, Any]:
    return {
        "authority": command.authority,
        "request_number": command.request_number,
        "requested_on": command.requested_on,
        "basis": command.basis,
        "reason": command.reason,
        "made_at": at,
        "made_by": {"username": caller.username, "name": caller.name, "agency": caller.agency},
        "dossiers": listed,
    }


def _parts(
    dossier: DossierRow, caller: Caller, at: datetime, left_out: list[dict[str, Any]]
) -> Iterator[tuple[str, IO[bytes]]]:
    """Path and content of everything of one dossier. Errors: DomainError unavailable."""
    code, store = dossier.code, file_store(runtime().settings)
    slips_told = slips_of(caller, code)
    told: dict[str, Any] = {
        "ho-so": dossier_detail(caller, code, at),
        "dien-bien": timeline_of(caller, code),
        "thoi-han": clock_of(caller, code, at),
        "phieu": slips_told,
    }
    with reading() as connection:
        rows = attachments.attachments_of(connection, dossier.id)
        pages = [(slip["id"], printed_slip(connection, dossier, slip["id"])) for slip in slips_told]
    told["tep"] = [attachment_view(row) for row in rows]
    for name, value in told.items():
        yield f"{code}/{name}.json", BytesIO(dumps(value).encode())
    for slip, page in pages:
        yield f"{code}/phieu/{slip}.pdf", BytesIO(page.pdf)
    for row in rows:
        path = f"{code}/tep/{row.id}-{_safe(row.name)}"
        if row.quarantined:
            left_out.append({"path": path, "why": "Tệp đang được cách ly", "sha256": row.sha256})
            continue
        try:
            yield path, store.open(row.sha256)
        except (MissingFileError, StoreUnavailableError) as error:
            raise _away() from error


def _copied(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(CHUNK):
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return digest.hexdigest(), size


def _safe(name: str) -> str:
    """A file's name without what a path or a system could take for something else."""
    return _UNSAFE.sub("_", name).strip(". ")[-120:] or "tep"
