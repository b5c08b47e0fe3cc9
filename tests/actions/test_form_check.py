"""What is wrong with a form before anybody fills it in; and what a draft's forms are called, by whom, in the diagram too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.draft_forms import add_form, bind_form, empty_form, read_form, remove_form, rename_form, templates
from app.actions.form_check import Around, around, check_form_files, check_schema
from app.actions.form_samples import sample_data
from app.actions.form_values import check_form
from app.engine.form_keys import surroundings, with_forms
from app.errors import DomainError
from app.store.diagram_drafts import DraftFiles
from app.views.diagram_drafts import files_of
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import context_of
from tests.actions.scene import Scene
from tests.actions.test_form_values import CASES, TODAY
from tests.web.form_drafts import ASKED, bound, draft_with

NOBODY = dict.fromkeys(("receive", "process", "review", "give_back"))
TEXT = {"type": "textfield", "key": "a", "label": "A"}


def codes(*components: Any, beside: Around | None = None, severity: str = "error") -> list[str]:
    found = check_schema({"components": list(components)}, beside)
    return [fault.code for fault in found if fault.severity == severity]


@pytest.mark.parametrize(
    ("component", "code"),
    [
        ({"type": "signature", "key": "a", "label": "A"}, "field.type-unknown"),
        ({"key": "a"}, "field.type-unknown"),
        ({"type": "textfield", "label": "A"}, "field.no-key"),
        ({"type": "dynamiclist", "label": "A", "components": []}, "field.no-key"),
        (TEXT | {"key": "diện tích"}, "field.key-form"),
        (TEXT | {"key": "a.1"}, "field.key-form"),
        (TEXT | {"key": "a..b"}, "field.key-form"),
        (TEXT | {"key": "a.__proto__"}, "field.key-form"),
        (TEXT | {"key": "x" * 300}, "field.key-form"),
        (TEXT | {"validate": {"pattern": "(("}}, "field.pattern"),
        (TEXT | {"validate": {"pattern": "a" * 2000}}, "field.pattern"),
        (TEXT | {"validate": {"minLength": 5, "maxLength": 2}}, "field.limits"),
        (TEXT | {"validate": {"minLength": "nhiều"}}, "field.limits"),
        (TEXT | {"validate": {"validationType": "iban"}}, "field.limits"),
        (TEXT | {"validate": ["required"]}, "field.limits"),
        (TEXT | {"conditional": {"hide": "=(("}}, "field.feel"),
        (TEXT | {"conditional": {"hide": "="}}, "field.feel"),
        (TEXT | {"readonly": "=b +"}, "field.feel"),
        (TEXT | {"key": "review_decision"}, "field.key-taken"),
        (TEXT | {"key": "this"}, "field.key-taken"),
        ({"type": "number", "key": "a", "label": "A", "validate": {"min": 5, "max": 2}}, "field.limits"),
        ({"type": "number", "key": "a", "label": "A", "validate": {"min": "ít"}}, "field.limits"),
        ({"type": "number", "key": "a", "label": "A", "validate": {"max": "=1 +"}}, "field.feel"),
        ({"type": "number", "key": "a", "label": "A", "increment": 0}, "field.limits"),
        ({"type": "number", "key": "a", "label": "A", "decimalDigits": -1}, "field.limits"),
        ({"type": "select", "key": "a", "label": "A"}, "field.no-options"),
        ({"type": "radio", "key": "a", "label": "A", "values": []}, "field.no-options"),
        ({"type": "radio", "key": "a", "label": "A", "values": [{"value": "x", "label": "X"}, {}]}, "field.options"),
        ({"type": "taglist", "key": "a", "label": "A", "values": ["x", "x"]}, "field.options"),
        ({"type": "select", "key": "a", "label": "A", "valuesExpression": "=[1,"}, "field.feel"),
        ({"type": "datetime", "key": "a", "label": "A", "subtype": "week"}, "field.limits"),
        ({"type": "expression", "key": "a"}, "field.feel"),
        ({"type": "dynamiclist", "path": "a", "label": "A", "components": [TEXT], "defaultRepetitions": 1000}, "field.limits"),
        ("not a component", "form.unreadable"),
    ],
)  # fmt: skip
def test_what_nobody_could_check_draw_or_fill_in_is_an_error(component: Any, code: str) -> None:
    assert codes(component) == [code]


@pytest.mark.parametrize(
    ("components", "wrong"),
    [
        ([TEXT, TEXT], 1),
        ([TEXT, TEXT | {"key": "a.b"}], 1),
        ([TEXT | {"key": "a.b"}, TEXT], 1),
        ([TEXT | {"key": "a.b"}, TEXT | {"key": "a.c"}], 0),
        ([{"type": "group", "path": "a", "components": [TEXT]}, TEXT | {"key": "a.b"}], 0),
        ([{"type": "group", "path": "a", "components": [TEXT]}, TEXT | {"key": "a.a"}], 1),
        ([{"type": "dynamiclist", "path": "l", "components": [TEXT]}, TEXT | {"key": "l.a"}], 1),
        ([{"type": "dynamiclist", "path": "l", "components": [TEXT, TEXT | {"key": "b"}]}, TEXT], 0),
        ([{"type": "group", "components": [TEXT]}, TEXT], 1),
    ],
)  # fmt: skip
def test_two_values_in_one_place_are_an_error(components: list[Any], wrong: int) -> None:
    assert codes(*components) == ["field.key-twice"] * wrong


def test_what_will_surprise_somebody_is_a_warning() -> None:
    assert codes({"type": "html", "content": "<b>x</b>"}, severity="warning") == ["form.empty", "field.not-shown"]
    assert codes(TEXT | {"label": ""}, severity="warning") == ["field.no-label"]
    assert codes(TEXT | {"conditional": {"hide": "=other"}}, severity="warning") == ["field.reads-unknown"]
    assert (
        codes(TEXT | {"conditional": {"hide": "=other"}}, severity="warning", beside=Around(frozenset({"other"}))) == []
    )
    assert codes(TEXT | {"key": "request"}, severity="warning") == ["field.key-of-dossier"]
    assert codes(TEXT | {"label": "Xin chào {{name}}"}, severity="warning") == ["field.template"]
    select = {"type": "select", "key": "s", "label": "S"}
    assert codes(select | {"valuesKey": "list"}, severity="warning") == ["field.values-unfilled"]
    assert codes(select | {"values": ["x"], "defaultValue": "y"}, severity="warning") == ["field.default"]
    of_agencies = select | {"properties": {"position": "nobody"}}
    assert codes(of_agencies, severity="warning") == []
    assert codes(of_agencies, severity="warning", beside=Around(positions={"head"})) == ["field.position-unknown"]


def test_a_form_has_limits() -> None:
    assert [fault.code for fault in check_schema([])] == ["form.unreadable"]
    assert [fault.code for fault in check_schema({"components": "x"})] == ["form.unreadable"]
    many = [TEXT | {"key": f"k{number}"} for number in range(301)]
    assert codes(*many) == ["form.too-many"]
    assert codes({"type": "text", "text": "x" * 400_001}) == ["form.too-large"]
    deep: dict[str, Any] = TEXT
    for _ in range(8):
        deep = {"type": "group", "label": "G", "components": [deep]}
    assert "form.too-deep" in codes(deep)


def test_forms_of_one_diagram_know_each_other_and_what_it_reads() -> None:
    diagram = surroundings(DIAGRAMS["decision"])
    assert {step.id for step in diagram.steps if step.decisions}
    taken = next(iter(diagram.taken))
    found = check_form_files(diagram, {"one": {"components": [TEXT | {"key": taken}]}})
    assert [problem["code"] for problem in found] == ["field.key-taken"]
    assert found[0]["message"].startswith("Biểu mẫu “one”: ")
    first = {"components": [TEXT | {"conditional": {"hide": '=b = "x"'}}]}
    second = {"components": [TEXT | {"key": "b"}]}
    assert check_form_files(diagram, {"one": first, "two": second}) == []
    reads = around(diagram, {"one": first, "two": second}, "one")
    assert "b" in reads.given


def test_what_a_diagram_reads_and_nobody_gives_is_told() -> None:
    beside = Around(reads=frozenset({"area", "approve_decision"}))
    assert codes(TEXT, beside=beside, severity="warning") == ["diagram.reads-unknown"]
    assert codes(TEXT | {"key": "area"}, beside=beside, severity="warning") == []
    assert codes(TEXT | {"key": "area"}, beside=beside, severity="note") == []
    assert codes(TEXT, beside=beside, severity="note") == ["form.only-kept"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_server_and_browser_agree_on_has_no_error(case: Mapping[str, Any]) -> None:
    assert [
        fault.message for fault in check_schema({"components": case["components"]}) if fault.severity == "error"
    ] == []


@pytest.mark.parametrize("name", sorted(templates()))
def test_our_own_templates_are_sound_and_take_their_samples(name: str) -> None:
    form = templates()[name]
    around_it = Around(positions=None)
    assert [fault.message for fault in check_schema(form, around_it) if fault.severity == "error"] == []
    filled = check_form(form, {}, sample_data(form, TODAY), TODAY, (1,))
    needs_agencies = {"data.asked_agencies", "data.commune"}
    assert filled.wrong.keys() <= needs_agencies


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ("type", "key", "path", "components", "validate", "values", "conditional", "hide", "min", "pattern", "id",
                     "properties", "label", "valuesKey", "defaultValue", "decimalDigits", "expression", "multiple"),
                ),
                inner | st.sampled_from(("textfield", "number", "group", "dynamiclist", "select", "datetime", "=a")),
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)  # fmt: skip
def test_nothing_that_is_sent_as_a_form_is_a_crash(form: Any) -> None:
    check_schema(form)
    check_schema({"components": [form]})
    check_schema({"components": form})
    sample_data({"components": [form]}, TODAY)


# The forms of a draft


def files(scene: Scene, draft_id: int) -> DraftFiles:
    with scene.app.app_context():
        return files_of(draft_id)


def uses(found: DraftFiles) -> dict[str, str | None]:
    return {step.id: step.form for step in surroundings(found.diagram).steps}


def test_a_form_is_added_renamed_bound_and_removed_with_its_steps(scene: Scene) -> None:
    draft_id, context = draft_with(scene, {"asked": ASKED}), context_of(scene)
    with scene.app.app_context():
        revision = add_form(context, draft_id, 1, "more", empty_form()).revision
        revision = rename_form(context, draft_id, revision, "asked", "inspected", steps_too=True).revision
        assert uses(files_of(draft_id))["process"] == "inspected"
        revision = bind_form(context, draft_id, revision, "more", ["review"]).revision
        assert uses(files_of(draft_id)) == NOBODY | {"process": "inspected", "review": "more"}
        revision = bind_form(context, draft_id, revision, "more", ["process", "receive"]).revision
        assert uses(files_of(draft_id)) == NOBODY | {"process": "more", "receive": "more"}
        revision = rename_form(context, draft_id, revision, "more", "others", steps_too=False).revision
        assert uses(files_of(draft_id))["process"] == "more", "what the steps say stays, where that is wanted"
        revision = rename_form(context, draft_id, revision, "others", "more", steps_too=True).revision
        remove_form(context, draft_id, revision, "more", steps_too=True)
    found = files(scene, draft_id)
    assert set(found.forms) == {"inspected"}
    assert uses(found) == NOBODY


def test_names_that_are_none_or_taken_and_states_that_moved_on_are_refused(scene: Scene) -> None:
    draft_id, context = draft_with(scene, {"asked": ASKED}), context_of(scene)

    def refused(code: str, change: Any, *given: Any, **named: Any) -> DomainError:
        with scene.app.app_context(), pytest.raises(DomainError) as caught:
            change(context, draft_id, *given, **named)
        assert caught.value.code == code
        return caught.value

    for name in ("", "có dấu", "1a", "a b", "a.b", "x" * 61, "ASKED", "../x"):
        assert "name" in (refused("invalid", add_form, 1, name, empty_form()).errors or {})
    refused("invalid", rename_form, 1, "asked", "asked", steps_too=True)
    refused("not_found", rename_form, 1, "nothing", "other", steps_too=True)
    refused("not_found", remove_form, 1, "nothing", steps_too=True)
    refused("invalid", bind_form, 1, "asked", ["no_such_step"])
    refused("stale_version", add_form, 7, "other", empty_form())
    assert set(files(scene, draft_id).forms) == {"asked"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"components": 3}', b'{"components": [NaN]}', b"[" * 9999]
)
def test_a_file_that_is_no_form_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError) as caught:
        read_form(content)
    assert caught.value.code == "invalid"
    assert read_form(b'\xef\xbb\xbf{"components": []}') == {"components": []}


def test_a_diagram_keeps_everything_but_the_name_of_the_form() -> None:
    before = bound("asked")
    assert surroundings(with_forms(before, {"process": None})) == surroundings(DIAGRAMS["linear"])
    assert uses(DraftFiles(with_forms(before, {"review": "x", "nothing": "y"})))["review"] == "x"
    with pytest.raises(ValueError, match="XML"):
        with_forms(b"no diagram", {"a": "b"})
    assert surroundings(b"no diagram").steps == ()


# Publishing


def test_a_form_with_an_error_is_not_published_and_a_warning_is_told(scene: Scene) -> None:
    def send(form: Any) -> Any:
        from io import BytesIO

        data = {
            "diagram": (BytesIO(bound("asked")), "linear.bpmn"),
            "forms": (BytesIO(json.dumps(form).encode()), "asked.json"),
            "decision_number": "12/QĐ-UBND", "decided_on": "2026-11-20", "effective_from": "2026-11-23",
        }  # fmt: skip
        return scene.client("admin").post("/api/v1/procedures/1.000001/versions", data=data)

    refused = send({"components": [TEXT | {"validate": {"pattern": "(("}}]})
    assert refused.status_code == 422
    assert "Biểu thức chính quy" in refused.json["detail"]
    told = send({"components": [TEXT | {"conditional": {"hide": "=nobody_gives"}}]})
    assert told.status_code == 201, told.text
    assert "field.reads-unknown" in [one["code"] for one in told.json["warnings"]]


def test_the_gate_tells_beforehand_of_forms_that_are_sent_along(scene: Scene) -> None:
    from io import BytesIO

    broken = json.dumps({"components": [TEXT, TEXT]}).encode()
    data = {"diagram": (BytesIO(bound("asked")), "x.bpmn"), "forms": (BytesIO(broken), "asked.json")}
    verdict = scene.client("admin").post("/api/v1/diagrams/check", data=data).json
    assert verdict is not None
    told = [one for one in verdict["problems"] if one["code"] == "field.key-twice"]
    assert [(one["severity"], one["form"]) for one in told] == [("warning", "asked")]
    assert verdict["verdict"] == "ok"
