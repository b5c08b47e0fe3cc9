"""Duties handed to somebody else within limits (TN-25.2, ST-26.1)."""
