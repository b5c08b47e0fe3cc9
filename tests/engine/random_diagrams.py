"""Random sound diagrams, put together from blocks that each have one way in and one way out.

Whatever the engine leaves open is asked of the dossier's data: an exclusive gateway `x1` by `x1 = "2"`, a way of an inclusive
one by `o1_2 = true`, a list by `i1_list`. `Answered` answers the token game from the same data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from app.engine.names import CAMUNDA, bpmn
from app.engine.tokens.net import Arc, Spot
from tests.engine.sketch import DAY, MESSAGE, Drawing, document

Draw = Callable[[st.SearchStrategy[Any]], Any]

CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>{}</bpmn:timeCycle></bpmn:timerEventDefinition>"
TERMINATE = "<bpmn:terminateEventDefinition />"
BESIDE = "beside:"  # before an escalation that does not interrupt: it ends nothing
DEPTH = 4
_EQUAL = re.compile(r'(\w+) = (?:"(\w+)"|true)')


@dataclass(repr=False)
class RandomDiagram:
    """`files`: `main` and the processes that it calls; `choices`: exclusive gateways and how many ways they have, `flags`: the
    conditions of inclusive gateways, by gateway; `lists`: the multi-instance activities."""

    files: dict[str, bytes]
    choices: dict[str, int]
    flags: dict[str, list[str]]
    lists: list[str]

    def __repr__(self) -> str:
        return "\n".join(content.decode() for content in self.files.values())

    def data(self, number: Callable[[int], int]) -> dict[str, Any]:
        """Data that answers everything; `number(n)` is one of 0..n-1."""
        data: dict[str, Any] = {gate: str(number(ways)) for gate, ways in self.choices.items()}
        for flags in self.flags.values():
            data |= {flag: number(2) == 1 for flag in flags}
            # The first of a gateway without a default is what must hold when no other does.
            if not any(data[flag] for flag in flags):
                data[flags[0]] = True
        data |= {f"{name}_list": [f"{name}{n}" for n in range(number(3))] for name in self.lists}
        return data


class Answered:
    """Answers (`tokens.Answers`) from data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def branches(self, gateway: Spot) -> Sequence[Arc]:
        default = gateway.node.element.get("default")
        holding = [arc for arc in gateway.out if arc.flow and arc.flow.id != default and self._holds(arc)]
        if gateway.kind == "exclusiveGateway":
            del holding[1:]
        return holding or [arc for arc in gateway.out if arc.flow and arc.flow.id == default]

    def _holds(self, arc: Arc) -> bool:
        condition = arc.flow.condition if arc.flow else None
        assert condition is not None
        asked = _EQUAL.fullmatch((condition.text or "").strip())
        assert asked is not None
        return bool(self.data[asked[1]] == (asked[2] or True))

    def items(self, activity: Spot) -> int:
        loop = activity.node.element.find(bpmn("multiInstanceLoopCharacteristics"))
        return len(self.data[loop.get(f"{{{CAMUNDA}}}collection")])

    def stops(self, activity: Spot, done: int) -> bool:
        return done >= 1  # the only completion condition that is drawn


@dataclass
class _Artist:
    draw: Draw
    budget: int
    files: dict[str, bytes] = field(default_factory=dict)
    choices: dict[str, int] = field(default_factory=dict)
    flags: dict[str, list[str]] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    named: int = 0

    def name(self, letter: str) -> str:
        self.named += 1
        return f"{letter}{self.named}"

    def number(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def flip(self) -> bool:
        return bool(self.draw(st.booleans()))

    def file(self, name: str, depth: int, exits: tuple[str, ...] = (TERMINATE,), *declared: str) -> None:
        around, self.declared = self.declared, [*declared]
        drawing = self.process(exits, depth)
        self.files[name] = document(name, drawing, "".join(self.declared))
        self.declared = around

    def process(self, exits: tuple[str, ...], depth: int) -> Drawing:
        """A scope: a start, blocks, an end. `exits` are the ways in which it may also end."""
        scope = Drawing()
        start = scope.node("startEvent", self.name("start"))
        last = self.row(scope, start, exits, depth)
        scope.flow(last, scope.node("endEvent", self.name("end")))
        return scope

    def row(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int, least: int = 1) -> str:
        """One to three blocks, one after the other; the name of the last node. With `least` 0 there may be none."""
        for _ in range(self.number(least, 3 if depth < 2 else 2)):
            last = self.block(scope, last, exits, depth)
        return last

    def step(self, scope: Drawing, last: str) -> str:
        name = scope.step(self.name("s"))
        scope.flow(last, name)
        return name

    def block(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        self.budget -= 1
        if self.budget < 0:
            return self.step(scope, last)
        flat = [self.step_with_event, self.repeated_step, self.step, self.wait, self.linked, self.notice]
        deep = [self.parallel, self.exclusive, self.inclusive, self.loop, self.exit, self.events]
        bodies = [self.sub_process, self.repeated, self.called]
        known = flat if depth >= DEPTH else [*deep, *bodies, *flat]
        made = known[self.number(0, len(known) - 1)]
        return made(scope, last) if made in flat else made(scope, last, exits, depth + 1)  # type: ignore[call-arg]

    def wait(self, scope: Drawing, last: str) -> str:
        kind = self.number(0, 2)
        if kind == 2:
            name = scope.node("receiveTask", self.name("r"), messageRef="letter")
        else:
            name = scope.node("intermediateCatchEvent", self.name("t" if kind else "m"), DAY if kind else MESSAGE)
        scope.flow(last, name)
        return name

    def notice(self, scope: Drawing, last: str) -> str:
        inner = (
            '<bpmn:extensionElements><camunda:properties><camunda:property name="notify" value="applicant" />'
            '<camunda:property name="template" value="told" /></camunda:properties></bpmn:extensionElements>'
        )
        name = scope.node("sendTask", self.name("n"), inner)
        scope.flow(last, name)
        return name

    def step_with_event(self, scope: Drawing, last: str) -> str:
        return self.bordered(scope, self.step(scope, last))

    def bordered(self, scope: Drawing, host: str) -> str:
        """With a timer or a message on its border."""
        kinds = [DAY, MESSAGE]
        interrupts = self.flip()
        if not interrupts:
            kinds += [CYCLE.format("R2/P1D"), CYCLE.format("R/P1D")]
        return self.caught(scope, host, kinds[self.number(0, len(kinds) - 1)], interrupts=interrupts)

    def caught(self, scope: Drawing, host: str, inner: str, *, interrupts: bool) -> str:
        """A boundary event: what it interrupts is passed by, what it does not goes its own way to an end."""
        attributes = {"attachedToRef": host, "cancelActivity": "true" if interrupts else "false"}
        event = scope.node("boundaryEvent", self.name("b"), inner, **attributes)
        after = self.step(scope, event)
        if not interrupts:
            scope.flow(after, scope.node("endEvent", self.name("end")))
            return host
        merge = scope.node("exclusiveGateway", self.name("x"))
        scope.flow(host, merge)
        scope.flow(after, merge)
        return merge

    def loop_inner(self, name: str) -> str:
        self.lists.append(name)
        sequential = "true" if self.flip() else "false"
        until = "<bpmn:completionCondition>nrOfCompletedInstances &gt;= 1</bpmn:completionCondition>"
        items = f'camunda:collection="{name}_list" camunda:elementVariable="{name}_item"'
        return (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}" {items}>'
            f"{until if self.number(0, 2) == 0 else ''}</bpmn:multiInstanceLoopCharacteristics>"
        )

    def repeated_step(self, scope: Drawing, last: str) -> str:
        name = self.name("s")
        scope.flow(last, scope.step(name, self.loop_inner(name)))
        return self.bordered(scope, name) if self.number(0, 2) == 0 else name

    def linked(self, scope: Drawing, last: str) -> str:
        link = self.name("link")
        inner = f'<bpmn:linkEventDefinition name="{link}" />'
        throw, catch = self.name("l"), self.name("l")
        scope.flow(last, scope.node("intermediateThrowEvent", throw, inner))
        return scope.node("intermediateCatchEvent", catch, inner)

    def exclusive(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        split, merge = self.name("x"), self.name("x")
        scope.flow(last, split)
        ways = self.number(2, 3)
        ends = [self.way(scope, split, exits, depth, may_be_empty=number == 0) for number in range(ways)]
        firsts = self.split(scope, split, ends)
        default = firsts[-1]
        self.choices[split] = ways
        scope.node("exclusiveGateway", split, default=f"{split}_to_{default or merge}")
        scope.node("exclusiveGateway", merge)
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True)):
            condition = f'{split} = "{number}"' if first != default else ""
            self.join(scope, split, merge, first, end, condition)
        return merge

    def split(self, scope: Drawing, split: str, ends: list[str]) -> list[str]:
        """The first nodes of the ways out of a gateway that is not drawn yet: their flows are taken out again."""
        firsts = []
        for end in ends:
            if end == split:
                firsts.append("")
                continue
            place = next(n for n, flow in enumerate(scope.flows) if f'sourceRef="{split}"' in flow)
            firsts.append(re.findall(r'targetRef="(\w+)"', scope.flows.pop(place))[0])
        return firsts

    def join(self, scope: Drawing, split: str, merge: str, first: str, end: str, condition: str) -> None:
        if first:
            scope.flow(split, first, condition)
            scope.flow(end, merge)
        else:
            scope.flow(split, merge, condition)

    def way(self, scope: Drawing, split: str, exits: tuple[str, ...], depth: int, *, may_be_empty: bool) -> str:
        return self.row(scope, split, exits, depth, 0 if may_be_empty else 1)

    def parallel(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        split = scope.node("parallelGateway", self.name("p"))
        merge = scope.node("parallelGateway", self.name("p"))
        scope.flow(last, split)
        for _ in range(self.number(2, 3)):
            scope.flow(self.row(scope, self.step(scope, split), exits, depth, 0), merge)
        return merge

    def inclusive(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        split = self.name("o")
        merge = scope.node("inclusiveGateway", self.name("o"))
        has_default = self.flip()
        firsts = []
        for number in range(self.number(2, 3)):
            first = scope.step(self.name("s"))
            scope.flow(split, first, "" if has_default and number == 0 else f"{split}_{number} = true")
            firsts.append((number, first))
            scope.flow(self.row(scope, first, exits, depth, 0), merge)
        default = {"default": f"{split}_to_{firsts[0][1]}"} if has_default else {}
        scope.node("inclusiveGateway", split, **default)
        scope.flow(last, split)
        flags = [f"{split}_{number}" for number, _ in firsts if number or not has_default]
        self.flags[split] = flags
        return merge

    def loop(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        merge, split = scope.node("exclusiveGateway", self.name("x")), self.name("x")
        scope.flow(last, merge)
        end = self.row(scope, self.step(scope, merge), exits, depth, 0)
        scope.flow(end, split)
        after = self.name("x")
        scope.node("exclusiveGateway", split, default=f"{split}_to_{after}")
        scope.node("exclusiveGateway", after)
        scope.flow(split, merge, f'{split} = "1"')
        scope.flow(split, after)
        self.choices[split] = 3
        return after

    def events(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        split = scope.node("eventBasedGateway", self.name("v"))
        merge = scope.node("exclusiveGateway", self.name("x"))
        scope.flow(last, split)
        for number in range(self.number(2, 3)):
            timer = number != 1 or self.flip()
            event = scope.node("intermediateCatchEvent", self.name("t" if timer else "m"), DAY if timer else MESSAGE)
            scope.flow(split, event)
            scope.flow(self.row(scope, event, exits, depth, 0), merge)
        return merge

    def exit(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        """A step, and a way out of the scope beside the way on; an escalation may also be thrown in passing."""
        step = self.step(scope, last)
        way = exits[self.number(0, len(exits) - 1)]
        inner = way.removeprefix(BESIDE)
        if inner != way or ("escalation" in way and self.flip()):
            throw = scope.node("intermediateThrowEvent", self.name("e"), inner)
            scope.flow(step, throw)
            # What is thrown next needs a step in between.
            return self.step(scope, throw)
        split, after = self.name("x"), self.name("x")
        end = scope.node("endEvent", self.name("end"), inner)
        scope.node("exclusiveGateway", split, default=f"{split}_to_{after}")
        scope.node("exclusiveGateway", after)
        scope.flow(step, split)
        scope.flow(split, end, f'{split} = "1"')
        scope.flow(split, after)
        self.choices[split] = 4
        return after

    def sub_process(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        name = self.name("k")
        return self.body(scope, last, name, "", lambda inner: self.process(inner, depth).inside, exits)

    def repeated(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        name = self.name("k")
        loop = self.loop_inner(name)
        return self.body(scope, last, name, loop, lambda inner: self.process(inner, depth).inside, exits)

    def body(
        self,
        scope: Drawing,
        last: str,
        name: str,
        loop: str,
        inside: Callable[[tuple[str, ...]], str],
        exits: tuple[str, ...],
    ) -> str:
        """A sub-process with what it throws caught on its border, or not thrown at all."""
        # A transaction is not repeated.
        thrown = [None, "event", "error", "escalation", "cancel"][self.number(0, 3 if loop else 4)]
        # What is thrown may also go on outwards.
        outwards = tuple(one for one in exits if "error" in one or "escalation" in one) if not loop else ()
        if thrown is None or thrown == "event":
            scope.node("subProcess", name, loop + inside((TERMINATE, *outwards)))
            scope.flow(last, name)
            return self.bordered(scope, name) if thrown else name
        if thrown == "cancel":
            definition = "<bpmn:cancelEventDefinition />"
            scope.node("transaction", name, loop + inside((TERMINATE, definition)))
            scope.flow(last, name)
            return self.caught(scope, name, definition, interrupts=True)
        declared, throwing, catching = self.declare(thrown)
        self.declared.append(declared)
        interrupts = thrown == "error" or self.flip()
        way = throwing if interrupts else BESIDE + throwing
        scope.node("subProcess", name, loop + inside((TERMINATE, way, *outwards)))
        scope.flow(last, name)
        return self.caught(scope, name, catching, interrupts=interrupts)

    def declare(self, kind: str) -> tuple[str, str, str]:
        """An error or escalation of its own: its declaration, what throws it and what catches it (or any)."""
        code = self.name(kind)
        declared = f'<bpmn:{kind} id="{code}" name="{code}" {kind}Code="{code}" />'
        throwing = f'<bpmn:{kind}EventDefinition {kind}Ref="{code}" />'
        return declared, throwing, throwing if self.flip() else f"<bpmn:{kind}EventDefinition />"

    def called(self, scope: Drawing, last: str, exits: tuple[str, ...], depth: int) -> str:
        name, process = self.name("c"), self.name("called")
        loop = self.loop_inner(name) if self.number(0, 3) == 0 else ""
        scope.node("callActivity", name, loop, calledElement=process)
        scope.flow(last, name)
        catching, throws, declared = "", (TERMINATE,), ()
        if self.number(0, 2) == 0:
            declaration, throwing, catching = self.declare("error" if self.flip() else "escalation")
            self.declared.append(declaration)
            throws, declared = (TERMINATE, throwing), (declaration,)
        self.file(process, depth, throws, *declared)
        if catching:
            return self.caught(scope, name, catching, interrupts=True)
        return self.bordered(scope, name) if self.number(0, 2) == 0 else name


@st.composite
def random_diagrams(draw: Draw, size: int = 10) -> RandomDiagram:
    artist = _Artist(draw, draw(st.integers(2, size)))
    artist.file("main", 0)
    return RandomDiagram(artist.files, artist.choices, artist.flags, artist.lists)
