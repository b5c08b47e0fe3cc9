"""Plays as texts, and every way through a drawing."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulation.asked import Drawing
from app.simulation.paths import every_way
from app.simulation.play import FORWARD, HOUR, KINDS, MORNING, NEXT, BadPlay, Play, replay
from tests.actions.diagrams import DIAGRAMS
from tests.simulation.test_walk import AT, HERE, RULES, small

PLAY = Play(AT, HERE, data={"amount": 3})


def test_a_play_is_its_text() -> None:
    play = PLAY.and_then(FORWARD, "receive").and_then(MORNING).and_then(FORWARD, "process", None, {"note": "Đủ"})
    assert Play.from_text(play.to_text()) == play
    assert play.without_last().moves == play.moves[:2]


def test_three_hundred_moves_fit_into_an_address_and_no_more_are_taken() -> None:
    play = PLAY
    for number in range(300):
        play = play.and_then(FORWARD, f"step_{number % 40}", "agree") if number % 2 else play.and_then(HOUR)
    assert Play.from_text(play.to_text()) == play
    with pytest.raises(BadPlay, match="300"):
        play.and_then(HOUR)


@given(st.text(max_size=60))
def test_what_is_no_play_is_refused(text: str) -> None:
    with pytest.raises(BadPlay):
        Play.from_text(text)


@pytest.mark.parametrize(
    "said",
    [
        b"[]",
        b'["2026-11-23T08:00:00","SYT",0,{},[["zz"]],[]]',
        b'["2026-11-23T08:00:00",3,0,{},[],[]]',
        b'["9026-11-23T08:00:00","SYT",0,{},[],[]]',
        b'["2026-11-23T08:00:00","SYT",0,[],[],[]]',
        b"[" * 50_000,
        b"0" * 5_000_000,
    ],
)
def test_texts_made_by_hand_are_refused(said: bytes) -> None:
    with pytest.raises(BadPlay):
        Play.from_text(urlsafe_b64encode(zlib.compress(said)).decode().rstrip("="))


def test_a_replay_stops_at_the_first_move_that_is_refused() -> None:
    play = PLAY.and_then(FORWARD, "receive").and_then(FORWARD, "review").and_then(FORWARD, "process")
    replayed = replay(small("linear"), RULES, play)
    assert replayed.done == 1
    assert replayed.refused is not None
    assert [one.ref for one in replayed.walk.open()] == ["process"]


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), st.lists(st.text(max_size=8) | st.integers() | st.none(), max_size=3))
    )
)
def test_no_move_breaks_a_replay(moves: list[tuple[str, list[str | int | None]]]) -> None:
    play = PLAY
    for kind, given_ in moves[:12]:
        play = play.and_then(kind, *given_)
    replayed = replay(small("linear"), RULES, play)
    assert replayed.done <= len(play.moves)


def test_next_is_the_next_alarm() -> None:
    play = PLAY.and_then(FORWARD, "receive").and_then(NEXT)
    walk = replay(small("linear"), RULES, play).walk
    assert walk.log[-1].kind == "step_due_soon"


def test_every_way_tries_decisions_and_data() -> None:
    played = small("decision")
    drawing = Drawing([played.diagram])
    (amount,) = drawing.asked
    assert (amount.name, set(amount.values)) == ("amount", {1000, 1001, 999})
    found = every_way(played, RULES, drawing, HERE, AT)
    assert found.complete
    assert found.never == ()
    ends = {tuple(one.element for one in way.taken) for way in found.ways}
    assert ends == {
        ("receive", "review", "approve", "give_back"),
        ("receive", "review", "issue", "give_back"),
        ("receive", "review", "explain", "give_back"),
    }
    assert all(way.stopped is None and way.seconds == way.summed for way in found.ways)


def test_ways_with_data_that_is_given_try_nothing_else() -> None:
    played = small("decision")
    found = every_way(played, RULES, Drawing([played.diagram]), HERE, AT, {"amount": 5})
    assert [one.element for one in found.never] == ["approve"]


def test_timers_are_waited_for_and_not() -> None:
    played = small("escalation")
    found = every_way(played, RULES, Drawing([played.diagram]), HERE, AT)
    assert {one.choice for way in found.ways for one in way.taken} == {"", "hết giờ"}
    assert found.never == ()


def test_why_a_step_is_never_reached() -> None:
    drawn = DIAGRAMS["decision"].replace("agree=Đồng ý".encode(), "yes=Đồng ý".encode())
    drawing = Drawing([drawn])
    why = drawing.why_never("approve")
    assert why is None, "the nearest gateway asks for data"
    assert "agree" in str(drawing.why_never("large"))
