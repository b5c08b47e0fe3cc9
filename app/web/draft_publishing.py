"""From a draft to a version: the decision, accounts for every step, the checks, publishing."""

from __future__ import annotations
