"""A procedure's name, components, fees, limits and agencies, as published (HT-9.3)."""
