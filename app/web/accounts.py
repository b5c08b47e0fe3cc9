"""Accounts: made, changed, locked, given positions over time."""
