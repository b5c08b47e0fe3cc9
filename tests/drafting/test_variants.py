"""Tables in other wordings and layouts, as Word documents and spreadsheets: each file draws one and says what is read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.drafting.reading import drafts_of, read_tables
from tests.drafting.building import docx_of, xlsx_of
from tests.drafting.rendering import rendered

FILES = sorted((Path(__file__).parent / "variants").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".txt"))
def test_a_variant_is_read_in_full(path: Path) -> None:
    drawing, read = path.read_text(encoding="utf-8").split("--- read\n")
    content = docx_of(drawing) if ".docx." in path.name else xlsx_of(drawing)
    assert rendered(drafts_of(read_tables(content, path.name.removesuffix(".txt")))) == read


def test_there_are_more_than_twenty_and_of_both_kinds() -> None:
    assert len(FILES) > 20
    assert {".docx." in path.name for path in FILES} == {True, False}
