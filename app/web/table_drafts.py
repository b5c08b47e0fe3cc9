"""A published table that becomes a diagram: the file, what was read of it, and its correction side by side."""

from __future__ import annotations
