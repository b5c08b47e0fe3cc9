"""docs/profiles.md is made of the class and the files, so it cannot say anything else."""

from __future__ import annotations

from dataclasses import fields

from app.config import PROJECT_ROOT
from app.rules.profile import Profile
from app.rules.profile_grounds import grounds
from tools.profiles import FILES, PAGE, PLAIN, current_page, meanings


def test_the_page_is_what_make_profiles_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == current_page(), "make profiles"


def test_every_profile_has_its_column() -> None:
    assert sorted(FILES.values()) == sorted(file.stem for file in (PROJECT_ROOT / "profiles").glob("*.toml"))


def test_every_switch_has_a_meaning_and_no_other() -> None:
    assert set(meanings()) == {field.name for field in fields(Profile)} - PLAIN
    assert all(text.endswith(".") for text in meanings().values())


def test_every_value_has_its_article_or_says_that_there_is_none() -> None:
    """An article, a decree, a circular or a form; or the plain word that nothing was found."""
    signs = ("Điều", "QT-", "HT-", "ST-", "LA-", "TN-", "Thông tư", "Quy chế", "Quy định", "Dự thảo", "dự thảo")
    plain = ("lựa chọn của hệ thống", "chưa đối chiếu", "mẫu", "những cách hệ thống")
    for name in FILES.values():
        text = (PROJECT_ROOT / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
        silent = [
            key
            for key, (_, why) in grounds(text).items()
            if key not in PLAIN
            and not any(sign in why for sign in signs)
            and not any(word in why.casefold() for word in plain)
        ]
        assert silent == [], name


def test_a_comment_stands_for_the_keys_right_below_it() -> None:
    text = "# First.\n# More.\na = 1\nb = 2\n\n# Other.\nc = 3\n"

    assert grounds(text) == {"a": ("1", "First. More."), "b": ("2", "First. More."), "c": ("3", "Other.")}
