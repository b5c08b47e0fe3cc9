"""Weeks and months as charts: received, resolved, late, and whose time it was."""
