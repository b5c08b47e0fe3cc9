"""A draft's states, taking an earlier one up again, and how it differs from the version in force."""

from __future__ import annotations
