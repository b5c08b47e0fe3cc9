"""Collecting fees at the desk, with a receipt, and paying back (HT-9.1, ST-11.4c)."""
