"""What a simulation is asked for: how many dossiers come and when, who works, how long things take, what share goes which way.

A plan is plain JSON that is kept with its result; the same plan over the same diagram gives the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

from app.simulation.draws import Spread

Place = tuple[str, str]
"""An agency's code and a position's."""
Priority = Literal["due", "first"]
PRIORITIES: Final[tuple[Priority, ...]] = ("due", "first")

MOST_WEEKS, MOST_DOSSIERS, MOST_PEOPLE, MOST_AGENCIES = 26, 5_000, 500, 20
MOST_COMPLETIONS = 200_000
"""Steps of all dossiers together."""
MOST_VISITS = 5
"""So often a dossier comes to one step by chance; from then on it is sent forward by the first decision."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Dossiers that one agency receives, on average of a week without holidays."""

    agency: str
    per_week: float


@dataclass(frozen=True, slots=True)
class Worker:
    """A person, whatever positions she holds: she does one thing at a time."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """All shares are 0 … 1.

    - weekdays: seven weights from Monday; hours: 24 weights of the hours of a day; dossiers come in the desk's hours only when
      `open_only`
    - warm_up: so many of the first weeks are not counted, since every inbox begins empty
    - unlimited: places where nobody has to wait for a free person
    - absence: the share of working days on which a person is away
    - spreads: by step id, of the others `spread`; what has no limit takes `minutes`
    - routes: by step id the share of each decision; of others the first decision has `agree`, the rest share what is left
    - returns: share of steps sent back instead of forward, by step id, else `sent_back`
    - supplements: share of dossiers of which the applicant is asked for more, for about `applicant_days`
    """

    from_on: date
    weeks: int
    seed: int = 1
    streams: tuple[Stream, ...] = ()
    weekdays: tuple[float, ...] = (1, 1, 1, 1, 1, 0, 0)
    hours: tuple[float, ...] = (1,) * 24
    open_only: bool = True
    warm_up: int = 0
    people: tuple[Worker, ...] = ()
    unlimited: tuple[Place, ...] = ()
    absence: float = 0.0
    spread: Spread = field(default_factory=Spread)
    minutes: float = 15.0
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    agree: float = 0.9
    returns: Mapping[str, float] = field(default_factory=dict)
    sent_back: float = 0.0
    supplements: float = 0.0
    applicant_days: float = 3.0
    priority: Priority = "due"

    @property
    def expected(self) -> float:
        """About so many dossiers come."""
        return self.weeks * sum(stream.per_week for stream in self.streams)

    def to_dict(self) -> dict[str, Any]:
        data = asdict(self)
        data["from_on"] = self.from_on.isoformat()
        data["people"] = [{"name": one.name, "places": [list(place) for place in one.places]} for one in self.people]
        data["unlimited"] = [list(place) for place in self.unlimited]
        for name in ("weekdays", "hours", "streams"):
            data[name] = list(data[name])
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LoadPlan:
        """The inverse of `to_dict`; what is left out has its default."""
        values = dict(data)
        values["from_on"] = date.fromisoformat(values["from_on"])
        values["streams"] = tuple(Stream(**one) for one in values.get("streams", ()))
        values["people"] = tuple(
            Worker(one["name"], tuple((agency, position) for agency, position in one["places"]))
            for one in values.get("people", ())
        )
        values["unlimited"] = tuple((agency, position) for agency, position in values.get("unlimited", ()))
        values["spreads"] = {step: Spread.from_dict(one) for step, one in values.get("spreads", {}).items()}
        for name in ("weekdays", "hours"):
            if name in values:
                values[name] = tuple(values[name])
        if "spread" in values:
            values["spread"] = Spread.from_dict(values["spread"])
        return cls(**values)

    def staffed(self, place: Place, number: int) -> LoadPlan:
        """The same with so many people at a place: those who have it are kept in their order, others come or go."""
        having = [one for one in self.people if place in one.places]
        gone = {id(one) for one in having[number:]}
        kept = [_without(one, place) if id(one) in gone else one for one in self.people]
        taken = {one.name for one in kept}
        fresh = (name for name in (f"Người thêm {n}" for n in range(1, MOST_PEOPLE + 1)) if name not in taken)
        more = [Worker(next(fresh), (place,)) for _ in range(max(0, number - len(having)))]
        return replace(self, people=tuple(one for one in (*kept, *more) if one.places))

    def number_at(self, place: Place) -> int:
        return sum(place in one.places for one in self.people)


def _without(worker: Worker, place: Place) -> Worker:
    return Worker(worker.name, tuple(one for one in worker.places if one != place))
