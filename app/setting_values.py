"""What the value of a setting looks like: text of the environment becomes a value, or `UnusableError` says what is expected.

`app.config` has the settings themselves.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from app.rules.administration import ADMINISTRATION
from app.rules.permissions import PERMISSIONS

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider. `claim` of its ID token names the account by `account`, its email or its username."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    claim: str = "email"
    account: Literal["email", "username"] = "email"
    title: str = "tài khoản thư công vụ"


class UnusableError(ValueError):
    """Says what is expected instead; the reader adds the name and what was found."""


def split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise UnusableError("một địa chỉ URL hợp lệ") from error
    return parts


_SEVERAL_HOSTS = re.compile(
    r"(?P<scheme>\w+)://(?P<login>[^/@]*@)?(?P<hosts>[^/@?]*,[^/@?]*)/(?P<name>[^?]*)\??(?P<query>.*)"
)


def database_url(value: str) -> str:
    expected = "địa chỉ PostgreSQL dạng postgresql://tài_khoản:mật_khẩu@máy:cổng/cơ_sở_dữ_liệu"
    parts = split(_one_authority(value))
    if parts.scheme not in ("postgresql", "postgres"):
        raise UnusableError(expected)
    if not parts.path.strip("/"):
        raise UnusableError(f"{expected} (thiếu tên cơ sở dữ liệu)")
    ports = ",".join(port for name, port in parse_qsl(parts.query) if name == "port")
    if not all(_is_port(port) for port in ports.split(",") if ports):
        raise UnusableError(f"{expected}; cổng là số từ 1 đến 65535")
    return "postgresql://" + _one_authority(value).split("://", 1)[1]


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 0 < int(text) < 65536


def _one_authority(value: str) -> str:
    """`//user@a:1,b:2/name`, which libpq takes and nothing else, with its hosts in the query."""
    several = _SEVERAL_HOSTS.fullmatch(value)
    if several is None:
        return value
    places = [place.rpartition(":") if ":" in place else (place, "", "5432") for place in several["hosts"].split(",")]
    hosts, ports = ",".join(host for host, _, _ in places), ",".join(port for _, _, port in places)
    rest = f"&{several['query']}" if several["query"] else ""
    return f"{several['scheme']}://{several['login'] or ''}/{several['name']}?host={hosts}&port={ports}{rest}"


def secret(value: str) -> str:
    if len(value) < 32:
        raise UnusableError("một chuỗi ngẫu nhiên từ 32 ký tự")
    return value


def host(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", value):
            raise UnusableError("tên máy hoặc địa chỉ IP, không kèm cổng, ví dụ 127.0.0.1") from None
    return value


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise UnusableError(f"số nguyên từ {least} đến {most}")
        return int(value)

    return parse


def networks(value: str) -> tuple[Network, ...]:
    if value == "none":
        return ()
    try:
        return tuple(ipaddress.ip_network(part) for part in value.replace(",", " ").split())
    except ValueError:
        raise UnusableError("các địa chỉ, mạng của máy đứng trước, ví dụ 127.0.0.1 10.0.0.0/8, hoặc none") from None


def seconds(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", value) or not 0.05 <= float(value) <= 3600:
        raise UnusableError("số giây từ 0.05 đến 3600")
    return float(value)


def folder(value: str) -> Path:
    folder = Path(value).expanduser().absolute()
    if "\0" in value or (folder.exists() and not folder.is_dir()):
        raise UnusableError("đường dẫn một thư mục")
    return folder


def public_url(value: str) -> str:
    parts = split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UnusableError("địa chỉ mà người dân mở được, dạng https://motcua.tinh.gov.vn")
    return value.rstrip("/")


def smtp(value: str) -> SmtpServer:
    parts = split(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise UnusableError("smtp://tài_khoản:mật_khẩu@máy:cổng hoặc smtps://…")
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def bucket(value: str) -> Bucket:
    expected = "s3://khóa:mật_khẩu@máy:cổng/thùng (s3s:// nếu qua TLS), có thể kèm ?region=…"
    parts = split(value)
    name = parts.path.strip("/")
    if parts.scheme not in ("s3", "s3s") or not parts.hostname or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", name):
        raise UnusableError(expected)
    if not parts.username or not parts.password:
        raise UnusableError(f"{expected} (thiếu khóa)")
    place = parts.netloc.rpartition("@")[2]
    region = dict(parse_qsl(parts.query)).get("region", "us-east-1")
    scheme = "https" if parts.scheme == "s3s" else "http"
    return Bucket(f"{scheme}://{place}", name, unquote(parts.username), unquote(parts.password), region)


def clamav(value: str) -> str:
    parts = split(value)
    tcp = parts.scheme == "tcp" and parts.hostname and parts.port
    if not tcp and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise UnusableError("tcp://máy:cổng hoặc unix:///đường/dẫn/clamd.ctl")
    return value


def file(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if "\0" in value or not path.is_file():
        raise UnusableError("đường dẫn một tệp có thật")
    return path


def web_address(value: str) -> str:
    parts = split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnusableError("một địa chỉ http:// hoặc https://")
    return value


def gateway(value: str) -> Gateway:
    parts = split(web_address(value))
    token = unquote(parts.password or parts.username or "") or None
    return Gateway(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), token)


def issuer(value: str) -> str:
    parts = split(value)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or loopback):
        raise UnusableError("địa chỉ https:// của nhà cung cấp định danh, đúng như “issuer” nó tự khai")
    return value


def claim(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.:/-]{0,99}", value):
        raise UnusableError("tên một mục (claim) của ID token, ví dụ email")
    return value


def account_field(value: str) -> Literal["email", "username"]:
    if value == "email":
        return "email"
    if value == "username":
        return "username"
    raise UnusableError("email hoặc username")


def title(value: str) -> str:
    if len(value) > 60 or not value.isprintable():
        raise UnusableError("tên gọi ngắn, đứng sau “Đăng nhập bằng”, nhiều nhất 60 ký tự")
    return value


def second_factor(value: str) -> tuple[str, ...]:
    """The permissions of which a second factor is demanded."""
    if value == "administrators":
        return ADMINISTRATION
    names = tuple(name.strip() for name in value.split(","))
    unknown = [name for name in names if name not in PERMISSIONS]
    if unknown:
        raise UnusableError(
            "administrators, hoặc tên các quyền cách nhau bằng dấu phẩy, ví dụ account.manage,audit.view"
        )
    return names


def sms_text(value: str) -> bool:
    """Whether an SMS goes out without diacritics."""
    if value not in ("vietnamese", "plain"):
        raise UnusableError("vietnamese (có dấu) hoặc plain (không dấu)")
    return value == "plain"


def mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", value):
        raise UnusableError("một địa chỉ thư, ví dụ motcua@tinh.gov.vn")
    return value


def mail_addresses(value: str) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(mail_address(one) for one in re.split(r"[\s,]+", value.strip(", "))))
    except UnusableError:
        raise UnusableError("các địa chỉ thư, cách nhau bằng dấu phẩy") from None


def log_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise UnusableError("DEBUG, INFO, WARNING hoặc ERROR")
    return value.upper()


def log_format(value: str) -> Literal["console", "json"]:
    if value == "json":
        return "json"
    if value == "console":
        return "console"
    raise UnusableError("console hoặc json")
