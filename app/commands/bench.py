"""`motcua bench NAME`: run a benchmark of `bench/`; progress goes to stderr, one JSON object to stdout."""

from __future__ import annotations

import importlib
import json
import sys

import click

from app.config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "bench"


def _names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if "\ndef run(" in path.read_text(encoding="utf-8"))


@click.command("bench")
@click.argument("name")
@click.option("--quick", is_flag=True, help="Chạy ngắn để thử, số đo kém tin cậy hơn.")
def command(name: str, quick: bool) -> None:
    """Đo hiệu năng: mỗi phép đo so sánh hai cách làm trong cùng một lần chạy."""
    names = _names()
    if name not in names:
        raise click.BadParameter(f"không có phép đo “{name}”; có: {', '.join(names)}", param_hint="NAME")
    sys.path.insert(0, str(PROJECT_ROOT))
    result = importlib.import_module(f"bench.{name}").run(quick, lambda text: click.echo(text, err=True))
    click.echo(json.dumps(result, ensure_ascii=False))
