"""The token game by itself, construct by construct: where the tokens stand after each move."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.engine.gate.model import read_model
from app.engine.reading import parse
from app.engine.tokens.game import TokenGame
from app.engine.tokens.net import ENDLESS, Arc, Spot, build_net
from app.engine.tokens.play import Endless
from tests.engine.runs import diagram
from tests.engine.sketch import sketch


class Game:
    """Takes the ways to `to` where it has the choice, else the default; lists have `many` items, and none is enough."""

    def __init__(self, content: bytes, *called: bytes, many: int = 2) -> None:
        model, *others = (read_model(parse(one)) for one in (content, *called))
        self.game = TokenGame(build_net(model, model.processes[0], others))
        self.to: set[str] = set()
        self.many = many
        self.marking = self.game.start(self)

    def branches(self, gateway: Spot) -> Sequence[Arc]:
        chosen = [arc for arc in gateway.out if arc.target.node.id in self.to]
        return chosen or [arc for arc in gateway.out if arc.flow and arc.flow.id == gateway.node.element.get("default")]

    def items(self, activity: Spot) -> int:
        return self.many

    def stops(self, activity: Spot, done: int) -> bool:
        return False

    def do(self, *elements: str, to: str = "") -> Game:
        self.to = set(to.split())
        for element in elements:
            move = next(move for move in self.game.moves(self.marking) if move.node.id == element)
            self.marking = self.game.play(self.marking, move, self)
        return self

    @property
    def open(self) -> str:
        return " ".join(self.game.open_steps(self.marking))

    @property
    def waiting(self) -> str:
        return " ".join([*(name for name, _ in self.game.timers(self.marking)), *self.game.messages(self.marking)])

    @property
    def finished(self) -> bool:
        return self.marking == ()


def test_steps_follow_each_other_to_the_end() -> None:
    game = Game(sketch("start a b end"))
    assert game.open == "a"
    assert game.do("a").open == "b"
    assert game.do("b").finished


def test_an_exclusive_gateway_takes_one_way_and_lets_each_token_through() -> None:
    text = "start a x b x2 d end | x c x2"
    assert Game(sketch(text)).do("a", to="b").open == "b"
    assert Game(sketch(text)).do("a").do("c").open == "d"


def test_a_parallel_join_takes_one_token_from_each_flow() -> None:
    game = Game(sketch("start split+ a join+ c end | split+ b join+"))
    assert game.open == "a b"
    assert game.do("a").open == "b"
    assert game.do("b").open == "c"


def test_an_inclusive_join_waits_for_what_can_still_come() -> None:
    text = "start s o a o2 d end | o b o2 | o c o2"
    game = Game(sketch(text)).do("s", to="a b")
    assert game.open == "a b"
    assert game.do("a").open == "b"
    assert game.do("b").open == "d"
    assert Game(sketch(text)).do("s").do("c").open == "d"


def test_an_inclusive_join_does_not_wait_for_a_token_that_it_has_passed() -> None:
    # Back in the loop, the token can reach the join only by the flow that holds one, or through the join itself.
    game = Game(sketch("start s o a o2 d x end | o b o2 | x s")).do("s", to="a b").do("a", "b").do("d", to="s")
    assert game.open == "s"


def test_tokens_that_do_not_meet_end_each_by_itself() -> None:
    game = Game(sketch("start split+ a end | split+ b end2"))
    assert not game.do("a").finished
    assert game.do("b").finished


def test_a_terminating_end_takes_the_other_tokens_of_its_scope_away() -> None:
    assert Game(sketch("start split+ a stop | split+ b end")).do("a").finished
    inside = Game(sketch("start k d end", k="start2 split+ a stop | split+ b end2"))
    assert inside.do("a").open == "d"


def test_the_first_event_behind_a_gateway_takes_the_token() -> None:
    game = Game(sketch("start v t_long b end | v m_answer c end"))
    assert (game.open, game.waiting) == ("", "t_long m_answer")
    game.do("m_answer")
    assert (game.open, game.waiting) == ("c", "")


def test_a_receive_task_waits_for_its_message() -> None:
    game = Game(sketch("start r_answer b end"))
    assert (game.open, game.waiting) == ("", "r_answer")
    assert game.do("r_answer").open == "b"


def test_an_interrupting_event_takes_the_place_of_its_host() -> None:
    game = Game(sketch("start k d end | late@k c end2", k="start2 split+ a end3 | split+ b end4"))
    assert (game.open, game.waiting) == ("a b", "late")
    game.do("late")
    assert (game.open, game.waiting) == ("c", "")


def test_an_event_beside_a_step_happens_once_and_goes_with_it() -> None:
    game = Game(sketch("start a d end | late@@a c end2"))
    game.do("late")
    assert (game.open, game.waiting) == ("a c", "")
    assert Game(sketch("start a d end | late@@a c end2")).do("a").waiting == ""


def test_a_cycle_comes_due_as_often_as_it_says() -> None:
    game = Game(diagram("cycle")).do("a")
    before = game.game.timers(game.marking)
    assert [left for _, left in before] == [2]
    name = before[0][0]
    for left in (1, 0):
        assert game.do(name).game.timers(game.marking) == [(name, left)]
    assert game.do(name).game.timers(game.marking) == []
    endless = Game(diagram("cycle_endless")).do("a")
    assert [left for _, left in endless.game.timers(endless.marking)] == [ENDLESS]


def test_a_link_goes_on_where_it_is_caught() -> None:
    game = Game(diagram("links"))
    assert game.do("a").open == "b"
    assert game.do("b").finished
    assert Game(diagram("links")).do("a", to="c").do("c").open == "b"


LISTS = '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopCardinality>2</bpmn:loopCardinality>'


def repeated(sequential: str) -> bytes:
    old = '<bpmn:subProcess id="k">'
    loop = f"{LISTS.format(sequential)}</bpmn:multiInstanceLoopCharacteristics>"
    return sketch("start k d end", k="start2 a b end2").replace(old.encode(), f"{old}{loop}".encode())


def test_items_beside_each_other_are_all_open() -> None:
    game = Game(repeated("false"))
    assert game.open == "a a"
    assert game.do("a").open == "a b"
    assert game.do("b", "a").open == "b"
    assert game.do("b").open == "d"


def test_items_one_after_the_other_are_open_in_turn() -> None:
    game = Game(repeated("true"), many=3)
    for _ in range(3):
        assert game.open == "a"
        game.do("a", "b")
    assert game.open == "d"


def test_an_empty_list_is_passed_at_once() -> None:
    assert Game(repeated("false"), many=0).open == "d"


def test_an_error_takes_its_activity_away_and_goes_on_at_the_border() -> None:
    game = Game(diagram("error_call"), diagram("inner_error")).do("a")
    assert game.open == "x"
    assert game.do("x").open == "repair"


def test_an_escalation_is_heard_beside_what_goes_on_or_instead_of_it() -> None:
    assert Game(diagram("escalation_beside")).do("x").open == "help y"
    assert Game(diagram("escalation_interrupting")).do("x").open == "help"


def test_a_cancelled_transaction_goes_on_at_its_border() -> None:
    assert Game(diagram("transaction")).do("x", to="undo").open == "c"
    assert Game(diagram("transaction")).do("x").open == "b"


def test_tokens_that_double_without_end_are_told() -> None:
    ways = "".join(f" | s{n}+ l{n}+ x{n} s{n + 1}+ | s{n}+ r{n}+ x{n}" for n in range(16))
    with pytest.raises(Endless):
        Game(sketch(f"start s0+ {ways} | s16+ a end"))


def test_markings_do_not_remember_how_they_were_reached() -> None:
    text = "start split+ a join+ c end | split+ b join+ | join+ c"
    assert Game(sketch(text)).do("a", "b").marking == Game(sketch(text)).do("b", "a").marking


def test_a_boolean_may_have_spaces_around_it() -> None:
    content = sketch("start a b end | late@a c end2").replace(b'cancelActivity="true"', b'cancelActivity=" true "')
    model = read_model(parse(content))
    assert next(node for node in model.nodes() if node.id == "late").interrupts
