"""Accounts from a spreadsheet: looked at first, then made with temporary passwords."""
