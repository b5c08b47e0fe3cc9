"""An authority whom the installation trusts, and a ring of keys of the people of the small province."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.actions.signing_keys import key_ring
from app.signatures.keys import KeyRing
from app.store.accounts import Account
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.signatures.authority import PASSPHRASE, Authority, Holder, a_pdf

__all__ = ["emptying", "guard", "scene"]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@dataclass
class Bench:
    """The scene with keys: the director's own and one of her agency; what is signed is looked at by the real application."""

    scene: Scene
    authority: Authority
    folder: Path
    director: Holder
    seal: Holder
    entries: list[str] = field(default_factory=list)

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    def settle(self, **changes: Any) -> None:
        """Change the application's settings until the test ends."""
        made = self.scene.app.extensions["motcua"]
        self.scene.app.extensions["motcua"] = replace(made, settings=replace(made.settings, **changes))

    def add_key(self, name: str, **values: str) -> None:
        """One more entry of the file of keys; values are TOML strings."""
        lines = "\n".join(f'{key} = "{value}"' for key, value in values.items())
        self.entries.append(f'[[key]]\nname = "{name}"\n{lines}\n')
        (self.folder / "keys.toml").write_text("\n".join(self.entries), encoding="utf-8")

    def add_pkcs12(self, name: str, holder: Holder, **owner: str) -> None:
        file = f"{len(self.entries)}.p12"
        (self.folder / file).write_bytes(holder.pkcs12())
        self.add_key(name, kind="pkcs12", file=file, passphrase_file="passphrase", **owner)

    def upload(self, code: str, content: bytes, username: str = "desk", name: str = "du-thao.pdf", **about: str) -> int:
        data = {"file": (BytesIO(content), name), **about}
        answer = self.scene.client(username).post(f"/api/v1/dossiers/{code}/attachments", data=data)
        assert answer.status_code == 201, answer.text
        number: int = answer.json["id"]  # type: ignore[index]
        return number

    def post(self, username: str, code: str, attachment: int, path: str, body: Mapping[str, Any] | None = None) -> Any:
        address = f"/api/v1/dossiers/{code}/attachments/{attachment}/{path}"
        return self.scene.client(username).post(address, json=dict(body or {}))

    def sign(self, username: str, code: str, attachment: int, **body: Any) -> Any:
        answer = self.post(username, code, attachment, "sign", body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def download(self, code: str, attachment: int, username: str = "desk") -> bytes:
        answer = self.scene.client(username).get(f"/api/v1/dossiers/{code}/attachments/{attachment}")
        with answer:  # a file that is being sent stays open
            assert answer.status_code == 200
            return answer.data

    def ring(self) -> KeyRing:
        return key_ring(self.scene.app.extensions["motcua"].settings)

    def allow(self, username: str, *permissions: str) -> None:
        """Give an account more permissions."""
        with self.scene.writing() as connection:
            account = self.scene.province.accounts[username]
            connection.execute(
                update(Account)
                .where(Account.id == account)
                .values(permissions=Account.permissions.concat(list(permissions)))
            )


@pytest.fixture
def bench(scene: Scene, authority: Authority, tmp_path: Path) -> Bench:
    director = authority.issue("Phan Thị Giám Đốc", organisation="Sở Y tế")
    seal = authority.issue("Sở Y tế tỉnh Thử nghiệm", organisation="UBND tỉnh Thử nghiệm")
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    made = Bench(scene, authority, tmp_path, director, seal)
    made.add_pkcs12("Giám đốc", director, account="director")
    made.add_pkcs12("Dấu Sở Y tế", seal, agency="SYT")
    made.settle(signing_keys=tmp_path / "keys.toml", trust=authority.trusted_in(tmp_path / "trust"))
    return made


@pytest.fixture
def draft(bench: Bench) -> tuple[str, int]:
    """A dossier and a draft of its result."""
    code: str = bench.scene.register()["code"]
    return code, bench.upload(code, a_pdf(), kind="draft_result")
