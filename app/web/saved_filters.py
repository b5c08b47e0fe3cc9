"""Filters of the inbox that a person keeps under a name, and the columns that she sees."""
