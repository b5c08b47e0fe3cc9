"""`motcua diagram …`: check diagrams before they are published."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from app.engine.guard import Guard

SHARED = Path(__file__).resolve().parents[2] / "bpmn" / "shared"


@click.group()
def command() -> None:
    """Kiểm tra và ban hành sơ đồ quy trình."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.UNPROCESSED, metavar="FILE...")
@click.option("--shared", type=click.Path(path_type=Path), default=SHARED, help="Thư mục các quy trình dùng chung.")
def check(files: tuple[str, ...], shared: Path) -> None:
    """Kiểm tra từng tệp; mỗi tệp một dòng JSON. Mã thoát 0 khi tất cả đều đạt."""
    library = {path.name: path.read_bytes() for path in sorted(shared.glob("*.bpmn")) if path.is_file()}
    refused = False
    with Guard() as guard:
        for file in files:
            document = guard.check_file(file, library)
            # A file name need not be text; its line of JSON must be.
            document["file"] = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            refused = refused or document["verdict"] != "ok"
            # Bytes: the terminal's own encoding may not have Vietnamese letters.
            click.echo(json.dumps(document, ensure_ascii=False).encode())
    sys.exit(1 if refused else 0)
