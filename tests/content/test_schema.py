"""Every shipped diagram is valid BPMN 2.0 and written as the rest of the system expects."""

from __future__ import annotations

import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from app.engine.shared import SIDE_PROCESSES
from tests.content.diagram_reading import NAMES, attr, procedure_diagrams, read_diagram, shared_diagrams

ALL = [*procedure_diagrams(), *shared_diagrams()]
every_diagram = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    package = find_spec("SpiffWorkflow")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(next(iter(package.submodule_search_locations)))
    return etree.XMLSchema(etree.parse(folder / "bpmn" / "parser" / "schema" / "BPMN20.xsd"))


def test_eleven_procedures_and_ten_side_processes_are_shipped() -> None:
    assert len(procedure_diagrams()) == 11
    assert {path.stem for path in shared_diagrams()} == set(SIDE_PROCESSES)
    assert len(SIDE_PROCESSES) == 10


@every_diagram
def test_the_bpmn_schema_accepts_it(path: Path, schema: etree.XMLSchema) -> None:
    assert schema.validate(etree.parse(path)), str(schema.error_log)


@every_diagram
def test_the_process_is_named_after_the_file_and_is_executable(path: Path) -> None:
    diagram = read_diagram(path)
    assert diagram.process_id == path.stem
    assert diagram.find("bpmn:process")[0].get("isExecutable") == "true"


@every_diagram
def test_ids_are_ascii_and_unique(path: Path) -> None:
    ids = [value for element in read_diagram(path).root.iter() if (value := element.get("id")) is not None]
    assert len(ids) == len(set(ids))
    assert [value for value in ids if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", value)] == []


@every_diagram
def test_the_text_is_composed_unicode_and_every_step_has_a_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    for tag in ("userTask", "sendTask", "startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"):
        assert all(node.get("name") for node in read_diagram(path).find(f".//bpmn:{tag}")), tag


@every_diagram
def test_flows_and_the_nodes_they_join_name_one_another(path: Path) -> None:
    diagram = read_diagram(path)
    listed = {"incoming": set[tuple[str, str]](), "outgoing": set[tuple[str, str]]()}
    for node in diagram.find("bpmn:process/*"):
        for side, found in listed.items():
            found |= {(attr(node, "id"), ref.text or "") for ref in node.iterfind(f"bpmn:{side}", NAMES)}
    assert listed["outgoing"] == {(source, flow) for flow, (source, _) in diagram.flows.items()}
    assert listed["incoming"] == {(target, flow) for flow, (_, target) in diagram.flows.items()}
