"""The accounts of a demonstration province, and the file that says with which password each of them signs in.

Passwords are made once an installation and are known nowhere but in that file; the database has their hashes. An account
whose password the file does not have (any more) gets a new one.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.access.passwords import hash_password, verify_password
from app.demo.content import content
from app.embedded.home import make_folder
from app.errors import DomainError
from app.store import accounts, organisation, passwords, procedures

_FIRST, _VOWEL, _LAST = "bcdghkmnprstvx", "aeiou", ("", "n", "m", "t")
_DIGITS = "23456789"


def new_password() -> str:
    """Three syllables and three digits, for example `bam-ke-tun-482`: 34 random bits that can be read out and typed."""
    syllables = [secrets.choice(_FIRST) + secrets.choice(_VOWEL) + secrets.choice(_LAST) for _ in range(3)]
    return "-".join([*syllables, "".join(secrets.choice(_DIGITS) for _ in range(3))])


def add_accounts(connection: Connection, file: Path, profile: str) -> tuple[dict[str, str], int]:
    """Add the accounts that are missing, and give a password to each that has none in `file`.

    Answers every password by user name, and how many are new. If some are, `file` is gone: until it is written again no
    file at all stands there, so that a kill in between is noticed by the next run. Errors: DomainError unavailable.
    """
    known = accounts.account_ids(connection)
    people = content("accounts", profile)["accounts"]
    kept = _kept_passwords(connection, file, known)
    wanted = {person["username"]: new_password() for person in people if person["username"] not in kept}
    if not wanted:
        return kept, 0
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise DomainError("unavailable", f"Không thay được {file}: {error.strerror}.") from error
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # argon2 works outside the interpreter's lock
        hashes = dict(zip(wanted, pool.map(hash_password, wanted.values()), strict=True))
    agency_ids = organisation.agency_ids(connection)
    for person in people:
        username = person["username"]
        if username not in known:
            email = f"{username}@{content('accounts', profile)['email_domain']}"
            _add_account(connection, person, email, agency_ids[person["agency"]], hashes[username])
        elif username in hashes:
            passwords.set_password(connection, known[username], hashes[username])
    return kept | wanted, len(wanted)


def _add_account(
    connection: Connection, person: Mapping[str, Any], email: str, agency_id: int, password_hash: str
) -> None:
    account_id = accounts.add_account(
        connection,
        {
            "username": person["username"],
            "name": person["name"],
            "password_hash": password_hash,
            "agency_id": agency_id,
            "email": email,
            "permissions": person["permissions"],
            "must_change_password": False,
            "password_changed_at": None,
        },
    )
    positions = organisation.position_ids(connection, agency_id)
    for held in person["positions"]:
        accounts.hold_position(connection, account_id, positions[held["code"]], held["from"], held.get("to"))


def _kept_passwords(connection: Connection, file: Path, known: Mapping[str, int]) -> dict[str, str]:
    """The file's passwords of accounts that exist; none when not one of them is right (the file is another database's)."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        kept = {entry["username"]: entry["password"] for entry in entries if entry["username"] in known}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    right = (_is_right(connection, username, password) for username, password in kept.items())
    return kept if any(right) else {}


def _is_right(connection: Connection, username: str, password: str) -> bool:
    found = passwords.credentials(connection, username)
    return found is not None and verify_password(found.password_hash, password)


def write_file(connection: Connection, file: Path, passwords: Mapping[str, str], today: date, profile: str) -> None:
    """Write who can sign in, in an order that helps; readable by its owner only, and there whole or not at all.

    Errors: DomainError unavailable when the folder cannot be written.
    """
    held = {account.username: account for account in accounts.accounts_on(connection, today)}
    entries = [
        {
            "username": person["username"],
            "password": passwords[person["username"]],
            "name": person["name"],
            "agency": person["agency"],
            "positions": [position.code for position in held[person["username"]].positions],
            "permissions": list(held[person["username"]].permissions),
        }
        for person in sorted(content("accounts", profile)["accounts"], key=_order(connection, profile))
        if person["username"] in held
    ]
    try:
        _replace(file, json.dumps(entries, ensure_ascii=False, indent=1))
    except OSError as error:
        raise DomainError("unavailable", f"Không ghi được {file}: {error.strerror}.") from error


def _replace(file: Path, text: str) -> None:
    make_folder(file.parent)
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(handle)
    fresh.rename(file)


def _order(connection: Connection, profile: str) -> Callable[[Mapping[str, Any]], tuple[float, int]]:
    """People as dossiers meet them: the first procedure's desk and its other steps, who publishes and controls, the others."""
    met: dict[tuple[str, str], int] = {}
    first = 0
    for procedure in content("procedures", profile)["procedures"]:
        for lead, step in product(procedure["agencies"], _steps(connection, procedure)):
            met.setdefault((lead if step["agency"] == "lead" else step["agency"], step["position"]), len(met))
        first = first or len(met)

    def place(person: Mapping[str, Any]) -> tuple[float, int]:
        places = [(person["agency"], held["code"]) for held in person["positions"]]
        ranks = [met[where] for where in places if where in met]
        special = not ranks and not {"diagram.deploy", "control.view"}.isdisjoint(person["permissions"])
        return (min(ranks, default=first - 0.5 if special else len(met)), len(person["positions"]))

    return place


def _steps(connection: Connection, procedure: Mapping[str, Any]) -> list[Any]:
    """The steps of a procedure as published; none while it has no diagram in force."""
    row = procedures.find_procedure(connection, procedure["code"])
    version = procedures.version_in_force(connection, row.id, procedure["effective_from"]) if row else None
    return version.steps if version else []
