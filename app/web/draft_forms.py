"""The forms of a draft: drawing them, and how a citizen and an official would see them."""

from __future__ import annotations
