"""Deferred work that failed: why, and trying again."""
