"""The addresses of one database of the embedded server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "motcua_super"
OWNER = "motcua_owner"
WEB = "motcua_web"
GROUP = "motcua_app"
DATABASE = "motcua"
PORT = 5432


@dataclass(frozen=True, slots=True)
class Urls:
    """libpq URLs: `owner` migrates, `app` is the application, which may not change history."""

    owner: str = field(repr=False)
    app: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passwords:
    superuser: str = field(repr=False)
    owner: str = field(repr=False)
    web: str = field(repr=False)


def urls_for(sockets: Path, passwords: Passwords, database: str = DATABASE) -> Urls:
    """The port stands in the URL because libpq would otherwise take it from PGPORT."""

    def url(user: str, password: str) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(sockets))}&port={PORT}"

    return Urls(owner=url(OWNER, passwords.owner), app=url(WEB, passwords.web))
