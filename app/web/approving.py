"""Approving and signing many results at once, with progress."""
