"""Comments on a draft, and who is at it right now."""

from __future__ import annotations
