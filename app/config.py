"""Typed settings, read once from the environment.

`Settings.from_env(environ)` either answers a complete `Settings` or raises one `ConfigError` that lists every bad
variable with what was found and what is expected. Nothing else in the project reads the environment for settings, and
nothing has a second default. Secrets never stand in the `repr` of a value here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar

from app import setting_values as values
from app.setting_values import Bucket, Gateway, Network, Provider, SmtpServer, UnusableError

PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent

PREFIX: Final = "MOTCUA_"
OWN_VARIABLES: Final = ("MOTCUA_DATA", "MOTCUA_PROFILE")
TEST_VARIABLES: Final = ("MOTCUA_TEST_PG", "MOTCUA_DRILL_ROUNDS")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadVariable:
    """One variable that cannot be used: its name, what was found (secrets blanked out) and what is expected."""

    name: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"  {self.name}: đang là {self.found}; cần {self.expected}"


class ConfigError(Exception):
    """The environment cannot be used; `problems` has an entry for every bad variable, not only the first."""

    def __init__(self, problems: tuple[BadVariable, ...]) -> None:
        self.problems = problems
        lines = "\n".join(str(problem) for problem in problems)
        super().__init__(f"Cấu hình sai ({len(problems)} biến môi trường):\n{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an installation decides.

    Database URLs are libpq URLs (`postgresql://…`), None means the embedded server; sizes are bytes; `data` is absolute.
    """

    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    database_read_url: str | None = field(default=None, repr=False)
    """A standby for what may be some seconds old; None means that everything is read where it is written."""
    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    profile: str = "quang_tri"
    smtp: SmtpServer | None = None
    mail_from: str = "motcua@localhost"
    log_level: str = "INFO"
    log_format: Literal["console", "json"] = "console"
    web_workers: int = 2
    web_threads: int = 8
    tick_seconds: float = 2.0
    max_body_bytes: int = 16 * 1024 * 1024
    token_hours: int = 12
    metrics_token: str | None = field(default=None, repr=False)
    """Who shows it may read /metrics from elsewhere; None means only this machine itself."""
    metrics_port: int | None = None
    """Where a worker answers what it has counted, on this machine only; None means nowhere."""
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For is believed."""
    requests_per_account: int = 0
    """Requests of one account that a process answers in a minute; 0 is all of them, as in the two below."""
    requests_per_address: int = 0
    """The same of an address, of those who are not signed in."""
    lookups_per_address: int = 0
    """Look-ups by code alone in an hour, in all processes; one that finds nothing counts five times."""
    secret_key: str | None = field(default=None, repr=False)
    """Signs the cookies of the pages, the same on every node; None means the one kept in the data folder."""
    max_file_bytes: int = 100 * 1024 * 1024
    """The largest file that anybody may hand in; a procedure may allow less."""
    bucket: Bucket | None = None
    """Where files are kept; None means the folder `files` of the data folder."""
    clamav: str | None = None
    """`tcp://host:port` or `unix:///path` of clamd; None means that nothing looks for viruses."""
    signing_keys: Path | None = None
    """TOML file of the keys that sign on the server; None means that none does."""
    trust: Path | None = None
    """Folder of PEM certificates that signatures are traced back to; None means `trust` of the data folder."""
    timestamp_url: str | None = None
    """A time-stamping service (RFC 3161)."""
    sms: Gateway | None = None
    """None means the local gateway, which only keeps what would have gone out."""
    zalo: Gateway | None = None
    """As `sms`."""
    sms_folded: bool = False
    """SMS without diacritics: 160 characters a message instead of 70."""
    sms_lookup_token: str | None = field(default=None, repr=False)
    """What the SMS gateway shows when somebody asks by SMS (ST-17.1); None means that nobody can."""
    backup_folder: Path | None = None
    """Where the worker makes backups as the profile's schedule says; None means that it makes none."""
    seal_mail: tuple[str, ...] = ()
    """To whom each day's seal is mailed, outside the reach of whoever owns the database."""
    oidc: Provider | None = None
    """None means that people sign in with passwords only."""
    second_factor: tuple[str, ...] = ()
    """Whoever has one of these permissions must show a second factor; others may."""
    api_token_days: int = 365
    """So long a token for a program may live."""

    @property
    def embedded_folder(self) -> Path:
        """Folder of the embedded PostgreSQL, used when `database_url` is None."""
        return self.data / "postgres"

    @property
    def accounts_file(self) -> Path:
        """Demonstration accounts: `[{username, password, name, agency, positions, permissions}]`."""
        return self.data / "demo-accounts.json"

    @property
    def sign_in_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read `environ` (usually `os.environ`). An empty value counts as unset.

        Raises ConfigError naming every variable that cannot be used.
        """
        reader = _Reader(environ)
        database_url = reader.read("DATABASE_URL", None, values.database_url, secret=True)
        host = reader.read("HOST", "127.0.0.1", values.host)
        port = reader.read("PORT", 8000, values.whole(1, 65535))
        settings = cls(
            database_url=database_url,
            database_owner_url=reader.read("DATABASE_OWNER_URL", database_url, values.database_url, secret=True),
            database_read_url=reader.read("DATABASE_READ_URL", None, values.database_url, secret=True),
            data=reader.read("MOTCUA_DATA", Path("var").absolute(), values.folder),
            host=host,
            port=port,
            public_url=reader.read("PUBLIC_URL", f"http://127.0.0.1:{port}", values.public_url),
            profile=reader.read("MOTCUA_PROFILE", "quang_tri", _profile),
            smtp=reader.read("SMTP_URL", None, values.smtp, secret=True),
            mail_from=reader.read("MAIL_FROM", "motcua@localhost", values.mail_address),
            log_level=reader.read("LOG_LEVEL", "INFO", values.log_level),
            log_format=reader.read("LOG_FORMAT", "console", values.log_format),
            web_workers=reader.read("WEB_WORKERS", 2, values.whole(1, 64)),
            web_threads=reader.read("WEB_THREADS", 8, values.whole(1, 256)),
            metrics_token=reader.read("METRICS_TOKEN", None, values.secret, secret=True),
            metrics_port=reader.read("METRICS_PORT", None, values.whole(1, 65535)),
            tick_seconds=reader.read("TICK_SECONDS", 2.0, values.seconds),
            max_body_bytes=reader.read("MAX_BODY_BYTES", 16 * 1024 * 1024, values.whole(1024, 2**31 - 1)),
            token_hours=reader.read("TOKEN_HOURS", 12, values.whole(1, 24 * 31)),
            trusted_proxies=reader.read("TRUSTED_PROXIES", values.networks("127.0.0.1 ::1"), values.networks),
            requests_per_account=reader.read("REQUESTS_PER_ACCOUNT", 3000, values.whole(0, 10**9)),
            requests_per_address=reader.read("REQUESTS_PER_ADDRESS", 3000, values.whole(0, 10**9)),
            lookups_per_address=reader.read("LOOKUPS_PER_ADDRESS", 600, values.whole(0, 10**9)),
            secret_key=reader.read("SECRET_KEY", None, values.secret, secret=True),
            max_file_bytes=reader.read("MAX_FILE_BYTES", 100 * 1024 * 1024, values.whole(1024, 2**31 - 1)),
            bucket=reader.read("FILES_URL", None, values.bucket, secret=True),
            clamav=reader.read("CLAMAV_URL", None, values.clamav),
            signing_keys=reader.read("SIGNING_KEYS", None, values.file),
            trust=reader.read("SIGNING_TRUST", None, values.folder),
            timestamp_url=reader.read("TIMESTAMP_URL", None, values.web_address),
            sms=reader.read("SMS_URL", None, values.gateway, secret=True),
            zalo=reader.read("ZALO_URL", None, values.gateway, secret=True),
            sms_folded=reader.read("SMS_TEXT", False, values.sms_text),
            sms_lookup_token=reader.read("SMS_LOOKUP_TOKEN", None, values.secret, secret=True),
            backup_folder=reader.read("BACKUP_DIR", None, values.folder),
            seal_mail=reader.read("SEAL_MAIL", (), values.mail_addresses),
            oidc=_provider(reader),
            second_factor=reader.read("SECOND_FACTOR", (), values.second_factor),
            api_token_days=reader.read("API_TOKEN_DAYS", 365, values.whole(1, 3650)),
        )
        if "DATABASE_OWNER_URL" in reader.given and "DATABASE_URL" not in reader.given:
            reader.refuse(
                "DATABASE_URL", "trống", "địa chỉ của tài khoản ứng dụng khi đã đặt DATABASE_OWNER_URL (hoặc bỏ cả hai)"
            )
        reader.refuse_unknown()
        if reader.problems:
            raise ConfigError(tuple(reader.problems))
        return settings


class _Reader:
    """Reads variables one after another and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.given = {name for name, value in environ.items() if value.strip()}
        self.problems: list[BadVariable] = []

    def read(self, name: str, default: T, parse: Callable[[str], T], *, secret: bool = False) -> T:
        if name not in self.given:
            return default
        value = self._environ[name].strip()
        try:
            return parse(value)
        except UnusableError as expected:
            self.refuse(name, "(không in ra vì có mật khẩu)" if secret else repr(value), str(expected))
            return default

    def refuse(self, name: str, found: str, expected: str) -> None:
        self.problems.append(BadVariable(name, found, expected))

    def refuse_unknown(self) -> None:
        known = OWN_VARIABLES + TEST_VARIABLES
        for name in sorted(self.given):
            if name.startswith(PREFIX) and name not in known:
                nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
                self.refuse(name, "tên không có trong hệ thống", f"tên đúng; gần nhất là {nearest}")


def profiles() -> list[str]:
    """The names of the profiles that there are."""
    return sorted(path.stem for path in (PROJECT_ROOT / "profiles").glob("*.toml"))


def _profile(value: str) -> str:
    if value not in profiles():
        names = ", ".join(profiles()) or "chưa có tệp nào"
        raise UnusableError(f"tên một tệp trong profiles/ (hiện có: {names})")
    return value


def _provider(reader: _Reader) -> Provider | None:
    """All of it or nothing."""
    issuer = reader.read("OIDC_ISSUER", None, values.issuer)
    client = reader.read("OIDC_CLIENT_ID", None, str)
    secret = reader.read("OIDC_CLIENT_SECRET", None, str, secret=True)
    claim = reader.read("OIDC_CLAIM", "email", values.claim)
    account: Literal["email", "username"] = reader.read("OIDC_ACCOUNT", "email", values.account_field)
    title = reader.read("OIDC_TITLE", "tài khoản thư công vụ", values.title)
    for name, other in (("OIDC_CLIENT_ID", "OIDC_ISSUER"), ("OIDC_ISSUER", "OIDC_CLIENT_ID")):
        if name not in reader.given and other in reader.given:
            reader.refuse(name, "trống", f"có giá trị khi đã đặt {other}")
    return Provider(issuer, client, secret, claim, account, title) if issuer and client else None
