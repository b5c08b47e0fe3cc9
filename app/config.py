"""Typed settings, read once from the environment.

`Settings.from_env(environ)` either answers a complete `Settings` or raises one `ConfigError` that lists every bad
variable with what was found and what is expected. Nothing else in the project reads the environment for settings, and
nothing has a second default. Secrets never stand in the `repr` of a value here.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

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


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes. `tls` is implicit TLS (smtps://); without it STARTTLS is used when the server offers it."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3-compatible store of files: `endpoint` with its scheme, the bucket and the key that may write to it."""

    endpoint: str
    bucket: str
    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"


@dataclass(frozen=True, slots=True)
class Gateway:
    """An HTTP gateway for short messages: `url` without credentials, `token` for its Authorization header."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an installation decides.

    Database URLs are libpq URLs (`postgresql://…`), None means the embedded server; sizes are bytes; `data` is absolute.
    """

    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
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
        database_url = reader.read("DATABASE_URL", None, _database_url, secret=True)
        host = reader.read("HOST", "127.0.0.1", _host)
        port = reader.read("PORT", 8000, _whole(1, 65535))
        settings = cls(
            database_url=database_url,
            database_owner_url=reader.read("DATABASE_OWNER_URL", database_url, _database_url, secret=True),
            data=reader.read("MOTCUA_DATA", Path("var").absolute(), _folder),
            host=host,
            port=port,
            public_url=reader.read("PUBLIC_URL", f"http://127.0.0.1:{port}", _public_url),
            profile=reader.read("MOTCUA_PROFILE", "quang_tri", _profile),
            smtp=reader.read("SMTP_URL", None, _smtp, secret=True),
            mail_from=reader.read("MAIL_FROM", "motcua@localhost", _mail_address),
            log_level=reader.read("LOG_LEVEL", "INFO", _log_level),
            log_format=reader.read("LOG_FORMAT", "console", _log_format),
            web_workers=reader.read("WEB_WORKERS", 2, _whole(1, 64)),
            web_threads=reader.read("WEB_THREADS", 8, _whole(1, 256)),
            tick_seconds=reader.read("TICK_SECONDS", 2.0, _seconds),
            max_body_bytes=reader.read("MAX_BODY_BYTES", 16 * 1024 * 1024, _whole(1024, 2**31 - 1)),
            token_hours=reader.read("TOKEN_HOURS", 12, _whole(1, 24 * 31)),
            secret_key=reader.read("SECRET_KEY", None, _secret, secret=True),
            max_file_bytes=reader.read("MAX_FILE_BYTES", 100 * 1024 * 1024, _whole(1024, 2**31 - 1)),
            bucket=reader.read("FILES_URL", None, _bucket, secret=True),
            clamav=reader.read("CLAMAV_URL", None, _clamav),
            signing_keys=reader.read("SIGNING_KEYS", None, _file),
            trust=reader.read("SIGNING_TRUST", None, _folder),
            timestamp_url=reader.read("TIMESTAMP_URL", None, _web_address),
            sms=reader.read("SMS_URL", None, _gateway, secret=True),
            zalo=reader.read("ZALO_URL", None, _gateway, secret=True),
            sms_folded=reader.read("SMS_TEXT", False, _sms_text),
            sms_lookup_token=reader.read("SMS_LOOKUP_TOKEN", None, _secret, secret=True),
        )
        if "DATABASE_OWNER_URL" in reader.given and "DATABASE_URL" not in reader.given:
            reader.refuse(
                "DATABASE_URL", "trống", "địa chỉ của tài khoản ứng dụng khi đã đặt DATABASE_OWNER_URL (hoặc bỏ cả hai)"
            )
        reader.refuse_unknown()
        if reader.problems:
            raise ConfigError(tuple(reader.problems))
        return settings


class _UnusableError(ValueError):
    """Says what is expected instead; the reader adds the name and what was found."""


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
        except _UnusableError as expected:
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


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise _UnusableError("một địa chỉ URL hợp lệ") from error
    return parts


def _database_url(value: str) -> str:
    expected = "địa chỉ PostgreSQL dạng postgresql://tài_khoản:mật_khẩu@máy:cổng/cơ_sở_dữ_liệu"
    parts = _split(value)
    if parts.scheme not in ("postgresql", "postgres"):
        raise _UnusableError(expected)
    if not parts.path.strip("/"):
        raise _UnusableError(f"{expected} (thiếu tên cơ sở dữ liệu)")
    return "postgresql://" + value.split("://", 1)[1]


def _secret(value: str) -> str:
    if len(value) < 32:
        raise _UnusableError("một chuỗi ngẫu nhiên từ 32 ký tự")
    return value


def _host(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", value):
            raise _UnusableError("tên máy hoặc địa chỉ IP, không kèm cổng, ví dụ 127.0.0.1") from None
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise _UnusableError(f"số nguyên từ {least} đến {most}")
        return int(value)

    return parse


def _seconds(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", value) or not 0.05 <= float(value) <= 3600:
        raise _UnusableError("số giây từ 0.05 đến 3600")
    return float(value)


def _folder(value: str) -> Path:
    folder = Path(value).expanduser().absolute()
    if "\0" in value or (folder.exists() and not folder.is_dir()):
        raise _UnusableError("đường dẫn một thư mục")
    return folder


def _public_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _UnusableError("địa chỉ mà người dân mở được, dạng https://motcua.tinh.gov.vn")
    return value.rstrip("/")


def profiles() -> list[str]:
    """The names of the profiles that there are."""
    return sorted(path.stem for path in (PROJECT_ROOT / "profiles").glob("*.toml"))


def _profile(value: str) -> str:
    if value not in profiles():
        names = ", ".join(profiles()) or "chưa có tệp nào"
        raise _UnusableError(f"tên một tệp trong profiles/ (hiện có: {names})")
    return value


def _smtp(value: str) -> SmtpServer:
    parts = _split(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise _UnusableError("smtp://tài_khoản:mật_khẩu@máy:cổng hoặc smtps://…")
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _bucket(value: str) -> Bucket:
    expected = "s3://khóa:mật_khẩu@máy:cổng/thùng (s3s:// nếu qua TLS), có thể kèm ?region=…"
    parts = _split(value)
    name = parts.path.strip("/")
    if parts.scheme not in ("s3", "s3s") or not parts.hostname or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", name):
        raise _UnusableError(expected)
    if not parts.username or not parts.password:
        raise _UnusableError(f"{expected} (thiếu khóa)")
    place = parts.netloc.rpartition("@")[2]
    region = dict(parse_qsl(parts.query)).get("region", "us-east-1")
    scheme = "https" if parts.scheme == "s3s" else "http"
    return Bucket(f"{scheme}://{place}", name, unquote(parts.username), unquote(parts.password), region)


def _clamav(value: str) -> str:
    parts = _split(value)
    tcp = parts.scheme == "tcp" and parts.hostname and parts.port
    if not tcp and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise _UnusableError("tcp://máy:cổng hoặc unix:///đường/dẫn/clamd.ctl")
    return value


def _file(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if "\0" in value or not path.is_file():
        raise _UnusableError("đường dẫn một tệp có thật")
    return path


def _web_address(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _UnusableError("một địa chỉ http:// hoặc https://")
    return value


def _gateway(value: str) -> Gateway:
    parts = _split(_web_address(value))
    token = unquote(parts.password or parts.username or "") or None
    return Gateway(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), token)


def _sms_text(value: str) -> bool:
    """Whether an SMS goes out without diacritics."""
    if value not in ("vietnamese", "plain"):
        raise _UnusableError("vietnamese (có dấu) hoặc plain (không dấu)")
    return value == "plain"


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", value):
        raise _UnusableError("một địa chỉ thư, ví dụ motcua@tinh.gov.vn")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise _UnusableError("DEBUG, INFO, WARNING hoặc ERROR")
    return value.upper()


def _log_format(value: str) -> Literal["console", "json"]:
    if value == "json":
        return "json"
    if value == "console":
        return "console"
    raise _UnusableError("console hoặc json")
