"""Accounts: made with a temporary password, changed, given permissions, locked, unlocked, given another password (HT-4.2).

The centre's administrators keep all of them, an agency's only those of its own people (QT-27.5, HT-16.1); nobody changes
her own rights. A temporary password is answered once and kept nowhere: the answer that is kept under a form's key has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.temporary_passwords import hashed, temporary_password
from app.actions.administering import check_version, differing, everywhere, known_account, log, named_agency, reach
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.rules.administration import givable, kept_by_centre
from app.rules.permissions import PERMISSIONS
from app.rules.usernames import USERNAME, proposed
from app.store import account_keeping, accounts, passwords, sign_in_attempts, tokens
from app.store.account_keeping import KeptAccount
from app.store.transaction import take_turn

EDITED = ("name", "email", "agency")


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """Without `username` one is proposed; `agency` by code; permissions by name."""

    name: str
    agency: str
    username: str | None = None
    email: str | None = None
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditAccount:
    """`values`: those of name, email and agency (code) that change."""

    username: str
    values: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SetPermissions:
    username: str
    permissions: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class OnAccount:
    """Lock, unlock or another password."""

    username: str
    version: int | None = None


def create_account(command: CreateAccount, context: Context) -> dict[str, Any]:
    """Make an account; {username, temporary_password}: the password only by the answer that made it, else None.

    Errors: DomainError invalid, forbidden, key_reused.
    """

    def make(connection: Connection, password_hash: str) -> dict[str, Any]:
        return {"username": added(connection, context, command, password_hash)}

    return _with_password(context, make)


def added(
    connection: Connection,
    context: Context,
    command: CreateAccount,
    password_hash: str,
    known: Collection[str] | None = None,
) -> str:
    """A new account in the caller's transaction; its user name. `known`: the user names that there are, where whoever calls
    has compared those and the mailboxes.

    Errors: DomainError invalid, forbidden.
    """
    take_turn(connection, "accounts")
    agency = named_agency(connection, context.caller, command.agency)
    taken = account_keeping.usernames(connection) if known is None else known
    if command.username and command.username in taken:
        raise invalid({"username": ["Tên đăng nhập này đã có người dùng."]})
    username = command.username or proposed(command.name, command.email, taken)
    if not re.fullmatch(USERNAME, username):
        raise invalid({"username": ["Tên đăng nhập gồm chữ thường không dấu, chữ số, dấu . _ -"]})
    if known is None:
        check_mailbox(connection, context.caller, command.email, None)
    check_given(context.caller, (), command.permissions)
    accounts.add_account(
        connection,
        {
            "username": username,
            "name": command.name,
            "password_hash": password_hash,
            "agency_id": agency.id,
            "email": command.email or None,
            "permissions": sorted(set(command.permissions)),
            "must_change_password": True,
            "password_changed_at": context.now,
        },
    )
    after = {
        "name": command.name,
        "email": command.email or None,
        "agency": agency.code,
        "permissions": sorted(set(command.permissions)),
    }
    log(connection, context, "account_created", f"account:{username}", agency.id, {}, after)
    return username


def edit_account(command: EditAccount, context: Context) -> None:
    """Errors: DomainError not_found, forbidden, invalid, stale_version."""

    def make(connection: Connection) -> dict[str, Any]:
        take_turn(connection, "accounts")  # before the row, as an import does
        account = _mine(connection, context.caller, command.username)
        check_version(command.version, account.version)
        edited(connection, context, account, command.values)
        return {"username": account.username}

    keyed(context, make)


def edited(connection: Connection, context: Context, account: KeptAccount, values: Mapping[str, Any]) -> bool:
    """Change name, email or agency in the caller's transaction; whether anything changed.

    Errors: DomainError invalid, forbidden."""
    before, after = differing({name: getattr(account, name) for name in EDITED}, values)
    if not after:
        return False
    columns = {name: value for name, value in after.items() if name != "agency"}
    if "agency" in after:
        columns["agency_id"] = named_agency(connection, context.caller, after["agency"]).id
    if after.get("email"):
        check_mailbox(connection, context.caller, after["email"], account.username)
    account_keeping.save_account(connection, account.id, columns)
    log(connection, context, "account_changed", _subject(account), account.agency_id, before, after)
    return True


def set_permissions(command: SetPermissions, context: Context) -> None:
    """Errors: DomainError not_found, forbidden, invalid (`permissions`), stale_version."""

    def make(connection: Connection) -> dict[str, Any]:
        account = _mine(connection, context.caller, command.username)
        check_version(command.version, account.version)
        permitted(connection, context, account, command.permissions)
        return {"username": account.username}

    keyed(context, make)


def permitted(connection: Connection, context: Context, account: KeptAccount, permissions: Collection[str]) -> bool:
    """Give exactly these permissions in the caller's transaction; whether anything changed.

    Errors: DomainError invalid, forbidden."""
    was, wanted = sorted(account.permissions), sorted(set(permissions))
    if was == wanted:
        return False
    if account.id == context.caller.account_id:
        raise DomainError("forbidden", "Không ai tự đổi quyền của mình; hãy nhờ quản trị viên khác.")
    check_given(context.caller, was, wanted)
    account_keeping.save_account(connection, account.id, {"permissions": wanted})
    before, after = {"permissions": was}, {"permissions": wanted}
    log(connection, context, "permissions_changed", _subject(account), account.agency_id, before, after)
    return True


def lock_account(command: OnAccount, context: Context) -> None:
    """From now on nobody signs in with it, and who is signed in is signed out. Errors: as `edit_account`, settled."""

    def make(connection: Connection) -> dict[str, Any]:
        account = _not_oneself(connection, context.caller, command, "khóa")
        if not account.active:
            raise DomainError("settled", "Tài khoản này đã khóa.")
        account_keeping.save_account(connection, account.id, {"active": False})
        ended = tokens.drop_tokens_of(connection, account.id)
        after = {"active": False, "sessions_ended": ended}
        log(connection, context, "account_locked", _subject(account), account.agency_id, {"active": True}, after)
        return {"username": account.username}

    keyed(context, make)


def unlock_account(command: OnAccount, context: Context) -> None:
    """Errors: as `edit_account`, settled."""

    def make(connection: Connection) -> dict[str, Any]:
        take_turn(connection, "accounts")  # nobody else gets its mailbox meanwhile
        account = _not_oneself(connection, context.caller, command, "mở khóa")
        if account.active:
            raise DomainError("settled", "Tài khoản này đang hoạt động.")
        check_mailbox(connection, context.caller, account.email, account.username)
        account_keeping.save_account(connection, account.id, {"active": True})
        before, after = {"active": False}, {"active": True}
        log(connection, context, "account_unlocked", _subject(account), account.agency_id, before, after)
        return {"username": account.username}

    keyed(context, make)


def reset_password(command: OnAccount, context: Context) -> dict[str, Any]:
    """Another temporary password; who is signed in is signed out. {username, temporary_password} as `create_account`.

    Errors: as `edit_account`.
    """

    def make(connection: Connection, password_hash: str) -> dict[str, Any]:
        account = _not_oneself(connection, context.caller, command, "đặt lại mật khẩu của")
        passwords.give_password(connection, account.id, password_hash, context.now)
        sign_in_attempts.forget_account(connection, account.id)
        ended = tokens.drop_tokens_of(connection, account.id)
        before = {"must_change_password": account.must_change_password}
        after = {"must_change_password": True, "sessions_ended": ended}
        log(connection, context, "password_reset", _subject(account), account.agency_id, before, after)
        return {"username": account.username}

    return _with_password(context, make)


def let_sign_in(command: OnAccount, context: Context) -> None:
    """Failed sign-ins keep the account out no longer. Errors: as `edit_account`, settled."""

    def make(connection: Connection) -> dict[str, Any]:
        account = _mine(connection, context.caller, command.username)
        found = sign_in_attempts.blocked_account(connection, account.id, context.now)
        if found is None:
            raise DomainError("settled", "Tài khoản này không bị tạm khóa đăng nhập.")
        sign_in_attempts.forget_account(connection, account.id)
        before = {"failures": found.failures, "blocked_until": found.blocked_until.isoformat()}
        log(connection, context, "let_in", _subject(account), account.agency_id, before, {})
        return {"username": account.username}

    keyed(context, make)


def check_mailbox(connection: Connection, caller: Caller | None, email: str | None, but: str | None) -> None:
    """A mailbox is one person's (QT-27.2, QT-28.5b). `caller`: None has the server. Errors: DomainError invalid (`email`)."""
    owner = account_keeping.owner_of_mailbox(connection, email, but) if email else None
    if owner is not None:
        raise invalid({"email": [taken_mailbox(caller, *owner)]})


def taken_mailbox(caller: Caller | None, username: str, agency_id: int) -> str:
    """Whose mailbox it is, to who administers that account; to others only that it is somebody's."""
    agencies = reach(caller) if caller is not None else None
    whose = f"tài khoản {username}" if agencies is None or agency_id in agencies else "một tài khoản ở cơ quan khác"
    return f"Thư điện tử này là của {whose}; mỗi người một hộp thư."


def check_given(caller: Caller, before: Collection[str], after: Collection[str]) -> None:
    """Whether the caller may give and take what is different. Errors: DomainError invalid (`permissions`)."""
    unknown = set(after) - set(PERMISSIONS)
    if unknown:
        raise invalid({"permissions": [f"Không có quyền {', '.join(sorted(unknown))}."]})
    beyond = (set(before) ^ set(after)) - givable(caller.permissions)
    if beyond:
        titles = ", ".join(f"“{PERMISSIONS[name].title}”" for name in sorted(beyond) if name in PERMISSIONS)
        raise invalid(
            {"permissions": [f"Bạn không cho, không bỏ được quyền {titles}; hãy đề nghị quản trị viên của tỉnh."]}
        )


def may_keep(caller: Caller, account: KeptAccount) -> bool:
    """Whether the caller may change this account, which she sees: not one that is the centre's to keep."""
    return everywhere(caller) or not kept_by_centre(account.permissions)


def _mine(connection: Connection, caller: Caller, username: str) -> KeptAccount:
    """The account, locked until the transaction ends. Errors: DomainError not_found, forbidden."""
    account = known_account(connection, caller, username, lock=True)
    if not may_keep(caller, account):
        raise DomainError(
            "forbidden",
            "Tài khoản này có quyền vượt ra ngoài cơ quan hoặc là quản trị viên: do quản trị viên của tỉnh giữ.",
        )
    if not everywhere(caller) and account_keeping.holds_elsewhere(
        connection, account.id, account.agency_id, caller.day
    ):
        raise DomainError("forbidden", "Tài khoản này còn giữ vị trí ở cơ quan khác: do quản trị viên của tỉnh giữ.")
    return account


def _not_oneself(connection: Connection, caller: Caller, command: OnAccount, what: str) -> KeptAccount:
    account = _mine(connection, caller, command.username)
    check_version(command.version, account.version)
    if account.id == caller.account_id:
        raise DomainError("forbidden", f"Không tự {what} tài khoản của mình được; hãy nhờ quản trị viên khác.")
    return account


def _with_password(context: Context, make: Callable[[Connection, str], dict[str, Any]]) -> dict[str, Any]:
    """`make` with the hash of a temporary password, which is answered beside what `make` answers when it was made now."""
    password = temporary_password()
    (password_hash,) = hashed([password])  # slow on purpose: before the transaction
    made_now = []

    def once_made(connection: Connection) -> dict[str, Any]:
        answer = make(connection, password_hash)
        made_now.append(True)
        return answer

    answer = keyed(context, once_made)
    return answer | {"temporary_password": password if made_now else None}


def _subject(account: KeptAccount) -> str:
    return f"account:{account.username}"
