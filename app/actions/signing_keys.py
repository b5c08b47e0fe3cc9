"""Which key a person signs with: her own, or an agency's, whose seal she may use (QT-15.4: each by her authority)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from app.access.caller import Caller
from app.config import Settings
from app.errors import DomainError, invalid
from app.logs import get_logger
from app.rules.permissions import lacking
from app.signatures.keys import KeyRing, KeysError, SigningKey, load_keys
from app.store.accounts import HeldDelegation

log = get_logger(__name__)

AGENCY_PERMISSION = "document.sign"
DEMONSTRATION = ("demo-signing", "keys.toml")
"""Where the demonstration puts its keys, below the data folder; used where no others are named."""


def keys_file(settings: Settings) -> Path | None:
    """The file that names this installation's keys; None where it has none."""
    if settings.signing_keys is not None:
        return settings.signing_keys
    demonstration = settings.data.joinpath(*DEMONSTRATION)
    return demonstration if demonstration.is_file() else None


def key_ring(settings: Settings) -> KeyRing:
    """The keys as their file says now. Errors: DomainError unavailable while it cannot be used."""
    try:
        return load_keys(keys_file(settings))
    except KeysError as error:
        log.error("signing_keys_unusable", problems=error.problems)
        raise DomainError(
            "unavailable", "Tệp khai báo khóa ký số của hệ thống đang có lỗi; hãy báo quản trị hệ thống."
        ) from error


def keys_for(caller: Caller, ring: KeyRing, under: HeldDelegation | None = None) -> tuple[SigningKey, ...]:
    """What she may sign with, her own keys first; `under` a delegation also the seal that the delegator may use."""
    own = ring.of_account(caller.username)
    sealed = set(agencies_of(caller)) if caller.may(AGENCY_PERMISSION) else set()
    if under is not None and under.seals:
        sealed.add(under.agency)
    return own + tuple(key for code in sorted(sealed) for key in ring.of_agency(code))


def opened_with(key: SigningKey, pin: str | None) -> SigningKey:
    """The key with what was typed to open it."""
    return replace(key, typed=pin) if key.ask_pin else key


def check_signs(under: HeldDelegation | None) -> None:
    """Who acts under a delegation signs only where it says so (QT-15.4). Errors: DomainError forbidden."""
    if under is not None and not under.signs:
        raise DomainError(
            "forbidden",
            f"Ủy quyền của {under.giver.name} ({under.decision}) không gồm quyền ký; hãy trình người ủy quyền ký.",
            extra={"rule": "QT-15.4"},
        )


def agencies_of(caller: Caller) -> dict[str, int]:
    """The ids of her agencies, by code."""
    return {caller.agency: caller.agency_id} | {held.agency: held.agency_id for held in caller.positions}


def chosen_key(
    caller: Caller, ring: KeyRing, name: str | None, parts: Collection[int], under: HeldDelegation | None = None
) -> SigningKey:
    """The key of that name, or the first that she may use; an agency's must be one with a part in the dossier.

    Errors: DomainError invalid, forbidden.
    """
    mine = [key for key in keys_for(caller, ring, under) if _has_part(caller, key, parts)]
    if name is None:
        if mine:
            return mine[0]
        raise invalid(
            {
                "key": [
                    "Chưa có khóa ký số nào trên hệ thống cho bạn; hãy ký bằng thiết bị của mình rồi tải bản đã ký lên."
                ]
            }
        )
    found = next((key for key in mine if key.name == name), None)
    if found is not None:
        return found
    known = ring.named(name)
    if known is None:
        raise invalid({"key": [f"Hệ thống không có khóa ký số “{name}”."]})
    if known.agency in agencies_of(caller) and not caller.may(AGENCY_PERMISSION):
        raise DomainError("forbidden", lacking((AGENCY_PERMISSION,)))
    raise DomainError(
        "forbidden", f"Khóa ký số “{name}” không phải của bạn, cũng không phải của cơ quan đang giải quyết."
    )


def _has_part(caller: Caller, key: SigningKey, parts: Collection[int]) -> bool:
    return key.agency is None or agencies_of(caller).get(key.agency) in parts
