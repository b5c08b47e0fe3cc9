"""`python -m app` is the `motcua` command: how a supervisor starts its children, whatever PATH says."""

from __future__ import annotations

from app.cli import main

main()
