"""The second factor of a sign-in: codes of an authenticator program (RFC 6238), and recovery codes for when it is lost.

The secret is kept sealed with a key made of the installation's `SECRET_KEY`, so a copy of the database alone makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Final, TypeVar

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection

from app.access.secret import secret_key
from app.errors import DomainError, invalid
from app.runtime import runtime
from app.store import second_factors
from app.store.accounts import AccountRow
from app.store.second_factors import FactorRow
from app.store.transaction import transaction

T = TypeVar("T")
Failed = Callable[[Connection], None]

CODE, ENROLMENT = "code", "enrolment"
"""What a session may wait for."""
WAITING: Final = timedelta(minutes=10)
"""So long it waits."""
STEP: Final = 30
MOST_FAILURES: Final = 5
BLOCKED: Final = timedelta(minutes=15)
"""So many wrong codes one after the other, and none is looked at for so long; after as many again for twice as long."""
MOST_BLOCKED: Final = timedelta(hours=24)
RECOVERY_CODES: Final = 10
FIELD: Final = "otp"
_ISSUER = "Một Cửa"
_RECOVERY = re.compile(r"[A-Z2-7]{16}", re.ASCII)
_WRONG = "Mã không đúng hoặc đã dùng. Hãy nhập mã đang hiện trên ứng dụng; nếu vẫn sai, kiểm tra giờ của điện thoại."


def demanded_of(permissions: Collection[str]) -> bool:
    """Whether the installation demands a second factor of whoever has these permissions."""
    return not set(runtime().settings.second_factor).isdisjoint(permissions)


def waits_for(connection: Connection, account: AccountRow) -> str | None:
    """What a new session of this account has to wait for; None: nothing."""
    found = second_factors.factor_of(connection, account.id)
    if found is not None and found.confirmed_at is not None:
        return CODE
    return ENROLMENT if demanded_of(account.permissions) else None


def new_secret() -> str:
    """160 random bits as base32."""
    return pyotp.random_base32()


def enrolment_address(secret: str, username: str) -> str:
    """What the QR code says to the authenticator program."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)


def seal(secret: str) -> bytes:
    """As the database keeps it."""
    return _box(secret_key(runtime().settings)).encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Errors: DomainError wrong_state where `SECRET_KEY` is another one than when it was sealed."""
    try:
        return _box(secret_key(runtime().settings)).decrypt(sealed).decode()
    except InvalidToken as error:
        raise DomainError(
            "wrong_state",
            "Khóa của hệ thống đã thay nên mã xác thực cũ không kiểm tra được nữa. Hãy dùng mã khôi phục, hoặc nhờ "
            "quản trị viên bỏ xác thực hai lớp của tài khoản rồi đăng ký lại.",
        ) from error


@lru_cache(4)
def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor\0" + key.encode()).digest()))


def new_recovery_codes() -> list[str]:
    """`XXXX-XXXX-XXXX-XXXX`, 80 random bits each."""
    made = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in made]


def recovery_hash(code: str) -> bytes:
    """Of a code as people type it."""
    return hashlib.sha256(_plain(code).encode()).digest()


def step_of(secret: str, said: str, now: datetime, last_step: int) -> int | None:
    """The half-minute, at most one off and after `last_step`, whose code this is; None: it is not right, or was used."""
    code, current = _plain(said), int(now.timestamp()) // STEP
    program = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if step > last_step and hmac.compare_digest(program.generate_otp(step).encode(), code.encode()):
            return step
    return None


def proven(account_id: int, said: str, now: datetime, then: Callable[[Connection], T], failed: Failed) -> T:
    """What `then` answers, in the transaction in which the code counts; wrong ones are counted, and noted by `failed`.

    Errors: DomainError invalid (`otp`), too_many_requests, wrong_state (there is no second factor).
    """
    with transaction() as connection:
        found = second_factors.factor_of(connection, account_id, lock=True)
        if found is None or found.confirmed_at is None:
            raise DomainError("wrong_state", "Tài khoản chưa bật xác thực hai lớp.")
        _refuse_blocked(found, now)
        if count_if_right(connection, account_id, found, said, now):
            return then(connection)
        failures = found.failures + 1 if _counted(found, now) else 1
        second_factors.count_wrong(connection, account_id, failures, now)
        failed(connection)
    raise invalid({FIELD: [_WRONG]})


def count_if_right(connection: Connection, account_id: int, found: FactorRow, said: str, now: datetime) -> bool:
    """Whether it is a code of the program or a recovery code, which then never counts again."""
    if _RECOVERY.fullmatch(_plain(said)):
        if not second_factors.use_recovery_code(connection, account_id, recovery_hash(said)):
            return False
        second_factors.count_right(connection, account_id, None)
        return True
    step = step_of(unseal(found.secret), said, now, found.last_step)
    if step is None:
        return False
    second_factors.count_right(connection, account_id, step)
    return True


def _counted(found: FactorRow, now: datetime) -> bool:
    """Whether the wrong codes of before still count."""
    return found.failed_at is not None and now - found.failed_at < MOST_BLOCKED


def _refuse_blocked(found: FactorRow, now: datetime) -> None:
    rounds, rest = divmod(found.failures, MOST_FAILURES)
    if not rounds or rest or found.failed_at is None:
        return
    until = found.failed_at + min(BLOCKED * 2 ** min(rounds - 1, 10), MOST_BLOCKED)
    if now < until:
        wait = ceil((until - now).total_seconds())
        raise DomainError(
            "too_many_requests",
            f"Mã sai {found.failures} lần liền; hãy thử lại sau {-(-wait // 60)} phút.",
            extra={"retry_after": wait},
        )


def _plain(said: str) -> str:
    return re.sub(r"[\s-]", "", said).upper()
