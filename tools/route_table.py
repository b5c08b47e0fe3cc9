"""Writes app/rules/routes.py anew from what routes declare. Read the difference before you commit it: it says who may do what.

.venv/bin/python tools/route_table.py
"""

from __future__ import annotations

import sys
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from app.access.guard import declared  # noqa: E402
from app.config import Settings  # noqa: E402
from app.factory import create_app  # noqa: E402

TABLE = ROOT / "app" / "rules" / "routes.py"
BEGIN, END = "_TABLE: Final = (\n", ")\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url="postgresql://nobody@localhost/none", data=Path(folder))
        app = create_app(settings)
    groups: dict[tuple[str, ...], list[str]] = {}
    for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()}):
        permissions = tuple(sorted(declared(app.view_functions[endpoint]) or ()))
        groups.setdefault(permissions, []).append(endpoint)
    lines = []
    for permissions, endpoints in sorted(groups.items()):
        names = textwrap.fill(" ".join(endpoints), 116, break_long_words=False, break_on_hyphens=False)
        said = ", ".join(f'"{name}"' for name in permissions) + ("," if len(permissions) == 1 else "")
        lines.append(
            f'    (\n        ({said}),\n        """\n{textwrap.indent(names, " " * 8)}\n        """,\n    ),\n'
        )
    text = TABLE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition("\n" + END)
    TABLE.write_text(before + BEGIN + "".join(lines) + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
