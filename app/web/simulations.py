"""A draft under load: asking for a simulation, its progress, what came of it."""

from __future__ import annotations
