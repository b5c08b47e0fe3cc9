"""Each fault that the gate knows, in the smallest diagram that has it."""

from __future__ import annotations

import codecs
import gzip
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.engine.feel import FeelError
from app.engine.gate.verdict import Verdict, check
from tests.engine.drawn_faults import DRAWN, DRAWN_WARNINGS
from tests.engine.faults import (
    ELSEWHERE,
    END,
    FAULTS,
    HEAD,
    RESOLVE,
    REVIEW,
    START,
    WARNINGS,
    Replacements,
    altered,
    put,
)
from tests.engine.runs import DIAGRAMS, diagram
from tests.engine.side_faults import MISPLACED, SIDE_FAULTS

FRAGMENTS = sorted(path.stem for path in DIAGRAMS.glob("inner*.bpmn"))
LIBRARY = {name: diagram(name) for name in (*FRAGMENTS, "outer", "self_call")}
REPOSITORY = Path(__file__).parents[2]


def found(verdict: Verdict, severity: str = "error") -> set[str]:
    return {problem.code for problem in verdict.problems if problem.severity == severity}


@pytest.mark.parametrize(
    ("code", "name", "replacements"), FAULTS, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(FAULTS)]
)
def test_each_fault_is_refused_with_its_code_and_says_what_to_do(
    code: str, name: str, replacements: Replacements
) -> None:
    says_what_to_do(check(name, altered(name, *replacements), LIBRARY), code)


@pytest.mark.parametrize(("code", "content"), DRAWN, ids=[f"{code}-{n}" for n, (code, _) in enumerate(DRAWN)])
def test_each_drawn_fault_is_refused_with_its_code_and_says_what_to_do(code: str, content: bytes) -> None:
    verdict = check("drawn", content)
    says_what_to_do(verdict, code)
    assert code == "element.unsupported" or "xsd.invalid" not in found(verdict), "the schema allows it"


def says_what_to_do(verdict: Verdict, code: str) -> None:
    assert verdict.verdict == "rejected"
    assert code in found(verdict), [(problem.code, problem.message) for problem in verdict.problems]
    for problem in verdict.problems:
        assert problem.message == unicodedata.normalize("NFC", problem.message)
        assert re.search(r"[.)]$", problem.message), problem.message


FAULTY = ("self_call", "endless", "merge_without_join")
SOUND = [path for path in sorted(DIAGRAMS.glob("*.bpmn")) if path.stem not in FAULTY]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_sound_diagrams_pass(path: Path) -> None:
    verdict = check(path.name, path.read_bytes(), LIBRARY)
    assert found(verdict) == set()
    assert verdict.verdict == "ok"


FORM_DATA = ("asked_agencies", "commune")
SHIPPED = sorted((REPOSITORY / "bpmn").glob("*/*.bpmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shipped_passes_without_a_warning(path: Path) -> None:
    shared = {other.name: other.read_bytes() for other in (REPOSITORY / "bpmn" / "shared").glob("*.bpmn")}
    verdict = check(path.name, path.read_bytes(), shared)
    # What a diagram reads from the dossier's form is told, since a check knows no forms.
    told = [problem for problem in verdict.problems if problem.code != "expression.variable-unknown"]
    assert told == []
    assert all(any(f"“{name}”" in problem.message for name in FORM_DATA) for problem in verdict.problems)
    assert verdict.steps


@pytest.mark.parametrize(("code", "name", "replacements"), WARNINGS, ids=[code for code, *_ in WARNINGS])
def test_warnings_do_not_refuse(code: str, name: str, replacements: Replacements) -> None:
    verdict = check(name, altered(name, *replacements), LIBRARY)
    assert verdict.verdict == "ok"
    assert code in found(verdict, "warning")


@pytest.mark.parametrize(("code", "content"), DRAWN_WARNINGS, ids=[code for code, _ in DRAWN_WARNINGS])
def test_drawn_warnings_do_not_refuse(code: str, content: bytes) -> None:
    verdict = check("drawn", content)
    assert verdict.verdict == "ok", verdict.problems
    assert code in found(verdict, "warning")


def test_every_code_of_the_gate_is_tried_here() -> None:
    code = re.compile(r'"([a-z-]+\.[a-z]+(?:-[a-z]+)*)"')
    sources = [path.read_text() for path in (REPOSITORY / "app" / "engine").glob("gate*.py")]
    spoken = {name for source in sources for name in code.findall(source)} - {"xs.id"}
    spoken = {name for name in spoken if not name.startswith(("app.", "feel."))}
    tried = {code for code, *_ in (*FAULTS, *SIDE_FAULTS, *MISPLACED, *WARNINGS, *DRAWN, *DRAWN_WARNINGS)} | ELSEWHERE
    assert spoken - tried == set()
    made = {f"{kind}.{what}" for kind in ("error", "escalation") for what in ("missing", "unknown", "host", "uncaught")}
    made |= {"error.non-interrupting", "cancel.non-interrupting", "error.never-thrown", "escalation.never-thrown"}
    assert {"flow.source-unknown", "flow.target-unknown"} | made <= tried


def test_a_fragment_is_not_asked_for_the_desks_steps() -> None:
    verdict = check("inner", diagram("inner"), LIBRARY)
    assert "procedure.receive-missing" not in found(verdict, "warning")


def test_many_problems_are_told_at_once_with_their_places() -> None:
    content = altered(
        "linear",
        (HEAD, ""),
        ('name="timeLimit" value="PT4H"', 'name="timeLimit" value="4h"'),
        put('<bpmn:scriptTask id="odd" />'),
    )
    verdict = check("linear", content)
    places = {problem.code: (problem.element, problem.line) for problem in verdict.problems}
    lines = content.decode().splitlines()
    for code, element in (
        ("step.position-missing", "review"),
        ("step.limit-invalid", "receive"),
        ("task.script", "odd"),
        ("node.unreachable", "odd"),
    ):
        assert places[code][0] == element
        assert f'id="{element}"' in lines[(places[code][1] or 0) - 1]


def test_every_schema_error_is_told_with_its_line() -> None:
    content = altered(
        "linear", (START, '<bpmn:startEvent id="start" odd="1" />'), (END, '<bpmn:endEvent id="done" odd="1" />')
    )
    lines = [number for number, text in enumerate(content.decode().splitlines(), 1) if "odd=" in text]
    assert [problem.line for problem in check("x", content).problems if problem.code == "xsd.invalid"] == lines


LINEAR = diagram("linear").decode()
MANY = "".join(f' camunda:a{number}=""' for number in range(201))
WORDS, NAMES = ("Bước", "Buoc", "Bué"), ("receive", "review", "deliver")
NESTED = "".join(f'<bpmn:subProcess id="u{n}">' for n in range(9)) + "</bpmn:subProcess>" * 9
DOCTYPE = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
DISGUISED = f"""<?xml version="1.0"{" " * 500}encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY b "c"+AD4AXQ-+AD4APA-a/+AD4-
"""
INCLUDING = (
    '<bpmn:extensionElements><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text" />'
    "</bpmn:extensionElements>"
)
PLAIN = LINEAR.replace("Bước", "Buoc").replace("Thử", "Thu")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"  \n", "file.empty"),
        (b"x" * (2 * 1024 * 1024 + 1), "file.too-large"),
        (gzip.compress(LINEAR.encode()), "file.not-xml"),
        (b"PK\x03\x04rest", "file.not-xml"),
        (b"\x89PNG\r\n\x1a\n", "file.not-xml"),
        (b"%PDF-1.7", "file.not-xml"),
        ("xin chào".encode(), "file.not-xml"),
        (b"\x00" * 100, "file.not-xml"),
        (PLAIN.encode("utf-16-le"), "file.encoding"),
        (LINEAR.partition("?>")[2].strip().encode("utf-16-be"), "file.encoding"),
        (LINEAR.replace("UTF-8", "UTF-16").encode(), "file.not-xml"),
        (LINEAR.encode("utf-32-le"), "file.encoding"),
        (LINEAR.replace("UTF-8", "ISO-8859-1").encode(), "file.encoding"),
        (LINEAR.replace("UTF-8", "UTF-7").encode(), "file.encoding"),
        (DISGUISED.encode(), "xml.doctype"),
        (DOCTYPE.encode("utf-16"), "xml.doctype"),
        (DOCTYPE.replace("UTF-8", "UTF-16LE").encode("utf-16-le"), "xml.doctype"),
        (DOCTYPE.encode("utf-8-sig"), "xml.doctype"),
        (DOCTYPE.replace("UTF-8", "latin-1").encode("latin-1"), "xml.doctype"),
        (LINEAR.replace("?>", '?><?xml-stylesheet href="x.xsl"?>', 1).encode(), "xml.instruction"),
        (LINEAR.replace(START, INCLUDING + START).encode(), "xml.include"),
        (LINEAR.replace("Bước", "B\0").encode(), "file.not-xml"),
        (LINEAR.replace("Bước", "B\0").encode("utf-16"), "file.not-xml"),
        (LINEAR.replace("Bước", "B&#0;").encode(), "xml.malformed"),
        (LINEAR.replace("Bước", "B&laugh;").encode(), "xml.malformed"),
        (LINEAR.encode()[:-20] + b"\xc1\xba", "file.encoding"),
        (LINEAR.replace(REVIEW, REVIEW + MANY).encode(), "limit.attributes"),
        (LINEAR.replace(END, END + '<bpmn:group id="g" />' * 50_000).encode(), "limit.elements"),
        (LINEAR.encode("utf-16-le"), "file.encoding"),
        (LINEAR.encode("utf-32"), "file.encoding"),
        (b"<a>\xff</a>", "file.encoding"),
        (PLAIN.replace("UTF-8", "windows-1258").encode(), "file.encoding"),
        (PLAIN.replace("UTF-8", "no-such").encode(), "file.encoding"),
        (b'<?xml version="1.0"?>\n<!-- c -->\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml.doctype"),
        (b"<a><b></a>", "xml.malformed"),
        (b"<a>&nbsp;</a>", "xml.malformed"),
        (b"<html/>", "xml.not-bpmn"),
        (b'<definitions xmlns="http://example.org"/>', "xml.not-bpmn"),
        (b"<a>" * 300 + b"</a>" * 300, "limit.depth"),
        (LINEAR.replace(END, END + "".join(f'<bpmn:userTask id="u{n}"/>' for n in range(400))).encode(), "limit.elements"),
        (LINEAR.replace(END, END + NESTED).encode(), "limit.nesting"),
    ],
)  # fmt: skip
def test_what_is_not_a_diagram_is_called_by_its_name(content: bytes, code: str) -> None:
    verdict = check("file", content)
    assert code in found(verdict)


@pytest.mark.parametrize(
    "content",
    [
        LINEAR.encode("utf-8-sig"),
        LINEAR.replace("UTF-8", "UTF-16").encode("utf-16"),
        codecs.BOM_UTF16_BE + LINEAR.replace("UTF-8", "UTF-16").encode("utf-16-be"),
        LINEAR.replace("UTF-8", "utf-16").encode("utf-16-le"),
        LINEAR.replace("UTF-8", "UTF-16BE").encode("utf-16-be"),
        LINEAR.encode("utf-16"),  # what an editor leaves when it saves in another encoding: the mark counts
        LINEAR.replace("UTF-8", "ISO-8859-1").encode("utf-8-sig"),
        PLAIN.replace("UTF-8", "ISO-8859-1").replace("Buoc", "Bu\xe9").encode("latin-1"),
        PLAIN.replace("UTF-8", "us-ascii").encode("ascii"),
    ],
)
def test_encodings_that_say_what_they_are_are_read(content: bytes) -> None:
    verdict = check("file", content)
    assert verdict.verdict == "ok", verdict.problems
    assert {step.name for step in verdict.steps} <= {f"{word} {name}" for word in WORDS for name in NAMES}


def test_a_verdict_tells_nothing_of_the_file_before_it() -> None:
    check("first", b"<a secret-of-the-first=''><b></a>")
    told = json.dumps(check("second", b"<a><c></a>").to_dict())
    assert "line 1 and a" in told
    assert told.count("xml.malformed") == json.dumps(check("second", b"<a><c></a>").to_dict()).count("xml.malformed")
    assert "b line" not in told


def test_a_verdict_is_what_the_command_prints() -> None:
    document = check("linear.bpmn", diagram("linear")).to_dict()
    assert set(document) == {"file", "verdict", "problems", "steps"}
    first = document["steps"][0]
    assert (first["id"], first["name"], first["position"], first["limit"]) == (
        "receive",
        "Bước receive",
        "desk_officer",
        "PT4H",
    )
    refused = check("x", b"<a/>").to_dict()
    assert set(refused["problems"][0]) == {"code", "severity", "message", "element", "name", "line"}
    assert refused["steps"] == []
    json.dumps([document, refused])


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"<")
@example(b"\xef\xbb\xbf")
@example(b"<?xml version='1.0' encoding='utf-8'?>")
def test_any_bytes_get_a_verdict(content: bytes) -> None:
    assert check("bytes", content).verdict == "rejected"


@settings(deadline=None)
@given(st.data())
def test_a_diagram_with_any_piece_cut_out_gets_a_verdict(data: st.DataObject) -> None:
    content = diagram(data.draw(st.sampled_from(["decision", "boundary_call", "subprocess_error", "event_gateway"])))
    first = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 300))
    verdict = check("cut", content[:first] + content[first + length :], LIBRARY)
    assert "check.failed" not in found(verdict), verdict.problems


def test_a_fault_of_our_own_is_a_verdict_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("app.engine.gate.verdict.check_timers", fail)
    verdict = check("linear", diagram("linear"))
    assert (verdict.verdict, found(verdict)) == ("rejected", {"check.failed"})


def test_tokens_that_double_without_end_are_an_incident_of_the_dry_run() -> None:
    blocks = "".join(
        f'<bpmn:parallelGateway id="s{n}" /><bpmn:exclusiveGateway id="m{n}" />'
        f'<bpmn:parallelGateway id="l{n}" /><bpmn:parallelGateway id="r{n}" />'
        f'<bpmn:sequenceFlow id="sl{n}" sourceRef="s{n}" targetRef="l{n}" />'
        f'<bpmn:sequenceFlow id="sr{n}" sourceRef="s{n}" targetRef="r{n}" />'
        f'<bpmn:sequenceFlow id="lm{n}" sourceRef="l{n}" targetRef="m{n}" />'
        f'<bpmn:sequenceFlow id="rm{n}" sourceRef="r{n}" targetRef="m{n}" />'
        f'<bpmn:sequenceFlow id="on{n}" sourceRef="m{n}" targetRef="{f"s{n + 1}" if n < 15 else "review"}" />'
        for n in range(16)
    )
    content = altered("linear", put(blocks), ('targetRef="review" />', 'targetRef="s0" />'))
    content = content.replace(
        b'id="on15" sourceRef="m15" targetRef="s0"', b'id="on15" sourceRef="m15" targetRef="review"'
    )
    assert found(check("linear", content)) == {"run.incident"}


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted() -> None:
    wrong = "".join(f'<camunda:property name="p{number}" value="" />' for number in range(300))
    verdict = check("linear", altered("linear", (f"{RESOLVE}", RESOLVE + wrong)))
    assert verdict.verdict == "ok"
    assert len(verdict.problems) == 201
    assert (verdict.problems[-1].code, "100" in verdict.problems[-1].message) == ("limit.problems", True)


def test_an_expression_that_cannot_be_checked_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> tuple[str, ...]:
        raise FeelError("quá lâu")

    monkeypatch.setattr("app.engine.feel.names", fail)
    assert found(check("decision", diagram("decision"))) == {"expression.not-checked"}
