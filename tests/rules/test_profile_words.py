"""Every switch and every choice of a profile has its words on the page that shows it."""

from __future__ import annotations

from app.rules.profile import CHOICES
from app.views.profile_words import MEANINGS, VALUES
from tools.profiles import meanings


def test_every_switch_has_a_meaning_in_words() -> None:
    assert set(MEANINGS) == set(meanings())
    assert all(text.endswith(".") for text in MEANINGS.values())


def test_every_choice_has_its_words() -> None:
    for name, choices in CHOICES.items():
        assert set(VALUES[name]) >= set(choices), name
