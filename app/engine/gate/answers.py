"""Every way to answer the gateways of one move, without those that contradict what the conditions said just before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from app.engine.tokens.net import Arc, Net, Spot

SUBSETS = 5  # ways out of an inclusive gateway up to which every set of them is tried; beyond, each alone and all
WAYS = 30  # ways out of an exclusive gateway up to which its conditions are compared with each other

_EQUALITY = re.compile(r'(\w+)\s*(!?=)\s*"([^"]*)"')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset(("and", "or", "not", "true", "false", "null"))
_DECISION = "_decision"

Fact = tuple[str, str, bool]
"""What a condition was found to be: its subject (a variable, or the whole text), a value, and whether the subject has it."""
Facts = frozenset[Fact]


def subject_of(text: str) -> Fact:
    """The fact that makes the condition true."""
    equality = _EQUALITY.fullmatch(text)
    if equality is None:
        return text, "true", True
    return equality[1], equality[3], equality[2] == "="


def conditions(arcs: Sequence[Arc]) -> list[str | None]:
    """The text of each way's condition; None for the default and for a way without one."""
    found = []
    for arc in arcs:
        condition = arc.flow.condition if arc.flow is not None else None
        is_default = arc.flow is not None and arc.source.node.element.get("default") == arc.flow.id
        text = None if condition is None or is_default else " ".join("".join(map(str, condition.itertext())).split())
        found.append(text)
    return found


def shared_subjects(nets: Sequence[Net]) -> frozenset[str]:
    """The subjects that more than one gateway asks about."""
    asked: dict[str, set[str]] = {}
    for net in nets:
        for spot in net.spots:
            for text in conditions(spot.out):
                if text is not None:
                    asked.setdefault(subject_of(text)[0], set()).add(spot.node.id)
    return frozenset(subject for subject, gateways in asked.items() if len(gateways) > 1)


def still_known(facts: Facts, step: str) -> Facts:
    """What stays true when the step was completed ("" for a timer that fired): only what other steps alone decide."""
    return frozenset(fact for fact in facts if _decides_alone(fact[0], step))


def _decides_alone(subject: str, step: str) -> bool:
    names = set(_NAME.findall(_STRING.sub("", subject))) - _WORDS
    return all(name.endswith(_DECISION) for name in names) and step + _DECISION not in names


def _truth(facts: Facts, wanted: Fact) -> bool | None:
    subject, value, sign = wanted
    if (subject, value, True) in facts:
        return sign
    if (subject, value, False) in facts or any(fact[0] == subject and fact[2] for fact in facts):
        return not sign
    return None


def _with(facts: Facts, wanted: Fact, holds: bool) -> Facts | None:
    """The facts once the condition holds or not; None when that contradicts them."""
    known = _truth(facts, wanted)
    if known is not None:
        return facts if known == holds else None
    return facts | {(wanted[0], wanted[1], wanted[2] == holds)}


class EveryAnswer:
    """Answers (`tokens.Answers`) that, run after run, go through all there are: `while first or answers.advance()`."""

    def __init__(self, tracked: frozenset[str], facts: Facts) -> None:
        self._tracked = tracked
        self._before = facts
        self._script: list[int] = []
        self.start_over()

    def start_over(self) -> None:
        """Before the same move is played again."""
        self.facts = self._before
        self.said: list[str] = []
        self.is_possible = True
        self._sizes: list[int] = []

    def advance(self) -> bool:
        """To the next answers, False when there are no more."""
        script = [*self._script, *([0] * len(self._sizes))][: len(self._sizes)]
        while script and script[-1] + 1 >= self._sizes[len(script) - 1]:
            script.pop()
        if not script:
            return False
        script[-1] += 1
        self._script = script
        self.start_over()
        return True

    def branches(self, gateway: Spot) -> Sequence[Arc]:
        ways = list(
            _exclusive(gateway, self.facts) if gateway.kind == "exclusiveGateway" else _sets(gateway, self.facts)
        )
        if not ways:
            # None of the conditions can hold: an incident when it runs, whatever is answered.
            self.is_possible = False
            return ()
        arcs, facts = ways[self._pick(len(ways))]
        self.facts = frozenset(fact for fact in facts if fact[0] in self._tracked)
        self.said.append(" + ".join(_label(arc) for arc in arcs))
        return arcs

    def items(self, activity: Spot) -> int:
        # With a body that is not looked into, two items are open as one is.
        count = self._pick(3 if activity.body is not None else 2)
        if count != 1:
            self.said.append(f"{count} mục")
        return count

    def stops(self, activity: Spot, done: int) -> bool:
        return self._pick(2) == 1

    def _pick(self, size: int) -> int:
        at = len(self._sizes)
        self._sizes.append(size)
        return self._script[at] if at < len(self._script) else 0


def _label(arc: Arc) -> str:
    name = " ".join((arc.flow.element.get("name") or "").split()) if arc.flow is not None else ""
    return name[:60] or f"tới {(arc.target.node.name or arc.target.node.id)[:60]}"


def _exclusive(gateway: Spot, facts: Facts) -> Iterator[tuple[list[Arc], Facts]]:
    """One way each, with what its being taken says: the conditions before it do not hold."""
    if len(gateway.out) > WAYS:
        yield from (([arc], facts) for arc in gateway.out)
        return
    texts = conditions(gateway.out)
    failed: Facts | None = facts
    for arc, text in zip(gateway.out, texts, strict=True):
        if text is None or failed is None:
            continue
        held = _with(failed, subject_of(text), True)
        if held is not None:
            yield [arc], held
        failed = _with(failed, subject_of(text), False)
    if failed is not None:
        for arc, text in zip(gateway.out, texts, strict=True):
            if text is None:
                yield [arc], failed


def _sets(gateway: Spot, facts: Facts) -> Iterator[tuple[list[Arc], Facts]]:
    """Sets of ways, with what their being taken says; the default alone where no condition holds."""
    texts = conditions(gateway.out)
    asked = [(arc, subject_of(text)) for arc, text in zip(gateway.out, texts, strict=True) if text is not None]
    if len(asked) > SUBSETS:
        yield from (([arc], facts) for arc in gateway.out)
        yield [arc for arc, _ in asked], facts
        return
    for chosen in (
        frozenset(places) for size in range(1, len(asked) + 1) for places in combinations(range(len(asked)), size)
    ):
        known: Facts | None = facts
        for place, (_, wanted) in enumerate(asked):
            known = _with(known, wanted, place in chosen) if known is not None else None
        if known is not None:
            yield [asked[place][0] for place in sorted(chosen)], known
    rest: Facts | None = facts
    for _, wanted in asked:
        rest = _with(rest, wanted, False) if rest is not None else None
    default = [arc for arc, text in zip(gateway.out, texts, strict=True) if text is None]
    if rest is not None and default:
        yield default, rest
