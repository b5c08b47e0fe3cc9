"""Drafts under load, simulated by the worker in a process of their own."""

from __future__ import annotations

from app.actions.simulate import run_simulation
from app.runtime import runtime


def run(simulation_id: int) -> None:
    """Carry out a simulation; begun again by the next worker where one dies."""
    run_simulation(simulation_id, runtime().now)
