"""The files of `data/`: everything that the demonstration provinces are made of, and that it is invented.

Quảng Trị's files stand in `data/` itself. Another demonstration has a folder `data/<profile>/` with what differs; procedures
and the plan of the dossiers are shared, and name the first province's agencies, whose counterparts its `province.toml` lists.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
DEFAULT = "quang_tri"


@cache
def demonstrations() -> tuple[str, ...]:
    """The profiles that have a demonstration province, the default first."""
    return (DEFAULT, *sorted(file.parent.name for file in FOLDER.glob("*/province.toml")))


@cache
def content(name: str, profile: str = DEFAULT) -> dict[str, Any]:
    """The file `<name>.toml` of that demonstration; each file's head says what its keys mean."""
    own = FOLDER / profile / f"{name}.toml"
    if profile == DEFAULT:
        return _read(FOLDER / f"{name}.toml")
    if not own.is_file():
        counterparts = content("province", profile)["counterparts"]
        shared: dict[str, Any] = _translated(content(name), counterparts)
        return shared
    if name == "agencies":
        models = {agency["code"]: agency for agency in content(name)["agencies"]}
        return {"agencies": [_completed(agency, models) for agency in _read(own)["agencies"]]}
    return _read(own)


def place(profile: str) -> str:
    """The demonstration province's name."""
    name: str = content("province", profile)["province"]["name"]
    return name


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _completed(agency: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An agency with the units and positions of the one that it is like, under its own names."""
    model = models[agency["like"]]
    parts = {kind: [_renamed(part, agency["called"]) for part in model[kind]] for kind in ("units", "positions")}
    return {key: value for key, value in agency.items() if key not in ("like", "called")} | parts


def _renamed(part: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    name = part["name"]
    for old, new in called.items():
        name = name.replace(old, new)
    return {**part, "name": name}


def _translated(value: Any, counterparts: Mapping[str, str]) -> Any:
    """The same with every `agency`, `commune` and `agencies` under the counterpart's code."""
    if isinstance(value, list):
        return [_translated(item, counterparts) for item in value]
    if not isinstance(value, dict):
        return value
    translated = {key: _translated(item, counterparts) for key, item in value.items()}
    for name in ("agency", "commune"):
        if name in translated:
            translated[name] = counterparts.get(translated[name], translated[name])
    if "agencies" in translated:
        translated["agencies"] = [counterparts.get(code, code) for code in translated["agencies"]]
    return translated
