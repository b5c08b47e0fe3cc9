"""Chance that depends on nothing but a seed and what is drawn: two runs with the same seed draw the same for the same dossier.

So a run with one more person differs from the run before by that person alone (common random numbers), in whatever order
things happen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal

Kind = Literal["fixed", "triangular", "lognormal", "exponential"]
KINDS: Final[tuple[Kind, ...]] = ("triangular", "lognormal", "exponential", "fixed")
_95: Final = 1.6448536269514722
"""The normal distribution's 95th percentile in standard deviations."""
_90: Final = 1.2815515655446004
_MOST_EXPONENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Draws:
    """All chance of one run."""

    seed: int

    def of(self, *what: object) -> Random:
        """The source for one thing that is left to chance, named by `what`."""
        return Random("|".join(map(str, (self.seed, *what))))  # noqa: S311

    def happens(self, share: float, *what: object) -> bool:
        return share > 0 and self.of(*what).random() < share


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes, as a share of a limit, or in minutes when `minutes` is set.

    fixed: `typical`; triangular: between `low` and `high`, most often `typical`; lognormal: half of all below `typical`, one
    in twenty above `high`; exponential: `typical` on average.
    """

    kind: Kind = "triangular"
    low: float = 0.1
    typical: float = 0.3
    high: float = 0.8
    minutes: bool = False

    def drawn(self, source: Random) -> float:
        if self.kind == "fixed":
            return self.typical
        if self.kind == "exponential":
            return source.expovariate(1 / self.typical) if self.typical > 0 else 0.0
        if self.kind == "lognormal":
            if self.typical <= 0:
                return 0.0
            sigma = math.log(max(self.high, self.typical) / self.typical) / _95
            return self.typical * math.exp(min(sigma * source.gauss(0, 1), _MOST_EXPONENT))
        return source.triangular(self.low, self.high, self.typical)

    @classmethod
    def measured(cls, median: float, tenth: float) -> Spread:
        """Minutes of which half are below `median` and one in ten above `tenth`; both above zero."""
        wide = max(tenth / median, 1.0) ** (_95 / _90)
        return cls("lognormal", 0, round(median, 1), round(median * wide, 1), minutes=True)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "low": self.low,
            "typical": self.typical,
            "high": self.high,
            "minutes": self.minutes,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Spread:
        return cls(**data)


def chosen(shares: Mapping[str, float], source: Random) -> str | None:
    """One of the names by its share; None when all shares are zero."""
    total = sum(shares.values())
    aim = source.random() * total
    for name, share in shares.items():
        aim -= share
        if aim < 0:
            return name
    return next((name for name, share in reversed(list(shares.items())) if share > 0), None)
