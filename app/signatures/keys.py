"""The keys that sign on the server: which there are, whose they are, where they lie. Secrets are read only to sign.

A TOML file (`SIGNING_KEYS`) names them; paths in it are relative to its folder. docs/signatures.md shows each kind.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

PKCS12, PKCS11, REMOTE = "pkcs12", "pkcs11", "remote"
_WANTED: Final[Mapping[str, tuple[str, ...]]] = {
    PKCS12: ("file",),
    PKCS11: ("module", "token", "label"),
    REMOTE: ("url", "credential"),
}
_OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    PKCS12: ("passphrase_file",),
    PKCS11: ("pin_file", "certificate"),
    REMOTE: ("token_file", "pin_file"),
}
_PLACE_OF_PIN: Final[Mapping[str, str]] = {PKCS12: "passphrase_file", PKCS11: "pin_file", REMOTE: "pin_file"}
_COMMON = ("name", "kind", "account", "agency", "chain", "stamp", "demonstration", "ask_pin")
_FILES = ("file", "passphrase_file", "module", "pin_file", "certificate", "token_file", "stamp")
_IMAGES = (".png", ".jpg", ".jpeg")
LONGEST_SECRET = 4096


class KeysError(ValueError):
    """The file of keys cannot be used; `problems` says of each key what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: its `name`, by which people choose it, its owner (an account's username or an agency's code) and its kind.

    `places` are the files and names of its kind; what is secret stands in files that only signing opens, so a key may be
    printed.
    """

    name: str
    kind: str
    account: str | None
    agency: str | None
    places: Mapping[str, str]
    chain: tuple[Path, ...] = ()
    stamp: Path | None = None
    """A picture (PNG, JPEG) of the visible stamp: the agency's seal, the officer's signature."""
    demonstration: bool = False
    ask_pin: bool = False
    """What opens it stands in no file: whoever signs types it each time."""
    typed: str | None = field(default=None, repr=False, compare=False)
    """What was typed, for as long as a signature takes."""

    def pin(self) -> str | None:
        """What opens it. Errors: OSError, ValueError (too long, no text)."""
        return self.typed if self.ask_pin else self.secret(_PLACE_OF_PIN[self.kind])

    def path(self, place: str) -> Path | None:
        """One of its files; None where it has none such."""
        found = self.places.get(place)
        return None if found is None else Path(found)

    def secret(self, place: str) -> str | None:
        """The first line of one of its files. Errors: OSError, ValueError (too long, no text)."""
        path = self.path(place)
        if path is None:
            return None
        with path.open("rb") as file:
            content = file.read(LONGEST_SECRET + 1)
        if len(content) > LONGEST_SECRET:
            raise ValueError("too long for a secret")
        lines = content.decode("utf-8").splitlines()
        return lines[0] if lines else ""


class KeyRing:
    """All keys that this installation signs with."""

    def __init__(self, keys: tuple[SigningKey, ...] = ()) -> None:
        self._keys = keys

    def __iter__(self) -> Any:
        return iter(self._keys)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.names())})"

    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self._keys)

    def named(self, name: str) -> SigningKey | None:
        return next((key for key in self._keys if key.name == name), None)

    def of_account(self, username: str) -> tuple[SigningKey, ...]:
        """An officer's own."""
        return tuple(key for key in self._keys if key.account == username)

    def of_agency(self, code: str) -> tuple[SigningKey, ...]:
        """An agency's: its seal."""
        return tuple(key for key in self._keys if key.agency == code)


_read: dict[Path, tuple[tuple[int, int], KeyRing]] = {}
_lock = threading.Lock()


def load_keys(path: Path | None) -> KeyRing:
    """The keys of that file, read again when it changes; none without a file. Errors: KeysError naming every fault."""
    if path is None:
        return KeyRing()
    try:
        told = path.stat()
        seen = (told.st_mtime_ns, told.st_size)
        with _lock:
            known = _read.get(path)
        if known is not None and known[0] == seen:
            return known[1]
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KeysError([f"{path.name}: không đọc được ({error})"]) from error
    ring = _ring(content, path.parent)
    with _lock:
        _read[path] = (seen, ring)
    return ring


def _ring(content: Mapping[str, Any], folder: Path) -> KeyRing:
    problems = [f"không có mục “{name}”; mỗi khóa là một mục [[key]]" for name in content if name != "key"]
    listed = content.get("key", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise KeysError([*problems, "mỗi khóa phải là một mục [[key]]"])
    keys: list[SigningKey] = []
    for number, one in enumerate(listed, start=1):
        where = f"khóa “{one['name']}”" if isinstance(one.get("name"), str) else f"khóa thứ {number}"
        faults = _faults(one, folder)
        problems += [f"{where}: {fault}" for fault in faults]
        if not faults:
            keys.append(_key(one, folder))
    names = [key.name for key in keys]
    problems += [f"hai khóa cùng tên “{name}”" for name in sorted({name for name in names if names.count(name) > 1})]
    if problems:
        raise KeysError(problems)
    return KeyRing(tuple(keys))


def _faults(one: Mapping[str, Any], folder: Path) -> list[str]:
    kind = str(one.get("kind"))
    if kind not in _WANTED:
        return [f"kind phải là một trong {', '.join(_WANTED)}"]
    known = (*_COMMON, *_WANTED[kind], *_OPTIONAL[kind])
    found = [f"không có trường “{name}” cho kind = {kind}" for name in one if name not in known]
    found += [f"thiếu “{name}”" for name in ("name", *_WANTED[kind]) if name not in one]
    if ("account" in one) == ("agency" in one):
        found.append("phải có đúng một trong hai: account (tên đăng nhập) hoặc agency (mã cơ quan)")
    texts = [name for name in known if name not in ("chain", "demonstration", "ask_pin")]
    found += [f"“{name}” phải là chuỗi ký tự" for name in texts if name in one and not _is_text(one[name])]
    flags = [name for name in ("demonstration", "ask_pin") if not isinstance(one.get(name, False), bool)]
    found += [f"“{name}” phải là true hoặc false" for name in flags]
    if one.get("ask_pin") and _PLACE_OF_PIN[kind] in one:
        found.append(f"đã có “{_PLACE_OF_PIN[kind]}” thì không hỏi mã PIN (ask_pin) nữa")
    chain = one.get("chain", [])
    if not isinstance(chain, list) or not all(_is_text(name) for name in chain):
        return [*found, "“chain” phải là danh sách tên tệp"]
    if found:
        return found
    files = [one[name] for name in _FILES if name in one] + chain
    found += [f"không có tệp “{name}”" for name in files if not (folder / name).is_file()]
    if "stamp" in one and Path(one["stamp"]).suffix.lower() not in _IMAGES:
        found.append("“stamp” phải là ảnh PNG hoặc JPEG")
    if kind == REMOTE and urlsplit(one["url"]).scheme not in ("http", "https"):
        found.append("“url” phải bắt đầu bằng https:// hoặc http://")
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _key(one: Mapping[str, Any], folder: Path) -> SigningKey:
    kind = one["kind"]
    places = {
        name: str(folder / one[name]) if name in _FILES else one[name]
        for name in (*_WANTED[kind], *_OPTIONAL[kind])
        if name in one
    }
    return SigningKey(
        name=one["name"].strip(),
        kind=kind,
        account=one.get("account"),
        agency=one.get("agency"),
        places=places,
        chain=tuple(folder / name for name in one.get("chain", [])),
        stamp=folder / one["stamp"] if "stamp" in one else None,
        demonstration=one.get("demonstration", False),
        ask_pin=one.get("ask_pin", False),
    )
