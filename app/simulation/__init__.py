"""Dossiers that nobody has handed in: a draft played through step by step, and many at once under load."""
