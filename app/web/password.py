"""Choosing a password of one's own (ST-26.5)."""
