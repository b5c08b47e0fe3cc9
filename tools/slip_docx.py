#!/usr/bin/env python3
"""Writes the built-in Word templates of the slips, app/slips/templates/*.docx, from the forms' own list.

Run it after a form or its fields have changed and commit what it writes: `.venv/bin/python tools/slip_docx.py [folder]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from slip_docx_forms import WRITERS  # noqa: E402
from slip_docx_page import Slip  # noqa: E402

from app.slips.docx import docx_template_name  # noqa: E402
from app.slips.forms import FORMS  # noqa: E402

FOLDER = ROOT / "app" / "slips" / "templates"


def main(folder: Path = FOLDER) -> None:
    for name, form in {docx_template_name(form): form for form in FORMS.values()}.items():
        slip = Slip(form)
        WRITERS[form.kind](slip)
        (folder / name).write_bytes(slip.content())
        print(name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
