"""The real published tables, read in full: steps, limits, shared limits, places, stages, and what is doubtful (QT-22.2)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from app.config import PROJECT_ROOT
from app.drafting.model import TableDraft, tables_from_dicts, tables_to_dicts
from app.drafting.reading import drafts_of, read_tables
from app.drafting.times import hours_of
from tests.drafting.building import docx_of
from tests.drafting.rendering import rendered

TABLES = sorted((Path(__file__).parent / "tables").glob("*.md"))
ADDED_WHEN_DRAWN = {"reissue_land_certificate"}
"""Its drawing has steps of the tax office and the desk's wait, which the table does not print."""
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://camunda.org/schema/1.0/bpmn}property"


def draft_of(path: Path) -> TableDraft:
    (draft,) = drafts_of(read_tables(path.read_bytes(), path.name))
    return draft


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_published_table_is_read_in_full(path: Path) -> None:
    assert rendered([draft_of(path)]) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_word_document_says_the_same_as_markdown(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("__", "")  # emphasis, which Word keeps elsewhere
    drawing = "\n".join(line.lstrip("# ") for line in text.split("\n") if "|---" not in line)
    (draft,) = drafts_of(read_tables(docx_of(drawing), "bang.docx"))
    assert draft.steps == draft_of(path).steps


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_limits_and_stages_are_those_that_a_careful_person_drew(path: Path) -> None:
    drawn: Counter[tuple[float, str]] = Counter()
    for task in etree.parse(PROJECT_ROOT / "bpmn" / "procedures" / f"{path.stem}.bpmn").iter(f"{BPMN}userTask"):
        said = {one.get("name"): str(one.get("value")) for one in task.iter(PROPERTY)}
        drawn[float(hours_of(said["timeLimit"])), said["stage"]] += 1
    read = Counter((float(hours_of(step.limit)), step.stage) for step in draft_of(path).steps)
    assert read <= drawn if path.stem in ADDED_WHEN_DRAWN else read == drawn


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_draft_and_its_tables_have_a_json_form(path: Path) -> None:
    tables = read_tables(path.read_bytes(), path.name)
    assert tables_from_dicts(tables_to_dicts(tables)) == tables
    assert TableDraft.from_dict(draft_of(path).to_dict()) == draft_of(path)


def test_a_decision_of_many_procedures_gives_one_draft_each() -> None:
    whole = "\n\n".join(path.read_text(encoding="utf-8") for path in TABLES)
    drafts = drafts_of(read_tables(whole.encode(), "phu-luc.md"))
    alone = [draft_of(path) for path in TABLES]
    assert [draft.name for draft in drafts] == [draft.name for draft in alone]
    assert [[step.limit for step in draft.steps] for draft in drafts] == [
        [step.limit for step in draft.steps] for draft in alone
    ]


def test_every_remark_says_what_to_do_and_names_steps_that_exist() -> None:
    for path in TABLES:
        draft = draft_of(path)
        keys = {step.key for step in draft.steps}
        for remark in draft.remarks:
            assert remark.message.endswith(".")
            assert remark.step is None or remark.step in keys
            assert remark.place is None or remark.place.table in draft.tables
