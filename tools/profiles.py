"""Writes docs/profiles.md: every switch, its meaning, its value in each profile and the ground for it. `make profiles`.

Nothing is told twice: the meanings are those of `app.rules.profile.Profile`, values and grounds those of `profiles/*.toml`.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "profiles.md"
FILES = {
    "QT": "quang_tri",
    "HT": "ha_tinh",
    "ST": "soc_trang",
    "LA": "long_an",
    "TN": "thai_nguyen",
    "2025": "national_2025",
}
PLAIN = frozenset({"id", "name", "regulation", "valid_from", "valid_to"})
"""Keys that say which profile it is; all others are switches."""

HEAD = """# Profiles

Made by `make profiles` from `app/rules/profile.py` and `profiles/*.toml`; do not edit. A profile is what one province chooses
where its regulation speaks, and what this system chooses where it is silent. `MOTCUA_PROFILE` names the one under which new
dossiers are received; a dossier keeps the profile it was received under. A file with an unknown, a missing or a wrong key is
refused, naming file and key.
"""

_ENTRY = re.compile(r"^(?P<keys>`\w+`(?:, `\w+`)*): (?P<text>.*)$")


def meanings() -> dict[str, str]:
    """Key -> what it means, as the class says it."""
    from app.rules.profile import Profile

    found: dict[str, str] = {}
    keys: list[str] = []
    for line in inspect.cleandoc(Profile.__doc__ or "").split("\n\n")[-1].splitlines():
        entry = _ENTRY.match(line)
        if entry is None:
            found |= {key: f"{found[key]} {line}" for key in keys}
            continue
        keys = re.findall(r"`(\w+)`", entry["keys"])
        found |= dict.fromkeys(keys, entry["text"])
    return found


def page(files: Mapping[str, str]) -> str:
    """The page of the files' texts by the letters of their columns."""
    from app.rules.profile import Profile
    from app.rules.profile_grounds import grounds

    told = meanings()
    read = {name: grounds(text) for name, text in files.items()}
    switches = [field.name for field in fields(Profile) if field.name not in PLAIN]
    lines = [HEAD, "| | " + " | ".join(read) + " |", "|---|" + "---|" * len(read)]
    lines += [_row(f"`{key}`", (_plain(one.get(key)) for one in read.values())) for key in ("id", "valid_from")]
    lines += ["", f"| switch | meaning | {' | '.join(read)} |", "|---|---|" + "---|" * len(read)]
    lines += [_row(f"`{key}`", (told[key], *(_code(one[key][0]) for one in read.values()))) for key in switches]
    lines += ["", "## Why", "", "What each file says beside the switch, with the article."]
    for key in switches:
        lines += ["", f"### `{key}`", ""]
        lines += [f"- {name} {_code(one[key][0])}: {one[key][1]}" for name, one in read.items()]
    return "\n".join(lines) + "\n"


def _row(first: str, cells: Any) -> str:
    return f"| {first} | " + " | ".join(cells) + " |"


def _code(value: str) -> str:
    return f"`{value}`"


def _plain(found: tuple[str, str] | None) -> str:
    return "" if found is None else found[0]


def current_page() -> str:
    """The page of the files as they are."""
    folder = ROOT / "profiles"
    return page({name: (folder / f"{file}.toml").read_text(encoding="utf-8") for name, file in FILES.items()})


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(current_page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}")
