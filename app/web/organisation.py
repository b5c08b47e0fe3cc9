"""Agencies, units and positions, over time and copied from another agency (QT-27.5, HT-4.2)."""
