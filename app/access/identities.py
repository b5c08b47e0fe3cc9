"""From who somebody is at a provider to her account: by the link that there is, else by the claim, once (QT-27.2).

No account is ever made here. A subject is linked to the one active account that the claim names, if that is linked to no
other subject of the provider: a mailbox that was given to somebody else opens nothing until an administrator unlinks it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.access.oidc import Said
from app.access.opening import SignedIn, by_provider, open_session
from app.access.request import Origin
from app.errors import DomainError
from app.setting_values import Provider
from app.store import accounts, identities
from app.store.accounts import AccountRow
from app.store.administration_changes import record_change
from app.store.transaction import transaction
from app.wording import LOCAL

_UNKNOWN = (
    "Địa chỉ này chưa ứng với một tài khoản cán bộ nào đang hoạt động. Hãy nhờ quản trị viên ghi địa chỉ vào tài khoản, "
    "hoặc đăng nhập bằng mật khẩu."
)
_OTHER = (
    "Tài khoản cán bộ có địa chỉ này đã liên kết với một người khác ở nhà cung cấp định danh. Hãy nhờ quản trị viên bỏ liên "
    "kết cũ."
)


def sign_in_said(said: Said, provider: Provider, now: datetime, hours: int, came: Origin) -> SignedIn:
    """A session for whom the provider names. Errors: DomainError sign_in_refused."""
    came = by_provider(came)
    with transaction() as connection:
        account, why = _account(connection, said, provider, now, came)
        if account is not None:
            return open_session(connection, account, now, hours, came)
        after = {"way": came.way, "agent": came.agent, "claim": said.claim}
        _record(connection, "identity_refused", None, now, after, came)
    raise DomainError("sign_in_refused", why)


def _account(
    connection: Connection, said: Said, provider: Provider, now: datetime, came: Origin
) -> tuple[AccountRow | None, str]:
    day = now.astimezone(LOCAL).date()
    named = identities.accounts_claimed(connection, provider.account, said.claim) if said.claim else []
    # Looked for after the account is locked: two first sign-ins at once make one link.
    known = identities.find(connection, said.issuer, said.subject)
    if known is not None:
        identities.use(connection, said.issuer, said.subject, now)
        return accounts.account_by_id(connection, known.account_id, day), _UNKNOWN
    if len(named) != 1 or said.claim is None:
        return None, _UNKNOWN
    if any(one.issuer == said.issuer for one in identities.of_account(connection, named[0])):
        return None, _OTHER
    account = accounts.account_by_id(connection, named[0], day)
    if account is None:
        return None, _UNKNOWN
    identities.link(connection, said.issuer, said.subject, account.id, said.claim, now)
    _record(connection, "identity_linked", account, now, {"issuer": said.issuer, "claim": said.claim}, came)
    return account, ""


def _record(
    connection: Connection,
    kind: str,
    account: AccountRow | None,
    now: datetime,
    after: dict[str, str | None],
    came: Origin,
) -> None:
    record_change(
        connection,
        at=now,
        account_id=account.id if account else None,
        kind=kind,
        subject=f"account:{account.username if account else ''}",
        agency_id=account.agency_id if account else None,
        before={},
        after=after,
        address=came.address,
    )
