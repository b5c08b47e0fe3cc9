"""The modeller's page, and what it asks for while somebody draws."""

from __future__ import annotations
