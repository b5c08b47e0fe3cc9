"""A draft played through with a clock that the designer moves."""

from __future__ import annotations
