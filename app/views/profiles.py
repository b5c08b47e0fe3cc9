"""The province's profile, switch by switch: its value in words, the article, and how the other provinces have it. To read."""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from functools import cache
from typing import Any

from app.config import PROJECT_ROOT
from app.lawbook import profile_named
from app.rules.profile import NONE, Profile
from app.rules.profile_grounds import grounds
from app.slips.forms import KIND_TITLES
from app.views.profile_words import CHANNELS, MEANINGS, NONE_WORDS, VALUES

SEE = ("audit.view", "procedure.manage", "diagram.deploy", "control.view")
FOLDER = PROJECT_ROOT / "profiles"
PLAIN = ("id", "name", "regulation", "valid_from", "valid_to")
"""What says which profile it is; all others are switches."""


def profile_view(own: str, words: str | None = None) -> dict[str, Any]:
    """The profile `own` (the name of its file) beside the others; `words`: only switches in which each of them stands."""
    every = profile_files()
    profiles = {name: profile_named(name) for name in every}
    mine = profiles[own]
    rows = [_switch(field.name, own, profiles) for field in fields(Profile) if field.name not in PLAIN]
    asked = [_folded(word) for word in (words or "").split()]
    shown = [row for row in rows if all(word in _folded(" ".join(_told(row))) for word in asked)]
    return {
        "name": called(mine),
        "file": own,
        "regulation": mine.regulation,
        "valid_from": mine.valid_from,
        "valid_to": mine.valid_to,
        "others": [{"file": name, "name": called(one)} for name, one in profiles.items() if name != own],
        "switches": shown,
        "total": len(rows),
    }


@cache
def profile_files() -> dict[str, dict[str, tuple[str, str]]]:
    """Every profile's file by name, with what it says beside each switch."""
    return {file.stem: grounds(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.toml"))}


def _switch(name: str, own: str, profiles: dict[str, Profile]) -> dict[str, Any]:
    return {
        "name": name,
        "meaning": MEANINGS[name],
        "value": value_words(name, getattr(profiles[own], name)),
        "raw": getattr(profiles[own], name),
        "ground": _ground(name, own),
        "others": [
            {
                "file": file,
                "name": called(profile),
                "value": value_words(name, getattr(profile, name)),
                "same": getattr(profile, name) == getattr(profiles[own], name),
                "ground": _ground(name, file),
            }
            for file, profile in profiles.items()
            if file != own
        ],
    }


def called(profile: Profile) -> str:
    """A province with the year of its regulation: one may have two."""
    return f"{profile.name} ({profile.valid_from.year})"


def _ground(name: str, file: str) -> str:
    """What the file says beside the switch, its words for values said as the page says them."""
    text = profile_files()[file].get(name, ("", ""))[1].replace(" (ISO 8601, giờ làm việc)", "")
    for raw, words in (VALUES.get(name) or {}).items():
        text = text.replace(f'"{raw}" (', f"“{words}” (").replace(f'"{raw}"', f"“{words}”")
    return text.replace(f'"{NONE}"', f"“{NONE_WORDS.get(name, 'không có')}”")


def value_words(name: str, value: Any) -> str:
    """A switch's value as people read it."""
    if isinstance(value, tuple):
        named = KIND_TITLES if name == "signed_slips" else CHANNELS
        return ", ".join(named.get(one, one) for one in value) or "không có"
    text = str(value)
    if text in VALUES.get(name, {}):
        return VALUES[name][text]
    if text == NONE:
        return NONE_WORDS.get(name, "không có")
    return _duration(name, text) if text.startswith("P") and name != "code_template" else text


def _duration(name: str, text: str) -> str:
    number, unit = text.removeprefix("PT").removeprefix("P")[:-1], text[-1]
    kind = "" if name == "late_entry" else " làm việc"
    words = {"D": f"ngày{kind}", "H": f"giờ{kind}", "M": f"phút{kind}", "Y": "năm"}.get(unit)
    return f"{number.replace('.', ',')} {words}" if words and "T" not in number else text


def _told(row: dict[str, Any]) -> list[str]:
    others = (text for one in row["others"] for text in (one["name"], one["value"], one["ground"]))
    return [row["name"], row["meaning"], row["value"], row["ground"], *others]


def _folded(text: str) -> str:
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(mark for mark in split if not unicodedata.combining(mark))
