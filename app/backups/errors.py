"""What keeps a backup or a restore from being made, said so that an administrator knows what to do."""

from __future__ import annotations


class BackupError(Exception):
    """The text (Vietnamese) says what is wrong and what to do. Nothing half made is taken for a backup or a restored place."""
