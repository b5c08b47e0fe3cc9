"""Drafts of diagrams: whoever saves from whatever state, nothing that was kept is lost, and files come back as they were."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from app.actions.diagram_drafts import save_draft, save_parts, take_file
from app.actions.draft_keeping import label_state, thin_states
from app.errors import DomainError
from app.store.diagram_drafts import DraftFiles
from app.views.diagram_drafts import files_of, revisions_of, whole_draft
from tests.actions.designing import FORM, LINEAR, context_of, designers, new_draft
from tests.actions.scene import Scene


def with_note(text: str) -> bytes:
    """The diagram `linear` that says that somewhere."""
    return LINEAR.replace(b"<bpmn:process ", f"<!-- {text} --><bpmn:process ".encode(), 1)


def machine_of(scene: Scene) -> type[RuleBasedStateMachine]:
    """Two people who save one draft from whatever state they last saw, while the clock moves."""

    class Saving(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.draft = new_draft(scene)
            self.seen = {"admin": 1, "lan": 1}
            self.newest = 1
            self.files = DraftFiles(LINEAR)
            self.deliberate: dict[int, DraftFiles] = {1: self.files}
            self.count = 0

        @rule(who=st.sampled_from(["admin", "lan"]), kind=st.sampled_from(["auto", "kept"]), form=st.booleans())
        def save(self, who: str, kind: str, form: bool) -> None:
            self.count += 1
            note = with_note(f"{who} {self.count}")
            files = DraftFiles(note, {"note": FORM} if form else {}, {}, {})
            with scene.app.app_context():
                if self.seen[who] != self.newest:
                    with pytest.raises(DomainError) as refused:
                        save_draft(context_of(scene, who), self.draft, self.seen[who], files, kind)
                    assert refused.value.code == "stale_version"
                    assert refused.value.extra["revision"] == self.newest
                    return
                saved = save_draft(context_of(scene, who), self.draft, self.seen[who], files, kind)
            assert saved.revision == self.newest + 1
            self.newest = self.seen[who] = saved.revision
            self.files = files
            if kind == "kept":
                self.deliberate[saved.revision] = files

        @rule(who=st.sampled_from(["admin", "lan"]))
        def look(self, who: str) -> None:
            self.seen[who] = self.newest

        @rule(minutes=st.integers(0, 12))
        def wait(self, minutes: int) -> None:
            scene.clock.move(minutes=minutes)

        def teardown(self) -> None:
            with scene.app.app_context():
                assert files_of(self.draft) == self.files
                kept = revisions_of(self.draft)
                numbers = [row.number for row in kept]
                assert numbers == sorted(numbers, reverse=True)
                assert numbers[0] == self.newest
                assert set(self.deliberate) <= set(numbers)
                for number, files in self.deliberate.items():
                    assert files_of(self.draft, number) == files

    return Saving


def test_two_people_who_save_lose_nothing(scene: Scene) -> None:
    designers(scene)
    sound = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(machine_of(scene), settings=sound)


def test_an_hour_of_drawing_is_a_handful_of_states(scene: Scene) -> None:
    draft = new_draft(scene)
    with scene.app.app_context():
        for minute in range(1, 61):
            scene.clock.move(minutes=1)
            saved = save_parts(context_of(scene, "admin"), draft, minute, {"diagram": with_note(str(minute)).decode()})
        kept = revisions_of(draft)
    assert saved.revision == 61
    assert 5 <= len(kept) <= 10
    gaps = [(later.saved_at - earlier.saved_at).total_seconds() for later, earlier in pairwise(kept)]
    assert max(gaps) <= 600


def test_what_is_left_out_stays_and_what_was_heard_twice_is_one_state(scene: Scene) -> None:
    draft = new_draft(scene, forms={"note": FORM}, called={"a.bpmn": LINEAR.decode()})
    with scene.app.app_context():
        sent = {"diagram": with_note("một").decode()}
        first = save_parts(context_of(scene, "admin"), draft, 1, sent, "kept", "Gửi phòng xem")
        again = save_parts(context_of(scene, "admin"), draft, 1, sent, "kept", "Gửi phòng xem")
        assert first == again
        whole = whole_draft(draft)
        assert (whole["forms"], whole["called"], whole["revision"]) == ({"note": FORM}, {"a.bpmn": LINEAR.decode()}, 2)
        assert save_parts(context_of(scene, "admin"), draft, 2, {"forms": {}}).revision == 3
        assert files_of(draft).forms == {}
        assert files_of(draft).diagram == with_note("một")


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1"])
def test_a_file_in_another_encoding_stays_byte_for_byte_until_it_is_drawn_on(scene: Scene, encoding: str) -> None:
    text = LINEAR.decode().replace("UTF-8", encoding)
    if "encoding=" not in text:
        text = f'<?xml version="1.0" encoding="{encoding}"?>\n' + text.partition("?>\n")[2]
    content = text.encode(encoding, "xmlcharrefreplace")
    draft = new_draft(scene)
    with scene.app.app_context():
        take_file(context_of(scene, "admin"), draft, 1, content, "so-do.bpmn")
        assert files_of(draft).diagram == content
        shown = whole_draft(draft)["diagram"]
        save_parts(context_of(scene, "admin"), draft, 2, {"diagram": shown, "forms": {"note": FORM}})
        assert files_of(draft).diagram == content
        drawn = text.replace('name="Bước process"', 'name="Bước khác"')
        save_parts(context_of(scene, "admin"), draft, 3, {"diagram": drawn})
        assert "Bước khác" in files_of(draft).diagram.decode("utf-8")
        assert encoding not in files_of(draft).diagram.decode("utf-8")


@pytest.mark.parametrize(
    "parts",
    [
        {"diagram": ""},
        {"diagram": "Chào"},
        {"diagram": "<a/>"},
        {"diagram": LINEAR.decode().replace("?>", "?><!DOCTYPE x [<!ENTITY y 'z'>]>", 1)},
        {"called": {"a.bpmn": "<b"}},
        {"sides": {"a.bpmn": 3}},
        {"forms": {"note": {"components": "không"}}},
    ],
)
def test_what_is_no_diagram_or_form_is_not_kept(scene: Scene, parts: dict[str, object]) -> None:
    draft = new_draft(scene)
    with scene.app.app_context():
        with pytest.raises(DomainError) as refused:
            save_parts(context_of(scene, "admin"), draft, 1, parts)
        assert refused.value.code == "invalid"
        assert len(revisions_of(draft)) == 1


def test_what_is_too_large_is_not_kept(scene: Scene) -> None:
    draft = new_draft(scene)
    large = LINEAR.decode().replace("<bpmn:process ", f"<!-- {'x' * 5_300_000} --><bpmn:process ", 1)
    with scene.app.app_context():
        for parts in ({"diagram": large}, {"forms": {"note": {"components": [{"label": "x" * 2_200_000}]}}}):
            with pytest.raises(DomainError) as refused:
                save_parts(context_of(scene, "admin"), draft, 1, parts)
            assert refused.value.code == "too_large"


def test_old_automatic_states_are_thinned_and_nothing_else(scene: Scene) -> None:
    draft = new_draft(scene)
    with scene.app.app_context():
        revision = 1
        for minute in range(1, 181):
            scene.clock.move(minutes=1)
            kind = "kept" if minute % 60 == 0 else "auto"
            saved = save_parts(
                context_of(scene, "admin"), draft, revision, {"diagram": with_note(str(minute)).decode()}, kind
            )
            revision = saved.revision
        label_state(context_of(scene, "admin"), draft, revisions_of(draft)[3].number, "Mốc")
        before = revisions_of(draft)
        assert thin_states(scene.clock()) == 0
        scene.clock.move(days=2)
        assert thin_states(scene.clock()) > 0
        assert thin_states(scene.clock()) == 0
        left = revisions_of(draft)
        assert [row for row in left if row.kind != "auto"] == [row for row in before if row.kind != "auto"]
        hours = [row.saved_at.hour for row in left if row.kind == "auto"]
        assert len(hours) == len(set(hours))
        scene.clock.move(days=40)
        thin_states(scene.clock())
        assert sum(row.kind == "auto" for row in revisions_of(draft)) == 1
        assert files_of(draft).diagram == with_note("180")
