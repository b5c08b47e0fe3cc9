"""Passwords and tokens: what is kept, and that an unknown name costs the same work."""

from __future__ import annotations

import unicodedata

import pytest

from app.access import passwords
from app.access.passwords import hash_password, verify_password
from app.access.tokens import new_token, token_hash


def test_a_password_is_kept_as_argon2id_with_its_own_salt() -> None:
    first, second = hash_password("Mật khẩu"), hash_password("Mật khẩu")
    assert first.startswith("$argon2id$")
    assert first != second
    assert verify_password(first, "Mật khẩu")
    assert verify_password(second, "Mật khẩu")
    assert not verify_password(first, "mật khẩu")
    assert not verify_password(first, "Mật khẩu ")


def test_a_password_typed_in_another_normal_form_is_the_same() -> None:
    kept = hash_password(unicodedata.normalize("NFC", "Đông Hà ệ"))
    assert verify_password(kept, unicodedata.normalize("NFD", "Đông Hà ệ"))


def test_no_account_is_never_right_and_is_hashed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = passwords._HASHER.verify

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept)
            return real(kept, password)

        def hash(self, password: str) -> str:
            return hash_password(password)

    dummy = passwords._dummy_hash()
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    assert not verify_password(None, "bất kỳ")
    assert asked == [dummy]


def test_a_hash_that_cannot_be_read_is_wrong_not_an_error() -> None:
    assert not verify_password("$argon2id$broken", "x")


def test_tokens_are_long_random_and_kept_only_as_their_hash() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        kept = token_hash(token)
        assert kept is not None
        assert len(kept) == 32
        assert token.encode() not in kept


@pytest.mark.parametrize("text", ["", "mc_", "mc_" + "a" * 42, "mc_" + "a" * 44, "mc_" + "é" * 43, "xx_" + "a" * 43])
def test_what_cannot_be_a_token_has_no_hash(text: str) -> None:
    assert token_hash(text) is None
