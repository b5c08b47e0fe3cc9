"""A version as it really runs: time, lateness and returns of each step on its diagram."""

from __future__ import annotations
