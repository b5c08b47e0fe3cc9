"""What the build of the front end leaves for the pages."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT

STATIC = PROJECT_ROOT / "app" / "web" / "static"
SCRIPTS = ("app.js", "diagram.js", "form-editor.js", "heat.js", "modeller.js", "step-form.js")
STYLES = ("app.css", "diagram.css", "form-editor.css", "heat.css", "modeller.css", "step-form.css")
FONTS = re.compile(r"url\(\"?\./(fonts/[^\")]+)")


def text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def lock() -> str:
    return (PROJECT_ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")


def test_the_manifest_names_every_bundle_by_a_hash_of_what_is_in_it() -> None:
    manifest: dict[str, str] = json.loads(text("manifest.json"))
    assert sorted(manifest) == sorted((*SCRIPTS, *STYLES, "icon.svg"))
    assert manifest == {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16] for name in manifest}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_evaluates_no_text(name: str) -> None:
    assert re.findall(r"(?<![\w$.])(?:eval|Function)\(", text(name)) == []


@pytest.mark.parametrize("name", SCRIPTS + STYLES)
def test_a_bundle_is_whole_and_carries_no_source_map(name: str) -> None:
    bundle = text(name)
    assert len(bundle) > 10_000
    assert "sourceMappingURL" not in bundle


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sheet_fetches_nothing_from_elsewhere(name: str) -> None:
    bundle = text(name)
    assert "@import" not in bundle
    assert re.findall(r"url\(\"?(?:https?:)?//[^)]*", bundle) == []


def test_the_fonts_are_there_in_two_weights_with_vietnamese_letters() -> None:
    named = sorted(set(FONTS.findall(text("app.css"))))
    assert [re.sub(r"-[A-Z0-9]{8}(?=\.)", "", Path(name).name) for name in named] == [
        f"be-vietnam-pro-{subset}-{weight}-normal.woff2" for subset in ("latin", "vietnamese") for weight in (400, 600)
    ]
    assert all((STATIC / name).read_bytes().startswith(b"wOF2") for name in named)


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in lock()
    packages: dict[str, dict[str, object]] = json.loads(lock())["packages"]
    told = [{name: said for name, said in one.items() if name != "funding"} for one in packages.values()]
    assert "://" not in json.dumps(told)
